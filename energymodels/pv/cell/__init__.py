"""``pv.cell``: the silicon cell."""
