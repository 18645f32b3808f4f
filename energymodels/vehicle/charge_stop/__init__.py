"""``vehicle.charge_stop``: minutes at a charger."""
