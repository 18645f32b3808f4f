"""Columns of a Parquet file, read a part at a time with pyarrow, which is installed by choice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from energymodels.core.arrays import Array
from energymodels.core.designs.csv_rows import file_of
from energymodels.core.errors import Fault, InputError

MAGIC = b"PAR1"  # that a Parquet file starts with


def is_parquet(path: str | Path) -> bool:
    """Return whether a file says that it is Parquet, or is named so."""
    with file_of(path).open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC or Path(path).suffix == ".parquet"


def parquet_parts(path: str | Path, rows: int, cells: int) -> Iterator[dict[str, list[str] | Array]]:
    """Yield {column: numbers or texts} of up to ``rows`` rows after each other; what is null is NaN or empty.

    InputError if pyarrow is absent, the file is damaged, or has more than ``cells`` cells.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        hint = "a Parquet table needs pyarrow: pip install 'energymodels[parquet]'"
        raise InputError(Fault(str(path), hint=hint)) from error
    try:
        with parquet.ParquetFile(file_of(path)) as file:
            _check(str(path), file.schema_arrow, file.metadata.num_rows, cells)
            for batch in file.iter_batches(batch_size=rows):
                columns = zip(batch.schema.names, batch.columns, strict=True)
                yield {name: _values(column, pyarrow) for name, column in columns}
    except (pyarrow.ArrowException, OSError, OverflowError, UnicodeError) as error:
        reason = (str(error).splitlines() or ["damaged"])[0][:200]
        raise InputError(Fault(str(path), hint=f"cannot be read as Parquet: {reason}")) from error


def _check(path: str, schema: Any, rows: int, cells: int) -> None:
    """Refuse a table that is too large, or has columns of neither numbers nor texts."""
    from pyarrow import types

    if rows * len(schema.names) > cells:
        hint = f"{rows} rows of {len(schema.names)} columns; a table is read up to {cells} cells"
        raise InputError(Fault(path, hint=hint))
    kinds = (types.is_integer, types.is_floating, types.is_decimal, types.is_null, _is_text)
    wrong = [one for one in schema if not any(kind(one.type) for kind in kinds)]
    if wrong:
        hint = "neither numbers nor texts"
        raise InputError(
            [Fault(path, hint=f"column {one.name!r:.80} is {one.type}: {hint}") for one in wrong]
        )


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    kind = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_string(kind) or types.is_large_string(kind))


def _values(column: Any, pyarrow: Any) -> list[str] | Array:
    """Return a column's texts, or its numbers as float64; a whole number that is none exactly is refused."""
    if _is_text(column.type):
        return [cell or "" for cell in column.cast(pyarrow.string()).to_pylist()]
    return np.asarray(column.cast(pyarrow.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
