"""How long kernels take to compile: said before, measured, and kept beside the compiled kernels.

Compiling is done once per installation and takes from seconds to minutes, by model and machine.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from energymodels.kernels import jit

# Seconds by model on one quiet core, Numba 0.68, Python 3.11: measured one after another on a busy machine
# and scaled to a quiet one. Models of one entry have its cost. Only ratios matter once a model was compiled.
COSTS = {
    "battery.design": 1.0, "battery.dfn": 16.0, "battery.spm": 14.0, "battery.spme": 14.0, "pv.cell": 20.0,
    "pv.diode": 2.0, "pv.shockley_queisser": 3.0, "vehicle.charge_stop": 28.0, "vehicle.drive": 18.0,
    "vehicle.range": 2.0,
}  # fmt: skip
SPREAD = (0.5, 4.0)  # of these, what fast and slow or busy machines take


def _file() -> Path:
    return jit.CACHE.parent / "compile-seconds.json"


def measured() -> dict[str, float]:
    """Return {model: seconds that its kernels took to compile on this machine the last time}."""
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
        return {str(name): float(seconds) for name, seconds in found.items()}
    except (
        OSError,
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
    ):  # not there, or damaged: nothing is known
        return {}


def remember(name: str, seconds: float) -> None:
    """Keep how long the kernels of a model took; where nothing can be written, it is forgotten.

    A few functions may be compiled later than the rest, those of a series for one. That is less than it takes
    the next time, so less than half of what is known does not count.
    """
    known = measured()
    if seconds < 0.5 * known.get(name, 0.0):
        return
    text = json.dumps(known | {name: round(seconds, 1)})
    part = _file().with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        part.write_text(text, encoding="utf-8")
        part.replace(_file())


def expected(name: str) -> str:
    """Return how long the kernels of a model may take here, in words."""
    known = measured()
    if name in known:
        return f"it took {known[name]:.0f} s here the last time"
    cost = COSTS.get(name, median(COSTS.values()))
    pace = [seconds / COSTS[other] for other, seconds in known.items() if other in COSTS]
    if pace:
        return f"about {median(pace) * cost:.0f} s here, by what other models took"
    low, high = (float(f"{factor * cost:.1g}") for factor in SPREAD)
    return f"usually {max(low, 1.0):.0f} to {high:.0f} s"


@contextlib.contextmanager
def told(name: str) -> Iterator[None]:
    """Say when the kernels of a model begin to be compiled inside the ``with`` block, how long that may take
    and how long it took.
    """
    log = logging.getLogger("energymodels")
    begun: list[float] = []

    def begin() -> None:
        if not begun:
            begun.append(time.perf_counter())
            log.warning("compiling the kernels of %s, once per installation: %s ...", name, expected(name))

    with jit.compiling(begin):
        yield
    if begun:
        seconds = time.perf_counter() - begun[0]
        log.warning("compiled the kernels of %s in %.0f s", name, seconds)
        remember(name, seconds)
