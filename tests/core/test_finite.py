"""No number that is not finite comes with status 0, whatever solves the case, unless its output says where it
may be absent.
"""

import math

import numpy as np
import pytest
from numba.core import config

import energymodels as em
from energymodels.core.registry import MODELS, get_model
from energymodels.core.sweep import solve
from energymodels.kernels import status

pytestmark = pytest.mark.filterwarnings("ignore::energymodels.core.errors.InertWarning")
FAST = config.DISABLE_JIT
# fields of a chain that starts with a choice of its own
TOGETHER = {"pv.cell": ("crystal", "feedstock", "process", "wafer.metals", "wafer.thermal_donors")}
CURVE = {"curve.points": 9, "curve.voltage_min": -5.0, "curve.voltage_max": 5.0}


def drawn(info, generator, n):
    """Return values over all that a field may hold: its ends, and between them by decades where it cannot be
    negative.
    """
    low, high = max(info.low, -1e3), min(info.high, 1e40)
    if info.low >= 0.0:
        values = np.exp(generator.uniform(math.log(max(low, 1e-40)), math.log(high), n))
    else:
        values = generator.uniform(low, min(high, 1e3), n)
    ends = (
        np.nextafter(low, math.inf) if info.low_open else low,
        np.nextafter(info.high, 0.0) if info.high_open else info.high,
    )
    which = generator.integers(0, 10, n)
    return np.clip(np.select([which == 0, which == 1], ends, values), info.low, info.high)


def legal(model, n, seed, usual):
    """Return ``n`` cases of a model, each number by its default with probability ``usual``, else anything
    legal.
    """
    generator = np.random.default_rng(seed)
    fields = em.load(model).fields.items()
    return {
        path: np.where(generator.random(n) < usual, info.default, drawn(info, generator, n))
        for path, info in fields
        if info.kind == "number"
        and not (info.fixed or info.default is None or path.startswith(TOGETHER.get(model, ())))
    }


@pytest.mark.parametrize("usual", [0.95, 0.7, 0.3])
@pytest.mark.parametrize("model", ["pv.cell", "pv.diode", "pv.shockley_queisser"])
def test_any_legal_input_of_solar_cells(model, usual):
    """The kernels say themselves what they could not solve: the engine's net, status not_finite,
    stays empty.
    """
    n = 20 if FAST else 400
    solution = solve(
        model, {}, CURVE if model != "pv.shockley_queisser" else {}, points=legal(model, n, 1, usual)
    )
    good = solution.status == status.OK
    assert not (solution.status == status.NOT_FINITE).any()
    assert good.mean() > 0.4
    for output in solution.outputs:
        values = np.broadcast_to(solution.values[output.name], (n, *solution.values[output.name].shape[1:]))[
            good
        ]
        assert output.absence or np.isfinite(values).all(), output.name
        assert not np.isinf(values).any(), output.name
    for name in {"fill_factor", "pseudo_fill_factor"} & solution.values.keys():
        factor = solution.values[name][good]
        assert np.all(np.isnan(factor) | ((factor > 20.0) & (factor < 100.0)))


@pytest.mark.parametrize("usual", [0.95, 0.3])
def test_any_legal_input_of_the_reference(usual):
    """What pvlib gives with status 0 solves the equation: it is what the kernel finds by other means."""
    points = legal("pv.diode", 20 if FAST else 400, 2, usual)
    points.pop("saturation_current_2")
    ours, theirs = (solve("pv.diode", {}, CURVE, points=points, backend=backend) for backend in ("", "pvlib"))
    good = (theirs.status == status.OK) & (ours.status == status.OK)
    assert good.any()
    assert (theirs.status != status.OK).any()
    for name, values in theirs.values.items():
        assert np.isfinite(values[good]).all()
        np.testing.assert_allclose(ours.values[name][good], values[good], rtol=1e-9, atol=1e-15, err_msg=name)


@pytest.mark.parametrize(("model", "over"), [
    ("battery.design", {"positive.areal_capacity": "0.5,3,20", "negative.coating_density": "0.5,1.5,3"}),
    ("vehicle.range", {"ambient_temperature": "-30,20,50", "mass": "500,2000,1e4", "grade": "-20,0,20"}),
    ("battery.spm", {"temperature": "-20,25", "initial_soc": "0,0.5,1", "protocol": [
        "Discharge at 1C until 2.5 V", "Charge at 2C until 4.2 V", "Rest for 1 hour",
        "Discharge at 1e-6 A for 1 s"]}),
])  # fmt: skip
def test_any_model_through_the_same_net(model, over):
    values = {"series.points": 5} if model == "battery.spm" else {}
    solution = solve(model, over, values)
    good = (solution.status == status.OK).reshape(solution.shape)
    assert good.any()
    assert not (solution.status == status.NOT_FINITE).any()
    for output in solution.outputs:
        found = solution.values[output.name]
        own = found.shape[len(solution.shape) if output.derived else 1 :]
        grid = np.broadcast_to(
            found if output.derived else found.reshape(solution.shape + own), solution.shape + own
        )
        assert output.absence or np.isfinite(grid[good]).all(), output.name


def test_a_series_ends_with_its_case():
    """Along time nothing is absent before the end of a case."""
    ds = em.sweep(
        "battery.spm", {"temperature": "0,40"}, {"protocol": "Discharge at 2C until 3 V", "series.points": 40}
    )
    for name in ("voltage", "current", "heat", "state_of_charge"):
        assert (np.isfinite(ds[name]) == (ds.time <= ds.duration)).all()


@pytest.mark.parametrize("backend", ["", "pvlib"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_the_net_itself(backend, bad, monkeypatch):
    """A kernel or backend that gives such a number and calls it good is not believed; the other cases stay as
    they are.
    """
    if backend:
        from energymodels.backends import pvlib as module
    else:
        module = get_model("pv.diode").kernel()
    original = module.solve

    def broken(*arguments):
        found = original(*arguments)
        (found[0]["v_oc"] if backend else arguments[1][1])[1] = bad
        return found

    monkeypatch.setattr(module, "solve", broken)
    ds = em.sweep("pv.diode", {"photocurrent": "1:3:3"}, backend=backend)
    assert ds.status.values.tolist() == [0, status.NOT_FINITE, 0]
    assert np.isfinite(ds.v_oc.values).tolist() == [True, False, True]
    assert np.isfinite(ds.p_mp).all()


def test_absence_is_declared_and_said(cli):
    """In the result, in ``describe`` and where ``run`` prints no number."""
    spec = ("battery-lfp-18650", {"protocol": "Charge at 1C for 1 minute"})
    ds = em.run(*spec)
    assert ds.status == 0
    assert math.isnan(ds.time_10_to_80)
    assert ds.time_10_to_80.attrs["absent"] == "where the charge does not pass both"
    assert "absent" not in ds.capacity.attrs
    assert (
        "none where the charge does not pass both" in cli("describe", "battery.spm", "time_10_to_80").stdout
    )
    printed = cli("run", spec[0], "-p", f"protocol={spec[1]['protocol']}").stdout.splitlines()
    assert any(
        "none where the charge does not pass both" in line
        for line in printed
        if line.startswith("time_10_to_80")
    )
    assert not any("none where" in line for line in printed if line.startswith("capacity"))


@pytest.mark.parametrize("model", MODELS)
def test_only_what_must_may_be_absent(model):
    """What a model is run for may not."""
    outputs = get_model(model).outputs
    assert not {"capacity", "energy", "duration", "v_oc", "j_sc", "p_mp", "energy_added", "range_added"} & {
        o.name for o in outputs if o.absence
    }
