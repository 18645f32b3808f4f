"""What every model stands on and no physics: input, sweeps, results."""
