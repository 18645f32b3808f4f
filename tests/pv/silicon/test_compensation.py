"""Compensated silicon: all dopants scatter and narrow the gap, all acceptors pair; their difference dopes.

Units of the trade.
"""

import warnings

import numpy as np
import pytest

import energymodels as em
from energymodels.core.errors import InputError, ValidityWarning
from energymodels.pv import silicon
from energymodels.pv.metals import stages

Q = 1.602176634e-19  # C


def conductivity(net, kind, donors, acceptors):
    """Return 1/(ohm cm) of the carriers of a wafer among its dopants, cm-3."""
    n0, p0 = silicon.equilibrium(net, kind, compensation=0.5 * (donors + acceptors - net))
    mu_e, mu_h = silicon.mobility(n0, p0, donors, acceptors)
    return Q * (mu_e * n0 + mu_h * p0)


def test_resistivity_of_a_wafer_with_thermal_donors():
    """1e17 of acceptors and 4.9e16 double donors, each one scatterer: 2e15 holes, 10.4 ohm cm where a plain
    wafer has 6.7.
    """
    found = em.run("pv.cell", {"wafer.type": "p", "wafer.doping": 1e17, "wafer.thermal_donors": 4.9e16})
    assert float(found.base_doping) == pytest.approx(2e15)
    assert float(found.base_resistivity) == pytest.approx(10.44, abs=0.01)
    assert float(found.base_resistivity) == pytest.approx(
        1.0 / conductivity(2e15, "p", 4.9e16, 1e17), rel=1e-9
    )


@pytest.mark.parametrize(("dopant", "kind"), [("B", "p"), ("Ga", "p"), ("P", "n")])
@pytest.mark.parametrize("opposite", [1e15, 1e16, 1e17])
def test_two_dopants(dopant, kind, opposite):
    """Doping is their difference, whether it is given or follows from the resistivity."""
    given = em.run("pv.cell", {"wafer.dopant": dopant, "wafer.doping": 8e15, "wafer.compensation": opposite})
    most = 8e15 + opposite
    donors, acceptors = (most, opposite) if kind == "n" else (opposite, most)
    rho = 1.0 / conductivity(8e15, kind, donors, acceptors)
    assert float(given.base_resistivity) == pytest.approx(rho, rel=1e-9)
    found = em.run(
        "pv.cell", {"wafer.dopant": dopant, "wafer.resistivity": rho, "wafer.compensation": opposite}
    )
    assert float(found.base_doping) == pytest.approx(8e15, rel=1e-9)
    assert silicon.resistivity(8e15, dopant, compensation=opposite) == pytest.approx(rho, rel=1e-9)
    assert silicon.doping(rho, dopant, compensation=opposite) == pytest.approx(8e15, rel=1e-9)
    assert rho > silicon.resistivity(8e15, dopant)


def test_a_wafer_that_turns_is_a_plain_one_of_the_other_type():
    """1e16 of acceptors, 6e15 of thermal donors: n-type of 2e15; what ions do to the gap is a millivolt."""
    metals = {
        "wafer.oxygen": 5e17,
        "wafer.bo_active": 1.0,
        "wafer.metals.Fe_i": 1e11,
        "wafer.metals.FeB": 1e11,
    }
    turned = em.run(
        "pv.cell", {"wafer.dopant": "B", "wafer.doping": 1e16, "wafer.thermal_donors": 6e15} | metals
    )
    plain = em.run("pv.cell", {"wafer.type": "n", "wafer.doping": 2e15, "wafer.metals.Fe_i": 1e11})
    assert turned.status == 0
    assert turned.base_type == plain.base_type == 0
    assert float(turned.base_doping) == pytest.approx(2e15)
    assert float(turned.bulk_lifetime_1e15) == pytest.approx(float(plain.bulk_lifetime_1e15), rel=0.01)
    assert float(turned.v_oc) == pytest.approx(float(plain.v_oc), abs=1.5e-3)


def test_pairs_form_with_all_acceptors():
    """The association of iron goes with boron, not with the holes that compensation leaves."""
    wafer = {"wafer.dopant": "B", "wafer.doping": 2e15, "wafer.compensation": 1.8e16}
    some = wafer | {"wafer.pairing_time": 500.0}
    share = float(stages.paired_fraction("Fe", 2e16, 298.15, 500.0))
    assert share > 3.0 * float(stages.paired_fraction("Fe", 2e15, 298.15, 500.0))
    found = em.run("pv.cell", some | {"process.contamination.Fe": 1e11})
    same = em.run(
        "pv.cell", wafer | {"wafer.metals.FeB": share * 1e11, "wafer.metals.Fe_i": (1.0 - share) * 1e11}
    )
    assert float(found.bulk_lifetime_1e15) == pytest.approx(float(same.bulk_lifetime_1e15), rel=1e-9)


def test_boron_oxygen_goes_with_the_net_doping():
    def rate(**more):
        wafer = {"wafer.dopant": "B", "wafer.doping": 1e16, "wafer.oxygen": 7e17} | {
            f"wafer.{k}": v for k, v in more.items()
        }
        found = em.sweep("pv.cell", {"wafer.bo_active": [0.0, 1.0]}, wafer).bulk_lifetime_1e15.values
        return 1.0 / found[1] - 1.0 / found[0]

    assert rate(compensation=2e16) == pytest.approx(rate(), rel=1e-6)


def test_both_dopants_segregate():
    """Scheil's law for boron (0.8) and phosphorus (0.35): phosphorus takes over at the tail of a compensated
    crystal.
    """
    place = np.array([0.0, 0.5, 0.9])
    boron, phosphorus = ((1.0 - place) ** (k - 1.0) for k in (0.8, 0.35))
    at_seed = 6e15
    found = [
        em.run(
            "pv.cell",
            {
                "wafer.dopant": "B",
                "crystal.seed_resistivity": 1.5,
                "crystal.position": g,
                "wafer.compensation": p,
            },
        )
        for g, p in zip(place, at_seed * phosphorus, strict=True)
    ]
    net = silicon.doping(1.5, "B", compensation=at_seed)
    expected = (net + at_seed) * boron - at_seed * phosphorus
    signed = [float(ds.base_doping) * (1.0 if ds.base_type == 1 else -1.0) for ds in found]
    assert signed == pytest.approx(expected.tolist(), rel=1e-9)
    assert expected[-1] < 0.0 < expected[1]


@pytest.mark.parametrize("kind", ["n", "p"])
@pytest.mark.parametrize("opposite", [1e13, 1e15, 1e17])
def test_nearly_complete_compensation_has_an_answer(kind, opposite):
    """Carriers are found, neutral and on the law of mass action, also where the narrowing is beyond its
    formula, which is said.
    """
    net = np.geomspace(1e8, 1e16, 30)
    n0, p0 = silicon.equilibrium(net, kind, compensation=opposite)
    assert np.abs(n0 - p0) == pytest.approx(
        net, rel=1e-6, abs=1e-9 * n0.max() + 1e-6 * np.minimum(n0, p0).max()
    )
    gap = silicon.band_gap_narrowing(n0, p0, net + 2.0 * opposite)
    assert n0 * p0 == pytest.approx(
        silicon.intrinsic_density() ** 2 * np.exp(gap / (8.617333262e-5 * 298.15)), rel=1e-6
    )
    wafer = {"wafer.type": kind, "wafer.compensation": opposite}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        cells = em.sweep("pv.cell", {"wafer.doping": net}, wafer)
    assert (cells.status == 0).all()
    said = dict(
        zip(
            str(cells.validity.attrs["flag_meanings"]).split(),
            cells.validity.attrs["flag_masks"],
            strict=True,
        )
    )
    assert (((cells.validity & said["screening"]) != 0).values == (net + 2.0 * opposite > 10.0 * net)).all()


def test_out_of_range_is_named():
    with pytest.raises(InputError, match=r"wafer.compensation.*from 0 to 1e\+20 cm-3"):
        em.run("pv.cell", {"wafer.compensation": -1.0})
    with pytest.raises(InputError, match=r"compensation = -1\.0 cm-3"):
        silicon.resistivity(1e16, "B", compensation=-1.0)
