"""J0 and SRH lifetime from a lifetime curve."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from energymodels.core.errors import Fault, InputError, unknown
from energymodels.core.ranges import outside
from energymodels.kernels.constants import K_B_EV, Q
from energymodels.pv.silicon.carriers import equilibrium, mobility
from energymodels.pv.silicon.formulas import (
    ATOMS,
    AUGER_MODELS,
    STATE,
    STC,
    VALIDITY,
    Array,
    bulk,
    check,
    is_donor,
)


class J0Analysis(NamedTuple):
    """What a lifetime curve says of a wafer: J0 of both faces together, fA cm-2; SRH lifetime, s, inf where
    none shows; the middle of the points used, cm-3.
    """

    j0: float
    tau_srh: float
    injection: float


def _curve(dn: ArrayLike, lifetime: ArrayLike, window: tuple[float, float]) -> tuple[Array, Array]:
    """Return the points of a lifetime curve inside a window of excess density; InputError where there are not
    enough.
    """
    x, tau = (np.asarray(a, dtype=np.float64).ravel() for a in (dn, lifetime))
    faults = outside("dn", x, 0.0, ATOMS, "cm-3", open_low=True) + outside(
        "lifetime", tau, 0.0, inf, "s", open_low=True
    )
    if x.size != tau.size:
        faults.append(Fault("lifetime", tau.size, hint=f"as many as dn, {x.size}"))
    elif np.unique(x[(window[0] <= x) & (x <= window[1])]).size < 3:
        faults.append(Fault("window", str(window), hint="holds fewer than three excess densities"))
    if faults:
        raise InputError(faults)
    inside = (window[0] <= x) & (x <= window[1])
    return x[inside], tau[inside]


def _extrinsic(
    dn: Array, tau: Array, doping: float, donor: bool, T: float, model: str, recycling: float
) -> tuple[Array, Array]:
    """Return 1/lifetime less Auger and radiative recombination, s-1, and exp(qV/kT) - 1 at each excess
    density.
    """
    auger, radiative, boost = (np.asarray(a) for a in bulk(dn, doping, donor, T, model, recycling))
    return 1.0 / tau - (auger + radiative) / dn, boost


def _analysed(
    dn: ArrayLike,
    lifetime: ArrayLike,
    doping: float,
    doping_type: str,
    thickness: float,
    window: tuple[float, float],
    T: float,
    model: str,
    recycling: float,
) -> tuple[Array, Array, Array]:
    """Return (excess densities, extrinsic rates, exp(qV/kT) - 1) of the points used."""
    donor = is_donor(doping_type)
    if model not in AUGER_MODELS:
        raise unknown("Auger model", model, AUGER_MODELS)
    faults = outside("thickness", thickness, 0.0, inf, "um", open_low=True) + outside(
        "recycling", recycling, 0.0, 1.0, "1"
    )
    check(T, [*STATE, AUGER_MODELS[model][1], VALIDITY["radiative"]], faults, doping=doping)
    x, tau = _curve(dn, lifetime, window)
    rate, boost = _extrinsic(x, tau, doping, donor, T, model, recycling)
    return x, rate, boost


def j0_kane_swanson(
    dn: ArrayLike,
    lifetime: ArrayLike,
    doping: float,
    doping_type: str,
    thickness: float,
    window: tuple[float, float],
    n_i: float = 8.6e9,
    *,
    T: float = STC,
    model: str = "niewelt2022",
    recycling: float = 0.0,
) -> J0Analysis:
    """Return J0 from the slope of the inverse lifetime over excess carrier density (``kane1985``).

    1/tau - 1/tau_intrinsic = 1/tau_SRH + J0 (N + dn)/(q n_i^2 W): a straight line through the points inside
    ``window``, whose slope is J0/(q n_i^2 W), without band-gap narrowing. Narrowing bends the line, so that
    this J0 is smaller than that against exp(qV/kT): ``pv.cell`` takes it with ``j0_convention = "kane-
    swanson"``, ``j0_n_i`` and the returned injection as ``j0_injection``. At low injection a lifetime that
    varies by itself enters the slope.

    Parameters
    ----------
    dn, lifetime : array_like, shape (points,)
        Excess carrier densities, cm-3, above 0, and the effective lifetime at each, s.
    doping : float
        Net doping N, cm-3.
    doping_type : str
        ``"n"`` or ``"p"``.
    thickness : float
        Thickness W of the wafer, um.
    window : tuple of float
        Lowest and highest excess carrier density used, cm-3; at least three different ones lie inside.
    n_i : float, optional
        Intrinsic carrier density, cm-3; 8.6e9, which instruments take at 25 C, by default.
    T : float, optional
        Temperature, K; 298.15 by default.
    model : str, optional
        Auger parametrisation, ``"niewelt2022"`` (default) or ``"richter2012"``.
    recycling : float, optional
        Fraction of emitted photons that silicon absorbs again, 0 to 1; 0 by default.

    Returns
    -------
    J0Analysis
        ``j0`` of both surfaces together, fA cm-2; ``tau_srh``, s, inf where none shows; ``injection``, the
        mean excess carrier density of the points used, cm-3.

    Raises
    ------
    InputError
        A value out of range, curves of unequal length, or fewer than three densities inside ``window``.

    Examples
    --------
    >>> import numpy as np
    >>> from energymodels.pv import silicon
    >>> dn = np.geomspace(3e15, 1e16, 20)
    >>> tau = silicon.lifetime(dn, 1e15, "n", [(2e-3, 2e-3, 0.0)], surfaces=(20.0, 150.0))["effective"]
    >>> found = silicon.j0_kane_swanson(dn, tau, 1e15, "n", thickness=150.0, window=(3e15, 1e16))
    >>> f"{found.j0:.1f} fA cm-2 of 20, against exp(qV/kT)"
    '17.1 fA cm-2 of 20, against exp(qV/kT)'
    """
    check(T, [], outside("n_i", n_i, 0.0, inf, "cm-3", open_low=True))
    x, rate, _ = _analysed(dn, lifetime, doping, doping_type, thickness, window, T, model, recycling)
    middle = float(np.mean(x))
    slope, height = np.polyfit(x - middle, rate, 1)
    srh = float(height - slope * (doping + middle))
    j0 = float(slope) * Q * n_i**2 * thickness * 1e-4 * 1e15
    return J0Analysis(j0, 1.0 / srh if srh > 0.0 else inf, middle)


def j0_kimmerle(
    dn: ArrayLike,
    lifetime: ArrayLike,
    doping: float,
    doping_type: str,
    thickness: float,
    window: tuple[float, float],
    *,
    diffusion: bool = True,
    T: float = STC,
    model: str = "niewelt2022",
    recycling: float = 0.0,
) -> J0Analysis:
    """Return J0 against exp(qV/kT), with band-gap narrowing at each injection, and the SRH lifetime
    (``kimmerle2015``).

    1/tau_s = 1/tau - 1/tau_intrinsic - 1/tau_SRH; S = sqrt(D/tau_s) tan(W/2 / sqrt(D tau_s)) on each of two
    equal surfaces; J0 = 2 q S dn/(exp(qV/kT) - 1), which is q n_ie^2 S/(N + dn) a surface. The constant SRH
    lifetime is the one that leaves J0 the same at all points inside ``window``, in the least squares of the
    rates. D is ambipolar (``klaassen1992a``).

    Parameters
    ----------
    dn, lifetime : array_like, shape (points,)
        Excess carrier densities, cm-3, above 0, and the effective lifetime at each, s.
    doping : float
        Net doping N, cm-3.
    doping_type : str
        ``"n"`` or ``"p"``.
    thickness : float
        Thickness W of the wafer, um.
    window : tuple of float
        Lowest and highest excess carrier density used, cm-3; at least three different ones lie inside.
    diffusion : bool, optional
        Whether carriers must diffuse to the surfaces; False takes them as spread evenly, S = W/(2 tau_s), as
        ``lifetime`` and ``pv.cell`` do. True by default.
    T : float, optional
        Temperature, K; 298.15 by default.
    model : str, optional
        Auger parametrisation, ``"niewelt2022"`` (default) or ``"richter2012"``.
    recycling : float, optional
        Fraction of emitted photons that silicon absorbs again, 0 to 1; 0 by default.

    Returns
    -------
    J0Analysis
        ``j0`` of both surfaces together, fA cm-2; ``tau_srh``, s, inf where none shows; ``injection``, the
        mean excess carrier density of the points used, cm-3.

    Raises
    ------
    InputError
        A value out of range, curves of unequal length, or fewer than three densities inside ``window``.

    Examples
    --------
    >>> import numpy as np
    >>> from energymodels.pv import silicon
    >>> dn = np.geomspace(3e15, 1e16, 20)
    >>> tau = silicon.lifetime(dn, 1e15, "n", surfaces=(20.0, 150.0))["effective"]
    >>> found = silicon.j0_kimmerle(dn, tau, 1e15, "n", 150.0, (3e15, 1e16), diffusion=False)
    >>> f"{found.j0:.2f} fA cm-2"
    '20.00 fA cm-2'
    """
    x, rate, boost = _analysed(dn, lifetime, doping, doping_type, thickness, window, T, model, recycling)
    width = thickness * 1e-4
    even = boost / (Q * width * x)  # of J0 in A cm-2, s-1
    n0, p0 = equilibrium(doping, doping_type, T)
    D = _ambipolar(n0 + x, p0 + x, doping, doping_type == "n", T)
    slowed = np.ones_like(x)
    for _ in range(200):
        j0, base = np.polyfit(even * slowed, rate, 1)
        if not diffusion:
            break
        before, slowed = slowed, _evened(j0 * even * width**2 / (4.0 * D))
        if np.allclose(before, slowed, rtol=1e-12, atol=0.0):
            break
    return J0Analysis(float(j0) * 1e15, 1.0 / float(base) if base > 0.0 else inf, float(np.mean(x)))


def _ambipolar(n: Array, p: Array, doping: float, donor: bool, T: float) -> Array:
    """Return (n + p)/(n/D_h + p/D_e), cm2 s-1."""
    mu_e, mu_h = mobility(n, p, doping if donor else 0.0, 0.0 if donor else doping, T)
    return np.asarray((n + p) / (n / mu_h + p / mu_e) * K_B_EV * T)


def _evened(load: Array) -> Array:
    """Return what is left of a surface's rate where carriers must diffuse to it: z/tan(z) with z tan(z) =
    ``load``, S W/(2 D).
    """
    load = np.maximum(load, 0.0)
    low, high = np.zeros_like(load), np.full_like(load, 0.5 * np.pi)
    for _ in range(60):
        z = 0.5 * (low + high)
        above = z * np.sin(z) > load * np.cos(z)
        low, high = np.where(above, low, z), np.where(above, z, high)
    return z / np.tan(z)
