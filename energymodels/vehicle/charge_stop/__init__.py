"""``vehicle.charge_stop``: a car at a charging station."""
