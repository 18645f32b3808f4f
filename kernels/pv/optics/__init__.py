"""Optics: what a slab absorbs and emits, and what a spectrum holds."""
