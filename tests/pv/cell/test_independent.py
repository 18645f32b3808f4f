"""``pv.cell`` against its published equations solved a second time: plain NumPy formulas, SciPy's root
finder, exhaustive search.

Nothing of the kernels is used. From a result come only what optics give (generation, and the radiative J0 as
the ratio of current and Boltzmann factor at open circuit) and the doping. Densities in cm-3, currents in A
cm-2, energies in eV. Every formula takes complex numbers too: a derivative is the imaginary part of one
evaluation, without differences.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

import energymodels as em

Q = 1.602176634e-19  # C
K_B_EV = 1.380649e-23 / Q
GRID = np.linspace(np.log(1e7), np.log(1e19), 2000)  # u = ln dn
TINY = 1e-30


def band_gap(T):
    """Return the gap of Paessler 2002, his four-parameter form."""
    theta, delta, x = 446.0, 0.51, 2.0 * T / 446.0
    root = (
        1 + np.pi**2 / (3 * (1 + delta**2)) * x**2 + (3 * delta**2 - 1) / 4 * x**3 + 8 / 3 * x**4 + x**6
    ) ** (1 / 6)
    return 1.17 - 3.23e-4 * theta * (
        (1 - 3 * delta**2) / (np.exp(theta / T) - 1) + 1.5 * delta**2 * (root - 1)
    )


def intrinsic_density(T, model):
    if model == "misiakos1993":
        return 5.29e19 * (T / 300.0) ** 2.54 * np.exp(-6726.0 / T)
    return 1.541e15 * T**1.712 * np.exp(-band_gap(T) / (2.0 * K_B_EV * T))  # Couderc 2014


def narrowing(n, p, dopants, T):
    """Return the sum of both band shifts: Schenk 1998, exchange-correlation and ionic parts, in excitonic
    units.
    """
    rydberg, radius3 = 16.55e-3, 3.719e-7**3
    t, ne, nh, ni = K_B_EV * T / rydberg, n * radius3, p * radius3, dopants * radius3
    total, weighted = ne + nh, 0.5187 * ne + 0.4813 * nh
    u = total**2 / t**3
    shift = 0.0
    bands = (
        (ne, 12.0, 0.5187, 8.0, 1.3346, 0.893, 3.91, 2.8585, 0.012, 3 / 4),
        (nh, 4.0, 0.4813, 1.0, 1.2365, 1.153, 4.20, 2.9307, 0.190, 1 / 4),
    )
    for density, g, alpha, b, c, d, h, j, k, q in bands:
        core = (48 * density / (np.pi * g)) ** (1 / 3) + c * np.log(1 + d * weighted ** (7 / 30))
        upper = (
            (4 * np.pi) ** 3 * total**2 * core
            + 8 * np.pi * alpha / g * density * t**2
            + (8 * np.pi * total) ** 0.5 * t**2.5
        )
        lower = (4 * np.pi) ** 3 * total**2 + t**3 + b * total**0.5 * t**2 + 40 * total**1.5 * t
        screened = (t * total / (2 * np.pi)) ** 0.5 * (1 + h * np.log(1 + total**0.5 / t))
        shift = (
            shift + upper / lower + ni * (1 + u) / (screened + j * u * weighted**0.75 * (1 + k * weighted**q))
        )
    return rydberg * shift


class Device:
    """One cell as functions of u = ln dn; scalars, or columns over many cells against a row of u."""

    def __init__(self, spec: dict[str, Any], result: Any) -> None:
        def column(name):
            return (
                np.asarray(result[name].values, dtype=float).reshape(-1, 1)
                if result["v_oc"].ndim
                else float(result[name])
            )

        wafer, self.T = spec["wafer"], spec.get("temperature", 298.15)
        ni_model = spec.get("intrinsic_density", "couderc2014")
        self.kt, self.dopants = K_B_EV * self.T, column("base_doping")
        # of the dopant that gives the nominal type
        most = wafer.get("doping", self.dopants) + wafer.get("compensation", 0.0)
        self.ions = most + wafer.get("compensation", 0.0) + wafer.get("thermal_donors", 0.0)
        self.n_i = intrinsic_density(self.T, ni_model)
        donor = bool((result["base_type"] == 0).all())
        self.gap0 = self._equilibrium_narrowing(donor)
        majority, minority = self._carriers(self.gap0)
        self.n0, self.p0 = (majority, minority) if donor else (minority, majority)
        self.tau_p, self.tau_n = wafer["tau_p0"], wafer["tau_n0"]
        level = np.exp(wafer.get("srh_level", 0.0) / self.kt)
        self.n1, self.p1 = self.n_i * level, self.n_i / level
        self.metals = [self._metal(name, density) for name, density in wafer.get("metals", {}).items()]
        self.width = Q * 1e-4 * wafer["thickness"]
        self.auger = self.richter if spec.get("auger") == "richter2012" else self.niewelt
        self.generation = column("j_generation") * 1e-3
        self.radiative = column("j_radiative_oc") * 1e-3 / np.expm1(column("v_oc") / self.kt)
        self.series, self.surfaces, self.passivated = spec.get("series_resistance", 0.0), 0.0, 0.0
        self.shunt = 1.0 / spec.get("shunt_resistance", np.inf)
        for side in (spec.get("front", {}), spec.get("rear", {})):
            scale = 1e-15 * (self.n_i / intrinsic_density(side.get("j0_temperature", 298.15), ni_model)) ** 2
            share = side.get("metal_fraction", 0.0)
            self.passivated += scale * side.get("j0", 0.0)
            self.surfaces += scale * (side.get("j0", 0.0) * (1.0 - share) + side.get("j0_metal", 0.0) * share)
            self.series += side.get("contact_resistivity", 0.0) / (share or 1.0)

    def _metal(self, name, density):
        """Return (tau_n0, tau_p0, n1, p1) of each level of a centre of ``density`` cm-3; band densities of
        Green 1990.
        """
        levels = []
        for below_c, above_v, sigma_n, sigma_p, v_n, v_p in METALS[name]:
            speed = np.sqrt(self.T / 300.0)
            near = 2.86e19 * (self.T / 300.0) ** 1.58 if below_c else 3.10e19 * (self.T / 300.0) ** 1.85
            near *= np.exp(-(below_c or above_v) / self.kt)
            n1, p1 = (near, self.n_i**2 / near) if below_c else (self.n_i**2 / near, near)
            levels.append(
                (1.0 / (density * sigma_n * v_n * speed), 1.0 / (density * sigma_p * v_p * speed), n1, p1)
            )
        return levels

    @staticmethod
    def captured(levels, n, p):
        """Return 1 over the denominator of a centre's rate; its charge states hold electrons in the ratio of
        both ways' rates.
        """
        states = [1.0 + 0.0 * n]
        for tau_n, tau_p, n1, p1 in levels:
            states.append(states[-1] * (n / tau_n + p1 / tau_p) / (p / tau_p + n1 / tau_n))
        shares = [state / sum(states) for state in states]
        return sum(
            (shares[j] + shares[j + 1]) / (tau_p * (n + n1) + tau_n * (p + p1))
            for j, (tau_n, tau_p, n1, p1) in enumerate(levels)
        )

    def _carriers(self, gap):
        """Return (majority, minority): neutrality and the law of mass action."""
        pair = self.n_i**2 * np.exp(gap / self.kt)
        majority = 0.5 * self.dopants + np.sqrt(0.25 * self.dopants**2 + pair)
        return majority, pair / majority

    def _equilibrium_narrowing(self, donor):
        def narrowed(gap):
            majority, minority = self._carriers(gap)
            return narrowing(*((majority, minority) if donor else (minority, majority)), self.ions, self.T)

        if np.ndim(self.dopants) == 0:
            return brentq(lambda gap: gap - narrowed(gap), 0.0, 0.3, xtol=1e-16, rtol=1e-15)
        gap = np.zeros_like(self.dopants)
        for _ in range(60):  # a contraction: the minority density hardly matters
            gap = narrowed(gap)
        return gap

    def niewelt(self, n, p, dn):
        bell = 1.0 / (1.0 + ((n + p) / 4e17) ** 2)
        eeh, ehh = 3.41e-31 * (1.0 + 3.38 * bell), 1.17e-31 * (1.0 + 3.88 * bell)
        return eeh * (n**2 * p - self.n0**2 * self.p0) + ehh * (n * p**2 - self.n0 * self.p0**2)

    def richter(self, n, p, dn):
        g_eeh = 1.0 + 13.0 * (1.0 - np.tanh((self.n0 / 3.3e17) ** 0.66))
        g_ehh = 1.0 + 7.5 * (1.0 - np.tanh((self.p0 / 7e17) ** 0.63))
        return (n * p - self.n0 * self.p0) * (
            2.5e-31 * g_eeh * self.n0 + 8.5e-32 * g_ehh * self.p0 + 3e-29 * dn**0.92
        )

    def point(self, u, series=True, metal=True):
        """Return (terminal voltage, current density, voltage of the quasi-Fermi levels)."""
        dn = np.exp(u)
        n, p = self.n0 + dn, self.p0 + dn
        excess = n * p - self.n0 * self.p0
        v = self.kt * np.log(n * p / (self.n0 * self.p0)) - (narrowing(n, p, self.ions, self.T) - self.gap0)
        srh = excess / (self.tau_p * (n + self.n1) + self.tau_n * (p + self.p1))
        for levels in self.metals:
            srh = srh + excess * self.captured(levels, n, p)
        surfaces = self.surfaces if metal else self.passivated
        loss = self.width * (srh + self.auger(n, p, dn)) + (self.radiative + surfaces) * (
            np.exp(v / self.kt) - 1.0
        )
        j = self.generation - loss - (self.shunt * v if metal else 0.0)
        return v - (j * self.series if series else 0.0), j, v

    def root(self, function):
        return brentq(function, np.log(1e2), GRID[-1], xtol=1e-15, rtol=1e-15)  # down to a few mV

    def maximum_power(self, series=True):
        """Return (V, J) of the largest product: a scan, then the root of the slope between the neighbours of
        its best point.
        """
        v, j, _ = self.point(GRID, series)
        k = int(np.argmax(v * j))

        def slope(u):
            v, j, _ = self.point(u + TINY * 1j, series)
            return (v * j).imag / TINY

        u = brentq(slope, GRID[k - 1], GRID[k + 1], xtol=1e-15, rtol=1e-15)
        return self.point(u, series)[:2]

    def results(self):
        """Return the outputs of ``pv.cell`` by name."""
        v_oc = self.point(self.root(lambda u: self.point(u)[1]))[2]
        j_sc = self.point(self.root(lambda u: self.point(u)[0]))[1] if self.series else self.generation
        implied = self.point(self.root(lambda u: self.point(u, metal=False)[1]))[2]
        v_mp, j_mp = self.maximum_power()
        v_pseudo, j_pseudo = self.maximum_power(series=False)
        return {
            "v_oc": v_oc,
            "j_sc": 1e3 * j_sc,
            "v_mp": v_mp,
            "j_mp": 1e3 * j_mp,
            "implied_v_oc": implied,
            "fill_factor": 100.0 * v_mp * j_mp / (v_oc * j_sc),
            "pseudo_fill_factor": 100.0 * v_pseudo * j_pseudo / (v_oc * self.generation),  # J_sc without R_s
        }


# tolerances, relative: round-off of both sides; at maximum power the voltage is less sharp, as the power is
# flat there
TOLERANCES = dict.fromkeys(("v_oc", "j_sc", "implied_v_oc", "fill_factor", "pseudo_fill_factor"), 1e-9)
TOLERANCES |= {"v_mp": 1e-6, "j_mp": 1e-6}

# eV below the conduction or above the valence band, cross sections in cm2, thermal velocities in cm s-1;
# lowest first
METALS = {
    "Fe_i": [(None, 0.38, 1.3e-14, 7e-17, 2.05e7, 1.69e7)],
    "FeB": [(0.26, None, 5e-15, 3e-15, 2.05e7, 1.69e7)],
    "Cr_i": [(0.24, None, 2.4e-14, 0.8e-14, 1.1e7, 1.1e7)],
    "CrB": [(None, 0.27, 3.8e-14, 0.7e-14, 1.1e7, 1.1e7)],
    "Au": [(None, 0.347, 1.9e-15, 2.7e-15, 2.05e7, 1.69e7), (0.55, None, 1.4e-16, 7.6e-15, 2.05e7, 1.69e7)],
    "Co": [(None, 0.41, 1.6e-14, 1e-15, 2.05e7, 1.69e7), (0.38, None, 3e-15, 2e-14, 2.05e7, 1.69e7)],
    "Zn": [(None, 0.33, 2e-15, 4.6e-15, 2.05e7, 1.69e7), (0.46, None, 1.7e-19, 5.5e-15, 2.05e7, 1.69e7)],
    "Cu": [
        (None, 0.23, 1.4e-14, 8e-17, 2.05e7, 1.69e7),
        (None, 0.425, 7.4e-15, 3e-15, 2.05e7, 1.69e7),
        (0.16, None, 3.3e-17, 3.3e-17, 2.05e7, 1.69e7),
    ],
}
CELLS: dict[str, dict[str, Any]] = {
    "n-type, long-lived, as good as ideal": {
        "wafer": {"type": "n", "resistivity": 1.5, "thickness": 130.0, "tau_p0": 12e-3, "tau_n0": 12e-3},
    },
    "n-type with contacts on both sides, tunnel-oxide rear": {
        "wafer": {
            "type": "n",
            "resistivity": 1.0,
            "thickness": 140.0,
            "tau_p0": 3e-3,
            "tau_n0": 1e-3,
            "srh_level": 0.1,
        },
        "front": {"j0": 8.0, "j0_metal": 700.0, "metal_fraction": 0.03, "contact_resistivity": 1e-3},
        "rear": {"j0": 2.0, "j0_metal": 40.0, "metal_fraction": 0.05, "contact_resistivity": 2e-3},
        "series_resistance": 0.3,
        "shunt_resistance": 2e4,
        "generation_current_density": 41.2,
    },
    "p-type, Richter's Auger model, lossy": {
        "wafer": {
            "type": "p",
            "resistivity": 0.8,
            "thickness": 170.0,
            "tau_p0": 2e-3,
            "tau_n0": 4e-4,
            "srh_level": -0.2,
        },
        "front": {"j0": 60.0},
        "rear": {"j0": 20.0, "j0_n_i": None},
        "series_resistance": 0.6,
        "shunt_resistance": 3000.0,
        "optical_loss": 0.08,
        "auger": "richter2012",
    },
    "p-type, high resistivity, warm, j0 stated elsewhere": {
        "wafer": {"type": "p", "resistivity": 200.0, "thickness": 90.0, "tau_p0": 5e-4, "tau_n0": 5e-4},
        "front": {"j0": 5.0, "j0_temperature": 300.0},
        "rear": {"j0": 3.0},
        "temperature": 303.0,
        "intrinsic_density": "misiakos1993",
    },
    "n-type, heavily doped, short-lived, dim light": {
        "wafer": {"type": "n", "resistivity": 0.05, "thickness": 250.0, "tau_p0": 3e-6, "tau_n0": 3e-7},
        "shunt_resistance": 1e5,
        "irradiance": 50.0,
    },
    "p-type with iron, free and paired, and chromium pairs: two maxima of the power are possible": {
        "wafer": {
            "type": "p",
            "dopant": "B",
            "resistivity": 1.0,
            "thickness": 160.0,
            "tau_p0": 5e-3,
            "tau_n0": 1e-3,
            "metals": {"Fe_i": 2e12, "FeB": 5e11, "CrB": 1e11},
        },
        "front": {"j0": 40.0},
        "series_resistance": 0.4,
    },
    "n-type with chromium and iron, warm": {
        "wafer": {
            "type": "n",
            "resistivity": 2.0,
            "thickness": 130.0,
            "tau_p0": 5e-3,
            "tau_n0": 5e-3,
            "metals": {"Fe_i": 1e13, "Cr_i": 3e11},
        },
        "temperature": 320.0,
    },
    "p-type with copper and gold, which have several levels, and iron": {
        "wafer": {
            "type": "p",
            "resistivity": 1.5,
            "thickness": 150.0,
            "tau_p0": 5e-3,
            "tau_n0": 5e-3,
            "metals": {"Cu": 3e11, "Au": 2e11, "Fe_i": 1e10},
        },
        "series_resistance": 0.3,
    },
    "n-type with zinc and cobalt, which have several levels, warm": {
        "wafer": {
            "type": "n",
            "resistivity": 3.0,
            "thickness": 120.0,
            "tau_p0": 5e-3,
            "tau_n0": 5e-3,
            "metals": {"Zn": 4e11, "Co": 3e10},
        },
        "front": {"j0": 10.0},
        "temperature": 330.0,
    },
    "p-type, compensated by phosphorus, by its resistivity": {
        "wafer": {
            "type": "p",
            "resistivity": 1.0,
            "compensation": 3e16,
            "thickness": 160.0,
            "tau_p0": 1e-3,
            "tau_n0": 1e-3,
        },
        "front": {"j0": 10.0},
    },
    "n-type, compensated by boron": {
        "wafer": {
            "type": "n",
            "doping": 4e15,
            "compensation": 2e17,
            "thickness": 140.0,
            "tau_p0": 2e-3,
            "tau_n0": 2e-3,
        },
        "auger": "richter2012",
    },
    "p-type, nearly compensated by thermal donors": {
        "wafer": {
            "type": "p",
            "doping": 1e17,
            "thermal_donors": 4.9e16,
            "thickness": 150.0,
            "tau_p0": 1e-3,
            "tau_n0": 1e-3,
        },
        "series_resistance": 0.3,
    },
    "p-type that thermal donors turn": {
        "wafer": {
            "type": "p",
            "doping": 1e16,
            "thermal_donors": 6e15,
            "thickness": 150.0,
            "tau_p0": 1e-3,
            "tau_n0": 1e-3,
        },
        "front": {"j0": 5.0},
    },
    "n-type, asymmetric capture, concentrated light": {
        "wafer": {"type": "n", "resistivity": 5.0, "thickness": 60.0, "tau_p0": 1e-4, "tau_n0": 1e-2},
        "series_resistance": 0.02,
        "irradiance": 2e4,
    },
}


def _run(spec):
    """Run a cell; ``j0_n_i: None`` stands for leaving it out."""
    sides = {
        side: {k: v for k, v in spec.get(side, {}).items() if v is not None} for side in ("front", "rear")
    }
    return em.run({"model": "pv.cell", **spec, **sides})


@pytest.mark.parametrize("name", CELLS)
def test_same_equations_solved_twice(name):
    result = _run(CELLS[name])
    expected = Device(CELLS[name], result).results()
    assert result["status"] == 0
    for output, value in expected.items():
        assert float(result[output]) == pytest.approx(value, rel=TOLERANCES[output]), output


def _missed(kind, points):
    """Return (relative shortfall of the efficiency by case, peaks of the scanned power by case)."""
    result = em.sweep({"model": "pv.cell", "wafer": {"type": kind}}, {}, points=points)
    column = {path: np.asarray(values)[:, None] for path, values in points.items()}
    tau = column["wafer.tau"]
    wafer = {
        "type": kind,
        "thickness": column["wafer.thickness"],
        "tau_p0": tau,
        "tau_n0": tau / column["wafer.capture_ratio"],
    }
    wafer["metals"] = {
        path.rpartition(".")[2]: values for path, values in column.items() if path.startswith("wafer.metals.")
    }
    device = Device({"wafer": wafer, "series_resistance": column.get("series_resistance", 0.0)}, result)

    def power(u):
        v, j, _ = device.point(u)
        return np.where((v > 0.0) & (j > 0.0), v * j, 0.0)

    scan = power(GRID)
    inner = scan[:, 1:-1]
    peaks = ((inner > scan[:, :-2]) & (inner > scan[:, 2:])).sum(axis=1)
    step = GRID[1] - GRID[0]
    # within 1e-8 of the maximum
    best = power(GRID[scan.argmax(axis=1)][:, None] + np.linspace(-step, step, 201)).max(axis=1)
    return 1.0 - result["efficiency"].values / (1e3 * best), peaks


def _report(miss, points):
    """Return the inputs of the cases that are not the maximum within 1e-6, which is a hundred times what the
    scan may miss.
    """
    return [
        f"{', '.join(f'{path} {values[i]:.6g}' for path, values in points.items())}: {miss[i]:.3g} too low"
        for i in np.flatnonzero(~(np.abs(miss) < 1e-6))
    ]


@pytest.mark.parametrize("kind", ["n", "p"])
@pytest.mark.parametrize("range_", ["usual", "extreme"])
def test_power_is_the_global_maximum(kind, range_):
    """Where the lifetime rises with injection the power may have two maxima; of 100 random wafers none may
    end on the lower one.
    """
    cases = 100
    rng = np.random.default_rng([2, 29, kind == "p", range_ == "extreme"])
    # powers of ten; tau is that of the minority carriers
    asymmetry, tau, resistivity = (2.0, 2.0), (-5.0, -3.0), (-0.5, 1.5)
    if range_ == "extreme":
        asymmetry, tau, resistivity = (2.5, 5.5), (-8.5, -5.5), (-0.5, 2.0)
    ratio, tau, resistivity = (10.0 ** rng.uniform(*span, cases) for span in (asymmetry, tau, resistivity))
    points = {
        "wafer.resistivity": resistivity,
        "wafer.capture_ratio": ratio if kind == "p" else 1.0 / ratio,
        "wafer.tau": tau * ratio if kind == "p" else tau,
        "wafer.thickness": rng.uniform(60.0, 300.0, cases),
    }
    miss, peaks = _missed(kind, points)
    if range_ == "extreme":
        assert np.count_nonzero(peaks > 1) >= 5, "the sample must hold cases that can go wrong"
    assert not (found := _report(miss, points)), f"{kind}-type; {'; '.join(found)}"


@pytest.mark.parametrize("kind", ["n", "p"])
def test_power_is_the_global_maximum_with_centres_of_several_levels(kind):
    """Their charge moves with injection, so that the lifetime rises or falls by orders of magnitude."""
    cases = 60
    rng = np.random.default_rng([2, 30, kind == "p"])
    points = {
        "wafer.resistivity": 10.0 ** rng.uniform(-0.5, 2.0, cases),
        "wafer.capture_ratio": np.ones(cases),
        "wafer.tau": np.full(cases, 1e-2),
        "wafer.thickness": rng.uniform(60.0, 300.0, cases),
    }
    points |= {
        f"wafer.metals.{name}": 10.0 ** rng.uniform(10.0, 15.5, cases) for name in ("Au", "Co", "Zn", "Cu")
    }
    miss, _ = _missed(kind, points)
    assert not (found := _report(miss, points)), f"{kind}-type; {'; '.join(found)}"


# resistivity, capture ratio, tau, thickness, series resistance: of two maxima the one at lower voltage is the
# higher
RESISTIVE = {
    "n": [
        (1.9079, 6.67850e-5, 5.51541e-9, 62.74, 4.5104),
        (11.669, 3.98544e-5, 1.75400e-9, 213.6, 2.5285),
        (6.0016, 6.22492e-4, 9.05838e-8, 286.2, 3.6720),
        (0.591867, 3.47981e-5, 6.05511e-8, 325.7, 4.5804),
        (0.130910, 4.08276e-5, 1.02586e-6, 356.1, 2.5364),
        (37.5776, 1.11287e-3, 2.13167e-9, 26.08, 4.9149),
    ],
    "p": [
        (14.142, 10948.4, 6.99110e-5, 142.2, 4.2309),
        (25.298, 42537.3, 6.43367e-5, 218.1, 2.9287),
        (18.669, 6404.53, 3.49628e-5, 87.27, 4.1567),
        (50.7012, 242.811, 3.31733e-5, 132.0, 2.3611),
        (2.43393, 28210.1, 1.71114e-3, 341.5, 0.36955),
    ],
}


@pytest.mark.parametrize("kind", ["n", "p"])
def test_power_is_the_global_maximum_with_series_resistance(kind):
    """Wafers whose two maxima differ by 0.02 to 20 % and whose lower-voltage one lies where 2 J R_s is near
    the voltage.
    """
    names = ("wafer.resistivity", "wafer.capture_ratio", "wafer.tau", "wafer.thickness", "series_resistance")
    points = dict(zip(names, np.array(RESISTIVE[kind]).T, strict=True))
    miss, peaks = _missed(kind, points)
    assert (peaks == 2).all()
    assert not (found := _report(miss, points)), f"{kind}-type; {'; '.join(found)}"
