"""What is recorded of a step: shares of the voltage, heat, salt, against closed forms."""

import handmade as cell
import numpy as np
import pytest

from energymodels.kernels.battery.cell import layout as of
from energymodels.kernels.battery.cell import observe
from energymodels.kernels.battery.cell import row as to
from energymodels.kernels.constants import FARADAY, GAS

SHARES = (to.OCV, to.PARTICLE, to.REACTION, to.ELECTROLYTE, to.OHMIC)
CHI = 2.0 * GAS * cell.TEMPERATURE / FARADAY * (1.0 - 0.4)
TIMES = np.linspace(60.0, 600.0, 5)


def current(value, fidelity=cell.SPM, counts=(1, 1, 1), time=TIMES, **changes):
    """Return the cell under a constant current."""
    row = cell.rows(tolerance=1e-6, **changes)
    return cell.run([cell.step(of.CURRENT, value, end_time=600.0)], row=row, fidelity=fidelity,
                    counts=counts, time=time)  # fmt: skip


@pytest.mark.parametrize("value", [2.0, -3.0])
def test_shares_of_single_particles(value):
    found = current(value).series
    soc = 0.5 - value * TIMES / cell.CAPACITY
    np.testing.assert_allclose(found[to.SOC], soc, rtol=1e-9)
    np.testing.assert_allclose(found[to.OCV], cell.ocv(soc), rtol=1e-9)
    np.testing.assert_allclose(found[to.REACTION], -2.0 * cell.overpotential(value), rtol=1e-9)
    np.testing.assert_allclose(found[to.PARTICLE], -1.2 * cell.depletion(value), rtol=1e-5)
    np.testing.assert_allclose(found[to.OHMIC], -0.02 * value, rtol=1e-9)
    assert (found[to.ELECTROLYTE] == 0.0).all()
    assert (found[to.LOST] == 0.0).all()
    np.testing.assert_allclose(found[to.TEMPERATURE], cell.TEMPERATURE)
    np.testing.assert_allclose(found[to.CURRENT], value, rtol=1e-14)
    x = 0.1 + 0.8 * soc - cell.depletion(value)
    np.testing.assert_allclose(
        found[to.NEGATIVE_POTENTIAL], 0.5 - 0.4 * x + cell.overpotential(value), rtol=1e-7
    )
    np.testing.assert_allclose(found[to.VOLTAGE], cell.voltage(soc, value), rtol=1e-8)


@pytest.mark.parametrize(("fidelity", "counts"), [
    (cell.SPM, (1, 1, 1)), (cell.SPME, (3, 2, 3)), (cell.DFN, (3, 2, 3)),
])  # fmt: skip
def test_shares_add_up_to_the_voltage(fidelity, counts):
    found = current(2.0, fidelity, counts, constant_kappa=0.5).series
    np.testing.assert_allclose(sum(found[q] for q in SHARES), found[to.VOLTAGE], rtol=1e-12)


def test_ohmic_share_with_electrolyte():
    """I (L_n/3 kappa_n + L_s/kappa_s + L_p/3 kappa_p + (L_n + L_p)/3 sigma) and the contact's."""
    found = current(2.0, cell.SPME, (3, 2, 3), constant_kappa=0.8)
    electrolyte = 2.0 * 50e-6 / (3.0 * 0.8 * 0.3**1.5) + 20e-6 / (0.8 * 0.5**1.5)
    expected = -2.0 * (0.02 + (electrolyte + 2.0 * 50e-6 / 300.0) / 0.1)
    np.testing.assert_allclose(found.series[to.OHMIC], expected, rtol=1e-9)


def test_diffusion_potential_is_that_of_the_recorded_salt():
    found = current(2.0, cell.SPME, (4, 2, 4))
    salt = found.inside[:, :10]
    logs = np.log(salt)
    expected = CHI * (logs[:, 6:].mean(axis=1) - logs[:, :4].mean(axis=1))
    np.testing.assert_allclose(found.series[to.ELECTROLYTE], expected, rtol=1e-5)
    assert (expected < 0.0).all()


def steady_salt(amount, x):
    """Return the steady concentration less that at the negative collector at places x, m.

    Parabolas in the electrodes, a line in the separator: D_eff c' = -(1 - t+) i(x)/F.
    """
    n, s, p = 50e-6, 20e-6, 50e-6
    pull = 0.6 * amount / 0.1 / FARADAY / 3e-10
    near, gap = 0.3**1.5, 0.5**1.5
    first = -pull / near * np.minimum(x, n) ** 2 / (2.0 * n)
    second = -pull / gap * np.clip(x - n, 0.0, s)
    y = np.clip(x - n - s, 0.0, p)
    return first + second - pull / near * (y - y * y / (2.0 * p))


def test_salt_of_a_steady_current():
    counts = (12, 6, 12)
    found = current(1.0, cell.SPME, counts, time=[590.0])
    edges = np.cumsum([0.0, *np.full(12, 50e-6 / 12), *np.full(6, 20e-6 / 6), *np.full(12, 50e-6 / 12)])
    shape = steady_salt(1.0, 0.5 * (edges[1:] + edges[:-1]))
    porosity = np.repeat([0.3, 0.5, 0.3], counts) * np.diff(edges)
    expected = 1000.0 + shape - (porosity @ shape) / porosity.sum()
    salt = found.inside[0, : edges.size - 1]
    np.testing.assert_allclose(salt - 1000.0, expected - 1000.0, atol=5e-3 * np.ptp(expected))
    assert porosity @ salt == pytest.approx(1000.0 * porosity.sum(), rel=1e-9)


def test_heat_is_what_the_resistances_take():
    found = current(3.0)
    resistances = 2.0 * cell.overpotential(3.0) + 0.02 * 3.0
    np.testing.assert_allclose(found.series[to.HEAT_RATE], 3.0 * resistances, rtol=1e-9)
    assert found.out[to.HEAT] == pytest.approx(3.0 * resistances * 600.0, rel=1e-5)


def test_samples_stop_with_the_case():
    """The first is the instant the current begins with; what comes after the end is not known."""
    found = current(1.0, time=[0.0, 1.0, 600.0, 600.1])
    assert found.series[to.VOLTAGE, 0] == pytest.approx(
        cell.ocv(0.5) - 2.0 * cell.overpotential(1.0) - 0.02, rel=1e-9
    )
    assert np.isfinite(found.series[to.VOLTAGE, :3]).all()
    assert np.isnan(found.series[:, 3]).all()
    assert np.isnan(found.inside[3]).all()


def test_surfaces_are_recorded_by_node():
    found = current(2.0, time=[599.0])
    x = 0.1 + 0.8 * (0.5 - 2.0 * 599.0 / cell.CAPACITY)
    negative, _, positive = found.inside[0, 3:]
    assert negative == pytest.approx(x - cell.depletion(2.0), rel=1e-6)
    assert positive == pytest.approx(1.0 - x + cell.depletion(2.0), rel=1e-6)
    np.testing.assert_allclose(found.inside[0, :3], 1000.0)


def test_samples_do_not_move_the_steps():
    """A case is the same whether it is looked at or not."""
    seen, unseen = (
        cell.run([cell.step(of.CURRENT, 2.0, end_time=50.0)], fidelity=cell.DFN, counts=(2, 2, 2), time=time)
        for time in (TIMES / 20.0, ())
    )
    np.testing.assert_array_equal(seen.out, unseen.out)
    assert (observe.SPM, observe.SPME, observe.DFN) == (cell.SPM, cell.SPME, cell.DFN)
