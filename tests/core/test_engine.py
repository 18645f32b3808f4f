"""The generic sweep on every model, and the physics of ``pv.cell`` and the limits it must reproduce."""

import itertools
import time
import warnings

import numpy as np
import pytest
from comparison import compare
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core import config

import energymodels as em
from energymodels import datasets
from energymodels.core.dataset import to_dataset
from energymodels.core.errors import InertWarning, InputError, ValidityWarning
from energymodels.core.registry import MODELS, get_model
from energymodels.core.spec import bundled
from energymodels.core.sweep import solve
from energymodels.kernels import status
from energymodels.kernels.constants import K_B_EV
from energymodels.kernels.pv.cell import preparation
from energymodels.kernels.pv.optics import lambertian
from energymodels.pv import silicon
from energymodels.pv.cell import optics

FAST = config.DISABLE_JIT  # interpreted: the same tests on fewer cells
SOME = 3 if FAST else 25
BATTERY = (
    {
        "protocol": "Discharge at {rate}C for 2 s,Charge at {rate}C for 1 s"
        if FAST
        else "Discharge at {rate}C for 10 min; Rest for 1 min,Charge at {rate}C until 3.6 V",
        "rate": "0.5" if FAST else "0.5,3",
        "temperature": "25" if FAST else "10,40",
        "thermal": "isothermal,lumped",
        "parameters": "lfp-18650" if FAST else "lfp-18650,Chen2020",
    },
    {
        "heat_transfer_coefficient": 10.0,
        "series.end": 2.0 if FAST else 2000.0,
        "series.points": 11,
        "initial_soc": 0.4,
    },
)
SWEEPS = {
    "pv.cell": (
        {
            "wafer.type": "p,n",
            "wafer.tau": "1e-5,inf" if FAST else "1e-5,1e-3,inf",
            "wafer.capture_ratio": "1,100" if FAST else "0.1,1,100",
            "series_resistance": "0,0.5",
            "rear.metal_fraction": "0,0.03",
            "auger": "niewelt2022,richter2012",
            "feedstock.metals.Cr": "0,30",
            "process.gettering": "none" if FAST else "none,pocl3",
        },
        {
            "feedstock.metals.Fe": 5.0,
            "defects.Cr_i": "schmidt2007",
            "rear.j0": 10.0,
            "rear.j0_metal": 800.0,
            "rear.contact_resistivity": 1e-3,
            "curve.points": 3,
        },
    ),
    "pv.diode": (
        {
            "photocurrent": "0,0.1,8",
            "saturation_current": "1e-14:1e-6:4:log",
            "resistance_series,nNsVth": "0.5,1",
            "resistance_shunt": "10,inf",
            "saturation_current_2": "0,1e-7",
        },
        {"curve.points": 3},
    ),
    "pv.shockley_queisser": (
        {"band_gap": "0.5:2.5:9", "temperature": "250,300,350", "emission": "one,two"},
        {},
    ),
    "battery.design": (
        {
            "positive.material": "lfp,nmc811",
            "negative.material": "graphite,silicon-graphite,lithium",
            "positive.areal_capacity": "1:6:6",
            "cell.thickness": "60,80",
            "cell.format": "prismatic,pouch",
        },
        {
            "cell.length": 200.0,
            "cell.height": 100.0,
            "cell.electrode_pairs": 80.0,
            "housing.wall_thickness": 0.5,
            "negative.coating_density": 1.5,
        },
    ),
    "battery.dfn": BATTERY,
    "battery.spm": BATTERY,
    "battery.spme": BATTERY,
    "vehicle.drive": (
        {
            "cycle": "30 km/h" if FAST else "udds,30 km/h",
            "ambient_temperature": "-10" if FAST else "-10,23",
            "pack.cell": "battery-lfp-4c" if FAST else "battery-lfp-4c,battery-nmc811-sic",
            "pack.soc_start": "0.2002" if FAST else "0.6,1",
            "pack.resistance": "0,0.1",
            "battery_cell.thermal": "isothermal,lumped",
        },
        {"battery_cell.heat_transfer_coefficient": 10.0, "pack.soc_min": 0.2, "cycles_max": 1.0},
    ),
    "vehicle.charge_stop": (
        {
            "minutes": "0.01" if FAST else "3,10",
            "pack.temperature": "0,40",
            "pack.cell": "battery-lfp-4c" if FAST else "battery-lfp-4c,battery-nmc811-sic",
            "station.power": "100" if FAST else "100,inf",
            "battery_cell.thermal": "lumped" if FAST else "isothermal,lumped",
        },
        {
            "battery_cell.heat_transfer_coefficient": 10.0,
            "pack.resistance": 0.05,
            "pack.fidelity": "battery.spme",
            "cycle": "udds",
        },
    ),
    "vehicle.range": (
        {
            "vehicle": "generic,leaf-40",
            "cycle": "hwfet,30 km/h" if FAST else "udds,nedc,30 km/h",
            "ambient_temperature": "-10,23",
            "grade": "1" if FAST else "-2,1",
            "assumption.battery_energy": "given,high",
            "cabin.heater": "heat_pump,resistance",
        },
        {"regeneration.power_max": 20.0, "altitude": 500.0},
    ),
}
CUTS = [(1, 2)] if FAST else list(itertools.product((1, 7, 64, 10**6), (1, 2, 3)))
MECHANISMS = ("radiative", "auger", "srh", "front", "rear", "shunt")
EPS = np.finfo(float).eps


def flat(solution):
    """Return every output over all cases, derived ones included."""
    found = {"status": solution.status}
    for output in solution.outputs:
        values = solution.values[output.name]
        if output.derived:
            own = values.shape[len(solution.shape) :]
            values = np.broadcast_to(values, solution.shape + own).reshape(-1, *own)
        found[output.name] = values
    return found


def assert_same(some, others):
    assert some.keys() == others.keys()
    for name, values in some.items():
        assert np.array_equal(values, others[name], equal_nan=True), name


def cell(values=None, over=None, **options):
    """Return the outputs of a sweep of pv.cell: numbers for a run."""
    solution = solve("pv.cell", over or {}, values, **options)
    assert not solution.failed
    found = {name: array for name, array in flat(solution).items() if array.ndim < 2}
    return found if over or options.get("points") else {name: array.item() for name, array in found.items()}


@pytest.fixture(scope="module")
def separate():
    """Return a function that runs every case of a model's sweep by itself, once per session."""
    done = {}

    def runs(model):
        if model not in done:
            over, values = SWEEPS[model]
            axes = solve(model, over, values).axes
            axes = [
                [dict(zip(a.values, v, strict=True)) for v in zip(*a.values.values(), strict=True)]
                for a in axes
            ]
            cases = [{k: v for part in parts for k, v in part.items()} for parts in itertools.product(*axes)]
            each = [flat(solve(model, {}, values | {k: str(v) for k, v in case.items()})) for case in cases]
            done[model] = cases, {name: np.concatenate([one[name] for one in each]) for name in each[0]}
        return done[model]

    return runs


# The sweep


@pytest.mark.parametrize(("chunk", "threads"), CUTS)
@pytest.mark.parametrize("model", MODELS)
def test_sweep_equals_separate_runs(model, chunk, threads, separate):
    over, values = SWEEPS[model]
    assert_same(flat(solve(model, over, values, chunk=chunk, threads=threads)), separate(model)[1])


@pytest.mark.parametrize("model", MODELS)
def test_designs_equal_separate_runs_in_any_order(model, separate):
    cases, expected = separate(model)
    order = np.random.default_rng(1).permutation(len(cases))
    points = {path: [cases[i][path] for i in order] for path in cases[0]}
    found = flat(solve(model, {}, SWEEPS[model][1], points=points, chunk=50, threads=2))
    assert_same(found, {name: array[order] for name, array in expected.items()})


@pytest.mark.parametrize("model", [name for name in MODELS if not (FAST and name == "vehicle.drive")])
def test_run_is_a_sweep_over_nothing(model):
    run, sweep = em.run(model), em.sweep(model, {})
    assert run.equals(sweep)
    assert set(run.sizes) <= {dim for output in get_model(model).outputs for dim in output.dims}
    assert run.status == 0


@pytest.mark.parametrize("name", [name for name in bundled() if not (FAST and name.startswith("drive-"))])
def test_bundled_specs_run(name):
    assert em.run(name).status == 0


def test_values_go_on_top_of_the_spec():
    spec = em.load("industrial-perc-2023")
    found = em.run(spec, {"wafer.thickness": "100um", "wafer.doping": 1e16})
    assert found.equals(em.run(spec.replace({"wafer.thickness": 100.0, "wafer.doping": 1e16})))
    assert found.base_doping == pytest.approx(1e16, rel=1e-14)


def test_shapes_of_a_grid():
    over = {"wafer.type": "p,n", "wafer.resistivity": "1:3:3", "temperature": "300", "optical_loss": "0,0.1"}
    ds = em.sweep("pv.cell", over, {"curve.points": 4})
    dims = ("wafer_type", "wafer_resistivity", "temperature", "optical_loss")
    assert ds.efficiency.dims == ds.status.dims == dims
    assert ds.efficiency.shape == (2, 3, 1, 2)
    assert ds.j.dims == (*dims, "voltage")
    assert ds.wafer_type.values.tolist() == ["p", "n"]
    assert ds.wafer_resistivity.values.tolist() == [1.0, 2.0, 3.0]


def test_derived_outputs_live_on_the_axes_they_depend_on():
    ds = em.sweep(
        "pv.cell",
        {
            "wafer.type": "p,n",
            "wafer.tau": "1e-3,1e-2",
            "wafer.resistivity": "1:3:3",
            "optical_loss": "0,0.1",
        },
    )
    assert ds.base_doping.dims == ("wafer_type", "wafer_resistivity")
    assert ds.base_resistivity.dims == ("wafer_resistivity",)
    assert ds.j_generation.dims == ("optical_loss",)
    assert ds.validity.dims == ("wafer_type", "wafer_tau", "wafer_resistivity")  # by the diffusion length


def test_tied_fields_share_a_dimension():
    ds = em.sweep("pv.cell", {"front.j0,rear.j0": "1,5,20"})
    assert ds.sizes == {"front_j0": 3}
    assert ds.rear_j0.dims == ("front_j0",)
    assert em.run("pv.cell", {"front.j0": 5, "rear.j0": 5}).efficiency == ds.efficiency[1]


@pytest.mark.parametrize("model", MODELS)
def test_keep(model):
    over, values = SWEEPS[model]
    everything = em.sweep(model, over, values)
    names = [output.name for output in get_model(model).outputs][1::2]
    names = [name for name in names if name in everything]
    some = em.sweep(model, over, values, keep=names)
    assert set(some.data_vars) == {*names, "status"}
    assert some.equals(everything[[*names, "status"]])


def test_keep_names_the_closest():
    with pytest.raises(InputError, match="did you mean efficiency"):
        em.sweep("pv.cell", {"temperature": "300"}, keep=["eficiency"])
    with pytest.raises(InputError, match="unknown output"):  # without points there is no curve
        em.sweep("pv.cell", {"temperature": "300"}, keep=["j"])


def test_backend_must_be_known():
    with pytest.raises(InputError, match="pvlib"):
        em.run("pv.diode", backend="pvlb")


# What goes wrong


@pytest.mark.parametrize(("over", "values", "name"), [
    ({"shunt_resistance": "1000,1e-310,500"}, {}, "out_of_range"),  # the conductance is beyond every number
    ({"wafer.tau": "1e-3,1e-320,1e-4"}, {}, "no_convergence"),  # so is the excess density, below them
])  # fmt: skip
def test_failing_case_does_not_stop_the_others(over, values, name):
    solution = solve("pv.cell", over, values)
    assert [status.MEANINGS[int(code)] for code in solution.status] == ["ok", name, "ok"]
    assert solution.failures() == {name: 1}
    for output in solution.outputs:
        if not output.derived:
            assert np.isnan(solution.values[output.name]).tolist() == [False, True, False], output.name
    assert np.array_equal(
        solution.values["efficiency"][::2],
        [
            solve("pv.cell", {}, values | {k: v}).values["efficiency"][0]
            for k, t in over.items()
            for v in t.split(",")[::2]
        ],
    )


def test_failed_curves_are_nan():
    ds = em.sweep("pv.cell", {"wafer.tau": "1e-320,1e-3"}, {"curve.points": 3})
    assert np.isnan(ds.j).all("voltage").values.tolist() == [True, False]


@pytest.mark.parametrize("threads", [1, 2])
def test_interruption_keeps_what_is_finished(threads, monkeypatch):
    over = {"wafer.thickness": "80:180:100"}
    expected = flat(solve("pv.cell", over))
    model = type(get_model("pv.cell"))
    original = model.solve

    def slow(self, rows, axes, out):
        time.sleep(1e-3)  # so that cases are left when the interruption comes
        original(self, rows, axes, out)

    def interrupt(done, cases):
        assert 0 < done <= cases == 100
        if done > 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(model, "solve", slow)
    solution = solve("pv.cell", over, chunk=1, threads=threads, progress=interrupt)
    reached = solution.status == status.OK
    assert solution.interrupted
    assert (solution.status[~reached] == status.NOT_RUN).all()
    assert 4 <= reached.sum() < 100
    for output in solution.outputs:
        if not output.derived:
            assert np.array_equal(solution.values[output.name][reached], expected[output.name][reached])
            assert np.isnan(solution.values[output.name][~reached]).all()
    assert "not_run" in to_dataset(solution).attrs["comment"]


@pytest.mark.parametrize("threads", [1, 2])
def test_progress_counts_every_case(threads):
    seen = []
    solve(
        "pv.cell",
        {"wafer.thickness": "80:180:40"},
        chunk=7,
        threads=threads,
        progress=lambda *counts: seen.append(counts),
    )
    assert seen[-1] == (40, 40)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


@pytest.mark.parametrize(("model", "over", "values"), [
    ("pv.cell", {"wafer.thickness": "100,150"}, {"generation_current_density": 41.0}),
    ("pv.cell", {"wafer.capture_ratio": "1,10"}, {}),
    ("pv.cell", {"wafer.srh_level": "0,0.1"}, {}),
    ("pv.cell", {"front.j0_metal": "10,100"}, {}),
    ("pv.cell", {"rear.j0_temperature": "298.15,300"}, {}),
    ("pv.diode", {"nNsVth_2": "1,2"}, {}),
])  # fmt: skip
def test_inert_field_warns_and_is_recorded(model, over, values):
    (path,) = over
    with pytest.warns(InertWarning, match=f"sweeping {path}"):
        ds = em.sweep(model, over, values)
    assert f"sweeping {path}" in ds.attrs["comment"]


def test_acting_field_does_not_warn():
    over = {
        "wafer.thickness": "100,150",
        "wafer.capture_ratio": "1,10",
        "front.j0_metal": "1,2",
        "rear.j0_temperature": "298,300",
    }
    ds = em.sweep(
        "pv.cell",
        over,
        {"wafer.tau": 1e-3, "front.metal_fraction": 0.1, "rear.j0": 1.0, "optical_loss": 0.05},
    )
    assert "comment" not in ds.attrs


@pytest.mark.parametrize("keep", [None, ["efficiency"]])
def test_validity_warns_and_is_recorded(keep):
    with pytest.warns(ValidityWarning, match="auger"):
        ds = em.sweep("pv.cell", {"temperature": "298.15,350"}, keep=keep)
    assert "auger" in ds.attrs["comment"]
    if keep is None:
        masks = dict(zip(ds.validity.flag_meanings.split(), ds.validity.flag_masks, strict=True))
        assert [bool(flag & masks["auger"]) for flag in ds.validity.values] == [False, True]
        assert ds.validity[0] == 0


# What holds for every cell


def decades(low, high):
    return st.floats(np.log10(low), np.log10(high)).map(lambda x: float(10.0**x))


CELLS = st.fixed_dictionaries(
    {
        "wafer.type": st.sampled_from("pn"),
        "wafer.resistivity": decades(0.1, 1e3),
        "wafer.thickness": decades(10.0, 1e3),
        "wafer.tau": decades(1e-6, 1.0),
        "wafer.capture_ratio": decades(1e-4, 1e4),
        "wafer.srh_level": st.floats(-0.3, 0.3),
        "front.j0": decades(0.01, 1e3),
        "front.j0_metal": decades(1e3, 1e4),  # metal worse than the surface it replaces
        "front.metal_fraction": st.sampled_from([0.0, 0.03]),
        "rear.j0": decades(0.01, 1e3),
        "series_resistance": st.one_of(st.just(0.0), decades(1e-3, 3.0)),
        "shunt_resistance": st.one_of(st.just(np.inf), decades(100.0, 1e6)),
        "auger": st.sampled_from(["niewelt2022", "richter2012"]),
        "irradiance": decades(10.0, 3e3),
    }
)
EXAMPLES = settings(max_examples=10 if FAST else 100)


def rises(case, path, factors, sign):
    """Check that efficiency rises (or falls) with a field; to round-off of the maximum, which is flat."""
    efficiency = cell(case, {path: np.array(factors)})["efficiency"]
    assert (sign * np.diff(efficiency) >= -4 * EPS * efficiency[1:]).all()


@EXAMPLES
@given(CELLS)
def test_recombination_and_power_balance(case):
    """All parts and their sum come from one state of the cell, so at maximum power only round-off of the
    generation is left.

    Open circuit is found by Newton's method, whose last step is below 1e-8 in the logarithm: its square
    remains.
    """
    found = cell(case)
    mp, oc = (sum(found[f"j_{m}_{point}"] for m in MECHANISMS) for point in ("mp", "oc"))
    assert mp == pytest.approx(
        found["j_generation"] - found["j_mp"], rel=0, abs=8 * EPS * found["j_generation"]
    )
    assert oc == pytest.approx(found["j_generation"], rel=1e-12)
    power = found["v_mp"] * found["j_mp"]
    assert found["fill_factor"] == pytest.approx(100.0 * power / (found["v_oc"] * found["j_sc"]), rel=8 * EPS)
    assert found["efficiency"] == pytest.approx(100.0 * 10.0 * power / case["irradiance"], rel=8 * EPS)


@EXAMPLES
@given(CELLS)
def test_order_of_points(case):
    found = cell(case)
    assert 0.0 < found["v_mp"] < found["v_oc"] <= found["implied_v_oc"] * (1 + 4 * EPS)
    assert 0.0 < found["j_mp"] < found["j_sc"] <= found["j_generation"]
    assert found["fill_factor"] <= found["pseudo_fill_factor"] < 100.0
    assert (found["fill_factor"] == found["pseudo_fill_factor"]) == (case["series_resistance"] == 0.0)
    assert found["excess_density_mp"] < found["excess_density_oc"]
    assert found["status"] == 0


@EXAMPLES
@given(CELLS)
def test_curve_passes_through_the_points(case):
    v_mp, j_mp, v_oc, j_sc = (cell(case)[name] for name in ("v_mp", "j_mp", "v_oc", "j_sc"))
    for voltage, current in ((v_mp, j_mp), (v_oc, 0.0)):
        solution = solve("pv.cell", {}, case | {"curve.points": 150, "curve.voltage_max": voltage})
        v, j = solution.output_axes["voltage"], solution.values["j"][0]
        # near open circuit the current falls j_sc within kT/q: the curve's 1e-8 in ln dn is that share of it
        assert j[-1] == pytest.approx(current, rel=1e-7, abs=1e-7 * j_sc)
        assert j[0] == pytest.approx(j_sc, rel=1e-7)
        assert (np.diff(j) <= 1e-12 * j_sc).all()
        assert (v * j).max() <= v_mp * j_mp * (1 + 1e-12)


@EXAMPLES
@given(CELLS)
def test_losses_cost_efficiency(case):
    rises(case, "front.j0", [0.0, 0.1, 1.0, 10.0, 1e3], -1)
    rises(case, "series_resistance", [0.0, 0.01, 0.1, 1.0], -1)
    rises(case, "wafer.tau", [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, np.inf], 1)
    rises(case, "shunt_resistance", [100.0, 1e3, 1e4, np.inf], 1)


@pytest.mark.parametrize(("resistivity", "tau", "ratio", "thickness", "series", "shunt", "irradiance"), [
    (1.74, 1.95e-4, 33600.0, 113.0, 1.96, 633.0, 2540.0),
    (1.34, 4.07e-4, 3070.0, 159.0, 1.86, 931.0, 2870.0),
    (1.42, 2.84e-4, 473.0, 73.9, 1.48, 59.4, 2870.0),
    (2.28, 2.99e-4, 1840.0, 191.0, 1.83, 409.0, 2710.0),
])  # fmt: skip
def test_the_higher_of_two_maxima(resistivity, tau, ratio, thickness, series, shunt, irradiance):
    """A lifetime that rises with injection can give two maxima of power: the answer is the higher one,
    wherever it lies.
    """
    case = {
        "wafer.type": "p", "wafer.resistivity": resistivity, "wafer.tau": tau, "wafer.capture_ratio": ratio,
        "wafer.thickness": thickness, "series_resistance": series, "shunt_resistance": shunt,
        "irradiance": irradiance,
        "curve.points": 1001,
    }  # fmt: skip
    ds = em.run("pv.cell", case)
    assert (ds.j * ds.voltage).max() <= ds.v_mp * ds.j_mp * (1 + 1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_maximum_power_is_the_highest_of_the_curve(seed):
    """Cells chosen for what makes two maxima likely."""
    rng = np.random.default_rng(seed)
    ranges = {"wafer.resistivity": (0.5, 3.0), "wafer.tau": (1e-5, 1e-3), "wafer.capture_ratio": (100.0, 1e5),
              "wafer.thickness": (20.0, 200.0), "series_resistance": (0.1, 2.0),
              "shunt_resistance": (50.0, 1e3),
              "irradiance": (300.0, 3e3)}  # fmt: skip
    points = {path: np.exp(rng.uniform(*np.log(ends), 10 if FAST else 3000)) for path, ends in ranges.items()}
    ds = em.sweep(
        "pv.cell", {}, {"wafer.type": "p", "curve.points": 101}, points=points, keep=["j", "v_mp", "j_mp"]
    )
    assert ((ds.j * ds.voltage).max("voltage") <= ds.v_mp * ds.j_mp * (1 + 1e-12)).all()


# Anchors


@pytest.mark.parametrize(("auger", "v_oc", "fill_factor", "tolerance"), [
    ("richter2012", 0.7613, 89.26, 0.15),  # Richter 2013; his current rests on other optics
    ("niewelt2022", 0.7559, 89.47, 0.1),
])  # fmt: skip
def test_limit_of_110_um(auger, v_oc, fill_factor, tolerance):
    found = cell({"wafer.doping": 1e8, "wafer.thickness": 110.0, "auger": auger})
    assert found["v_oc"] == pytest.approx(v_oc, abs=1e-3)
    assert found["fill_factor"] == pytest.approx(fill_factor, abs=tolerance)


def test_optimum_thickness():
    found = cell({"wafer.doping": 1e8}, {"wafer.thickness": "60:200:29"})["efficiency"]
    best = np.linspace(60.0, 200.0, 29)[found.argmax()]
    assert 90.0 <= best <= 110.0
    assert 29.4 <= found.max() <= 29.5


@pytest.mark.parametrize(("ratio", "ahead"), [(1.0, "p"), (100.0, "n")])
def test_which_type_wins(ratio, ahead):
    """At 1 ohm cm p-type holds three times the dopants, so half the excess carriers; defects that catch
    electrons turn it round.
    """
    p, n = cell({"wafer.tau": 1e-3, "wafer.capture_ratio": ratio, "front.j0": 5.0}, {"wafer.type": "p,n"})[
        "efficiency"
    ]
    assert ("p" if p > n else "n") == ahead
    assert abs(p - n) > 0.3


def test_j0_belongs_to_its_intrinsic_density():
    """J0 goes with n_i squared: stated at 300 K, it is smaller at 298.15 K."""
    at_300, at_298 = silicon.intrinsic_density(300.0), silicon.intrinsic_density(298.15)
    stated = cell({"front.j0": 10.0, "front.j0_temperature": 300.0})
    scaled = cell({"front.j0": 10.0 / (at_300 / at_298) ** 2})
    given_density = cell({"front.j0": 10.0, "front.j0_n_i": at_300})
    for name in ("v_oc", "efficiency", "j_front_mp"):
        assert stated[name] == pytest.approx(scaled[name], rel=1e-12)
        assert given_density[name] == pytest.approx(scaled[name], rel=1e-12)
    assert stated["j_front_mp"] < cell({"front.j0": 10.0})["j_front_mp"]


def test_surface_recombination_is_a_diode():
    """At open circuit J_front = J0 (exp(V/kT) - 1), and a surface that takes all the current leaves an
    ideality of 1.
    """
    found = cell({"front.j0": 1e6, "wafer.thickness": 10.0})
    assert found["j_front_oc"] * 1e12 / 1e6 == pytest.approx(
        np.expm1(found["v_oc"] / (K_B_EV * 298.15)), rel=1e-10
    )
    assert found["ideality_oc"] == pytest.approx(1.0, abs=1e-3)


def test_contacts_add_to_the_series_resistance():
    """Contact resistivity over the metal fraction; over the whole area where the fraction is 0."""
    lumped = cell({"series_resistance": 0.5, "front.metal_fraction": 0.05})
    front = {"front.contact_resistivity": 0.015, "front.metal_fraction": 0.05}
    contacts = {"series_resistance": 0.1, **front, "rear.contact_resistivity": 0.1}
    assert cell(contacts)["fill_factor"] == pytest.approx(lumped["fill_factor"], rel=1e-12)


def test_generation_scales_with_irradiance_and_loss():
    found = cell({"optical_loss": 0.1}, {"irradiance": "100,1000"})["j_generation"]
    assert found == pytest.approx([0.09 * cell()["j_generation"], 0.9 * cell()["j_generation"]], rel=1e-14)
    assert cell({"generation_current_density": 41.0, "irradiance": 500.0})["j_generation"] == pytest.approx(
        20.5, rel=1e-14
    )


@pytest.mark.parametrize(("gap", "emission", "efficiency"), [
    (1.34, "one", 33.77), (1.34, "two", 33.16), (1.12, "one", 33.50), (1.12, "two", 32.74),
])  # fmt: skip
def test_shockley_queisser(gap, emission, efficiency):
    ds = em.run("pv.shockley_queisser", {"band_gap": gap, "emission": emission})
    assert ds.efficiency.item() == pytest.approx(efficiency, abs=0.03)


@pytest.mark.parametrize("key", optics.OPTICS)
def test_optical_tables_between_their_nodes(key):
    """The cubic over a smooth table: J0 and current to 1e-5, some 0.3 uV and 0.4 uA cm-2."""
    rng = np.random.default_rng(3)
    T, thickness = rng.uniform(200.0, 450.0, SOME), 10.0 ** rng.uniform(-6.0, -2.0, SOME)
    nk, light = datasets.series(key), datasets.series("pv/am15g").columns
    tables = (np.column_stack([nk.columns[c] for c in ("wavelength", "n", "k")]),
    float(nk.meta["temperature"]["value"]),
              np.column_stack([light["wavelength"], light["irradiance"]]), optics.ENERGIES)  # fmt: skip
    direct = [
        lambertian.tabulate(np.array([t]), np.array([w]), *tables) for t, w in zip(T, thickness, strict=True)
    ]
    generation, emission = preparation.optical(T, thickness, *optics.optical_tables(key))
    np.testing.assert_allclose(generation, [g.item() for g, _ in direct], rtol=1e-5)
    np.testing.assert_allclose(emission, [np.exp(e).item() for _, e in direct], rtol=1e-5)


@pytest.mark.parametrize(
    "over", [{}, {"photocurrent": "0.1,1,8", "resistance_series": "0,0.5", "resistance_shunt": "50,inf"}]
)
def test_comparison_with_the_reference(over):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        entries = compare("pv.diode", {"curve.points": 5}, over=over)
    assert {entry["output"] for entry in entries} == {"i_sc", "v_oc", "i_mp", "v_mp", "p_mp", "i"}
    assert all(
        entry["within"] and entry["deviation"] <= entry["tolerance"] and entry["reason"] for entry in entries
    )


def test_no_reference_no_comparison():
    with pytest.raises(InputError, match=r"pv\.cell has no reference backend"):
        em.compare("pv.cell")
    with pytest.raises(InputError, match="second diode"):
        em.compare("pv.diode", {"saturation_current_2": 1e-9})
