"""What holds for every cell and protocol: lithium, salt, charge, energy and heat are kept, and a case stands
for itself.
"""

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from numba.core import config

from energymodels.core.sweep import solve
from energymodels.kernels import status
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.constants import FARADAY

FAST = config.DISABLE_JIT
FIDELITIES = ("battery.spm", "battery.spme", "battery.dfn")
VOLUME = 0
# without shrinking: a failure prints its case, which is small
EXAMPLES = settings(max_examples=2 if FAST else 20, phases=(Phase.explicit, Phase.generate))
# V: within what the cells may
LIMITS = {"lfp-18650": (2.2, 3.6), "Chen2020": (2.7, 4.15), "Ecker2015": (2.7, 4.15)}
ONE_C = {"lfp-18650": 6.4, "Chen2020": 18.0, "Ecker2015": 0.57}  # W


def rounded(low, high, digits=3):
    return st.floats(low, high).map(lambda x: round(x, digits))


def steps(low, high, power):
    """Return a strategy of one step within limits of voltage; ``power`` is about 1C."""
    watts = rounded(0.05 * power, 1.5 * power)
    minutes = rounded(0.01, 0.05) if FAST else rounded(0.05, 20.0)
    way = st.sampled_from(["Discharge", "Charge"])
    limit = {"Discharge": low, "Charge": high}
    return st.one_of(
        st.builds(
            lambda w, c, t: f"{w} at {c}C for {t} min or until {limit[w]} V", way, rounded(0.02, 3.0), minutes
        ),
        st.builds(lambda w, p, t: f"{w} at {p} W for {t} min or until {limit[w]} V", way, watts, minutes),
        st.builds(lambda t: f"Rest for {t} min", minutes),
        st.builds(
            lambda v, t: f"Hold at {v} V for {t} min", rounded(low + 0.45 * (high - low), high), minutes
        ),
    )


@st.composite
def cases(draw, thermal=("isothermal", "lumped"), parameters=tuple(LIMITS)):
    """Return values of a random cell and protocol."""
    name = draw(st.sampled_from(parameters[:1] if FAST else parameters))
    parts = draw(st.lists(steps(*LIMITS[name], ONE_C[name]), min_size=1, max_size=2 if FAST else 5))
    protocol = "; ".join(parts)
    if draw(st.booleans()):
        protocol = f"({protocol}) x 2"
    factor = rounded(0.5, 2.0)
    return {
        "parameters": name,
        "protocol": protocol,
        "initial_soc": draw(rounded(0.2, 0.8)),
        "temperature": draw(rounded(5.0, 45.0)),
        "thermal": draw(st.sampled_from(thermal)),
        "heat_transfer_coefficient": draw(st.sampled_from([0.0, 10.0])),
        "negative.thickness": draw(rounded(40.0, 90.0)),
        "positive.particle_radius": draw(rounded(0.4, 1.0) if name == "lfp-18650" else rounded(3.0, 6.0)),
        "negative.diffusivity_factor": draw(factor),
        "positive.exchange_current_density_factor": draw(factor),
        "electrolyte.conductivity_factor": draw(factor),
        "electrolyte.diffusivity_factor": draw(factor),
        "cell.contact_resistance": draw(st.sampled_from([0.0, 0.002])),
    } | (
        {"points.negative": 4, "points.separator": 2, "points.positive": 4, "points.particle": 5}
        if FAST
        else {}
    )


def lithium(case):
    """Return the charge (A s) that the lithium in the particles of either electrode stands for."""
    c, mesh = case.row, case.mesh
    volume = mesh.radial[VOLUME]
    found = []
    start = 0
    for side, (first, count) in enumerate(((0, mesh.n), (mesh.n + mesh.s, mesh.p))):
        many = count if case.fidelity == 2 else 1
        theta = case.profile[start : start + volume.size * many].reshape(volume.size, many)
        start += volume.size * many
        mean = theta[0] if case.by_modes[side] else 3.0 * volume @ theta  # the first mode is the mean
        weights = (
            case.work.node[at.DX, first : first + count]
            if many > 1
            else np.array([(c.thickness_n, c.thickness_p)[side]])
        )
        full = FARADAY * c.area * ((c.active_n * c.c_max_n), (c.active_p * c.c_max_p))[side]
        found.append(full * float(mean @ weights))
    return found


def salt(case):
    """Return the salt in the electrolyte, mol m-2."""
    node = case.work.node
    return float((node[at.POROSITY] * node[at.DX] * case.point[at.FIRST : at.FIRST + node.shape[1]]).sum())


# What is kept


@pytest.mark.parametrize("model", FIDELITIES)
@EXAMPLES
@given(cases())
def test_lithium_and_salt_are_kept(tools, model, values):
    """Conservation is linear in the unknowns, so Newton's method and variable steps leave it exact to
    round-off.
    """
    case = tools.solve_case(model, values)
    assume(case.status == status.OK)
    memory = case.work.memory
    before = memory[at.CHARGE_N] * memory[at.THETA_N], memory[at.CHARGE_P] * memory[at.THETA_P]
    after = lithium(case)
    charge = case.out[to.CAPACITY_DISCHARGED]
    scale = 1e-10 * (before[0] + before[1])
    assert after[0] - before[0] == pytest.approx(-charge, abs=scale)
    assert after[1] - before[1] == pytest.approx(charge, abs=scale)
    if model != "battery.spm":
        start = case.row.c_e * float((case.work.node[at.POROSITY] * case.work.node[at.DX]).sum())
        assert salt(case) == pytest.approx(start, rel=1e-10)


@pytest.mark.parametrize("model", FIDELITIES)
@EXAMPLES
@given(cases())
def test_random_protocols_are_finished(tools, model, values):
    """These cells and protocols are mild: every one is solved, in a bounded number of steps.

    But for single particles with electrolyte where a voltage far from equilibrium is held: spread evenly, the
    current that this takes can empty the electrolyte of a cell, which says so.
    """
    case = tools.solve_case(model, values)
    if model == "battery.spme" and "Hold" in values["protocol"]:
        assume(case.status != status.ELECTROLYTE_DEPLETED)
    assert case.status == status.OK, values
    perhaps = [to.TIME_10_TO_80, to.TIME_0_TO_80, to.PLATING_ONSET]  # not every case comes there
    assert np.isfinite(np.delete(case.out, perhaps)).all()
    assert case.out[to.TIME_STEPS] < 5000
    assert case.out[to.CAPACITY] >= abs(case.out[to.CAPACITY_DISCHARGED])
    assert case.out[to.ENERGY] >= abs(case.out[to.ENERGY_DISCHARGED])


@pytest.mark.parametrize("model", FIDELITIES)
@EXAMPLES
@given(
    st.lists(
        st.tuples(rounded(-1.0, 1.0), rounded(0.01, 0.03) if FAST else rounded(0.1, 10.0)),
        min_size=1,
        max_size=5,
    )
)
def test_charge_is_the_integral_of_the_current(tools, model, parts):
    parts = [(current if current else 0.5, minutes) for current, minutes in parts]
    words = [f"{'Discharge' if i > 0 else 'Charge'} at {abs(i)}C for {t} min" for i, t in parts]
    case = tools.solve_case(model, {"protocol": "; ".join(words), "initial_soc": 0.5})
    assert case.status == status.OK
    assert case.out[to.DURATION] == pytest.approx(sum(60.0 * t for _, t in parts), rel=1e-12)
    nominal = case.row.nominal / 3600.0
    each = [60.0 * t * i * nominal for i, t in parts]
    moved = sum(map(abs, each))
    assert case.out[to.CAPACITY] == pytest.approx(moved, rel=1e-9)
    assert case.out[to.CAPACITY_DISCHARGED] == pytest.approx(sum(each), abs=1e-9 * moved)


SINGLE = [
    "Discharge at 2C until 2.8 V",
    "Charge at 1C for 20 min",
    "Discharge at 30 W until 2.9 V",
    "Hold at 4.1 V for 20 min",
]


def single(protocol):
    """Return values of a cell whose potentials do not depend on temperature; interpreted, of a short
    discharge.
    """
    if FAST:
        return {"protocol": "Discharge at 2C for 2 s", "initial_soc": 0.8}
    return {"parameters": "Chen2020", "protocol": protocol, "initial_soc": 0.6 if "H" in protocol else 0.8}


@pytest.mark.parametrize("model", FIDELITIES)
@pytest.mark.parametrize("protocol", SINGLE[:1] if FAST else SINGLE)
def test_integrals_are_those_of_the_series(tools, model, protocol):
    """Charge, energy and heat are integrals of the series; to the time integration and the trapezoids of 2001
    points.

    A held voltage begins with a current that falls with the root of time, which trapezoids meet poorly.
    """
    values = single(protocol)
    end = tools.solve_case(model, values).out[to.DURATION]
    time = end * np.linspace(0.0, 1.0, 21 if FAST else 2001) ** 3
    case = tools.solve_case(model, values, time)
    assert case.status == status.OK
    v, i, heat = (case.series[k] for k in (to.VOLTAGE, to.CURRENT, to.HEAT_RATE))
    relative = 1e-2 if FAST else 2e-4
    assert case.out[to.CAPACITY_DISCHARGED] == pytest.approx(np.trapezoid(i, time), rel=relative)
    assert case.out[to.ENERGY_DISCHARGED] == pytest.approx(np.trapezoid(v * i, time), rel=relative)
    assert case.out[to.HEAT] == pytest.approx(np.trapezoid(heat, time), rel=10.0 * relative)
    assert case.out[to.TEMPERATURE_MAX] == case.row.temperature


@pytest.mark.parametrize("protocol", SINGLE[:1] if FAST else SINGLE)
@pytest.mark.parametrize("model", FIDELITIES)
def test_energy_is_kept(tools, model, protocol):
    """What the cell's equilibrium gives up is work, heat, and mixing in the particles, which is not counted
    as heat.

    Single particles: work and heat are what the surfaces' potentials give, at every moment. The set has no
    entropic change.
    """
    values = single(protocol)
    end = tools.solve_case(model, values).out[to.DURATION]
    time = end * np.linspace(0.0, 1.0, 21 if FAST else 2001) ** 3
    s = tools.solve_case(model, values, time).series
    i, work = s[to.CURRENT], s[to.VOLTAGE] * s[to.CURRENT]
    if not FAST:
        assert (s[to.HEAT_RATE] > -1e-9).all()
    if model != "battery.dfn" and not FAST:
        surfaces = i * (s[to.OCV] + s[to.PARTICLE])
        scale = np.abs(surfaces).max()
        np.testing.assert_allclose((work + s[to.HEAT_RATE])[1:], surfaces[1:], atol=2e-4 * scale)
    given_up = np.trapezoid(i * s[to.OCV], time)
    mixing = given_up - np.trapezoid(work + s[to.HEAT_RATE], time)
    assert -1e-4 * abs(given_up) < mixing < 0.05 * abs(given_up)


@pytest.mark.parametrize("model", FIDELITIES)
@EXAMPLES
@given(cases(thermal=("lumped",)))
def test_heat_warms_or_leaves(tools, model, values):
    """C dT/dt = heat - cooling (T - T0): adiabatic exactly, as both step by one formula; else cooling is read
    off the series.
    """
    case = tools.solve_case(model, values)
    assume(case.status == status.OK)
    c, rise = case.row, case.point[at.T] - case.row.temperature
    if c.cooling == 0.0:
        assert c.heat_capacity * rise == pytest.approx(case.out[to.HEAT], rel=1e-6, abs=1e-6)
        return
    # small cells follow heat within 25 s, and protocols take hours: fewer points miss what happens in between
    time = np.linspace(0.0, case.out[to.DURATION], 101 if FAST else 40001)
    again = tools.solve_case(model, values, time)
    left = c.cooling * np.trapezoid(again.series[to.TEMPERATURE] - c.temperature, time)
    # a step may err by 100 K times the tolerance
    moved, slack = max(abs(case.out[to.HEAT]), abs(left)), 0.01 * c.heat_capacity
    assert c.heat_capacity * rise == pytest.approx(case.out[to.HEAT] - left, abs=1e-3 * moved + slack)
    assert case.out[to.TEMPERATURE_MAX] >= np.nanmax(again.series[to.TEMPERATURE]) - 0.01  # between steps


@pytest.mark.parametrize("model", FIDELITIES)
@EXAMPLES
@given(cases())
def test_series_belong_together(tools, model, values):
    """Shares sum to the voltage, the state of charge counts the charge, and after a case's end there is
    nothing.
    """
    end = tools.solve_case(model, values).out[to.DURATION]
    assume(np.isfinite(end))
    time = np.concatenate([np.linspace(0.0, end, 50), end * np.linspace(1.01, 1.2, 10)])
    case = tools.solve_case(model, values, time)
    s = case.series
    reached = time <= end
    assert np.isfinite(s[:, reached]).all()
    assert np.isnan(s[:, ~reached]).all()
    shares = s[to.OCV] + s[to.REACTION] + s[to.PARTICLE] + s[to.ELECTROLYTE] + s[to.OHMIC]
    np.testing.assert_allclose(shares[reached], s[to.VOLTAGE][reached], rtol=0.0, atol=4e-15)
    assert s[to.SOC, 0] == pytest.approx(case.row.soc, abs=1e-9)
    if model == "battery.spm" and case.row.contact == 0.0:
        np.testing.assert_allclose(s[to.OHMIC][reached], 0.0, atol=1e-3)
        assert (s[to.ELECTROLYTE][reached] == 0.0).all()
    assert case.out[to.NEGATIVE_POTENTIAL_MIN] <= np.nanmin(s[to.NEGATIVE_POTENTIAL]) + 2e-4


@pytest.mark.parametrize("model", FIDELITIES)
def test_results_do_not_depend_on_the_series(tools, model):
    """Samples are read off the steps, which neither stop for them nor notice them."""
    values = {"protocol": "Discharge at 1C for 2 s"} if FAST else {
        "protocol": "(Hold at 3.05 V for 10 min; Discharge at 3.4 W for 11 min; Rest for 2 min; Charge at "
                    "1C until 3.5 V) x 2",
        "temperature": 38.762, "initial_soc": 0.4, "thermal": "lumped", "heat_transfer_coefficient": 10.0,
    }  # fmt: skip
    first = tools.solve_case(model, values)
    second = tools.solve_case(model, values, np.linspace(0.0, first.out[to.DURATION], 333))
    assert first.status == second.status == status.OK
    assert first.out.tobytes() == second.out.tobytes()
    assert np.isfinite(second.series).all()


# A case by itself and among others


def designs(count, seed):
    """Return columns of random cells, mild and harsh ones."""
    rng = np.random.default_rng(seed)
    protocols = [
        "Discharge at {rate}C until 2.6 V; Rest for 2 minutes",
        "Charge at {rate}C until 3.6 V; Hold at 3.6 V until C/10",
        "(Discharge at {rate}C for 30 s; Charge at {rate}C for 30 s) x 3",
        "Discharge at {rate}C for 5 minutes or until 2.5 V; Hold at 3.2 V for 3 minutes",
    ]
    if FAST:
        protocols = ["Discharge at {rate}C for 1 s"]
    return {
        "protocol": [protocols[k] for k in rng.integers(0, len(protocols), count)],
        "rate": np.exp(rng.uniform(np.log(0.1), np.log(5.0), count)),
        "temperature": rng.uniform(0.0, 50.0, count),
        "thermal": [("isothermal", "lumped")[k] for k in rng.integers(0, 2, count)],
        "initial_soc": rng.uniform(0.2, 0.8, count),
        "negative.thickness": rng.uniform(30.0, 100.0, count),
        "positive.particle_radius": rng.uniform(0.3, 2.0, count),
        "negative.diffusivity_factor": np.exp(rng.uniform(-2.0, 2.0, count)),
        "electrolyte.conductivity_factor": np.exp(rng.uniform(-2.0, 1.0, count)),
    }


def outputs(model, points, **options):
    values = {"heat_transfer_coefficient": 10.0, "series.end": 1500.0, "series.points": 31}
    values |= {"points.negative": 3, "points.positive": 3, "points.particle": 4} if FAST else {}
    found = solve(model, {}, values, points=points, **options)
    return {"status": found.status, **{o.name: found.values[o.name] for o in found.outputs if not o.derived}}


def assert_bits(found, expected, order):
    for name, values in expected.items():
        assert found[name].tobytes() == np.ascontiguousarray(values[order]).tobytes(), name


@pytest.mark.parametrize("model", FIDELITIES)
def test_same_bits_in_any_company(model):
    """Alone, in other company, order, blocks and threads, and a second time."""
    count = 6 if FAST else 48
    points = designs(count, 3)
    expected = outputs(model, points, threads=1)
    everyone = np.arange(count)
    assert_bits(outputs(model, points, threads=1), expected, everyone)
    assert_bits(outputs(model, points, threads=2, chunk=5), expected, everyone)
    order = np.random.default_rng(4).permutation(count)
    shuffled = {name: [values[k] for k in order] for name, values in points.items()}
    assert_bits(outputs(model, shuffled, threads=2, chunk=7), expected, order)
    for k in order[: 2 if FAST else 8]:
        assert_bits(outputs(model, {name: [values[k]] for name, values in points.items()}), expected, [k])


@pytest.mark.parametrize("model", FIDELITIES)
def test_what_cannot_be_solved_says_so(model):
    """Far beyond what a cell can do: every case ends, with a result or with a status and nothing else, and
    stops no other.
    """
    rng = np.random.default_rng(8)
    count = 4 if FAST else 60
    points = {
        "protocol": ["Discharge at {rate}C for 1 s" if FAST else "Discharge at {rate}C", "Charge at {rate}C"]
        * (count // 2),
        "rate": np.exp(rng.uniform(np.log(0.5), np.log(100.0), count)),
        "temperature": rng.uniform(-30.0, 60.0, count),
        "initial_soc": rng.uniform(0.0, 1.0, count),
        "negative.thickness": np.exp(rng.uniform(np.log(10.0), np.log(500.0), count)),
        "positive.particle_radius": np.exp(rng.uniform(np.log(0.05), np.log(20.0), count)),
        "negative.diffusivity_factor": np.exp(rng.uniform(-5.0, 5.0, count)),
        "electrolyte.diffusivity_factor": np.exp(rng.uniform(-5.0, 5.0, count)),
        "electrolyte.initial_concentration": rng.uniform(50.0, 3000.0, count),
    }
    found = outputs(model, points)
    solved = found["status"] == status.OK
    assert np.isin(found["status"], list(status.MEANINGS)[1:]).all()
    assert solved.mean() > 0.8, dict(zip(*np.unique(found["status"], return_counts=True), strict=True))
    for name in ("duration", "capacity", "energy", "temperature_max", "heat_total", "time_steps"):
        assert np.isfinite(found[name][solved]).all(), name
        assert np.isnan(found[name][~solved]).all(), name
    assert (found["termination"][~solved] == -1).all()
    assert (found["termination"][solved] > 0).all()
    assert found["time_steps"][solved].max() < 5000
