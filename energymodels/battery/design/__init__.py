"""Cell design: fields, materials with their sources, and the way to the kernel."""
