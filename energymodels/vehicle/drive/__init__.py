"""``vehicle.drive``: a car on a cycle, its battery a cell in a pack."""
