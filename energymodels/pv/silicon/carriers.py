"""Band gap, carriers, mobility, resistivity and doping of silicon."""

from __future__ import annotations

from math import inf

from numpy.typing import ArrayLike

from energymodels.core.errors import unknown
from energymodels.core.ranges import outside
from energymodels.pv.silicon.formulas import (
    BAND_GAP,
    CONDUCTION,
    DONOR,
    DOPING,
    EQUILIBRIUM,
    INTRINSIC,
    MOBILITY,
    NARROWING,
    NI_MODELS,
    RESISTIVITY,
    STATE,
    STC,
    VALIDITY,
    Result,
    check,
    evaluated,
    is_donor,
)


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
    check(T, [])
    return evaluated(BAND_GAP, 1, T)[0]


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
    check(T, [validity])
    return evaluated(INTRINSIC, 1, T, number)[0]


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
    check(T, [VALIDITY["gap_narrowing"]], faults, n=n, p=p, dopants=dopants)
    return evaluated(NARROWING, 1, n, p, dopants, T)[0]


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
    donor = is_donor(doping_type)
    check(T, STATE, doping=doping, compensation=compensation)
    n0, p0 = evaluated(EQUILIBRIUM, 2, doping, donor, T, compensation)
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
    check(T, [VALIDITY["mobility"]], n=n, p=p, donors=donors, acceptors=acceptors)
    mu_e, mu_h = evaluated(MOBILITY, 2, n, p, donors, acceptors, T)
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
    check(T, CONDUCTION, doping=doping, compensation=compensation)
    return evaluated(RESISTIVITY, 1, doping, DONOR[dopant], T, compensation)[0]


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
    check(T, CONDUCTION, faults, compensation=compensation)
    return evaluated(DOPING, 1, resistivity, DONOR[dopant], T, compensation)[0]
