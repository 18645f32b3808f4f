"""How far a sweep has come: a line that is drawn anew on a terminal, one every half minute elsewhere."""

from __future__ import annotations

import sys
import time

import click

from energymodels.core.stores.estimate import in_time

OFTEN, SELDOM = 0.2, 30.0  # s between two lines: on a terminal, in a log


class Progress:
    """Says cases done, rate, time left and failures so far."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.shown = not quiet
        self.terminal = sys.stderr is not None and sys.stderr.isatty()
        self.begun = self.last = time.monotonic()
        self.first: int | None = None  # cases done when it began
        self.width = 0

    def __call__(self, done: int, cases: int, failed: int = 0) -> None:
        """Say how far it is, if the last time is long enough ago."""
        now = time.monotonic()
        if self.first is None:
            self.first, self.begun, self.last = done, now, now
        if self.shown and now - self.last >= (OFTEN if self.terminal else SELDOM):
            self.last = now
            self._say(self._line(done, cases, failed, now - self.begun))

    def _line(self, done: int, cases: int, failed: int, seconds: float) -> str:
        rate = (done - (self.first or 0)) / max(seconds, 1e-9)
        left = in_time((cases - done) / rate) if rate > 0.0 else "unknown time"
        text = (
            f"{100.0 * done / cases:.1f} %  {done:,} of {cases:,} cases  {rate:,.0f} per second  {left} left"
        )
        return text + (f"  {failed:,} failed" if failed else "")

    def _say(self, line: str) -> None:
        if self.terminal:
            click.echo("\r" + line.ljust(self.width), err=True, nl=False)
            self.width = len(line)
        else:
            click.echo(line, err=True)

    def end(self) -> None:
        """Leave the line on a terminal."""
        if self.width:
            click.echo("\r" + " " * self.width + "\r", err=True, nl=False)
            self.width = 0
