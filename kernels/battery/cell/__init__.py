"""Cells that follow a protocol: discretisation, time stepping, SPM, SPMe and DFN."""
