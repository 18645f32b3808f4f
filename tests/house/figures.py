"""Figures of size and structure, printed by ``python tests/house/figures.py``; ``test_structure.py`` asserts
those that hold.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ("energymodels", "kernels", "datasets", "cli")
WINGS = ("pv", "battery", "vehicle")
LONG_FILE, LONG_FUNCTIONS, MANY = 300, (10, 20, 40), 7
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*folders: str) -> list[Path]:
    """Return the Python files below folders of the checkout."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def lines(path: Path) -> int:
    """Return how many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


@cache
def tree(path: Path) -> ast.Module:
    """Return a file as its syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path, node: ast.AST) -> str:
    """Return where a node stands: file and line."""
    return f"{path.relative_to(ROOT).as_posix()}:{getattr(node, 'lineno', 0)}"


# Size


def by_folder(*folders: str) -> dict[str, tuple[int, int]]:
    """Return {folder: (files, lines)}, two levels deep."""
    found: dict[str, tuple[int, int]] = {}
    for path in files(*folders):
        name = "/".join(path.relative_to(ROOT).parent.parts[:2])
        many, long = found.get(name, (0, 0))
        found[name] = (many + 1, long + lines(path))
    return found


def long_files(*folders: str) -> dict[str, int]:
    """Return {file: lines} of those longer than ``LONG_FILE``."""
    return {
        path.relative_to(ROOT).as_posix(): lines(path) for path in files(*folders) if lines(path) > LONG_FILE
    }


def functions(*folders: str) -> Iterator[tuple[Path, Function]]:
    """Yield every function with its file."""
    for path in files(*folders):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def length(node: Function) -> int:
    """Return the lines of a function's body, but for its docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def positional(node: Function) -> int:
    """Return how many arguments a function takes by position."""
    named = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    return len([name for name in named if name not in ("self", "cls")])


def nested_choices(*folders: str) -> list[str]:
    """Return the places of conditional expressions inside others."""
    return [
        place(path, inner)
        for path in files(*folders)
        for outer in ast.walk(tree(path))
        if isinstance(outer, ast.IfExp)
        for branch in (outer.test, outer.body, outer.orelse)
        for inner in ast.walk(branch)
        if isinstance(inner, ast.IfExp)
    ]


def anys(*folders: str) -> int:
    """Return how often ``Any`` is named but in imports."""
    nodes = (node for path in files(*folders) for node in ast.walk(tree(path)))
    return sum(isinstance(node, ast.Name) and node.id == "Any" for node in nodes)


# Structure


def module(path: Path) -> str:
    """Return the dotted name of a file as it is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts if parts[0] == "energymodels" else ("energymodels", *parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _statements(node: ast.AST, typing: bool) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        only = typing or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
        yield child, only
        yield from _statements(child, only)


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield (dotted name, whether for type checkers only) of what a file imports, wherever it does."""
    for node, typing in _statements(tree(path), False):
        if isinstance(node, ast.Import):
            yield from ((alias.name, typing) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", typing) for alias in node.names)


def at_once(path: Path) -> set[str]:
    """Return what a file imports when it is itself imported: not in functions, not for type checkers."""
    found: set[str] = set()
    for node in tree(path).body:
        for part in [node, *ast.walk(node)] if isinstance(node, ast.Try) else [node]:
            if isinstance(part, ast.Import):
                found |= {alias.name for alias in part.names}
            elif isinstance(part, ast.ImportFrom) and part.module:
                found |= {f"{part.module}.{alias.name}" for alias in part.names}
    return found


def graph(*, typing: bool = False, lazy: bool = True) -> dict[str, set[str]]:
    """Return {module: modules of ours that it imports}; ``typing``: those for type checkers too; ``lazy``:
    those that functions import too.
    """
    names = {module(path): path for path in files(*SOURCES)}
    found: dict[str, set[str]] = {name: set() for name in names}
    for name, path in names.items():
        wanted = {target for target, only in imports(path) if typing or not only} if lazy else at_once(path)
        for target in wanted:
            own = target if target in names else target.rpartition(".")[0]
            if own in names and own != name:
                found[name].add(own)
    return found


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other round about (Tarjan's components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in edges[name]:
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            group = [stack.pop()]
            while group[-1] != name:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for name in edges:
        if name not in index:
            visit(name)
    return found


def room(name: str) -> str:
    """Return the folder that a module counts to: a wing, ``core``, ``kernels/pv`` ..."""
    parts = name.split(".")[1:] or ["energymodels"]
    if parts[0] in ("kernels", "datasets"):
        return "/".join(parts[:2]) if len(parts) > 1 and parts[1] in WINGS else parts[0]
    return parts[0]


def arrows() -> Counter[tuple[str, str]]:
    """Return {(folder, folder it imports): how many imports}."""
    found: Counter[tuple[str, str]] = Counter()
    for name, others in graph().items():
        found.update((room(name), room(other)) for other in others if room(name) != room(other))
    return found


# The printed page


def ratio(tests: tuple[str, ...], sources: tuple[str, ...]) -> str:
    """Return lines of tests over lines of sources."""
    own, other = (sum(map(lines, files(*folders))) for folders in (tests, sources))
    return f"{own:6} / {other:6} = {own / max(other, 1):.2f}"


def kernel_tests(wing: str) -> list[Path]:
    """Return the test files of a wing that import its kernels."""
    prefix = f"energymodels.kernels.{wing}"
    return [
        path for path in files(f"tests/{wing}") if any(name.startswith(prefix) for name, _ in imports(path))
    ]


def size() -> Iterator[str]:
    """Yield the lines that tell of size."""
    for name, (many, long) in by_folder(*SOURCES, "tests", "benchmarks").items():
        yield f"{name:32} {many:4} files {long:6} lines"
    yield f"\nfiles over {LONG_FILE} lines:"
    yield from (f"  {name:50} {n}" for name, n in long_files(*SOURCES, "tests").items())
    for folder in ("energymodels", "kernels", "cli"):
        long = [length(node) for _, node in functions(folder)]
        many = [positional(node) for _, node in functions(folder)]
        over = ", ".join(f"{sum(n > most for n in long)} over {most}" for most in LONG_FUNCTIONS)
        yield f"{folder}: {len(long)} functions, {over} lines; mean {sum(long) / len(long):.1f}"
        share = 100.0 * sum(n > MANY for n in many) / len(many)
        mean = sum(many) / len(many)
        yield f"  {mean:.1f} arguments by position, {share:.1f} % with more than {MANY}, at most {max(many)}"


def tested() -> Iterator[str]:
    """Yield the lines that compare tests with sources."""
    yield f"\ntests over sources:         {ratio(('tests',), SOURCES)}"
    for wing in WINGS:
        own = sum(map(lines, kernel_tests(wing)))
        source = sum(map(lines, files(f"kernels/{wing}")))
        yield f"  that import kernels/{wing:8} {own:6} / {source:6} = {own / source:.2f}"


def structure() -> Iterator[str]:
    """Yield the lines that tell of structure."""
    nested = nested_choices(*SOURCES)
    yield f"\n{len(nested)} nested conditional expressions"
    yield from (f"  {name}" for name in nested)
    per = 1000.0 * anys("energymodels") / sum(map(lines, files("energymodels")))
    yield f"{per:.1f} Any per 1000 lines of energymodels"
    for words, options in (
        ("when loaded", {"lazy": False}),
        ("with those inside functions", {}),
        ("with those for type checkers", {"typing": True}),
    ):
        found = circles(graph(**options))
        yield f"{len(found)} circles of imports {words}"
        yield from (f"  {' '.join(name.removeprefix('energymodels.') for name in group)}" for group in found)
    yield "who imports whom:"
    to: dict[str, list[str]] = defaultdict(list)
    for (one, other), many in sorted(arrows().items()):
        to[one].append(f"{other} ({many})")
    yield from (f"  {one:16} -> {', '.join(others)}" for one, others in to.items())


def main() -> None:
    """Print all figures."""
    for part in (size(), tested(), structure()):
        print(*part, sep="\n")


if __name__ == "__main__":
    main()
