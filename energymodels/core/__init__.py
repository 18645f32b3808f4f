"""Infrastructure of all models, without physics: input, sweeps, results."""
