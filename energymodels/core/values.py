"""Names for what fields hold, and for what is given for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

# {path: value in use}: a number, label or text, as the field of that path holds it. Which of these it is
# stands in the schema and not in the type.
Fields: TypeAlias = Mapping[str, Any]
# the same, to be filled
FieldDict: TypeAlias = dict[str, Any]
# {path: every label or text in use, or one number}
Used: TypeAlias = Mapping[str, Sequence[Any]]
# {path: value}, as somebody wrote it and before it is checked
Given: TypeAlias = Mapping[str, object]
# of an output, as it is written: CF attributes by name
Attrs: TypeAlias = Mapping[str, Any]
# a table of a file, with tables, lists, numbers and texts inside
Tree: TypeAlias = Mapping[str, Any]
