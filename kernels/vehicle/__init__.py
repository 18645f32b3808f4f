"""Road vehicles: longitudinal dynamics, the drivetrain's losses and what the battery gives and takes."""
