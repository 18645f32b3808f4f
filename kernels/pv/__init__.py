"""Silicon solar cells."""
