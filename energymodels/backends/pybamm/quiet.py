"""PyBaMM without its telemetry and its messages: import it from here, never directly.

PyBaMM reads the variable once, when it is imported; without it, it would ask on the terminal and wait. What
it would print about a failing case, the case's status says.
"""

import os
import warnings

OPT_OUT = "PYBAMM_DISABLE_TELEMETRY"
os.environ[OPT_OUT] = "true"

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its own dependencies
    import pybamm

pybamm.set_logging_level("CRITICAL")

__all__ = ["OPT_OUT", "pybamm"]
