"""``vehicle.range``: a car on a cycle, its battery a store of energy."""
