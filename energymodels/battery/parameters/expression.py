"""Formulas of one variable ``x``, as files hold them: read by a small grammar and evaluated by NumPy, never
run as a program.

Numbers, ``x``, ``pi``, ``+ - * / **``, brackets and the functions of ``FUNCTIONS``. Precedence is that of
mathematics: ``-x**2`` is the negative of a square, ``2**3**2`` is ``2**9``.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from energymodels.core.errors import Fault, InputError, closest

Array: TypeAlias = NDArray[np.float64]
Function: TypeAlias = Callable[..., Array]  # of one argument or two
Step: TypeAlias = float | tuple[Function, int] | None
LONGEST = 20_000  # characters
LARGEST = 1e300  # number
FUNCTIONS: dict[str, Function] = {
    "exp": np.exp, "log": np.log, "log10": np.log10, "sqrt": np.sqrt, "abs": np.abs,
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "arctan": np.arctan, "atan": np.arctan,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
}  # fmt: skip
CONSTANTS = {"pi": math.pi}
_OPERATORS: dict[type, Function] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_SIGNS: dict[type, Function] = {ast.UAdd: np.positive, ast.USub: np.negative}
_UNWANTED = {"^": "a power is written **", "//": "a division is written /", "%": "there is no remainder"}


@dataclass(frozen=True)
class Expression:
    """A formula as the steps of a stack machine: numbers, ``None`` for x, and (function, how many
    arguments).
    """

    text: str
    steps: tuple[Step, ...]

    def __call__(self, x: Array) -> Array:
        """Return the values at ``x``; NaN or inf where the formula has none."""
        x = np.asarray(x, dtype=np.float64)
        stack: list[Array | np.float64] = []
        with np.errstate(all="ignore"):
            for step in self.steps:
                if step is None:
                    stack.append(x)
                elif isinstance(step, float):
                    stack.append(np.float64(step))
                else:
                    function, count = step
                    stack[-count:] = [function(*stack[-count:])]
        return np.broadcast_to(stack[0], x.shape).astype(np.float64)


def parse(text: str, field: str = "formula") -> Expression:
    """Return the formula in ``text``; InputError says what is wrong and at which character."""
    if len(text) > LONGEST:
        raise InputError(Fault(field, hint=f"a formula of more than {LONGEST} characters"))
    source = " ".join(text.split())  # one line, so that an offset is a place
    try:
        tree = ast.parse(source, mode="eval")
        return Expression(source, tuple(_steps(tree.body, source)))
    except SyntaxError as error:
        raise _fault(field, source, (error.offset or 1) - 1, _reason(source)) from None
    except _WrongError as error:
        raise _fault(field, source, error.place, error.reason) from None
    except (ValueError, MemoryError, RecursionError):
        raise InputError(Fault(field, hint="no formula, or one nested too deeply")) from None


class _WrongError(Exception):
    def __init__(self, node: ast.AST, reason: str) -> None:
        self.place, self.reason = int(getattr(node, "col_offset", 0)), reason


def _fault(field: str, source: str, place: int, reason: str) -> InputError:
    near = source[max(0, place - 10) : place + 20]
    return InputError(Fault(field, hint=f"{reason}, at character {place + 1} of the formula: {near!r}"))


def _reason(source: str) -> str:
    return (
        "empty"
        if not source
        else next((why for sign, why in _UNWANTED.items() if sign in source), "no formula of x")
    )


def _steps(root: ast.expr, source: str) -> list[Step]:
    """Return the steps of a tree; the walk keeps its own stack, so that long sums do not exhaust Python's."""
    steps: list[Step] = []
    waiting: list[ast.expr | tuple[Function, int]] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            steps.append(node)
        elif isinstance(node, ast.BinOp):
            waiting += [(_operator(node, source), 2), node.right, node.left]
        elif isinstance(node, ast.UnaryOp) and type(node.op) in _SIGNS:
            waiting += [(_SIGNS[type(node.op)], 1), node.operand]
        elif isinstance(node, ast.Call):
            waiting += [(_function(node), 1), node.args[0]]
        else:
            steps.append(_leaf(node))
    return steps


def _operator(node: ast.BinOp, source: str) -> Function:
    if type(node.op) not in _OPERATORS:
        raise _WrongError(node.right, _reason(source))
    return _OPERATORS[type(node.op)]


def _function(node: ast.Call) -> Function:
    if not isinstance(node.func, ast.Name):
        raise _WrongError(node, "only a named function can be called")
    if node.func.id not in FUNCTIONS:
        raise _WrongError(
            node, f"unknown function {node.func.id}; {closest(node.func.id, FUNCTIONS)}".rstrip("; ")
        )
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        raise _WrongError(node, f"{node.func.id} takes one argument")
    return FUNCTIONS[node.func.id]


def _leaf(node: ast.expr) -> float | None:
    """Return a number, or None for x."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):  # not bool
        if not abs(node.value) <= LARGEST:  # type: ignore[arg-type]
            raise _WrongError(node, "a number too large")
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        if node.id == "x":
            return None
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        raise _WrongError(node, f"unknown name {node.id}; the variable is x")
    raise _WrongError(node, "not allowed in a formula")
