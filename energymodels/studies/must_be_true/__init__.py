"""The study ``must-be-true``."""
