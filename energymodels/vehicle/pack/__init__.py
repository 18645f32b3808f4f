"""A car's pack of equal cells, as ``vehicle.drive`` and ``vehicle.charge_stop`` share it."""
