"""Formulas in files are arithmetic and nothing else."""

import math

import numpy as np
import pytest

from energymodels.battery.parameters.expression import FUNCTIONS, parse
from energymodels.core.errors import InputError

X = np.array([0.25, 0.5, 2.0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x", X),
        ("3", np.full(3, 3.0)),
        ("-x**2", -(X**2)),
        ("2**-1 * x", 0.5 * X),
        ("2**3**2 + 0*x", np.full(3, 512.0)),
        ("1 - x - 1", -X),
        ("8 / x / 2", 4.0 / X),
        ("+x * (1.5e-1 + .5)", 0.65 * X),
        ("abs(x - 1)\n + pi", np.abs(X - 1.0) + math.pi),
        ("exp(-((x - 0.1) ** 2) / 0.005) * tanh(x)", np.exp(-((X - 0.1) ** 2) / 0.005) * np.tanh(X)),
    ],
)
def test_value(text, value):
    """Values and precedence are those of mathematics."""
    assert parse(text)(X) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_function(name):
    function = {"abs": abs, "arctan": math.atan}.get(name) or getattr(math, name)
    assert parse(f"{name}(x)")(X) == pytest.approx([function(x) for x in X], rel=1e-15)


def test_shape_and_type_are_those_of_x():
    assert parse("1")(np.zeros((2, 3))).shape == (2, 3)
    assert parse("x**2")(np.array([1, 2])).dtype == np.float64


def test_what_has_no_value_is_not_finite():
    """Without a warning: whoever reads the values decides."""
    assert np.isnan(parse("log(x)")(np.array([-1.0])))[0]
    assert np.isinf(parse("1 / x")(np.array([0.0])))[0]
    assert np.isinf(parse("9**9**9**9")(np.array([0.0])))[0]  # in floating point, at once


def test_long_sums():
    assert parse(" + ".join(["x"] * 300))(np.ones(1)) == pytest.approx([300.0])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("x^2", "a power is written **, at character 3"),
        ("x // 2", "a division is written /"),
        ("x % 2", "there is no remainder"),
        ("2 x", "no formula of x, at character 3"),
        ("(x", "no formula of x"),
        ("1 + y", "unknown name y; the variable is x, at character 5"),
        ("1 + exq(x)", "unknown function exq; did you mean exp?, at character 5"),
        ("exp(x, 2)", "exp takes one argument"),
        ("exp()", "exp takes one argument"),
        ("exp(x=x)", "exp takes one argument"),
        ("exp(*x)", "exp takes one argument"),
        ("exp", "unknown name exp"),
        ("__import__('os').system('true')", "only a named function can be called"),
        ("__import__('os')", "unknown function __import__"),
        ("x.real", "not allowed"),
        ("x[0]", "not allowed"),
        ("[x]", "not allowed"),
        ("'x'", "not allowed"),
        ("f'{x}'", "not allowed"),
        ("True", "not allowed"),
        ("1j", "not allowed"),
        ("x < 1", "not allowed"),
        ("x if x else 1", "not allowed"),
        ("lambda: x", "not allowed"),
        ("~x", "not allowed"),
        ("1e999", "a number too large"),
        ("x := 1", "no formula"),
        ("x\0", "no formula"),
        ("(" * 300 + "x" + ")" * 300, "no formula"),
        ("-" * 9000 + "x", "nested too deeply"),
        ("x" * 30_000, "more than 20000 characters"),
    ],
)
def test_refused(text, reason):
    """With the reason, and where it can be told, the place."""
    with pytest.raises(InputError, match=r"^negative\.ocp: ") as error:
        parse(text, "negative.ocp")
    assert reason in str(error.value)
