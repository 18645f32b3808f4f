"""Silicon's formulas on arrays: where each holds, how input is checked, one compiled loop for all."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import inf
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from energymodels.core.errors import Fault, InputError, ValidityWarning, unknown
from energymodels.core.ranges import outside
from energymodels.kernels.constants import CM3, K_B_EV, PER_CM3
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


def evaluated(what: int, results: int, *arguments: ArrayLike) -> list[Result]:
    columns = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in arguments))
    rows = np.stack([c.ravel() for c in columns], axis=1)
    out = np.empty((len(rows), results))
    _evaluate(what, rows, out)
    shape = columns[0].shape
    return [out[:, j].reshape(shape).copy() if shape else float(out[0, j]) for j in range(results)]


def bulk(
    dn: ArrayLike, doping: ArrayLike, donor: bool, T: ArrayLike, model: str, recycling: ArrayLike
) -> list[Result]:
    """Return Auger rate, radiative rate and exp(qV/kT) - 1."""
    return evaluated(RATES, 3, dn, doping, donor, T, AUGER_MODELS[model][0], recycling)


def check(
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


def is_donor(doping_type: str) -> bool:
    if doping_type not in ("n", "p"):
        raise unknown("doping type", doping_type, ("n", "p"))
    return doping_type == "n"


# what the equilibrium of a doped wafer rests on
STATE = [VALIDITY["intrinsic_density"], VALIDITY["gap_narrowing"]]
CONDUCTION = [*STATE, VALIDITY["mobility"]]
