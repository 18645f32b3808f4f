"""Protocols: text in PyBaMM's experiment syntax, and programs of numbers for the kernels.

Steps are separated by ``;`` or a new line::

    Charge at 4C until 3.65 V; Hold at 3.65 V until C/20; Rest for 10 minutes
    (Discharge at {rate}C until 2.5 V or until 20% SOC; Charge at 1 A for 2 hours or until 40 degC) x 10
    Run current from cycle.csv times 0.5 until 3 V
    Charge at limits until 80% SOC

The last is the fastest charge that the fields ``limits.*`` allow at all times. A step of current or power
without an end ends at the cut-off voltages of the cell, which end every protocol. ``{name}`` stands for a
number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

from energymodels.battery.protocol import words
from energymodels.battery.protocol.direction import Course, course
from energymodels.battery.protocol.parser import Parser
from energymodels.battery.protocol.profiles import read_profile
from energymodels.battery.protocol.rows import Slot, placeholder_fields, step_rows
from energymodels.battery.protocol.tokens import tokens
from energymodels.battery.protocol.words import UNITS, Blocks, Step
from energymodels.core.errors import Fault, InputError
from energymodels.core.field import FieldInfo
from energymodels.core.files import Stamp, stamp
from energymodels.core.model import Array
from energymodels.kernels.battery.cell import layout

LONGEST = 100_000  # steps of a protocol


@dataclass(frozen=True)
class Protocol:
    """A protocol; equal to another one if it does the same."""

    blocks: Blocks
    placeholders: Mapping[str, FieldInfo] = field(compare=False)
    # (row, 2): time since its step began in s, A or W, discharge positive
    profiles: Array = field(compare=False, repr=False)
    # (step as written, STEP), NaN where a placeholder's number goes
    rows: Array = field(compare=False, repr=False)
    slots: tuple[Slot, ...] = field(compare=False, repr=False)
    order: Array = field(compare=False, repr=False)  # which of these steps are run, one after the other

    def follows_profile(self, number: int) -> bool:
        """Return whether the step of this number, counted from 1 as they are run, follows a profile."""
        return bool(self.rows[self.order[number - 1], layout.PROFILE_COUNT] > 0)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps in the order they are run."""
        found = list(words.once(self.blocks))
        return tuple(found[i] for i in self.order)

    @cached_property
    def course(self) -> Course:
        """Which way it mainly moves charge, to begin with."""
        return course(list(words.once(self.blocks)), self.rows, self.order, self.profiles)

    def program(self, values: Mapping[str, float]) -> Array:
        """Return the steps as rows of numbers, (step, STEP), with ``values`` of the placeholders in their
        fields' units.
        """
        return programs([self], {name: np.array([value]) for name, value in values.items()})[0]


def parse(text: str) -> Protocol:
    """Return the protocol that ``text`` writes; InputError lists all that is wrong with it.

    Texts read before are remembered.
    """
    if not isinstance(text, str):
        raise InputError(Fault("protocol", text, hint="must be text"))
    files = (
        [token.text.strip("\"'") for token in tokens(text) if token.kind == "file"]
        if "from" in text.lower()
        else []
    )
    return _parse(text, tuple(map(stamp, files)))


def programs(protocols: Sequence[Protocol], values: Mapping[str, Array]) -> tuple[Array, Array, Array, Array]:
    """Return (rows of all programs (row, STEP), first row of each case, how many rows each case has, profiles
    (row, 2)).

    ``protocols`` and ``values``, the placeholders' numbers in their fields' units, have one entry per case,
    or one for all cases. Cases with the same protocol and numbers share their rows. InputError names the
    placeholders without a number.
    """
    numbers = {name: np.asarray(value, dtype=float).ravel() for name, value in values.items()}
    cases = max([len(protocols), *(array.size for array in numbers.values())])
    known = {id(protocol): protocol for protocol in protocols}
    missing = {name for protocol in known.values() for name in protocol.placeholders} - numbers.keys()
    if missing:
        raise InputError(
            [Fault(name, hint="needs a value: it stands in the protocol") for name in sorted(missing)]
        )
    kinds = np.broadcast_to(np.fromiter(map(id, protocols), dtype=np.int64, count=len(protocols)), cases)
    first, count = np.zeros(cases, dtype=np.int64), np.zeros(cases, dtype=np.int64)
    stacked, profiles, done, above = [], [], 0, 0
    for key, protocol in known.items():
        mine = np.flatnonzero(kinds == key)
        table = np.array(
            [np.broadcast_to(numbers[name], cases)[mine] for name in protocol.placeholders]
        ).reshape(-1, mine.size)
        unique, which = (
            np.unique(table.T, axis=0, return_inverse=True)
            if len(table)
            else (table.T[:1], np.zeros(mine.size, int))
        )
        rows = _filled(protocol, dict(zip(protocol.placeholders, unique.T, strict=True)), len(unique))
        rows[..., layout.PROFILE_FIRST] += above
        first[mine] = done + which.ravel() * rows.shape[1]
        count[mine] = rows.shape[1]
        stacked.append(rows.reshape(-1, layout.STEP))
        profiles.append(protocol.profiles)
        done, above = done + len(stacked[-1]), above + len(protocol.profiles)
    return np.concatenate(stacked), first, count, np.concatenate(profiles)


def _filled(protocol: Protocol, numbers: Mapping[str, Array], many: int) -> Array:
    """Return the rows (case, step, STEP) of a protocol for ``many`` cases with ``numbers`` of its
    placeholders.
    """
    rows = np.repeat(protocol.rows[None], many, axis=0)
    for slot in protocol.slots:
        rows[:, slot.step, slot.column] = slot.sign * UNITS[slot.unit].si(numbers[slot.name])
    last = (protocol.rows[:, layout.PROFILE_FIRST] + protocol.rows[:, layout.PROFILE_COUNT]).astype(int) - 1
    for step in np.flatnonzero(protocol.rows[:, layout.PROFILE_COUNT]):  # a profile's last row ends its step
        rows[:, step, layout.END_TIME] = np.minimum(
            rows[:, step, layout.END_TIME], protocol.profiles[last[step], 0]
        )
    return rows[:, protocol.order]


def describe(protocol: Protocol) -> str:
    """Return a protocol in normal form; it parses to the same protocol."""
    return words.written(protocol.blocks)


@lru_cache(maxsize=4096)
def _parse(text: str, files: tuple[Stamp, ...]) -> Protocol:
    """Parse ``text``; ``files`` tell the profiles it names from older ones."""
    parser = Parser(text)
    blocks = parser.protocol()
    faults = list(parser.faults)
    placeholders, wrong = placeholder_fields(blocks)
    faults += wrong
    pieces: dict[tuple[str, str], Array] = {}
    for step in words.once(blocks):
        quantity = step.kind.split()[0]
        if step.file and (step.file, quantity) not in pieces:
            try:
                pieces[step.file, quantity] = read_profile(step.file, quantity)
            except InputError as error:
                faults += error.faults
                pieces[step.file, quantity] = np.zeros((2, 2))
    many = words.length(blocks)
    if many > LONGEST:
        faults.append(Fault("protocol", hint=f"has {many} steps; at most {LONGEST} are possible"))
    elif not faults:
        faults += _unreached(blocks)
    if faults:
        raise InputError(faults)
    rows, slots = step_rows(blocks, pieces)
    profiles = np.concatenate([np.empty((0, 2)), *pieces.values()])
    order = np.array(words.order(blocks), dtype=np.int64)
    for array in (rows, profiles, order):
        array.setflags(write=False)
    return Protocol(tuple(blocks), placeholders, profiles, rows, tuple(slots), order)


def _unreached(blocks: Blocks) -> list[Fault]:
    """Return the fault of a step that only the cell's limits end, though others follow."""
    steps = list(words.once(blocks))
    for i in words.order(blocks)[:-1]:
        if not steps[i].ends and not steps[i].file:
            hint = (
                "ends only at the cell's cut-off voltages, which end the protocol: later steps are never "
                "reached; give it an end"
            )
            return [Fault("protocol", str(steps[i]), hint=f"step {i + 1}: {hint}")]
    return []
