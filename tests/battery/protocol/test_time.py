"""Years, thousands of cycles, profiles of any length: a step hangs neither on when it begins nor on how many
there are.
"""

import numpy as np
import pytest
from numba.core import config

import energymodels as em
from energymodels.core.sweep import solve
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at

FAST = bool(config.DISABLE_JIT)
compiled = pytest.mark.skipif(FAST, reason="so many steps take minutes interpreted")
FIDELITIES = ("battery.spm", "battery.spme", "battery.dfn")
SMALL = {"points.negative": 3, "points.separator": 2, "points.positive": 3, "points.particle": 4}
STORED = {"parameters": "OKane2022", "side_reactions.sei": "solvent-diffusion limited", "initial_soc": 0.5}
YEAR = 8760 * 3600.0  # s


def scalars(model, values, *names):
    """Return results of one case without series."""
    found = solve(model, {}, {"series.points": 0} | values, keep=list(names))
    assert found.status.item() == 0, values
    return [float(found.values[name].item()) for name in names]


# Years


@compiled
@pytest.mark.parametrize("years", [1, 10])
@pytest.mark.parametrize("model", FIDELITIES)
def test_the_sei_of_years_is_that_of_its_square_root(tools, model, years):
    """At rest dL/dt = D c V/L: L^2 = L_0^2 + 2 D c V t, to the tolerance of the time steps."""
    case = tools.solve_case(
        model, STORED | {"protocol": f"Rest for {years * 8760} hours; Discharge at 1C for 10 minutes"}
    )
    assert case.status == 0
    assert case.out[to.DURATION] == pytest.approx(years * YEAR + 600.0, rel=1e-12)
    c, mesh = case.row, case.mesh
    thickness = case.point[at.FIRST + 3 * (mesh.n + mesh.s + mesh.p) + 2 * mesh.n :]
    expected = np.sqrt(c.thickness_sei**2 + 2.0 * c.supply_sei * c.volume_sei * years * YEAR)
    np.testing.assert_allclose(thickness, expected, rtol=5e-4)


@compiled
def test_a_year_of_storage_and_a_pulse():
    ds = em.run(
        "battery.spme",
        STORED | {"protocol": "Rest for 8760 hours; Discharge at 1C for 10 minutes", "series.points": 5},
    )
    assert ds.lithium_in_sei.item() == pytest.approx(0.0548, abs=5e-5)  # A h
    assert ds.voltage.values[-1] == pytest.approx(3.374, abs=1e-3)
    assert np.isfinite(ds.voltage.values).all()  # the last sample is the end


@compiled
@pytest.mark.parametrize("model", FIDELITIES)
def test_a_discharge_is_the_same_ten_years_later(model):
    names = ("capacity_discharged", "energy_discharged", "duration")
    late = scalars(model, {"protocol": "Rest for 87600 hours; Discharge at 1C"}, *names)
    early = scalars(model, {"protocol": "Rest for 1 hour; Discharge at 1C"}, *names)
    assert late[:2] == pytest.approx(early[:2], rel=1e-9)
    assert late[2] - 10.0 * YEAR == pytest.approx(early[2] - 3600.0, abs=1e-6)


@compiled
def test_states_of_charge_are_timed_after_years():
    """The time from 10 to 80 % does not hang on when the charge begins."""
    charge = "Charge at 1C until 3.65 V; Hold at 3.65 V until C/20"
    found = [scalars("battery.spm", {"initial_soc": 0.0, "protocol": text + charge}, "time_10_to_80")[0]
             for text in ("", "Rest for 87600 hours; ")]  # fmt: skip
    assert found[1] == pytest.approx(found[0], abs=1e-6)


# Many steps


@compiled
@pytest.mark.parametrize("model", FIDELITIES)
def test_ten_thousand_short_rests(model):
    duration, steps = scalars(model, {"protocol": "(Rest for 1 s) x 10000"}, "duration", "time_steps")
    assert duration == pytest.approx(10000.0, rel=1e-12)
    assert steps <= 40000


@compiled
@pytest.mark.parametrize(
    ("model", "times"), [("battery.spm", 60), ("battery.spm", 1215), ("battery.spme", 1215)]
)
def test_cycles_with_rests(model, times):
    protocol = (
        f"(Discharge at 1C until 2.5 V; Rest for 1 hour; Charge at 1C until 3.65 V; Rest for 1 hour) "
        f"x {times}"
    )
    values = {"protocol": protocol} | (SMALL if model == "battery.spme" else {})
    duration, gained = scalars(model, values, "duration", "lithium_gained")
    assert duration > times * 3.5 * 3600.0
    assert abs(gained) < 1e-10


@compiled
def test_five_thousand_cycles():
    """Without side reactions a cycle is the same whatever went before: all of 5000 move what the fifth
    moves.
    """
    cycle = "(Discharge at 1C until 2.5 V; Charge at 1C until 4.2 V; Hold at 4.2 V until C/20) x "
    charge = [
        scalars("battery.spm", {"parameters": "Chen2020", "protocol": cycle + str(n)}, "capacity")[0]
        for n in (4, 5, 5000)
    ]
    assert charge[2] - charge[1] == pytest.approx(4995.0 * (charge[1] - charge[0]), rel=1e-4)


# Profiles


def written(folder, header, rows):
    path = folder / "profile.csv"
    path.write_text(
        "\n".join([header, *(",".join(map(repr, map(float, row))) for row in rows)]), encoding="utf-8"
    )
    return path.name


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@compiled
@pytest.mark.parametrize(
    ("model", "end"), [("battery.dfn", 3.862), ("battery.spme", 3.862), ("battery.spm", 3.868)]
)
def test_two_thousand_rows(here, model, end):
    t = np.arange(2001.0)
    name = written(
        here, "time s,current A", zip(t, 2.0 * np.sin(t / 7.0) + np.sin(t / 1.3) + 0.5, strict=True)
    )
    values = {
        "parameters": "Chen2020",
        "initial_soc": 0.7,
        "protocol": f"Run current from {name}",
        "series.points": 3,
    }
    ds = em.run(model, values)
    assert ds.capacity_discharged.item() == pytest.approx(0.285621, abs=5e-7)
    assert ds.voltage.values[-1] == pytest.approx(end, abs=1e-3)
    assert ds.time_steps.item() <= 4 * 2000
    fine = em.run(model, values | {"tolerance": 1e-6})
    assert ds.voltage.values[-1] == pytest.approx(fine.voltage.values[-1], abs=2e-4)
    assert ds.energy.item() == pytest.approx(fine.energy.item(), rel=1e-4)


@compiled
@pytest.mark.parametrize("model", FIDELITIES)
def test_thirty_thousand_rows_of_noise(here, model):
    rng = np.random.default_rng(3)
    t = np.arange(30001) / 10.0
    current = rng.normal(0.0, 1.0, t.size) + 1.5 * np.sin(t / 7.0)
    name = written(here, "time s,current A", zip(t, current, strict=True))
    values = {"parameters": "Chen2020", "initial_soc": 0.6, "protocol": f"Run current from {name}"}
    values |= {} if model == "battery.spm" else SMALL
    charge, moved, steps = scalars(model, values, "capacity_discharged", "capacity", "time_steps")
    assert 3600.0 * charge == pytest.approx(np.trapezoid(current, t), rel=1e-6)
    a, b = current[:-1], current[1:]
    turning = (a * a + b * b) / np.maximum(np.abs(a) + np.abs(b), 1e-300)  # of a straight line through 0
    gross = 0.05 * np.where(a * b < 0.0, turning, np.abs(a + b)).sum()
    assert 3600.0 * moved == pytest.approx(gross, rel=1e-6)
    assert steps <= 4 * 30000


@compiled
@pytest.mark.parametrize("model", FIDELITIES)
def test_a_year_of_hourly_powers(here, model):
    """A day's course, with weather, and what the cell loses; the energy is the integral of the power."""
    rng = np.random.default_rng(5)
    hour = np.arange(8761.0)
    power = np.sin(2.0 * np.pi * hour / 24.0) * (
        0.3 + 0.1 * np.repeat(rng.uniform(-1.0, 1.0, 366), 24)[: hour.size]
    )
    power -= 0.0003
    name = written(here, "time h,power W", zip(hour, power, strict=True))
    values = {"parameters": "Chen2020", "initial_soc": 0.6, "protocol": f"Run power from {name}"}
    energy, steps, duration = scalars(model, values, "energy", "time_steps", "duration")
    assert duration == 8760 * 3600.0
    assert energy == pytest.approx(np.trapezoid(np.abs(power), hour), rel=1e-3)
    assert steps <= 4 * 8760


@pytest.mark.parametrize("model", FIDELITIES)
def test_the_charge_of_a_profile_is_that_of_its_trapezoids(here, model):
    """Rows far apart and close together, a jump among them."""
    rows = [(0.0, 1.0), (0.5, 2.0), (1.0, -1.0), (1.000001, 3.0), (2.0, 3.0)] if FAST else [
        (0.0, 0.5), (1.0, 4.0), (600.0, 0.1), (600.000001, 5.0), (660.0, -3.0), (2000.0, 1.0)
    ]  # fmt: skip
    t, current = np.array(rows).T
    values = {"initial_soc": 0.6, "protocol": f"Run current from {written(here, 'time s,current A', rows)}"}
    values |= SMALL if FAST else {"parameters": "Chen2020"}
    charge, gained = scalars(model, values, "capacity_discharged", "lithium_gained")
    assert 3600.0 * charge == pytest.approx(np.trapezoid(current, t), rel=1e-6)
    assert abs(gained) < 1e-10


@compiled
@pytest.mark.parametrize("model", FIDELITIES)
def test_a_straight_profile_is_a_constant_current(here, model):
    """The method of two stages and that of many steps meet, to the tolerance of either."""
    name = written(here, "time s,current A", [(0.0, 5.0), (1200.0, 5.0), (2400.0, 5.0)])
    values = {"parameters": "Chen2020", "initial_soc": 0.9, "series.points": 50}
    found = em.run(model, values | {"protocol": f"Run current from {name}"})
    expected = em.run(model, values | {"protocol": "Discharge at 5 A for 40 minutes"})
    np.testing.assert_allclose(found.voltage.values[1:], expected.voltage.values[1:], atol=5e-4)
    assert found.energy.item() == pytest.approx(expected.energy.item(), rel=5e-5)
    assert found.heat_total.item() == pytest.approx(expected.heat_total.item(), rel=2e-3)
