"""Signals that stop a sweep: what is done stays, and the exit status says which one it was."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from types import FrameType

AGAIN = 1.0  # s: signals that follow sooner are the same impatience; what stops is let stop
NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # Ctrl-C, a system that shuts down, a terminal that is closed


class Signals:
    """The signal that came, if one did; ``held`` keeps it waiting while something must not be cut short."""

    def __init__(self) -> None:
        self.number = 0
        self._held = False
        self._came = -AGAIN

    @property
    def exit_status(self) -> int:
        """What a shell expects of a process that a signal stopped."""
        return 128 + (self.number or int(signal.SIGINT))

    def __call__(self, number: int, _: FrameType | None) -> None:
        again = time.monotonic() - self._came < AGAIN
        self.number, self._came = number, time.monotonic()
        if not self._held and not again:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Let signals wait inside the ``with`` block: a file that is being written is finished."""
        self._held = True
        try:
            yield
        finally:
            self._held = False


@contextlib.contextmanager
def caught() -> Iterator[Signals]:
    """Turn the signals that stop a process into KeyboardInterrupt inside the ``with`` block."""
    found = Signals()
    before = {}
    for name in NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays so
            before[number] = signal.signal(number, found)
    try:
        yield found
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
