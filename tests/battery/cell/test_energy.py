"""Energy, heat and lithium of a case: tied to the charge that moved, whatever the steps of time were."""

import numpy as np
import pytest
from numba.core import config

import energymodels as em
from energymodels.core.sweep import solve
from energymodels.kernels.battery.cell import layout
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import work as at
from energymodels.kernels.battery.cell.tables import lookup

pytestmark = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="whole charges take minutes interpreted")
PROTOCOLS = {
    "lfp-18650": "Discharge at 0.5C until 2 V; Charge at 1C until 3.65 V",
    "Chen2020": "Discharge at 0.5C until 2.5 V; Charge at 1C until 4.2 V",
}
FIDELITIES = ("battery.spm", "battery.spme", "battery.dfn")
LIMITS = {
    "Chen2020": (2.5, 4.2), "OKane2022": (2.5, 4.2), "Ecker2015": (2.5, 4.2), "lfp-18650": (2.0, 3.65),
    "nmc811-sic": (2.5, 4.2),
    "semi-solid-360": (2.7, 4.2), "Marquis2019": (3.105, 4.1), "Ai2020": (3.0, 4.2),
    "Ramadass2004": (2.8, 4.2),
}  # fmt: skip


def random_case(rng):
    """Return values of a random cell and protocol, hard ones among them: empty at once, 3C in the cold."""
    name = str(rng.choice(list(LIMITS)))
    low, high = LIMITS[name]
    kinds = [
        lambda: f"Discharge at {rng.uniform(0.02, 3.0):.4g}C until {low} V",
        lambda: f"Charge at {rng.uniform(0.02, 3.0):.4g}C until {high} V",
        lambda: f"Rest for {rng.uniform(0.1, 60.0):.3g} min",
        lambda: (
            f"Hold at {rng.uniform(low + 0.3 * (high - low), high):.4g} V for "
            f"{rng.uniform(0.1, 120.0):.3g} min"
        ),
    ]
    protocol = "; ".join(kinds[rng.integers(4)]() for _ in range(rng.integers(1, 4)))
    temperature = 25.0 if name in ("Marquis2019",) else rng.uniform(0.0, 45.0)
    return {
        "parameters": name,
        "protocol": protocol,
        "initial_soc": rng.uniform(),
        "temperature": temperature,
    }


@pytest.mark.parametrize("model", FIDELITIES)
@pytest.mark.parametrize("seed", range(4))
def test_lithium_is_kept_and_energy_lies_between_the_voltages(model, seed):
    """To 1e-10 of all lithium; the mean voltage of the charge moved was seen, but for the instant a step
    begins with.
    """
    rng = np.random.default_rng(seed)
    solved = 0
    for _ in range(25):
        values = random_case(rng)
        found = solve(model, {}, values | {"series.points": 400})
        if found.status.item() != 0:
            continue
        solved += 1
        one = {
            name: found.values[name].ravel() for name in ("lithium_gained", "capacity", "energy", "voltage")
        }
        assert abs(one["lithium_gained"].item()) < 1e-10, values
        if one["capacity"].item() > 1e-6:
            mean = one["energy"].item() / one["capacity"].item()
            low, high = LIMITS[values["parameters"]]  # a short step comes to its end between samples
            low = low if "Discharge" in values["protocol"] else np.nanmin(one["voltage"])
            high = high if "Charge" in values["protocol"] else np.nanmax(one["voltage"])
            assert low - 1e-4 <= mean <= max(high, np.nanmax(one["voltage"])) + 1e-4, values
    assert solved >= 20


@pytest.mark.parametrize("values", [
    {"parameters": "semi-solid-360", "protocol": "Discharge at 2.57C", "initial_soc": 0.5839993048175555,
     "temperature": 33.485684740582556},
    {"parameters": "Ramadass2004", "protocol": "Discharge at 2.569C until 2.8 V; Rest for 52.6 min",
     "initial_soc": 0.2740483886137183, "temperature": 0.31913228714248176},
    {"parameters": "semi-solid-360",
    "protocol": "Rest for 25.7 min; Hold at 4.164 V for 83 min; Discharge at 2.502C until 2.7 V",
     "initial_soc": 0.9448959101690874, "temperature": 36.56011952487791},
])  # fmt: skip
def test_lithium_is_kept_where_the_electrolyte_runs_out(values):
    """Newton's last step is never a damped one: that would keep neither salt nor charge."""
    assert abs(em.run("battery.dfn", values).lithium_gained.item()) < 1e-10


@pytest.mark.parametrize("model", FIDELITIES)
# whose electrolyte runs out in SPMe
@pytest.mark.parametrize("name", [name for name in LIMITS if name != "Ramadass2004"])
def test_energy_of_a_hold_is_voltage_times_charge(model, name):
    low, high = LIMITS[name]
    volt = low + 0.9 * (high - low)
    for protocol in (f"Hold at {volt} V for 2 hours", f"Hold at {high} V until C/50"):
        values = {"parameters": name, "initial_soc": 0.5, "protocol": protocol, "series.points": 0}
        ds = em.run(model, values)
        assert ds.status.item() == 0
        held = volt if "hours" in protocol else high
        assert ds.energy_discharged.item() == pytest.approx(held * ds.capacity_discharged.item(), rel=1e-9)


def test_energy_where_a_large_step_follows_a_nearly_empty_one():
    """Once 1.81 W h. The integral of 20001 samples, closer where the current begins."""
    values = {
        "parameters": "OKane2022", "thermal": "lumped", "heat_transfer_coefficient": 10.0,
        "temperature": 4.1846396698002755,
        "protocol": "Charge at 2.68418948975243C until 0.8167393230260561 A h", "series.points": 20001,
    }  # fmt: skip
    ds = em.run("battery.spme", values)
    expected = np.trapezoid(-ds.voltage * ds.current, ds.time).item() / 3600.0
    assert ds.energy.item() == pytest.approx(expected, rel=2e-4)
    assert ds.energy.item() == pytest.approx(0.339, abs=1e-3)


@pytest.mark.parametrize("model", FIDELITIES)
@pytest.mark.parametrize("name", ["lfp-18650", "Chen2020"])
def test_energy_does_not_hang_on_the_steps(model, name):
    """Mean voltages at the default tolerance and at a hundredth of it differ by less than the tolerance."""
    values = {"parameters": name, "protocol": PROTOCOLS[name], "series.points": 0}
    coarse, fine = (em.run(model, values | {"tolerance": tolerance}) for tolerance in (1e-4, 1e-6))
    means = [ds.energy.item() / ds.capacity.item() for ds in (coarse, fine)]
    assert means[0] == pytest.approx(means[1], rel=1e-4)


@pytest.mark.parametrize("model", FIDELITIES)
def test_a_state_of_charge_that_is_met_ends_a_charge_at_limits(model):
    """Though the voltage is what limits it then."""
    values = {"parameters": "nmc811-sic", "initial_soc": 0.1, "series.points": 0}
    once = em.run(model, values | {"protocol": "Charge at limits until 80% SOC; Rest for 10 minutes"})
    twice = em.run(model, values | {"protocol": "(Charge at limits until 80% SOC; Rest for 10 minutes) x 2"})
    assert once.charged_capacity.item() == pytest.approx(0.7 * once.cell_capacity.item(), rel=1e-6)
    assert twice.charged_capacity.item() == pytest.approx(once.charged_capacity.item(), rel=1e-6)


def test_negative_heat_is_reversible(tools):
    """A slow charge of a cell whose voltage falls as it warms cools: by T dU/dT for each coulomb (Bernardi et
    al. 1985).
    """
    values = {
        "parameters": "Mohtat2020",
        "protocol": "Charge at C/200 for 80 hours",
        "initial_soc": 0.2,
        "temperature": 25.0,
    }
    case = tools.solve_case("battery.spm", values)
    tables, memory, index = case.tables, case.work.memory, case.work.index
    charge = np.linspace(0.0, case.out[to.CAPACITY_DISCHARGED], 2001)
    x = memory[at.THETA_N] - charge / memory[at.CHARGE_N]
    y = memory[at.THETA_P] + charge / memory[at.CHARGE_P]
    slope = [lookup(tables, index[layout.DUDT_P, 1], b)[0] - lookup(tables, index[layout.DUDT_N, 1], a)[0]
             for a, b in zip(x, y, strict=True)]  # fmt: skip
    open_circuit = [lookup(tables, index[layout.U_P, 1], b)[0] - lookup(tables, index[layout.U_N, 1], a)[0]
                    for a, b in zip(x, y, strict=True)]  # fmt: skip
    reversible = -np.trapezoid(298.15 * np.array(slope), charge)
    losses = np.trapezoid(open_circuit, charge) - case.out[to.ENERGY_DISCHARGED]
    assert losses > 0.0
    assert reversible < -10.0 * losses
    # heat is not looked up within steps: 3.4 % here
    assert case.out[to.HEAT] == pytest.approx(reversible + losses, rel=0.05)


def test_discharge_capacity_is_the_integral_of_the_current():
    """Along a cycle it goes up, down and ends at the scalar; SOC follows it."""
    protocol = "Discharge at 1C for 10 minutes; Rest for 5 minutes; Charge at C/2 for 10 minutes"
    ds = em.run("battery-lfp-18650", {"model": "battery.spm", "protocol": protocol, "initial_soc": 0.9})
    charge, time = ds.discharge_capacity.values, ds.time.values
    assert charge[-1] == pytest.approx(float(ds.capacity_discharged), rel=1e-12)
    assert charge.max() == pytest.approx(2.0 * charge[-1], rel=1e-6)
    assert np.allclose(0.9 - charge / float(ds.cell_capacity), ds.state_of_charge.values, atol=1e-12)
    constant = time <= 600.0
    assert np.allclose(
        charge[constant], ds.current.values[20] * time[constant] / 3600.0, rtol=1e-9, atol=1e-9
    )
