"""Solar cells as electrical devices: the diode equation and the injection-dependent silicon cell."""
