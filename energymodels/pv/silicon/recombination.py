"""Rates of recombination in bulk silicon, and the lifetimes they leave."""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import ArrayLike

from energymodels.core.errors import Fault, unknown
from energymodels.core.ranges import outside
from energymodels.kernels.constants import Q
from energymodels.pv.silicon.formulas import (
    AUGER_MODELS,
    B_LOW,
    B_REL,
    SRH,
    STATE,
    STC,
    VALIDITY,
    Defects,
    Result,
    bulk,
    check,
    evaluated,
    is_donor,
)


def radiative_coefficient(T: ArrayLike = STC) -> Result:
    """Return the coefficient B of radiative recombination at low injection (``trupke2003``).

    Parameters
    ----------
    T : array_like, optional
        Temperature, K; 298.15 by default.

    Returns
    -------
    float or ndarray
        B, cm3 s-1, in the shape of ``T``.

    Raises
    ------
    InputError
        A temperature outside 200-450 K.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> f"{silicon.radiative_coefficient(300.0):.3g}"
    '4.73e-15'
    """
    check(T, [VALIDITY["radiative"]])
    return evaluated(B_LOW, 1, T)[0]


def b_rel(n: ArrayLike, p: ArrayLike, T: ArrayLike = STC) -> Result:
    """Return the radiative coefficient over its value at low injection (``altermatt2005``).

    It is for rates of the form B (n p - n0 p0); ``radiative_rate`` needs none.

    Parameters
    ----------
    n, p : array_like
        Electron and hole densities, cm-3.
    T : array_like, optional
        Temperature, K; 298.15 by default.

    Returns
    -------
    float or ndarray
        B(n, p) / B, 1, in the common shape of the arguments.

    Raises
    ------
    InputError
        A temperature outside 200-450 K, or a negative density or one above 5e22 cm-3.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> round(silicon.b_rel(1e17, 1e17), 2)
    0.62
    """
    check(T, [VALIDITY["radiative"]], n=n, p=p)
    return evaluated(B_REL, 1, n, p, T)[0]


def auger_rate(
    dn: ArrayLike, doping: ArrayLike, doping_type: str, model: str = "niewelt2022", T: ArrayLike = STC
) -> Result:
    """Return the rate of Auger recombination (``niewelt2022``, or ``richter2012``, eq. (18)).

    Parameters
    ----------
    dn : array_like
        Excess carrier density, cm-3.
    doping : array_like
        Net doping, cm-3.
    doping_type : str
        ``"n"`` or ``"p"``.
    model : str, optional
        Auger parametrisation, ``"niewelt2022"`` (default) or ``"richter2012"``.
    T : array_like, optional
        Temperature, K; 298.15 by default. It moves n0 and p0 only: the coefficients are those of 300 K.

    Returns
    -------
    float or ndarray
        Rate, cm-3 s-1, in the common shape of the arguments.

    Raises
    ------
    InputError
        A temperature outside 200-450 K, a negative density or one above 5e22 cm-3, or an unknown name.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> f"{silicon.auger_rate(dn=1e16, doping=1e15, doping_type='n'):.3g}"
    '2.43e+18'
    """
    donor = is_donor(doping_type)
    if model not in AUGER_MODELS:
        raise unknown("Auger model", model, AUGER_MODELS)
    check(T, [*STATE, AUGER_MODELS[model][1]], doping=doping, dn=dn)
    return bulk(dn, doping, donor, T, model, 0.0)[0]


def radiative_rate(
    dn: ArrayLike, doping: ArrayLike, doping_type: str, T: ArrayLike = STC, recycling: ArrayLike = 0.0
) -> Result:
    """Return the net rate of radiative recombination (``hamer2026``).

    It is B n_i^2 (exp(qV/kT) - 1)(1 - ``recycling``): qV is the quasi-Fermi level splitting, with the gap
    narrowed by carriers and dopants.

    Parameters
    ----------
    dn : array_like
        Excess carrier density, cm-3.
    doping : array_like
        Net doping, cm-3.
    doping_type : str
        ``"n"`` or ``"p"``.
    T : array_like, optional
        Temperature, K; 298.15 by default.
    recycling : array_like, optional
        Fraction of emitted photons that silicon absorbs again, 0 to 1; 0 by default.

    Returns
    -------
    float or ndarray
        Rate, cm-3 s-1, in the common shape of the arguments.

    Raises
    ------
    InputError
        A temperature outside 200-450 K, a negative density or one above 5e22 cm-3, ``recycling`` outside 0 to
        1, or an unknown doping type.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> f"{silicon.radiative_rate(dn=1e16, doping=1e15, doping_type='n'):.3g}"
    '4.45e+17'
    """
    donor = is_donor(doping_type)
    faults = outside("recycling", recycling, 0.0, 1.0, "1")
    check(T, [*STATE, VALIDITY["radiative"]], faults, doping=doping, dn=dn)
    return bulk(dn, doping, donor, T, "niewelt2022", recycling)[1]


def _defect_faults(defects: Defects) -> list[Fault]:
    found = []
    for i, (tau_n0, tau_p0, level) in enumerate(defects):
        found += outside(f"defects[{i}].tau_n0", tau_n0, 0.0, inf, "s", open_low=True)
        found += outside(f"defects[{i}].tau_p0", tau_p0, 0.0, inf, "s", open_low=True)
        found += outside(f"defects[{i}].level", level, -0.6, 0.6, "eV")
    return found


def _srh(dn: ArrayLike, doping: ArrayLike, donor: bool, defects: Defects, T: ArrayLike) -> list[Result]:
    return [evaluated(SRH, 1, dn, doping, donor, T, *defect)[0] for defect in defects]


def srh_rate(
    dn: ArrayLike, doping: ArrayLike, doping_type: str, defects: Defects, T: ArrayLike = STC
) -> Result:
    """Return the rate of Shockley-Read-Hall (SRH) recombination, summed over independent levels.

    Parameters
    ----------
    dn : array_like
        Excess carrier density, cm-3.
    doping : array_like
        Net doping, cm-3.
    doping_type : str
        ``"n"`` or ``"p"``.
    defects : sequence of tuple
        (tau_n0, tau_p0, level) of each level: capture times of electrons and holes, s, above 0, and energy
        above the intrinsic level, eV, from -0.6 to 0.6.
    T : array_like, optional
        Temperature, K; 298.15 by default.

    Returns
    -------
    float or ndarray
        Rate, cm-3 s-1, in the common shape of the arguments.

    Raises
    ------
    InputError
        A temperature outside 200-450 K, a negative density or one above 5e22 cm-3, a value of ``defects`` out
        of range, or an unknown doping type.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> f"{silicon.srh_rate(dn=1e14, doping=1e16, doping_type='p', defects=[(1e-3, 1e-3, 0.0)]):.3g}"
    '9.9e+16'
    """
    donor = is_donor(doping_type)
    check(T, STATE, _defect_faults(defects), doping=doping, dn=dn)
    zero: Result = evaluated(SRH, 1, dn, doping, donor, T, inf, inf, 0.0)[0]
    return sum(_srh(dn, doping, donor, defects, T), zero)


def lifetime(
    dn: ArrayLike,
    doping: ArrayLike,
    doping_type: str,
    defects: Defects = (),
    T: ArrayLike = STC,
    model: str = "niewelt2022",
    recycling: ArrayLike = 0.0,
    surfaces: tuple[ArrayLike, ArrayLike] | None = None,
) -> dict[str, Result]:
    """Return the carrier lifetimes, dn / rate, by mechanism.

    Parameters
    ----------
    dn : array_like
        Excess carrier density, cm-3, above 0.
    doping : array_like
        Net doping, cm-3.
    doping_type : str
        ``"n"`` or ``"p"``.
    defects : sequence of tuple, optional
        (tau_n0, tau_p0, level) of each SRH level, as in ``srh_rate``: s, s and eV.
    T : array_like, optional
        Temperature, K; 298.15 by default.
    model : str, optional
        Auger parametrisation, ``"niewelt2022"`` (default) or ``"richter2012"``.
    recycling : array_like, optional
        Fraction of emitted photons that silicon absorbs again, 0 to 1; 0 by default.
    surfaces : tuple, optional
        (J0 of both surfaces together, fA cm-2; thickness, um), with carriers spread evenly over the
        thickness.

    Returns
    -------
    dict of str to float or ndarray
        Lifetimes, s, inf where nothing recombines: ``radiative``, ``auger``, ``srh`` (all levels), ``srh_0``,
        ``srh_1``, ... and ``bulk``; with ``surfaces`` also ``surface`` and ``effective``.

    Raises
    ------
    InputError
        Lists every value that is out of its range, and unknown names.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> tau = silicon.lifetime(1e15, 1e16, "p", [(1e-3, 1e-3, 0.0)], surfaces=(10.0, 150.0))
    >>> {name: f"{seconds * 1e3:.2f} ms" for name, seconds in tau.items() if name in ("auger", "srh", "bulk")}
    {'auger': '11.70 ms', 'srh': '1.09 ms', 'bulk': '0.96 ms'}
    """
    donor = is_donor(doping_type)
    if model not in AUGER_MODELS:
        raise unknown("Auger model", model, AUGER_MODELS)
    faults = outside("dn", dn, 0.0, inf, "cm-3", open_low=True) + _defect_faults(defects)
    faults += outside("recycling", recycling, 0.0, 1.0, "1")
    if surfaces is not None:
        faults += outside("surfaces.j0", surfaces[0], 0.0, inf, "fA cm-2")
        faults += outside("surfaces.thickness", surfaces[1], 0.0, inf, "um", open_low=True)
    check(T, [*STATE, AUGER_MODELS[model][1], VALIDITY["radiative"]], faults, doping=doping, dn=dn)
    auger, radiative, boost = bulk(dn, doping, donor, T, model, recycling)
    levels = _srh(dn, doping, donor, defects, T)
    rates = {"radiative": radiative, "auger": auger, "srh": sum(levels, 0.0 * auger)}
    rates |= {f"srh_{i}": rate for i, rate in enumerate(levels)}
    rates["bulk"] = rates["radiative"] + rates["auger"] + rates["srh"]
    if surfaces is not None:
        j0, thickness = (np.asarray(s, dtype=np.float64) for s in surfaces)
        rates["surface"] = j0 * 1e-15 * boost / (Q * thickness * 1e-4)
        rates["effective"] = rates["bulk"] + rates["surface"]
    with np.errstate(divide="ignore"):
        taus = {name: np.asarray(dn, dtype=np.float64) / rate for name, rate in rates.items()}
    return {name: tau if tau.ndim else float(tau) for name, tau in taus.items()}
