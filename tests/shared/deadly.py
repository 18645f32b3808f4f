"""A sweep one block of which kills its worker, just before it would be done."""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from energymodels.core.stores.job import Job
from energymodels.core.stores.layout import Variable


@dataclass(frozen=True)
class Deadly(Job):
    """A job whose block at ``deadly`` kills its worker: once, if there is a path ``mark``, else always."""

    deadly: int = -1
    mark: str = ""

    def _put(self, variable: Variable, blocks: Mapping[str, int], values: Any) -> None:
        here, _ = self.layout.where(self.deadly)
        if variable.name == "status" and blocks == here and not (self.mark and Path(self.mark).exists()):
            if self.mark:
                Path(self.mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        super()._put(variable, blocks, values)


@dataclass(frozen=True)
class Faulty(Job):
    """A job every block of which raises ``error``."""

    error: Exception | None = None

    def work(self, number: int) -> Any:
        """Raise it."""
        assert self.error is not None
        raise self.error


def turned(job: Job, kind: type[Job], **more: Any) -> Job:
    """Return a job as one of another kind."""
    return kind(**{one.name: getattr(job, one.name) for one in fields(job)}, **more)
