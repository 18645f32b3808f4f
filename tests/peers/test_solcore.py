"""Spectrum, detailed balance and two-diode curve against Solcore, on grids of wavelength and voltage chosen
here.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

import energymodels as em
from energymodels import datasets

pytestmark = pytest.mark.peer

Q = 1.602176634e-19
HC_EV_NM = 6.62607015e-34 * 299792458.0 / Q * 1e9
T = 298.15


def _sunlight(solcore: ModuleType) -> Any:
    return solcore.light_source.LightSource(source_type="standard", version="AM1.5g")


def test_spectrum_is_the_same_table(solcore):
    """ASTM G173 from two copies; Solcore's is held in W m-2 nm-1 at the table's own wavelengths, as printed
    (five digits).
    """
    ours = datasets.series("pv/am15g").columns
    light = _sunlight(solcore)
    theirs = light.spectrum(x=ours["wavelength"], output_units="power_density_per_nm")[1]
    np.testing.assert_allclose(ours["irradiance"], theirs, rtol=1e-4)
    assert np.trapezoid(ours["irradiance"], ours["wavelength"]) == pytest.approx(
        light.power_density, rel=1e-6
    )


@pytest.mark.parametrize(("emission", "mirror"), [("one", True), ("two", False)])
@pytest.mark.parametrize("gap", [0.7, 1.12, 1.34, 1.7])
def test_detailed_balance(solcore, gap, emission, mirror):
    """2e-6: 4e4 trapezoids over the spectrum, the best of voltages gap/2e4 apart, constants of CODATA 1998
    (1e-6).
    """
    edge = HC_EV_NM / gap * 1e-9
    junction = solcore.structure.Junction(kind="DB", Eg=gap, n=1.0, back_reflector=mirror)
    junction.absorptance = lambda wavelength: 1.0 * (wavelength <= edge * (1.0 + 1e-12))
    junction.reflected = np.zeros_like
    options = {
        "T": T,
        "T_ambient": T,
        "light_iv": True,
        "db_mode": "boltzmann",
        "light_source": _sunlight(solcore),
    }
    options |= {
        "wavelength": np.linspace(280e-9, edge, 40001),
        "internal_voltages": np.linspace(0.0, gap, 20001),
    }
    solcore.analytic_solar_cells.iv_detailed_balance(junction, solcore.state.State(options))
    v, j = junction.voltage, -0.1 * junction.current
    result = em.run(
        {"model": "pv.shockley_queisser", "band_gap": gap, "temperature": T, "emission": emission}
    )
    assert float(result["j_sc"]) == pytest.approx(j[0], rel=2e-6)
    assert float(result["v_oc"]) == pytest.approx(np.interp(0.0, -j, v), abs=2e-6)
    assert float(result["v_mp"] * result["j_mp"]) == pytest.approx((v * j).max(), rel=2e-6)


CELLS = {  # A m-2, ohm m2
    "one diode": {"j01": 1e-9, "j02": 0.0, "R_shunt": 1e9, "R_series": 0.0},
    "two diodes": {"j01": 1e-9, "j02": 1e-5, "R_shunt": 1e9, "R_series": 0.0},
    "two diodes with both resistances": {"j01": 1e-9, "j02": 1e-5, "R_shunt": 0.1, "R_series": 5e-5},
    "lossy": {"j01": 3e-8, "j02": 4e-4, "R_shunt": 0.02, "R_series": 2e-4},
}


@pytest.mark.parametrize("name", CELLS)
def test_two_diode_curve(solcore, name):
    """Solcore puts the series resistance on a curve of chords, 22 uV long here: 1e-7 of the diode current (22
    uV/Vt squared, by 8).

    The open circuit it reports is on a chord of 1 mV, its maximum power the best of points 1 mV apart. kT/q
    is Solcore's.
    """
    cell, light = CELLS[name], 400.0
    thermal = solcore.constants.kb * T / solcore.constants.q
    ours = {
        "photocurrent": light,
        "saturation_current": cell["j01"],
        "saturation_current_2": cell["j02"],
        "nNsVth": thermal,
    }
    ours |= {"resistance_series": cell["R_series"], "resistance_shunt": cell["R_shunt"]}
    result = em.run({"model": "pv.diode", **ours, "curve": {"points": 751, "voltage_max": 0.75}})
    voltage = np.linspace(0.0, 0.75, 751)
    diodes = {key: cell[key] for key in ("j01", "j02", "R_shunt")}
    junction = solcore.structure.Junction(kind="2D", T=T, n1=1.0, n2=2.0, jsc=light, **diodes)
    theirs = solcore.solar_cell.SolarCell([junction], T=T, R_series=cell["R_series"])
    options = {
        "voltages": voltage,
        "light_iv": True,
        "mpp": True,
        "internal_voltages": np.linspace(-0.1, 1.0, 50001),
    }
    solcore.solar_cell_solver.solar_cell_solver(theirs, "iv", user_options=options)
    delivered = result["i"].values > -light
    np.testing.assert_allclose(
        result["i"].values[delivered], theirs.iv["IV"][1][delivered], atol=1e-6 * light
    )
    assert float(result["i_sc"]) == pytest.approx(theirs.iv["Isc"], rel=1e-6)
    assert float(result["v_oc"]) == pytest.approx(theirs.iv["Voc"], abs=1e-5)
    assert float(result["p_mp"]) == pytest.approx(theirs.iv["Pmpp"], rel=1e-4)
