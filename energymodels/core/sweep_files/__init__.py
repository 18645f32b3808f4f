"""Sweeps as files: written, read, made again, cited."""
