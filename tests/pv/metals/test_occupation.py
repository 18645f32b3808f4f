"""Levels of one centre share one occupancy: against the rate equations of its charge states, a linear system.

cm-3, s, eV.
"""

import numpy as np
import pytest

import energymodels as em
from energymodels import datasets
from energymodels.pv import silicon
from energymodels.pv.metals import stages

K_B, T = 8.617333262e-5, 300.0
BANDS = {"below_c": 2.86e19, "above_v": 3.10e19}
DENSITY = 1e12
INJECTIONS = [1e13, 1e14, 1e15, 1e16, 1e17]
WAFERS = [("p", 1e14), ("p", 1e16), ("p", 1e17), ("n", 1e14), ("n", 5e15), ("n", 1e17)]
ALL = {
    f"{name}-{found['key']}": (name, found)
    for name, entry in datasets.table("pv/metals/defects").items()
    if isinstance(entry, dict)
    for found in entry["sets"]
}
SEVERAL = {label: case for label, case in ALL.items() if len(case[1]["levels"]) > 1}


def coefficient(section, velocity):
    """Return the capture coefficient, cm3 s-1, at 300 K."""
    power, activation = section.get("power", 0.0), section.get("activation", 0.0)
    return section["prefactor"] * T**power * np.exp(-activation / (K_B * T)) * velocity


def level(entry, velocities, n_i):
    """Return (n1, p1, c_n, c_p)."""
    edge = next(iter(BANDS.keys() & entry.keys()))
    near = BANDS[edge] * np.exp(-entry[edge] / (K_B * T))
    n1 = near if edge == "below_c" else n_i**2 / near
    return n1, n_i**2 / n1, coefficient(entry["n"], velocities[0]), coefficient(entry["p"], velocities[1])


def master(levels, n, p):
    """Return the rate, cm-3 s-1: the charge states in the steady state, then what every level captures net
    from the band.
    """
    chain = sorted(levels)  # the level with the least n1 lies lowest
    rates = np.zeros((len(chain) + 1, len(chain) + 1))
    for j, (n1, p1, c_n, c_p) in enumerate(chain):
        up, down = c_n * n + c_p * p1, c_p * p + c_n * n1
        rates[j : j + 2, j : j + 2] += [[-up, down], [up, -down]]
    rates[-1] = 1.0  # the states hold all centres
    states = np.linalg.solve(rates, DENSITY * np.eye(len(rates))[-1])
    return sum(c_n * (n * states[j] - n1 * states[j + 1]) for j, (n1, _, c_n, _) in enumerate(chain))


def expected(found, kind, doping, dn):
    """Return the lifetime, s, that the rate equations give."""
    n_i = silicon.intrinsic_density(T)
    n0, p0 = silicon.equilibrium(doping, kind, T)
    acting = [entry for entry in found["levels"] if entry.get("base", kind) == kind]
    velocities = found["velocity_n"], found["velocity_p"]
    return dn / master([level(entry, velocities, n_i) for entry in acting], n0 + dn, p0 + dn)


@pytest.mark.parametrize(("kind", "doping"), WAFERS)
@pytest.mark.parametrize("label", ALL)
def test_lifetime_is_that_of_the_rate_equations(label, kind, doping):
    name, found = ALL[label]
    ours = stages.lifetime(name, DENSITY, INJECTIONS, doping, kind, key=found["key"])
    assert ours == pytest.approx(
        [expected(found, kind, doping, dn) for dn in INJECTIONS], rel=1e-7
    )  # n_i^2 with or without narrowing


def test_which_centres_have_several_levels():
    assert {name for name, _ in SEVERAL.values()} == {"Ti", "Co", "Ni", "Cu", "Zn", "Au", "Pt"}


def test_platinum_in_numbers():
    """In p-type nearly all platinum is positive: the acceptor level, which would leave 2.6 us, has no state
    to capture into.
    """
    assert float(stages.lifetime("Pt", 1e12, 1e13, 1e16, "p")) == pytest.approx(141e-6, rel=0.005)


@pytest.mark.parametrize("kind", ["n", "p"])
def test_cells_have_the_same_lifetime(kind):
    """All centres and sets of several levels beside centres of one, in the lanes of the cell; no case depends
    on its neighbours.
    """
    names = sorted({name for name, _ in SEVERAL.values()})
    amounts = {f"wafer.metals.{name}": 1e10 * (i + 1) for i, name in enumerate([*names, "Fe_i", "Mo"])}
    over = {
        "defects.Ti": "wang1984,paudyal2009,macdonald2004,rein2005,davis1980",
        "defects.Zn": "sah1981,macdonald2004",
    }
    wafer = {"wafer.type": kind, "wafer.doping": 5e15, "temperature": T}
    clean = em.run("pv.cell", wafer)
    found = em.sweep("pv.cell", over, wafer | amounts)
    for ti in found.defects_Ti.values:
        for zn in found.defects_Zn.values:
            keys = {"Ti": str(ti), "Zn": str(zn)}
            rates = [
                1.0
                / float(
                    stages.lifetime(
                        path.rpartition(".")[2], N, 1e15, 5e15, kind, key=keys.get(path.rpartition(".")[2])
                    )
                )
                for path, N in amounts.items()
            ]
            cell = found.sel(defects_Ti=ti, defects_Zn=zn)
            rate = float(1.0 / cell.bulk_lifetime_1e15 - 1.0 / clean.bulk_lifetime_1e15)
            assert rate == pytest.approx(sum(rates), rel=1e-9)
            alone = em.run("pv.cell", wafer | amounts | {"defects.Ti": str(ti), "defects.Zn": str(zn)})
            assert float(alone.efficiency) == float(cell.efficiency)
