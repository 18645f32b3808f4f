"""``vehicle.range``: a car on a cycle, its battery an energy buffer."""
