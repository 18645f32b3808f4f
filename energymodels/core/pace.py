"""How far something is that takes longer than a moment."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

SOON, OFTEN = 2.0, 10.0  # s until the first line, and between two


def told(what: str) -> Callable[[int, int], None]:
    """Return a function of (done, all) that says how far it is: after two seconds, then every ten."""
    log = logging.getLogger("energymodels")
    due = time.monotonic() + SOON

    def say(done: int, many: int) -> None:
        nonlocal due
        now = time.monotonic()
        if now >= due:
            due = now + OFTEN
            log.warning("%s: %s of %s", what, f"{done:,}", f"{many:,}")

    return say
