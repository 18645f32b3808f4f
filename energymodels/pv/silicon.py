"""Silicon as a material, in practitioners' units: cm-3, K, s, eV, cm2 V-1 s-1, ohm cm.

Arguments that are numbers may be arrays; they broadcast, and a result has their common shape, or is a float.
``doping_type`` is "n" or "p", ``dopant`` "P", "B" or "Ga" (gallium has boron's mobility: assumed). Dopants
are fully ionised. Temperatures outside 200-450 K and numbers without meaning raise ``InputError``; a formula
used outside the range its source gives warns ``ValidityWarning``.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import inf
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from energymodels.core.errors import Fault, InputError, ValidityWarning, unknown
from energymodels.core.ranges import outside
from energymodels.kernels.constants import CM3, K_B_EV, PER_CM3, Q
from energymodels.kernels.jit import jit
from energymodels.kernels.pv.silicon import carriers, recombination
from energymodels.kernels.pv.silicon import mobility as klaassen
from energymodels.kernels.pv.silicon.narrowing import schenk

Array: TypeAlias = NDArray[np.float64]
Result: TypeAlias = float | Array
Defects: TypeAlias = Sequence[tuple[ArrayLike, ArrayLike, ArrayLike]]


class Validity(NamedTuple):
    """Where a formula was measured or fitted: temperature, K; density, cm-3 (0 to inf where no limit is
    known); source key.
    """

    low_T: float  # noqa: N815
    high_T: float  # noqa: N815
    low_density: float
    high_density: float
    source: str


LOWEST_T, HIGHEST_T, STC = 200.0, 450.0, 298.15  # K
ATOMS = 5e22  # of silicon, cm-3: no density can exceed it
VALIDITY = {  # in the order of the bits that models set
    "intrinsic_density": Validity(77.0, 375.0, 0.0, inf, "couderc2014"),
    "gap_narrowing": Validity(LOWEST_T, HIGHEST_T, 0.0, 1e20, "schenk1998"),
    "mobility": Validity(200.0, 500.0, 0.0, 1e20, "klaassen1992b"),
    # measured at room temperature; no temperature coefficient in the fit
    "auger": Validity(295.0, 305.0, 0.0, inf, "niewelt2022"),
    "radiative": Validity(77.0, 300.0, 0.0, inf, "trupke2003"),
    # measured at 295 K, moved with the band edge
    "absorption": Validity(285.0, 345.0, 0.0, inf, "schinke2015"),
}
NI_MODELS = {"couderc2014": (carriers.COUDERC, VALIDITY["intrinsic_density"])}
NI_MODELS["misiakos1993"] = (carriers.MISIAKOS, Validity(78.0, 340.0, 0.0, inf, "misiakos1993"))
AUGER_MODELS = {"niewelt2022": (recombination.NIEWELT, VALIDITY["auger"])}
AUGER_MODELS["richter2012"] = (recombination.RICHTER, VALIDITY["auger"]._replace(source="richter2012"))
DONOR = {"P": True, "B": False, "Ga": False}
BAND_GAP, INTRINSIC, B_LOW, NARROWING, EQUILIBRIUM, MOBILITY, RESISTIVITY, DOPING, B_REL, RATES, SRH = range(
    11
)


@jit
def _evaluate(what: int, rows: Array, out: Array) -> None:
    """Fill ``out`` (case, result) from ``rows`` (case, argument): one compiled loop for every quantity,
    densities in cm-3.
    """
    for i in range(rows.shape[0]):
        a = rows[i]
        if what == BAND_GAP:
            out[i, 0] = carriers.band_gap(a[0])
        elif what == INTRINSIC:
            out[i, 0] = carriers.intrinsic_density(a[0], int(a[1])) * CM3
        elif what == B_LOW:
            out[i, 0] = recombination.radiative_coefficient(a[0]) * PER_CM3
        elif what == NARROWING:
            out[i, 0] = schenk(a[0] * PER_CM3, a[1] * PER_CM3, a[2] * PER_CM3, a[3])[0]
        elif what == EQUILIBRIUM:
            n_i = carriers.intrinsic_density(a[2], carriers.COUDERC)
            n0, p0, _ = carriers.compensated(
                a[0] * PER_CM3, (a[0] + 2.0 * a[3]) * PER_CM3, a[1] != 0.0, n_i, a[2]
            )
            out[i, 0], out[i, 1] = n0 * CM3, p0 * CM3
        elif what == MOBILITY:
            mu_e, mu_h = klaassen.mobility(
                a[0] * PER_CM3, a[1] * PER_CM3, a[2] * PER_CM3, a[3] * PER_CM3, a[4]
            )
            out[i, 0], out[i, 1] = mu_e * 1e4, mu_h * 1e4
        elif what == RESISTIVITY:
            out[i, 0] = klaassen.resistivity(a[0] * PER_CM3, a[1] != 0.0, a[2], a[3] * PER_CM3) * 100.0
        elif what == DOPING:
            out[i, 0] = klaassen.doping(a[0] / 100.0, a[1] != 0.0, a[2], a[3] * PER_CM3) * CM3
        elif what == B_REL:
            out[i, 0] = recombination.b_rel(a[0] * PER_CM3, a[1] * PER_CM3, a[2])
        else:
            _rates(what, a, out[i])


@jit
def _rates(what: int, a: Array, out: Array) -> None:
    """Fill ``out`` with the SRH rate, or with the Auger and radiative rates, cm-3 s-1, and exp(qV/kT) - 1 of
    the carriers.

    ``a``: dn and doping, cm-3, donor, T in K; then capture times, s, and level, eV, or Auger model and share
    of photons recycled.
    """
    dn, doping, donor, T = a[0] * PER_CM3, a[1] * PER_CM3, a[2] != 0.0, a[3]
    n_i = carriers.intrinsic_density(T, carriers.COUDERC)
    n0, p0, _ = carriers.equilibrium(doping, donor, n_i, T)
    n, p = n0 + dn, p0 + dn
    if what == SRH:
        n1, p1 = recombination.level_densities(a[6], n_i, T)
        out[0] = recombination.srh(n, p, n0, p0, a[4], a[5], n1, p1) * CM3
        return
    if int(a[4]) == recombination.RICHTER:
        out[0] = recombination.auger_richter(n, p, n0, p0) * CM3
    else:
        out[0] = recombination.auger_niewelt(n, p, n0, p0) * CM3
    x = dn * (n0 + p) / (n0 * p0)
    fall = -(schenk(n, p, doping, T)[0] - schenk(n0, p0, doping, T)[0]) / (K_B_EV * T)
    out[2] = x * np.exp(fall) + np.expm1(fall)  # zero in equilibrium, without rounding
    out[1] = recombination.radiative_coefficient(T) * n_i * n_i * out[2] * (1.0 - a[5]) * CM3


def _evaluated(what: int, results: int, *arguments: ArrayLike) -> list[Result]:
    columns = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in arguments))
    rows = np.stack([c.ravel() for c in columns], axis=1)
    out = np.empty((len(rows), results))
    _evaluate(what, rows, out)
    shape = columns[0].shape
    return [out[:, j].reshape(shape).copy() if shape else float(out[0, j]) for j in range(results)]


def _check(
    T: ArrayLike, formulas: Sequence[Validity], faults: Sequence[Fault] = (), **densities: ArrayLike
) -> None:
    """Raise one ``InputError`` for all faults of the input, then warn for each formula that
    leaves its range.
    """
    found = [*outside("T", T, LOWEST_T, HIGHEST_T, "K"), *faults]
    for field, values in densities.items():
        found += outside(field, values, 0.0, ATOMS, "cm-3")
    if found:
        raise InputError(found)
    for formula in formulas:
        ranges = [("T", T, formula.low_T, formula.high_T, "K")]
        ranges += [
            (field, values, formula.low_density, formula.high_density, "cm-3")
            for field, values in densities.items()
        ]
        beyond = [str(fault) for r in ranges for fault in outside(*r)]
        if beyond:
            warnings.warn(f"{formula.source}: {'; '.join(beyond)}", ValidityWarning, stacklevel=3)


def _donor(doping_type: str) -> bool:
    if doping_type not in ("n", "p"):
        raise unknown("doping type", doping_type, ("n", "p"))
    return doping_type == "n"


# what the equilibrium of a doped wafer rests on
_STATE = [VALIDITY["intrinsic_density"], VALIDITY["gap_narrowing"]]
_CONDUCTION = [*_STATE, VALIDITY["mobility"]]


def band_gap(T: ArrayLike = STC) -> Result:
    """Return the band gap of undoped silicon (``paessler2002``).

    Parameters
    ----------
    T : array_like, optional
        Temperature, K; 298.15 by default.

    Returns
    -------
    float or ndarray
        Band gap, eV, in the shape of ``T``.

    Raises
    ------
    InputError
        A temperature outside 200-450 K.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> round(silicon.band_gap(300.0), 3)
    1.124
    """
    _check(T, [])
    return _evaluated(BAND_GAP, 1, T)[0]


def intrinsic_density(T: ArrayLike = STC, model: str = "couderc2014") -> Result:
    """Return the intrinsic carrier density n_i, without band-gap narrowing.

    Parameters
    ----------
    T : array_like, optional
        Temperature, K; 298.15 by default.
    model : str, optional
        Source of n_i(T): ``"couderc2014"`` (default) or ``"misiakos1993"``.

    Returns
    -------
    float or ndarray
        Intrinsic carrier density, cm-3, in the shape of ``T``.

    Raises
    ------
    InputError
        A temperature outside 200-450 K, or an unknown model.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> f"{silicon.intrinsic_density():.3g}"
    '8.29e+09'
    """
    if model not in NI_MODELS:
        raise unknown("model of the intrinsic density", model, NI_MODELS)
    number, validity = NI_MODELS[model]
    _check(T, [validity])
    return _evaluated(INTRINSIC, 1, T, number)[0]


def band_gap_narrowing(n: ArrayLike, p: ArrayLike, dopants: ArrayLike, T: ArrayLike = STC) -> Result:
    """Return the band-gap narrowing by carriers and dopants (``schenk1998``).

    Parameters
    ----------
    n, p : array_like
        Electron and hole densities, cm-3, above 0.
    dopants : array_like
        Density of ionised dopants, donors and acceptors added up, cm-3.
    T : array_like, optional
        Temperature, K; 298.15 by default.

    Returns
    -------
    float or ndarray
        Narrowing of conduction and valence band together, eV, in the common shape of the arguments.

    Raises
    ------
    InputError
        A temperature outside 200-450 K, or a negative density or one above 5e22 cm-3.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> round(silicon.band_gap_narrowing(n=1e16, p=1e4, dopants=1e16), 4)
    0.0043
    """
    faults = outside("n", n, 0.0, inf, "cm-3", open_low=True) + outside(
        "p", p, 0.0, inf, "cm-3", open_low=True
    )
    _check(T, [VALIDITY["gap_narrowing"]], faults, n=n, p=p, dopants=dopants)
    return _evaluated(NARROWING, 1, n, p, dopants, T)[0]


def equilibrium(
    doping: ArrayLike, doping_type: str, T: ArrayLike = STC, compensation: ArrayLike = 0.0
) -> tuple[Result, Result]:
    """Return the carrier densities in the dark and at rest.

    They follow from charge neutrality and n0 p0 = n_i^2 exp(narrowing/kT), with n_i of ``couderc2014`` and
    the band-gap narrowing of ``schenk1998``.

    Parameters
    ----------
    doping : array_like
        Net doping, cm-3.
    doping_type : str
        ``"n"`` or ``"p"``.
    T : array_like, optional
        Temperature, K; 298.15 by default.
    compensation : array_like, optional
        Density of the compensating dopant, cm-3; 0 by default.

    Returns
    -------
    n0, p0 : float or ndarray
        Electron and hole densities, cm-3, in the common shape of the arguments.

    Raises
    ------
    InputError
        A temperature outside 200-450 K, a negative density or one above 5e22 cm-3, or an unknown name.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> n0, p0 = silicon.equilibrium(1e16, "n")
    >>> f"{n0:.3g} {p0:.3g}"
    '1e+16 8.13e+03'
    """
    donor = _donor(doping_type)
    _check(T, _STATE, doping=doping, compensation=compensation)
    n0, p0 = _evaluated(EQUILIBRIUM, 2, doping, donor, T, compensation)
    return n0, p0


def mobility(
    n: ArrayLike, p: ArrayLike, donors: ArrayLike, acceptors: ArrayLike, T: ArrayLike = STC
) -> tuple[Result, Result]:
    """Return the mobilities of electrons and holes (``klaassen1992a``, ``klaassen1992b``).

    Parameters
    ----------
    n, p : array_like
        Electron and hole densities, cm-3.
    donors, acceptors : array_like
        Densities of ionised donors and acceptors, cm-3.
    T : array_like, optional
        Temperature, K; 298.15 by default.

    Returns
    -------
    electrons, holes : float or ndarray
        Mobilities, cm2 V-1 s-1, in the common shape of the arguments.

    Raises
    ------
    InputError
        A temperature outside 200-450 K, or a negative density or one above 5e22 cm-3.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> electrons, holes = silicon.mobility(n=1e16, p=1e4, donors=1e16, acceptors=0.0)
    >>> round(electrons), round(holes)
    (1197, 422)
    """
    _check(T, [VALIDITY["mobility"]], n=n, p=p, donors=donors, acceptors=acceptors)
    mu_e, mu_h = _evaluated(MOBILITY, 2, n, p, donors, acceptors, T)
    return mu_e, mu_h


def resistivity(doping: ArrayLike, dopant: str, T: ArrayLike = STC, compensation: ArrayLike = 0.0) -> Result:
    """Return the resistivity in the dark, by majority and minority carriers (``klaassen1992a``).

    Parameters
    ----------
    doping : array_like
        Net doping, cm-3: dopant minus compensating dopant.
    dopant : str
        ``"P"``, ``"B"`` or ``"Ga"``; gallium has boron's mobility.
    T : array_like, optional
        Temperature, K; 298.15 by default.
    compensation : array_like, optional
        Density of the compensating dopant, cm-3; 0 by default. Boron of 1.5e16 and phosphorus of 0.5e16 are a
        net doping of 1e16 and a compensation of 0.5e16.

    Returns
    -------
    float or ndarray
        Resistivity, ohm cm, in the common shape of the arguments.

    Raises
    ------
    InputError
        A temperature outside 200-450 K, a negative density or one above 5e22 cm-3, or an unknown name.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> round(silicon.resistivity(1e16, "B"), 2)
    1.44
    """
    if dopant not in DONOR:
        raise unknown("dopant", dopant, DONOR)
    _check(T, _CONDUCTION, doping=doping, compensation=compensation)
    return _evaluated(RESISTIVITY, 1, doping, DONOR[dopant], T, compensation)[0]


def doping(resistivity: ArrayLike, dopant: str, T: ArrayLike = STC, compensation: ArrayLike = 0.0) -> Result:
    """Return the net doping of a resistivity; the inverse of ``resistivity``.

    Parameters
    ----------
    resistivity : array_like
        Resistivity in the dark, ohm cm, above 0.
    dopant : str
        ``"P"``, ``"B"`` or ``"Ga"``.
    T : array_like, optional
        Temperature, K; 298.15 by default.
    compensation : array_like, optional
        Density of the compensating dopant, cm-3; 0 by default.

    Returns
    -------
    float or ndarray
        Net doping, cm-3, in the common shape of the arguments; NaN where no doping from 1e8 to 1e20 cm-3
        gives the resistivity. Acceptors up to about n_i raise it (holes are slower): of two dopings that give
        a resistivity above the undoped one, the higher is returned.

    Raises
    ------
    InputError
        A resistivity that is not above 0, a temperature outside 200-450 K, a negative density or one above
        5e22 cm-3, or an unknown dopant.

    Examples
    --------
    >>> from energymodels.pv import silicon
    >>> [f"{N:.3g}" for N in silicon.doping([1.0, 10.0], "P")]
    ['4.87e+15', '4.45e+14']
    """
    if dopant not in DONOR:
        raise unknown("dopant", dopant, DONOR)
    faults = outside("resistivity", resistivity, 0.0, inf, "ohm cm", open_low=True)
    _check(T, _CONDUCTION, faults, compensation=compensation)
    return _evaluated(DOPING, 1, resistivity, DONOR[dopant], T, compensation)[0]


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
    _check(T, [VALIDITY["radiative"]])
    return _evaluated(B_LOW, 1, T)[0]


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
    _check(T, [VALIDITY["radiative"]], n=n, p=p)
    return _evaluated(B_REL, 1, n, p, T)[0]


def _bulk(
    dn: ArrayLike, doping: ArrayLike, donor: bool, T: ArrayLike, model: str, recycling: ArrayLike
) -> list[Result]:
    """Return Auger rate, radiative rate and exp(qV/kT) - 1."""
    return _evaluated(RATES, 3, dn, doping, donor, T, AUGER_MODELS[model][0], recycling)


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
    donor = _donor(doping_type)
    if model not in AUGER_MODELS:
        raise unknown("Auger model", model, AUGER_MODELS)
    _check(T, [*_STATE, AUGER_MODELS[model][1]], doping=doping, dn=dn)
    return _bulk(dn, doping, donor, T, model, 0.0)[0]


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
    donor = _donor(doping_type)
    faults = outside("recycling", recycling, 0.0, 1.0, "1")
    _check(T, [*_STATE, VALIDITY["radiative"]], faults, doping=doping, dn=dn)
    return _bulk(dn, doping, donor, T, "niewelt2022", recycling)[1]


def _defect_faults(defects: Defects) -> list[Fault]:
    found = []
    for i, (tau_n0, tau_p0, level) in enumerate(defects):
        found += outside(f"defects[{i}].tau_n0", tau_n0, 0.0, inf, "s", open_low=True)
        found += outside(f"defects[{i}].tau_p0", tau_p0, 0.0, inf, "s", open_low=True)
        found += outside(f"defects[{i}].level", level, -0.6, 0.6, "eV")
    return found


def _srh(dn: ArrayLike, doping: ArrayLike, donor: bool, defects: Defects, T: ArrayLike) -> list[Result]:
    return [_evaluated(SRH, 1, dn, doping, donor, T, *defect)[0] for defect in defects]


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
    donor = _donor(doping_type)
    _check(T, _STATE, _defect_faults(defects), doping=doping, dn=dn)
    zero: Result = _evaluated(SRH, 1, dn, doping, donor, T, inf, inf, 0.0)[0]
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
    donor = _donor(doping_type)
    if model not in AUGER_MODELS:
        raise unknown("Auger model", model, AUGER_MODELS)
    faults = outside("dn", dn, 0.0, inf, "cm-3", open_low=True) + _defect_faults(defects)
    faults += outside("recycling", recycling, 0.0, 1.0, "1")
    if surfaces is not None:
        faults += outside("surfaces.j0", surfaces[0], 0.0, inf, "fA cm-2")
        faults += outside("surfaces.thickness", surfaces[1], 0.0, inf, "um", open_low=True)
    _check(T, [*_STATE, AUGER_MODELS[model][1], VALIDITY["radiative"]], faults, doping=doping, dn=dn)
    auger, radiative, boost = _bulk(dn, doping, donor, T, model, recycling)
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
    auger, radiative, boost = (np.asarray(a) for a in _bulk(dn, doping, donor, T, model, recycling))
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
    donor = _donor(doping_type)
    if model not in AUGER_MODELS:
        raise unknown("Auger model", model, AUGER_MODELS)
    faults = outside("thickness", thickness, 0.0, inf, "um", open_low=True) + outside(
        "recycling", recycling, 0.0, 1.0, "1"
    )
    _check(T, [*_STATE, AUGER_MODELS[model][1], VALIDITY["radiative"]], faults, doping=doping)
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
    _check(T, [], outside("n_i", n_i, 0.0, inf, "cm-3", open_low=True))
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
