"""How runs ended: protocol step and cycle, skipped steps, and temperatures outside of the tables."""

from __future__ import annotations

import numpy as np

from energymodels.battery.parameters.sets import parameter_set
from energymodels.battery.protocol import words
from energymodels.battery.protocol.program import Protocol, parse
from energymodels.core.axes import Axis
from energymodels.core.model import Array
from energymodels.kernels import status
from energymodels.kernels.battery.cell.layout import TERMINATIONS
from energymodels.kernels.constants import ZERO_CELSIUS

CLOSE = 1e-6  # K: no more than round-off


def place(protocol: Protocol, number: int) -> str:
    """Return a step in words: "step 2 of 200 (cycle 1)", the cycle being that of the outermost repeat it
    stands in.
    """
    before = 0
    for block in protocol.blocks:
        length = words.length([block])
        if before < number <= before + length:
            cycle = ""
            if isinstance(block, words.Repeat):
                cycle = f" (cycle {1 + (number - before - 1) // words.length(block.blocks)})"
            return f"step {number} of {len(protocol.order)}{cycle}"
        before += length
    raise ValueError(f"the protocol has no step {number}")


def of_cases(path: str, default: object, axes: list[Axis]) -> Array:
    """Return what a field is in every case, or once for all."""
    for i, axis in enumerate(axes):
        if path in axis.values:
            column = axis.values[path].reshape([-1 if j == i else 1 for j in range(len(axes))])
            return np.broadcast_to(column, [a.size for a in axes]).ravel()
    return np.array([default])


def left_out(texts: Array, ended: Array, last: Array, codes: Array) -> list[str]:
    """Return notes on cases that ended before the last step of their protocols ``texts``.

    ``ended`` are codes in ``TERMINATIONS``, ``last`` the steps, ``codes`` the statuses.
    """
    of = [parse(str(text)) for text in texts]
    many = np.array([len(protocol.order) for protocol in of])
    early = (codes == status.OK) & (last < many)
    if not early.any():
        return _cut_short(of, ended, last, codes)
    case = int(np.argmax(early))
    protocol, number = of[case if len(of) > 1 else 0], int(last[case])
    where = f"{TERMINATIONS[int(ended[case])]} in {place(protocol, number)}"
    if codes.size == 1:
        skipped = len(protocol.order) - number
        return [
            f"the protocol ended by {where}: {skipped} {'step was' if skipped == 1 else 'steps were'} skipped"
        ]
    return [
        f"{int(early.sum())} of {codes.size} cases ended before their protocol's last step, the first "
        f"by {where}"
    ]


def _cut_short(of: list[Protocol], ended: Array, last: Array, codes: Array) -> list[str]:
    """Return notes on cases where a cut-off voltage ended a profile."""
    own = np.isin(ended, [TERMINATIONS.index("voltage_min"), TERMINATIONS.index("voltage_max")]) & (
        codes == status.OK
    )
    profiled = [
        bool(own[case]) and of[case if len(of) > 1 else 0].follows_profile(int(last[case]))
        for case in range(codes.size)
    ]
    if not any(profiled):
        return []
    word = TERMINATIONS[int(ended[profiled.index(True)])]
    if codes.size == 1:
        return [f"{word} ended the profile before its last row: the rest was skipped"]
    return [
        f"{sum(profiled)} of {codes.size} cases ended before their profile's last row, the first by {word}"
    ]


def beyond_tables(sets: Array, coldest: Array, hottest: Array) -> list[str]:
    """Return notes on cells colder or hotter, degC, than the temperatures for which their sets
    have tables.
    """
    names, which = np.unique(sets, return_inverse=True)
    ranges = np.array([parameter_set(str(name)).temperatures for name in names])[which] - ZERO_CELSIUS
    found = []
    for word, beyond, end in (
        ("colder", coldest < ranges[:, 0] - CLOSE, 0),
        ("hotter", hottest > ranges[:, 1] + CLOSE, 1),
    ):
        if beyond.any():
            name, degrees = (
                np.broadcast_to(sets, beyond.shape)[beyond][0],
                np.broadcast_to(ranges[:, end], beyond.shape)[beyond][0],
            )
            many = f"{int(beyond.sum())} of {beyond.size} cells were" if beyond.size > 1 else "the cell was"
            found.append(
                f"{many} {word} than {degrees:g} degC, beyond which {name} has no data: its functions "
                f"keep their values at that temperature"
            )
    return found
