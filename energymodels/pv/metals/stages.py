"""The stages of the impurity chain as functions of arrays: ppbw, cm-3, K, s.

Each stands alone; ``pv.cell`` chains them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from energymodels.core.columns import each
from energymodels.core.errors import unknown
from energymodels.core.model import Array
from energymodels.kernels.constants import CM3, K_B_EV, PER_CM3
from energymodels.kernels.pv.metals import boron_oxygen, capture, crystal, pairing
from energymodels.pv import silicon
from energymodels.pv.metals import data
from energymodels.pv.metals.grown import ROUTES
from energymodels.pv.metals.states import PAIRING

ATOMS = 4.994e22  # of silicon, cm-3


def _flat(function: Callable[..., Array], *arguments: ArrayLike) -> Array:
    """Call a flat kernel on numbers or arrays that broadcast."""
    return each(function, *(np.asarray(a, dtype=float) for a in arguments))


def density(ppbw: ArrayLike, element: str) -> Array:
    """Return the concentration of an element given in parts per billion by mass.

    Parameters
    ----------
    ppbw : array_like
        Parts per billion of the mass of the silicon.
    element : str
        Chemical symbol, such as ``"Fe"``.

    Returns
    -------
    ndarray
        Concentration, cm-3, in the shape of ``ppbw``.

    Raises
    ------
    InputError
        An unknown element.

    Examples
    --------
    >>> from energymodels.pv.metals import stages
    >>> f"{stages.density(1.0, 'Fe'):.3g}"
    '2.51e+13'
    """
    return np.asarray(ppbw, dtype=float) * data.element(element).per_ppbw * CM3


def ppbw(density: ArrayLike, element: str) -> Array:
    """Return the parts per billion by mass of a concentration; the inverse of ``density``.

    Parameters
    ----------
    density : array_like
        Concentration in silicon, cm-3.
    element : str
        Chemical symbol, such as ``"Fe"``.

    Returns
    -------
    ndarray
        Parts per billion by mass, in the shape of ``density``.

    Raises
    ------
    InputError
        An unknown element.

    Examples
    --------
    >>> from energymodels.pv.metals import stages
    >>> round(float(stages.ppbw(2.5e13, "Fe")), 3)
    0.995
    """
    return np.asarray(density, dtype=float) / (data.element(element).per_ppbw * CM3)


def ppba(density: ArrayLike) -> Array:
    """Return the parts per billion of atoms of a concentration.

    Parameters
    ----------
    density : array_like
        Concentration in silicon, cm-3.

    Returns
    -------
    ndarray
        Atoms per 1e9 atoms of silicon (4.994e22 cm-3), in the shape of ``density``.

    Examples
    --------
    >>> from energymodels.pv.metals import stages
    >>> round(float(stages.ppba(5e13)), 3)
    1.001
    """
    return np.asarray(density, dtype=float) / ATOMS * 1e9


def segregation(element: str, key: str | None = None) -> float:
    """Return the equilibrium segregation coefficient of an element.

    Parameters
    ----------
    element : str
        Chemical symbol, such as ``"Fe"``.
    key : str, optional
        Source key of the published value; the default of the data if None.

    Returns
    -------
    float
        Concentration in the solid over that in the melt, 1.

    Raises
    ------
    InputError
        An unknown element or key.

    Examples
    --------
    >>> from energymodels.pv.metals import stages
    >>> stages.segregation("Fe")
    8e-06
    """
    return float(
        data.chosen(f"segregation coefficient of {element}", data.element(element).segregation, key).value
    )


def diffusivity(element: str, T: ArrayLike, key: str | None = None) -> Array:
    """Return the diffusivity of an element in silicon.

    Parameters
    ----------
    element : str
        Chemical symbol, such as ``"Fe"``.
    T : array_like
        Temperature, K.
    key : str, optional
        Source key of the published value; the default of the data if None.

    Returns
    -------
    ndarray
        Diffusivity, cm2 s-1, in the shape of ``T``.

    Raises
    ------
    InputError
        An unknown element or key.

    Examples
    --------
    >>> from energymodels.pv.metals import stages
    >>> f"{stages.diffusivity('Fe', 1273.15):.3g}"
    '2.68e-06'
    """
    return data.chosen(f"diffusivity of {element}", data.element(element).diffusivity, key).at(T) * 1e4


def solubility(element: str, T: ArrayLike, key: str | None = None) -> Array:
    """Return the solubility of an element in silicon, in equilibrium with its silicide.

    Parameters
    ----------
    element : str
        Chemical symbol, such as ``"Fe"``.
    T : array_like
        Temperature, K.
    key : str, optional
        Source key of the published value; the default of the data if None.

    Returns
    -------
    ndarray
        Solubility, cm-3, in the shape of ``T``.

    Raises
    ------
    InputError
        An unknown element or key.

    Examples
    --------
    >>> from energymodels.pv.metals import stages
    >>> f"{stages.solubility('Fe', 1273.15):.3g}"
    '4.19e+14'
    """
    return data.chosen(f"solubility of {element}", data.element(element).solubility, key).at(T) * CM3


def melt(
    feed: ArrayLike,
    k: ArrayLike,
    position: ArrayLike,
    route: str = "cz",
    *,
    pulls: ArrayLike = 1,
    pulled_fraction: ArrayLike = 0.8,
    pulled_mass: ArrayLike = 1.0,
    crucible: ArrayLike = 0.0,
) -> Array:
    """Return the concentration in the melt from which a crystal grows; times ``k`` it is the crystal's.

    Parameters
    ----------
    feed : array_like
        Concentration in the feedstock, in any unit.
    k : array_like
        Segregation coefficient, 1.
    position : array_like
        Solidified fraction, 0 at the seed end to 1.
    route : str, optional
        Crystal growth method: Czochralski (``"cz"``, default), recharged (``"rcz"``) or continuous
        (``"ccz"``).
    pulls : array_like, optional
        Number of the crystal from one crucible; 1 by default.
    pulled_fraction : array_like, optional
        Fraction of the melt that each crystal takes (``"rcz"``); 0.8 by default.
    pulled_mass : array_like, optional
        Mass of each crystal over that of the melt (``"ccz"``); 1 by default.
    crucible : array_like, optional
        What the crucible adds, in the unit of ``feed``, during one pull (``"rcz"``, ``"cz"``) or one melt's
        mass (``"ccz"``); 0 by default.

    Returns
    -------
    ndarray
        Concentration in the melt, in the unit of ``feed``, in the common shape of the arguments.

    Raises
    ------
    InputError
        An unknown route.

    Examples
    --------
    >>> from energymodels.pv.metals import stages
    >>> [round(float(c), 2) for c in stages.melt(feed=1.0, k=8e-6, position=[0.0, 0.5, 0.9])]
    [1.0, 2.0, 10.0]
    """
    if route not in ROUTES:
        raise unknown("route", route, ROUTES)
    return _flat(
        lambda r, *rest: crystal.melts(r.astype(np.int8), *rest),
        ROUTES.index(route), feed, k, crucible, position, pulls, pulled_fraction, pulled_mass,
    )  # fmt: skip


def paired_fraction(
    metal: str, acceptors: ArrayLike, T: ArrayLike = silicon.STC, time: ArrayLike = np.inf
) -> Array:
    """Return the fraction of a metal that is paired with acceptors, from none, after a time in the dark.

    Equilibrium as in ``wijaranakula1993``, association as in ``macdonald2005``, eq. (3).

    Parameters
    ----------
    metal : str
        ``"Fe"``, ``"Cr"`` or ``"Mn"``.
    acceptors : array_like
        Density of acceptors, cm-3.
    T : array_like, optional
        Temperature, K; 298.15 by default.
    time : array_like, optional
        Time in the dark, s; inf, equilibrium, by default.

    Returns
    -------
    ndarray
        Paired fraction, 0 to 1, in the common shape of the arguments.

    Raises
    ------
    InputError
        A metal without data on its pairs.

    Examples
    --------
    >>> from energymodels.pv.metals import stages
    >>> [round(float(f), 2) for f in stages.paired_fraction("Fe", 1e16, time=[600.0, 3600.0, 86400.0])]
    [0.22, 0.77, 1.0]
    """
    if metal not in PAIRING:
        raise unknown("metal that pairs", metal, PAIRING)
    how = PAIRING[metal]
    acceptors = np.asarray(acceptors, dtype=float) * PER_CM3
    return _flat(
        lambda n, t, s: pairing.paired(n, t, s, how.prefactor, how.binding, how.rate, how.barrier),
        acceptors,
        T,
        time,
    )


def association_time(metal: str, acceptors: ArrayLike, T: ArrayLike = silicon.STC) -> Array:
    """Return the time constant of pairing with acceptors in the dark (``macdonald2005``, eq. (3)).

    Parameters
    ----------
    metal : str
        ``"Fe"``, ``"Cr"`` or ``"Mn"``.
    acceptors : array_like
        Density of acceptors, cm-3.
    T : array_like, optional
        Temperature, K; 298.15 by default.

    Returns
    -------
    ndarray
        Time constant, s, in the common shape of the arguments.

    Raises
    ------
    InputError
        A metal without data on its pairs.

    Examples
    --------
    >>> from energymodels.pv.metals import stages
    >>> round(float(stages.association_time("Fe", 1e16)) / 60.0), "min"
    (41, 'min')
    """
    if metal not in PAIRING:
        raise unknown("metal that pairs", metal, PAIRING)
    how = PAIRING[metal]
    time = np.vectorize(pairing.association_time, otypes=[float])
    return np.asarray(time(np.asarray(acceptors, dtype=float) * PER_CM3, T, how.rate, how.barrier))


def lifetime(
    centre: str,
    density: ArrayLike,
    dn: ArrayLike,
    doping: ArrayLike,
    doping_type: str,
    *,
    key: str | None = None,
    T: ArrayLike = 300.0,
) -> Array:
    """Return the SRH lifetime by one recombination centre, whose levels share one occupancy (``sah1958``).

    Parameters
    ----------
    centre : str
        Name of the centre, such as ``"Fe_i"`` or ``"FeB"``.
    density : array_like
        Density of the centre, cm-3.
    dn : array_like
        Excess carrier density, cm-3.
    doping : array_like
        Net doping, cm-3.
    doping_type : str
        ``"n"`` or ``"p"``.
    key : str, optional
        Source key of the published levels and capture cross sections; the default of the data if None.
    T : array_like, optional
        Temperature, K; 300 by default.

    Returns
    -------
    ndarray
        Lifetime, s, in the common shape of the arguments.

    Raises
    ------
    InputError
        An unknown centre, key or doping type, a temperature outside 200-450 K or a doping out of range.

    Examples
    --------
    >>> from energymodels.pv.metals import stages
    >>> f"{stages.lifetime('Fe_i', 1e11, dn=1e15, doping=1e16, doping_type='p'):.2g} s"
    '0.00081 s'
    """
    if centre not in data.centres():
        raise unknown("centre", centre, data.centres())
    chosen = data.chosen(f"set of {centre}", data.centres()[centre].sets, key)
    levels = chosen.chain(doping_type)
    n0, p0 = silicon.equilibrium(doping, doping_type, T)
    cm3 = [np.asarray(x, dtype=float) * PER_CM3 for x in (dn, n0, p0, silicon.intrinsic_density(T), density)]
    return _flat(
        lambda d, n, p, t, n_i, N: capture.lifetimes(d, n, p, t, n_i, N, levels), *cm3[:3], T, *cm3[3:]
    )


def boron_oxygen_lifetime(boron: ArrayLike, oxygen: ArrayLike) -> Array:
    """Return the lifetime that fully activated boron-oxygen centres leave (``bothe2005``, eq. (4)).

    Parameters
    ----------
    boron : array_like
        Boron concentration, cm-3.
    oxygen : array_like
        Concentration of interstitial oxygen, cm-3.

    Returns
    -------
    ndarray
        Lifetime, s, at an excess carrier density of a tenth of the doping, in the common shape of the
        arguments.

    Examples
    --------
    >>> from energymodels.pv.metals import stages
    >>> f"{stages.boron_oxygen_lifetime(1e16, 7e17) * 1e6:.1f} us"
    '32.2 us'
    """
    return _flat(
        boron_oxygen.degraded_lifetimes,
        np.asarray(boron, dtype=float) * PER_CM3,
        np.asarray(oxygen, dtype=float) * PER_CM3,
    )


def boron_oxygen_states(
    time: ArrayLike, T: ArrayLike, start: tuple[float, float, float] = (1.0, 0.0, 0.0)
) -> Array:
    """Return the fractions of boron-oxygen centres in each state after a time under light.

    First-order reactions A-B-C (``pvdeg``), solved exactly. The degraded fraction is what ``wafer.bo_active``
    takes.

    Parameters
    ----------
    time : array_like
        Time under light, s.
    T : array_like
        Temperature, K.
    start : tuple of float, optional
        Fractions annealed, degraded and regenerated at the start; (1, 0, 0) by default.

    Returns
    -------
    ndarray, shape (..., 3)
        Fractions annealed, degraded and regenerated, 1; the leading dimensions are the common shape of
        ``time`` and ``T``.

    Examples
    --------
    >>> from energymodels.pv.metals import stages
    >>> [round(float(f), 2) for f in stages.boron_oxygen_states(3600.0, 350.0)]
    [0.13, 0.7, 0.18]
    """
    rates = data.boron_oxygen()
    time, T = np.broadcast_arrays(np.asarray(time, dtype=float), np.asarray(T, dtype=float))
    ab, ba, bc, cb = (
        attempt * np.exp(-barrier / (K_B_EV * T))
        for attempt, barrier in (rates[k] for k in ("A-B", "B-A", "B-C", "C-B"))
    )
    zero = np.zeros_like(T)
    matrix = np.stack(
        [np.stack([-ab, ba, zero], -1), np.stack([ab, -ba - bc, cb], -1), np.stack([zero, bc, -cb], -1)], -2
    )
    values, vectors = np.linalg.eig(matrix)
    weights = np.linalg.solve(vectors, np.broadcast_to(np.array(start)[:, None], (*T.shape, 3, 1)))
    grown = np.exp(values.real * time[..., None])[..., None] * weights
    return np.asarray((vectors @ grown)[..., 0].real)
