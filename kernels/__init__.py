"""Numba kernels: floats and arrays in, arrays and a status out.

SI units, no files, no exceptions, no printing.
"""

if __name__ != "energymodels.kernels":
    raise ImportError("this folder is the package energymodels.kernels; import it by that name")
