"""The diode equation with series and shunt resistance."""
