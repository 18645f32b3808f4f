"""netCDF files before the HDF5 library opens them, which does not survive every damaged one."""

from __future__ import annotations

import mmap
from pathlib import Path

HEAP = b"GCOL\x01\0\0\0"  # begins a global heap, where texts and references lie, in its version 1
HEADER = 16  # bytes of a heap, and of an object in it: index 2, references 2, nothing 4, size 8


def check(path: Path) -> None:
    """Raise ValueError or OSError for a file that is none of HDF5, is cut off, or on which the library would
    go round in circles.
    """
    import h5py

    if not h5py.is_hdf5(path):
        raise ValueError("it is empty, cut off or of another format")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = data.find(HEAP)
        while at >= 0:
            if not _ends(data, at):
                raise ValueError(f"it is damaged: the heap at byte {at} has no end")
            at = data.find(HEAP, at + HEADER)
    with h5py.File(path) as opened:  # h5netcdf leaves what it could not open to be closed later, in vain
        opened.attrs.get("_nc3_strict")


def _ends(data: mmap.mmap, start: int) -> bool:
    """Return whether the objects of a heap follow each other to its end.

    The library walks from each to the next by its size. Free space, index 0, of size 0 is where it stays.
    """
    size = int.from_bytes(data[start + 8 : start + HEADER], "little")
    at, end = start + HEADER, start + size
    if end > len(data):
        return False
    while end - at >= HEADER:
        index = int.from_bytes(data[at : at + 2], "little")
        long = int.from_bytes(data[at + 8 : at + HEADER], "little")
        step = HEADER + (long + 7) // 8 * 8 if index else long
        if not 0 < step <= end - at:
            return False
        at += step
    return True
