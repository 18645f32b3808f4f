"""Parameter sets of cells: bundled, PyBaMM's and BPX files; their functions as tables."""
