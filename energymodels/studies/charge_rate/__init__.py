"""The study ``charge-rate``."""
