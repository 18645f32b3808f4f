"""Writes ``bibliography.md`` from ``datasets/sources.toml``: ``python docs/bibliography.py``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent / "datasets" / "sources.toml"
PAGE = HERE / "bibliography.md"
HEAD = """# Bibliography

Every source that data and models cite, by its key. Written by `python docs/bibliography.py` from
`datasets/sources.toml`.

"""


def entry(key: str, source: Mapping[str, Any]) -> str:
    """Return one line of the list."""
    who = f"{source['authors']}: " if "authors" in source else ""
    place = f" {source['published_in']}." if "published_in" in source else ""
    year = f" {source['year']}." if "year" in source else ""
    doi = f" [doi:{source['doi']}](https://doi.org/{source['doi']})" if "doi" in source else ""
    return f"- `{key}` {who}{source.get('title', '')}.{place}{year}{doi}"


def text() -> str:
    """Return the page."""
    sources = tomllib.loads(SOURCES.read_text(encoding="utf-8"))
    return HEAD + "\n".join(entry(key, sources[key]) for key in sorted(sources)) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
