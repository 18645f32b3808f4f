"""Runs what the pages show: commands behind ``$`` in ``console`` blocks, ``>>>`` in ``python`` blocks, files
in ``toml`` blocks.

A line printed below a command is a line of its output; ``...`` stands for any others. ``python
docs/console.py`` writes the numbers of today into every page, ``check`` says where page and command differ.
"""

from __future__ import annotations

import doctest
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

HERE = Path(__file__).resolve().parent
PAGES = (HERE.parent / "README.md", *sorted((HERE / "start").glob("*.md")))
BLOCK = re.compile(r"^```(console|toml|csv|python)\n(.*?)^```$", re.M | re.S)
NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")
CLOSE = 2e-3  # relative: a page need not follow the last digit
NOTHING = 1e-9  # what round-off leaves


def commands(block: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (command, lines printed below it) of a console block; a command goes on behind a backslash."""
    for part in re.split(r"^\$ ", block.replace("\\\n", " "), flags=re.M)[1:]:
        command, *lines = part.rstrip("\n").split("\n")
        yield command, lines


def run(command: str) -> list[str]:
    """Run ``energymodels ...`` in this process and return the lines it prints; its failure is an
    AssertionError.
    """
    from energymodels.cli import main

    program, *words = shlex.split(command, comments=True)
    assert program == "energymodels", command
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, f"{command}: {done.output}"
    return done.output.splitlines()


def alike(line: str, other: str) -> bool:
    """Return whether two lines have the same words, and numbers that agree."""
    if NUMBER.sub("#", line).split() != NUMBER.sub("#", other).split():
        return False
    pairs = zip(NUMBER.findall(line), NUMBER.findall(other), strict=True)
    return all(abs(float(a) - float(b)) <= CLOSE * abs(float(a)) + NOTHING for a, b in pairs)


def fresh(line: str, printed: list[str]) -> str:
    """Return the line of today's output that a page's line stands for: the one alike, or the first with the
    same first word.
    """
    if line.strip() in ("", "..."):
        return line
    found = [p for p in printed if alike(line, p)] or [
        p for p in printed if p.split()[:1] == line.split()[:1]
    ]
    return found[0].rstrip() if found else line


def check(page: Path) -> list[str]:
    """Run a page in the present folder; return the lines on it that its commands do not print any more."""
    stale = []
    for kind, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "console":
            for command, lines in commands(block):
                printed = run(command)
                wanted = [line for line in lines if line.strip() not in ("", "...")]
                stale += [line for line in wanted if not any(alike(line, p) for p in printed)]
        elif kind == "python" and ">>>" in block:
            stale += _check_python(block, page.name)
        elif name := re.match(r"# (\S+\.(?:toml|csv))\n", block):
            Path(name[1]).write_text(block, encoding="utf-8")
    return stale


def _check_python(block: str, name: str) -> list[str]:
    """Return what an interactive session prints in another way than the page says."""
    said: list[str] = []
    test = doctest.DocTestParser().get_doctest(block, {}, name, name, 0)
    doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS).run(test, out=said.append)
    return said


def renew(page: Path) -> None:
    """Write the numbers that its commands print today into a page."""
    text = page.read_text(encoding="utf-8")
    for kind, block in BLOCK.findall(text):
        if name := re.match(r"# (\S+\.(?:toml|csv))\n", block):
            Path(name[1]).write_text(block, encoding="utf-8")
        if kind != "console":
            continue
        new = block
        for command, lines in commands(block):
            printed = run(command)
            for line in lines:
                new = new.replace(line, fresh(line, printed))
        text = text.replace(block, new)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import os
    import tempfile

    os.chdir(tempfile.mkdtemp())
    for each in PAGES:
        print(each.name, file=sys.stderr)
        renew(each)
