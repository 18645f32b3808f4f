"""``vehicle.drive``: a car on a cycle, its battery a pack of cells."""
