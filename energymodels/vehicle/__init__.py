"""Road vehicles: drive cycles, cars with their sources, the air and the cabin."""
