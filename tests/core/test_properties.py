"""Random specs of every model, in usual ranges and in all that the fields allow: no traceback, no hang, no
number that is not finite with status 0, and nothing that cannot be.
"""

import contextlib
import warnings
from functools import cache

import cases
import draws
import numpy as np
import pytest
import unphysical
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from numba.core import config

import energymodels as em
from energymodels.core.errors import InputError, NoteWarning
from energymodels.core.plan import plan
from energymodels.core.registry import MODELS, get_model
from energymodels.kernels import status

# without shrinking: a failure prints its seed and fields, which are its case
EXAMPLES = settings(max_examples=12, phases=(Phase.explicit, Phase.generate))
MANY = 6  # cases of an example
HANGS, BRIEF = 100.0, 0.02  # medians; s of a processor, with which no case hangs
COARSE = {"points.negative": 4, "points.separator": 2, "points.positive": 4, "points.particle": 5}
SHORT = {  # of the populations whose cases take long
    "battery.spm": COARSE,
    "battery.spme": COARSE,
    "battery.dfn": COARSE,
    "charges at limits": COARSE,
    "vehicle.drive": {"cycles_max": 0.5, "cycle": "us06"},
    "vehicle.charge_stop": {"minutes": 5.0},
}
pytestmark = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="interpreted")


def solved(name, points):
    """Return the solution of a population and how long each of its blocks took, s."""
    model, values, _ = draws.usual(name, 1)
    values = {path: value for path, value in (values | SHORT.get(name, {})).items() if path not in points}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoteWarning)
        planned = plan(model, None, values, points=points, keep=unphysical.kept(get_model(model)))
        with cases.clocked(model) as taken:
            solution = planned.solve(chunk=1 if name in SHORT else None, threads=1)
    return solution, taken


@cache
def bound(name):
    """Return how long a block may take, s: from the median of usual cases, solved twice."""
    points = draws.usual(name, MANY, 1).points
    solved(name, points)
    return max(HANGS * float(np.median(solved(name, points)[1])), BRIEF)


def check(name, points):
    """Solve a population, and hold everything against its results that the rules say."""
    limit = bound(name)
    solution, taken = solved(name, points)
    assert max(taken) < limit
    good = solution.status == status.OK
    for output in solution.outputs:
        values = np.asarray(solution.values[output.name])
        if values.dtype.kind != "f":
            continue
        own = values.shape[len(solution.shape) if output.derived else 1 :]
        values = np.broadcast_to(values.reshape(-1, *own) if output.derived else values, (good.size, *own))
        assert not np.isinf(values[good]).any() or output.absence, output.name
        assert output.absence or np.isfinite(values[good]).all(), output.name
    broken = unphysical.breaches(name, solution)
    assert not any(where.any() for where in broken.values()), {
        words: np.flatnonzero(where) for words, where in broken.items() if where.any()
    }
    return solution, broken


@cache
def fields(name):
    """Return the spec of a population and the fields that may be drawn."""
    model, values, _ = draws.usual(name, 1)
    values = values | SHORT.get(name, {})
    return em.load(model).replace(values), draws.swept(model, values)


@pytest.mark.parametrize("name", draws.USUAL)
def test_usual_specs(name):
    """Nearly all end well: what does not is asked for more power than it has."""
    solution, broken = check(name, draws.usual(name, 4 * MANY, 2).points)
    assert set(solution.failures()) <= {"power_out_of_reach"}
    assert broken.keys() <= unphysical.RULES[name].keys()


@EXAMPLES
@given(data=st.data())
@pytest.mark.parametrize("name", draws.USUAL)
def test_any_spec(name, data):
    """A few fields at once may be anything that they allow, or are refused with a reason."""
    spec, infos = fields(name)
    chosen = data.draw(st.lists(st.sampled_from(sorted(infos)), min_size=1, max_size=4, unique=True))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    points = {path: draws.anything(spec, infos[path], rng, MANY) for path in chosen}
    with contextlib.suppress(InputError):
        check(name, points)


def test_every_model_and_every_rule():
    """No model is left out, and no rule is one that no result can be asked."""
    assert {draws.usual(name, 1).model for name in draws.USUAL} == set(MODELS)
    for name in draws.USUAL:
        asked = unphysical.breaches(name, solved(name, draws.usual(name, 1).points)[0]).keys()
        unresolved = {
            "battery.spm": {"negative concentration", "stoichiometry outside 0 to 1"},
            "battery.spme": {"stoichiometry outside 0 to 1"},
        }
        assert unphysical.RULES[name].keys() - asked == unresolved.get(name, set())


@pytest.mark.parametrize(("name", "output", "value", "rule"), [
    ("pv.cell", "efficiency", 1e36, "efficiency above 100 %"),
    ("pv.cell", "v_oc", -0.3, "negative open-circuit voltage"),
    ("pv.diode", "i_sc", 1e9, "short-circuit current above the photocurrent"),
    ("battery.design", "specific_energy", 1e5, "specific energy above that of its coatings"),
    ("battery.spm", "capacity_discharged", 1e3, "more discharged than the window holds"),
    ("battery.dfn", "electrolyte_concentration", -50.0, "negative concentration"),
    ("vehicle.range", "consumption", -10.0, "negative consumption on a level road"),
])  # fmt: skip
def test_a_rule_finds_what_cannot_be(name, output, value, rule):
    solution, _ = solved(name, draws.usual(name, 2, 2).points)
    assert not unphysical.breaches(name, solution)[rule].any()
    solution.values[output][0] = value
    assert unphysical.breaches(name, solution)[rule].tolist() == [True, False]
