"""Cold drives: what ends them and that it is said, derating to what cells give, the battery's heater; all in
the balance.
"""

import numpy as np
import pytest
from numba.core import config

from energymodels.core.errors import InertWarning, InputError, ProvenanceWarning
from energymodels.core.sweep import solve
from energymodels.kernels.vehicle.pack_row import TERMINATIONS

pytestmark = pytest.mark.skipif(
    bool(config.DISABLE_JIT), reason="thousands of steps: interpreted kernels take minutes"
)
CAR = "drive-model-3-rwd-lfp"
WINTER = {"ambient_temperature": -10.0}
LUMPED = {"battery_cell.thermal": "lumped", "battery_cell.heat_transfer_coefficient": 0.0}


def drive(values=None, over=None):
    """Return {output: values} of a drive in winter, a number each for a run."""
    found = solve(CAR, over or {}, WINTER | (values or {}))
    assert not found.failed
    numbers = {name: array.item() if array.size == 1 else array for name, array in found.values.items()}
    ends = np.atleast_1d(numbers["termination"]).astype(int).tolist()
    return numbers | {"ends": [TERMINATIONS[i] for i in ends]}


def closes(found):
    """Return the net energy of the terminals, which is that of the cells less the resistance's.

    Newton's method ends where a power is met to 1e-6 in the worst step; at the cells' limit many steps are
    near that.
    """
    gross = found["energy_delivered"] + found["energy_recovered"]
    net = found["energy_delivered"] - found["energy_recovered"]
    assert abs(found["energy_balance"]) < 1e-7
    assert found["energy_of_cells"] - found["pack_resistance_loss"] == pytest.approx(net, abs=1e-7 * gross)
    return net


def test_a_cold_pack_ends_the_drive_and_it_is_said():
    """At -10 degC the cells sag to their lowest voltage with 52 % left; started warm they give all that they
    hold.

    The same with 40 modes a particle in place of 12, a tenth of the tolerance, or steps of 0.25 s.
    """
    with pytest.warns(
        ProvenanceWarning,
        match=r"cells start at -10 degC \(ambient_temperature\) and stay "
        r"so.*pack\.derating=derate",
    ):
        cold = drive()
    assert cold["ends"] == ["voltage_min_of_cold_cells"]
    assert cold["range"] == pytest.approx(157.5, rel=0.01)
    assert cold["soc_end"] == pytest.approx(0.52, abs=0.01)
    warm = drive({"pack.temperature": 20.0})
    assert warm["ends"] == ["soc_min"]
    assert warm["range"] == pytest.approx(390.0, rel=0.01)


def test_a_store_of_energy_says_that_it_knows_no_cold():
    with pytest.warns(ProvenanceWarning, match=r"-10 degC.*the battery is an energy buffer.*vehicle\.drive"):
        found = solve("vehicle-model-3-rwd-lfp", {}, WINTER)
    assert found.scalars()["range"] == pytest.approx(397.0, rel=0.01)


def test_derating_drives_on():
    """What the cycle asked for is given or short, cells stay above their lowest voltage, and the balance
    closes.
    """
    ended, on = drive(), drive({"pack.derating": "derate"})
    assert on["distance_driven"] > 1.1 * ended["distance_driven"]
    assert on["soc_end"] < ended["soc_end"]
    assert 0.0 < on["time_derated"] < 0.5
    assert on["energy_short"] > 0.0
    assert on["cell_voltage_min"] == pytest.approx(2.0, abs=3e-4)
    net = closes(on)
    share = net / (net + on["energy_short"])  # of the energy that the trace took up to there
    assert on["distance_behind"] == pytest.approx(
        (1.0 - share) * (on["distance_driven"] + on["distance_behind"]), rel=1e-9
    )
    assert on["consumption"] * on["distance_driven"] * 1e-3 == pytest.approx(net, rel=1e-9)


def test_derating_changes_nothing_where_cells_give_what_is_asked():
    warm = {"pack.temperature": 20.0, "cycles_max": 2.0}
    ended, on = drive(warm), drive(warm | {"pack.derating": "derate"})
    assert (on["time_derated"], on["energy_short"], on["distance_behind"]) == (0.0, 0.0, 0.0)
    assert {k: v for k, v in on.items() if k != "ends"} == pytest.approx(
        {k: v for k, v in ended.items() if k != "ends"}, nan_ok=True
    )


def test_a_drive_that_derates_ends_where_too_much_is_short():
    few, many = (drive({"pack.derating": "derate", "pack.short_max": share}) for share in (0.02, 0.5))
    assert few["ends"] == ["power_short"]
    assert few["distance_driven"] < many["distance_driven"]


def test_short_is_what_was_asked_less_what_the_cells_give_at_their_lowest_voltage():
    """Constant speed, from the series: the power asked is that of ``vehicle.range``, and where it is not met
    cells are at 2 V.

    On fewer cells the electrolyte runs dry somewhere, and single steps are some millivolts off.
    """
    values = WINTER | {"cycle": "130 km/h", "cabin.climate": "off"}
    (asked,) = set(
        solve("vehicle-model-3-rwd-lfp", {}, values, keep=["battery_power"])
        .values["battery_power"]
        .ravel()
        .tolist()
    )
    values |= {"pack.resistance": 0.0, "pack.parallel": 14.0, "pack.soc_start": 0.8, "cycles_max": 1.0}
    keep = ["cell_voltage", "battery_power", "energy_short", "time_derated"]
    found = solve(CAR, {}, values | {"pack.derating": "derate", "pack.short_max": 1.0}, keep=keep).values
    voltage, power = found["cell_voltage"].ravel(), found["battery_power"].ravel()
    short = power < asked * (1.0 - 1e-3)
    assert short.mean() == found["time_derated"].item() > 0.9
    np.testing.assert_allclose(power[~short], asked, rtol=1e-5)
    np.testing.assert_allclose(voltage[short], 2.0, atol=3e-4)
    assert 3.6e6 * found["energy_short"].item() == pytest.approx(np.sum(asked - power[short]), rel=1e-9)


def test_heat_of_the_heater_warms_the_cells():
    """Cells that give no heat off: what the heater took from the terminals and the cells released is what
    warmed them.
    """
    heater = {"pack.heating.power": 4.0, "pack.heating.target": 5.0, "cycles_max": 2.0}
    cold, warm = drive(LUMPED | {"cycles_max": 2.0}), drive(LUMPED | heater)
    per_kelvin = cold["heat_total"] / (cold["temperature_max"] + 10.0)
    assert warm["temperature_max"] > 4.9
    released = warm["heat_total"] + warm["heating_energy"]
    assert per_kelvin * (warm["temperature_max"] + 10.0) == pytest.approx(released, rel=0.02)
    driving = closes(warm) - warm["heating_energy"] - warm["energy_refused"]
    assert driving == pytest.approx(closes(cold) - cold["energy_refused"], rel=1e-9)  # the same road
    assert warm["energy_refused"] < cold["energy_refused"]


def test_the_heater_holds_its_target():
    held = drive({"battery_cell.thermal": "lumped", "battery_cell.heat_transfer_coefficient": 5.0,
                  "pack.heating.power": 8.0, "cycles_max": 4.0,
                  "pack.heating.target": 12.0, "pack.temperature": 12.0})  # fmt: skip
    assert held["temperature_min"] > 11.5
    assert held["temperature_max"] < 12.5
    assert held["heating_energy"] > 0.1


def test_a_heater_needs_cells_that_can_be_warmed():
    with pytest.raises(
        InputError,
        match=r"pack\.heating\.power = 3\.0 kW: has no effect: "
        r".*cell\.thermal=lumped",
    ):
        drive({"pack.heating.power": 3.0})
    with pytest.warns(InertWarning, match=r"pack\.heating\.target: pack\.heating\.power is 0"):
        drive(LUMPED | {"cycles_max": 1.0}, {"pack.heating.target": [0.0, 10.0]})
    with pytest.warns(InertWarning, match=r"pack\.short_max: pack\.derating is end"):
        drive({"cycles_max": 1.0}, {"pack.short_max": [0.1, 0.2]})
