"""``pv.diode``: one- and two-diode cells."""
