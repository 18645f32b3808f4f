"""A pack of identical cells, as ``vehicle.drive`` and ``vehicle.charge_stop`` share it."""
