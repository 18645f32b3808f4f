"""Plating and growth of the SEI: PyBaMM, closed forms, derivatives, and that no lithium is lost."""

import numpy as np
import pytest
from numba.core import config

import energymodels as em
from energymodels.backends.pybamm import solver as backend
from energymodels.core.errors import InertWarning, InputError
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.battery.cell import side
from energymodels.kernels.constants import FARADAY, GAS
from energymodels.kernels.jit import jit

compiled = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="whole charges take minutes interpreted")
CHARGE = "Charge at 1C until 4.2 V; Hold at 4.2 V until C/20"
ALPHA, AREA, F_RT, RATE = 0.05, 4e5, FARADAY / (GAS * 290.0), 1e-9


@jit
def plate(c, u, salt, plated, decay):
    return side.plating(c, u, salt, plated, decay, ALPHA, AREA, F_RT, RATE)


@jit
def grow(c, u, thickness):
    return side.growth(c, u, thickness, ALPHA, F_RT, 2.0)


def coefficients(**values):
    case = np.zeros(1, to.ROW).view(np.recarray)
    given = {
        "alpha_plating": 0.65,
        "supply_sei": 6e-19,
        "volume_sei": 9.6e-5,
        "j0_sei": 1.5e-7,
        "u_sei": 0.4,
    } | values
    for name, value in given.items():
        case[name] = value
    return case[0]


@pytest.mark.parametrize("kind", [side.REVERSIBLE, side.IRREVERSIBLE, side.PARTIAL])
@pytest.mark.parametrize("u", [-0.05, 0.02, 0.3])
def test_plating_solves_its_implicit_equation(kind, u):
    """The current is that of the metal the step leaves, and derivatives are those of finite differences."""
    salt, plated, decay = 1100.0, 3.0, 1e-3 if kind == side.PARTIAL else 0.0
    case = coefficients(plating=kind)
    j, j_u, j_c = plate(case, u, salt, plated, decay)
    metal = 0.0 if kind == side.IRREVERSIBLE else (ALPHA * plated - AREA * j / FARADAY) / (ALPHA + decay)
    expected = FARADAY * RATE * (metal * np.exp(0.35 * F_RT * u) - salt * np.exp(-0.65 * F_RT * u))
    assert j == pytest.approx(expected, rel=1e-10)
    step = 1e-6
    assert j_u == pytest.approx(
        (plate(case, u + step, salt, plated, decay)[0] - plate(case, u - step, salt, plated, decay)[0])
        / 2
        / step,
        rel=1e-6,
    )
    step = 1e-2
    assert j_c == pytest.approx(
        (plate(case, u, salt + step, plated, decay)[0] - plate(case, u, salt - step, plated, decay)[0])
        / 2
        / step,
        rel=1e-6,
    )


@pytest.mark.parametrize("kind", [side.REACTION, side.DIFFUSION])
def test_sei_solves_its_implicit_equation(kind):
    u, before = 0.1, 5e-9
    case = coefficients(sei=kind)
    j, j_u, after = grow(case, u, before)
    law = -1.5e-7 * np.exp(-0.5 * F_RT * (u - 0.4)) if kind == side.REACTION else -FARADAY * 6e-19 / after
    assert j == pytest.approx(2.0 * law, rel=1e-12)
    assert ALPHA * (after - before) == pytest.approx(-j * 9.6e-5 / FARADAY, rel=1e-6)
    assert j_u == pytest.approx(
        (grow(case, u + 1e-6, before)[0] - grow(case, u - 1e-6, before)[0]) / 2e-6, rel=1e-6, abs=1e-20
    )


@compiled
@pytest.mark.parametrize(("model", "temperature", "plating", "sei"), [
    ("battery.dfn", 5.0, "partially reversible", "solvent-diffusion limited"),
    ("battery.dfn", 25.0, "reversible", "reaction limited"),
    ("battery.dfn", 15.0, "irreversible", "none"),
    ("battery.spme", 5.0, "partially reversible", "solvent-diffusion limited"),
    ("battery.spme", 25.0, "irreversible", "reaction limited"),
])  # fmt: skip
def test_against_pybamm(request, model, temperature, plating, sei):
    """OKane2022, charged and held at 4.2 V: lithium in every sink to 0.1 % of PyBaMM's on the same mesh."""
    if model == "battery.dfn":  # 2e-6 of the lithium; SPMe would lose 1e-4 and no time
        request.getfixturevalue("quick_reference")
    case = {
        "parameters": "OKane2022", "protocol": CHARGE, "temperature": temperature, "initial_soc": 0.0,
        "mesh": "pybamm",
        "side_reactions.plating": plating, "side_reactions.sei": sei,
    }  # fmt: skip
    ours = em.run(model, case | {"series.points": 0, "tolerance": 1e-6})
    theirs = backend.run(model, case, np.empty(0))
    assert max(theirs["lithium_plated"], theirs["lithium_dead"]) > 1e-3
    for name in ("lithium_plated", "lithium_dead", "lithium_in_sei"):
        assert ours[name].item() == pytest.approx(theirs[name], rel=1e-3, abs=1e-9), name
    assert ours.duration.item() == pytest.approx(theirs["duration"], rel=1e-4)
    assert ours.negative_potential_min.item() == pytest.approx(theirs["negative_potential_min"], abs=1e-4)


@compiled
@pytest.mark.parametrize("model", ["battery.spm", "battery.spme", "battery.dfn"])
@pytest.mark.parametrize("thermal", ["isothermal", "lumped"])
@pytest.mark.parametrize("plating", ["reversible", "irreversible", "partially reversible"])
def test_no_lithium_is_lost(model, thermal, plating):
    """Whatever plates, strips, dies and grows over two cycles at the default tolerance, the inventory closes
    to 1e-10.
    """
    ds = em.run(model, {
        "protocol": "(Charge at 1C until 4.2 V; Discharge at C/2 for 30 min) x 2; Charge at 1C until 4.2 V",
        "parameters": "OKane2022",
        "temperature": 10.0, "initial_soc": 0.3, "thermal": thermal, "heat_transfer_coefficient": 100.0,
        "series.points": 0,
        "side_reactions.plating": plating, "side_reactions.sei": "solvent-diffusion limited",
    })  # fmt: skip
    assert int(ds.status) == 0
    assert ds.lithium_plated.item() + ds.lithium_dead.item() > 1e-4
    assert abs(ds.lithium_gained.item()) < 1e-10


@compiled
def test_sei_grows_as_the_root_of_time():
    """Limited by diffusion, whatever the potential: L^2 = L_0^2 + 2 D c V t."""
    of = {
        "sei_solvent_diffusivity": 1e-20,
        "sei_solvent_concentration": 2636.0,
        "sei_partial_molar_volume": 9.585e-5,
    }
    values = {f"side_reactions.{key}": value for key, value in of.items()} | {
        "side_reactions.sei": "solvent-diffusion limited"
    }
    ds = em.run("battery.dfn", values | {
        "parameters": "OKane2022", "protocol": "Rest for 1000 hours", "initial_soc": 0.5, "series.points": 0,
        "tolerance": 1e-6,
    })  # fmt: skip
    thick = np.sqrt(5e-9**2 + 2.0 * 1e-20 * 2636.0 * 9.585e-5 * 3.6e6)
    # active fraction, radius, thickness and area of the set
    surface = 3.0 * 0.75 / 5.86e-6 * 8.52e-5 * 0.065 * 1.58
    assert ds.lithium_in_sei.item() == pytest.approx(
        (thick - 5e-9) * surface / 9.585e-5 * FARADAY / 3600.0, rel=1e-4
    )


@compiled
def test_reversible_plating_strips():
    """At rest the metal goes back into the graphite; dead metal does not."""
    values = {
        "parameters": "OKane2022",
        "temperature": 5.0,
        "initial_soc": 0.3,
        "side_reactions.plating": "partially reversible",
    }
    charge = em.run("battery.dfn", values | {"protocol": "Charge at 1.5C until 4.2 V", "series.points": 0})
    rested = em.run("battery.dfn", values | {"protocol": "Charge at 1.5C until 4.2 V; Rest for 5 hours"})
    assert 0.0 < rested.lithium_plated.item() < 0.2 * charge.lithium_plated.item()
    assert rested.lithium_dead.item() > charge.lithium_dead.item() > 0.0
    lost = rested.lithium_lost.values
    assert lost[-1] == pytest.approx(rested.lithium_plated.item() + rested.lithium_dead.item(), rel=1e-3)
    assert lost.max() > 3.0 * lost[-1]


def test_what_is_missing_is_named():
    with pytest.raises(InputError) as caught:
        em.run("battery.spm", {"parameters": "Prada2013", "side_reactions.plating": "partially reversible"})
    message = str(caught.value)
    for key in ("plating_rate_constant", "plating_transfer_coefficient", "dead_lithium_decay"):
        assert f"side_reactions.{key}" in message
    with pytest.raises(InputError, match=r"side_reactions.sei_solvent_diffusivity"):
        em.run("battery.spm", {"parameters": "Prada2013", "side_reactions.sei": "solvent-diffusion limited"})


@compiled
def test_coefficients_of_no_reaction_are_inert():
    with pytest.warns(InertWarning, match="side_reactions.plating is none"):
        em.sweep("battery.spm", {"side_reactions.plating_rate_constant": [1e-10, 1e-9]}, {"series.points": 0})
