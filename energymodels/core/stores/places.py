"""Where a store lies: a folder of this machine, or a URL that fsspec can reach."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from energymodels.core.errors import Fault, InputError

AT_ONCE = 256  # objects that are asked for together
PARTIAL = ".partial"  # what files are called until they are whole


def is_url(path: str | Path) -> bool:
    """Return whether a path is a URL, such as ``s3://bucket/out.zarr``."""
    return "://" in str(path)


class Place(Protocol):
    """Bytes by key. ``put`` writes all or nothing; ``put_new`` also fails if the key is there."""

    def put(self, key: str, data: bytes) -> None: ...
    def put_all(self, files: Iterable[tuple[str, bytes]]) -> None: ...
    def put_new(self, key: str, data: bytes) -> bool: ...
    def get(self, key: str) -> bytes | None: ...
    def get_all(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]: ...
    def head(self, key: str, size: int) -> tuple[bytes, int] | None: ...
    def keys(self, below: str) -> Iterator[str]: ...
    def drop(self, key: str) -> None: ...
    def drop_all(self) -> None: ...


class Folder:
    """A folder of this machine."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    def put(self, key: str, data: bytes) -> None:
        """Write a file under another name and give it its own when it is whole."""
        path = self.root / key
        part = path.with_name(f".{uuid.uuid4().hex}{PARTIAL}")
        try:
            try:
                part.write_bytes(data)
            except FileNotFoundError:
                path.parent.mkdir(parents=True, exist_ok=True)
                part.write_bytes(data)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def put_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files, one after another."""
        for key, data in files:
            self.put(key, data)

    def put_new(self, key: str, data: bytes) -> bool:
        """Write a file unless it is there; return whether it was written."""
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{uuid.uuid4().hex}{PARTIAL}")
        try:
            part.write_bytes(data)
            os.link(part, path)
        except FileExistsError:
            return False
        finally:
            part.unlink(missing_ok=True)
        return True

    def get(self, key: str) -> bytes | None:
        """Return what a file holds, None if it is not there."""
        try:
            return (self.root / key).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def get_all(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield (key, what it holds) of the files that are there."""
        for key in keys:
            data = self.get(key)
            if data is not None:
                yield key, data

    def head(self, key: str, size: int) -> tuple[bytes, int] | None:
        """Return the first bytes of a file and its length, None if it is not there."""
        try:
            with (self.root / key).open("rb") as file:
                return file.read(size), os.fstat(file.fileno()).st_size
        except (FileNotFoundError, NotADirectoryError):
            return None

    def keys(self, below: str) -> Iterator[str]:
        """Yield the keys of all whole files below a key."""
        top = self.root / below if below else self.root
        for folder, _, names in os.walk(top):
            for name in names:
                if not name.endswith(PARTIAL):
                    yield (Path(folder) / name).relative_to(self.root).as_posix()

    def drop_partial(self) -> None:
        """Remove what a writer that was killed left half written."""
        for folder, _, names in os.walk(self.root):
            for name in names:
                if name.endswith(PARTIAL):
                    (Path(folder) / name).unlink(missing_ok=True)

    def drop(self, key: str) -> None:
        """Remove a file, if it is there."""
        (self.root / key).unlink(missing_ok=True)

    def drop_all(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.root, ignore_errors=True)


class Remote:
    """What fsspec finds at a URL: an object there is whole or not there."""

    def __init__(self, url: str) -> None:
        import fsspec

        self.url = url
        try:
            self.fs, self.root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError, OSError) as error:
            raise InputError(Fault(url, hint=f"cannot be reached: {error}")) from error

    def _path(self, key: str) -> str:
        return f"{self.root}/{key}" if key else str(self.root)

    @contextlib.contextmanager
    def _reached(self, *known: type[Exception]) -> Iterator[None]:
        """Say of what went wrong elsewhere where that is, as OSError; ``known`` errors pass."""
        try:
            yield
        except known:
            raise
        except Exception as error:  # each store has errors of its own
            raise OSError(f"{self.url}: {str(error) or type(error).__name__}") from error

    def put(self, key: str, data: bytes) -> None:
        """Write an object."""
        with self._reached():
            self.fs.pipe_file(self._path(key), data)

    def put_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write objects, many at once: each takes long to answer."""
        with self._reached():
            self.fs.pipe({self._path(key): data for key, data in files})

    def put_new(self, key: str, data: bytes) -> bool:
        """Write an object unless it is there; return whether it was written.

        Where the store cannot promise that, of two that write at once the last one wins, which reading it
        again shows.
        """
        if self.get(key) is not None:
            return False
        with self._reached():
            try:
                self.fs.pipe_file(self._path(key), data, mode="create")
            except FileExistsError:
                return False
            except (NotImplementedError, TypeError, ValueError):
                self.fs.pipe_file(self._path(key), data)
        return self.get(key) == data

    def get(self, key: str) -> bytes | None:
        """Return an object, None if it is not there."""
        try:
            with self._reached(FileNotFoundError):
                self.fs.invalidate_cache()
                found: bytes = self.fs.cat_file(self._path(key))
        except FileNotFoundError:
            return None
        return found

    def get_all(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield (key, object) of those that are there, many at once."""
        some = iter(keys)
        while names := {self._path(key): key for key in itertools.islice(some, AT_ONCE)}:
            with self._reached():
                found = self.fs.cat(list(names), on_error="omit")
            for path, data in found.items():
                yield names[path], data

    def head(self, key: str, size: int) -> tuple[bytes, int] | None:
        """Return the first bytes of an object and its length, None if it is not there."""
        try:
            with self._reached(FileNotFoundError):
                return self.fs.cat_file(self._path(key), end=size), int(self.fs.size(self._path(key)))
        except FileNotFoundError:
            return None

    def keys(self, below: str) -> Iterator[str]:
        """Yield the keys of all objects below a key."""
        with self._reached():
            self.fs.invalidate_cache()
            found = self.fs.find(self._path(below))
        for path in found:
            yield str(path)[len(self.root) + 1 :]

    def drop(self, key: str) -> None:
        """Remove an object, if it is there."""
        with contextlib.suppress(FileNotFoundError), self._reached(FileNotFoundError):
            self.fs.rm_file(self._path(key))

    def drop_all(self) -> None:
        """Remove every object of the place, many at once."""
        with contextlib.suppress(FileNotFoundError), self._reached(FileNotFoundError):
            self.fs.invalidate_cache()
            if self.fs.find(self.root):
                self.fs.rm(self.root, recursive=True)


def place(path: str | Path) -> Place:
    """Return the place of a path or URL."""
    if not is_url(path):
        return Folder(path)
    found = Remote(str(path))
    return Folder(found.root) if "file" in found.fs.protocol else found


def beside(path: str | Path) -> tuple[Place, str]:
    """Return the place that a store lies in, and its name there."""
    if is_url(path):
        parent, _, name = str(path).rstrip("/").rpartition("/")
        return place(parent), name
    whole = Path(path).absolute()
    return Folder(whole.parent), whole.name


def zarr_store(path: str | Path, **options: Any) -> Any:
    """Return what zarr and xarray open for a path or URL."""
    if not is_url(path):
        return str(path)
    from zarr.storage import FsspecStore

    return FsspecStore.from_url(str(path), **options)
