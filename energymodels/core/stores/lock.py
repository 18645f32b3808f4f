"""One writer a store: a lock beside it that says who writes."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from energymodels.core.errors import Fault, InputError
from energymodels.core.stores.places import Folder, beside

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

AWAKE = 60.0  # s: so often a writer says that it is alive
LOST = 900.0  # s: after so long a silence a writer of another machine is taken for dead
TRIES = 3
SUFFIX = ".lock"


def _begun(process: int) -> str:
    """Return when a process began, in words of the system, empty if there is none or it cannot be known."""
    with contextlib.suppress(OSError, IndexError):
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
        return text.rpartition(")")[2].split()[19]
    return ""


def _runs(process: int, begun: str) -> bool:
    """Return whether a process of this machine is still the one that began then."""
    if Path("/proc/self/stat").exists():
        return bool(begun) and _begun(process) == begun
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _unlocked(theirs: dict[str, Any] | None, mine: dict[str, Any]) -> bool:
    """Return whether a lock that names ``theirs`` may be taken: its writer is dead, or silent for long."""
    if theirs is None:
        return True
    if theirs.get("host") == mine["host"]:
        return not _runs(int(theirs.get("process", 0)), str(theirs.get("begun", "")))
    return time.time() - float(theirs.get("said", 0.0)) > LOST


class Lock:
    """The lock of a store, held by this process.

    On one machine the system's lock on the file decides, which ends with its process. What the file says
    decides between machines.
    """

    def __init__(self, store: str | Path) -> None:
        self.store = str(store)
        self.place, name = beside(store)
        self.key = name + SUFFIX
        self.file: int | None = None
        self.said = 0.0
        self.lost: InputError | None = None
        self.ended = threading.Event()
        self.mine = {
            "host": socket.gethostname(),
            "process": os.getpid(),
            "begun": _begun(os.getpid()),
            "token": os.urandom(8).hex(),
        }

    def take(self) -> None:
        """Take the lock; InputError if another process that lives holds it."""
        for _ in range(TRIES):
            self._open()
            theirs = self._theirs()
            if not self._decided(theirs) and not _unlocked(theirs, self.mine):
                self._close()
                raise self._refusal(theirs or {})
            if self.file is not None or theirs is None:
                break
            self.place.drop(self.key)
        if self.file is not None:
            self._say()
        elif not self.place.put_new(self.key, self._text()):
            raise self._refusal(self._theirs() or {})

    def _decided(self, theirs: dict[str, Any] | None) -> bool:
        """Return whether the system's lock, which this process has, says all of a writer on this machine."""
        return self.file is not None and (theirs or {}).get("host") == self.mine["host"]

    def _open(self) -> None:
        """Take the system's lock on the file, where there is one."""
        if fcntl is None or not isinstance(self.place, Folder):
            return
        path = self.place.root / self.key
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(self.file).st_ino != path.stat().st_ino:
                raise BlockingIOError
        except (BlockingIOError, FileNotFoundError):
            theirs = self._theirs()
            self._close()
            raise self._refusal(theirs or {}) from None
        except OSError:  # a file system without such locks
            return

    def _refusal(self, theirs: dict[str, Any]) -> InputError:
        who = f"process {theirs.get('process', '?')} on {theirs.get('host', '?')}"
        hint = f"{who} writes it now; wait for it, or stop it and remove {self.store}{SUFFIX}"
        return InputError(Fault(self.store, hint=hint))

    def stay(self) -> None:
        """Say now and then that this process is alive, until the lock is given back."""
        while not self.ended.wait(AWAKE):
            try:
                self.refresh()
            except InputError as error:
                self.lost = error
                return

    def refresh(self) -> None:
        """Say that this process is alive; InputError if another one has taken the lock meanwhile."""
        if self.lost is not None:
            raise self.lost
        if time.time() - self.said < AWAKE:
            return
        theirs = self._theirs()
        if theirs is None or theirs.get("token") != self.mine["token"]:
            hint = "another process has taken this store over, as this one was silent for long"
            raise InputError(Fault(self.store, hint=hint))
        self._say()

    def release(self) -> None:
        """Give the lock back, if it is still held."""
        theirs = self._theirs()
        if theirs is not None and theirs.get("token") == self.mine["token"]:
            self.place.drop(self.key)
        self._close()

    def _close(self) -> None:
        if self.file is not None:
            os.close(self.file)
            self.file = None

    def _say(self) -> None:
        if self.file is None:
            self.place.put(self.key, self._text())
            return
        text = self._text()
        os.pwrite(self.file, text, 0)  # the file itself, which the system has locked
        os.ftruncate(self.file, len(text))

    def _text(self) -> bytes:
        self.said = time.time()
        return json.dumps(self.mine | {"said": self.said}).encode()

    def _theirs(self) -> dict[str, Any] | None:
        """Return who holds the lock: nothing if nobody, or nobody can say."""
        try:
            found = json.loads(self.place.get(self.key) or b"null")
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


@contextlib.contextmanager
def locked(store: str | Path) -> Iterator[Lock]:
    """Hold the lock of a store inside the ``with`` block."""
    lock = Lock(store)
    lock.take()
    threading.Thread(target=lock.stay, daemon=True).start()
    try:
        yield lock
    finally:
        lock.ended.set()
        lock.release()
