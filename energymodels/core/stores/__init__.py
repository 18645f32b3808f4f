"""Sweeps into Zarr stores: chunk by chunk, resumable, by threads, processes or a cluster."""
