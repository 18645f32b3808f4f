"""Cars and drive cycles with their sources, and files of one's own."""
