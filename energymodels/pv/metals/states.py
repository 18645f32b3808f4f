"""States of a metal in the finished wafer: interstitial or paired with an acceptor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from energymodels.core.columns import each
from energymodels.core.model import Array
from energymodels.kernels.constants import PER_CM3
from energymodels.kernels.pv.metals import pairing
from energymodels.pv.metals import data
from energymodels.pv.metals.fields import WaferMetals
from energymodels.pv.metals.inventory import ACCEPTORS


@dataclass(frozen=True)
class Wafer:
    """What the cell adds to the chain: its doping and thickness, SI."""

    donor: Array
    acceptor: Array  # index into ``ACCEPTORS``, where it is p-type
    doping: Array  # net
    acceptors: Array  # all of them
    thickness: Array


def states_of(fields: WaferMetals, metal: str, active: Array, wafer: Wafer) -> dict[str, Array]:
    """Return the density of each centre the metal forms, m-3: by itself, and with the acceptor of a p-type
    wafer.
    """
    centres = data.centres()
    alone = next((name for name, c in centres.items() if c.element == metal and not c.acceptor), "")
    pairs = {
        c.acceptor: name for name, c in centres.items() if c.element == metal and c.acceptor in ACCEPTORS[1:]
    }
    found: dict[str, Array] = {}
    free = active
    for acceptor, name in pairs.items():
        mine = ~wafer.donor & (wafer.acceptor == ACCEPTORS.index(acceptor))
        if metal in PAIRING and np.any(mine):
            found[name] = np.where(mine, active * _paired(fields, metal, wafer), 0.0)
            free = free - found[name]
    return ({alone: free} if alone else {}) | found


@dataclass(frozen=True)
class Pairing:
    """How a metal pairs: [pair]/[M] = N_A prefactor exp(binding/kT), m3, eV; association = rate T/N_A
    exp(barrier/kT), SI, eV.
    """

    prefactor: float
    binding: float
    rate: float
    barrier: float


def _pairing() -> Mapping[str, Pairing]:
    table = data.pairing()
    return {
        m: Pairing(e["prefactor"] / PER_CM3, e["binding"], e["rate"] * PER_CM3, e["barrier"])
        for m, e in table.items()
    }


PAIRING = _pairing()


def _paired(fields: WaferMetals, metal: str, wafer: Wafer) -> Array:
    """Return the fraction of a metal's donors that is paired with the acceptor."""
    how = PAIRING[metal]
    share = each(
        lambda n, t, s: pairing.paired(n, t, s, how.prefactor, how.binding, how.rate, how.barrier),
        wafer.acceptors, fields.pairing_temperature, fields.pairing_time,
    )  # fmt: skip
    return np.where(fields.pairs.means("dark"), share, 0.0)
