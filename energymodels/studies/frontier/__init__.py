"""The study ``frontier``."""
