"""Start-up of the command line, whole processes: help, a warm run, and the first use after installation,
which compiles.
"""

from __future__ import annotations

import tempfile

from . import cases


class Warm:
    """The kernels wait in the cache."""

    rounds = 1
    number = 1
    warmup_time = 0.0
    timeout = 120

    def setup(self) -> None:
        cases.start(cases.HELP)
        cases.start(cases.RUN)

    def time_help(self) -> None:
        cases.start(cases.HELP)

    def time_run(self) -> None:
        cases.start(cases.RUN)


class Cold:
    """The cache is empty."""

    rounds = 1
    repeat = 3
    number = 1
    warmup_time = 0.0
    timeout = 300

    def setup(self) -> None:
        cases.start(cases.HELP)

    def time_first_use(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            said = cases.start(cases.RUN, NUMBA_CACHE_DIR=folder)
        assert "compiling" in said, "the first use does not say that it compiles"
