"""Reading a protocol: text into steps, with every fault, where it stands and what was probably meant."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NoReturn

from energymodels.battery.protocol.rules import contradictions, limits, listed, wanted
from energymodels.battery.protocol.tokens import Token, tokens
from energymodels.battery.protocol.words import (
    ONE,
    SPELLINGS,
    UNITS,
    Amount,
    Blocks,
    Kind,
    Repeat,
    Step,
)
from energymodels.core.errors import TOLD, Fault, closest

_END = re.compile(r"[;\n]")  # of a step
DEPTH = 20  # of groups within groups
VERBS = (
    "Charge at",
    "Charge at limits",
    "Discharge at",
    "Hold at",
    "Rest for",
    "Run current from",
    "Run power from",
    "repeat",
)


class ReadingError(Exception):
    """A step cannot be read beyond ``token``."""

    def __init__(self, token: Token, hint: str) -> None:
        super().__init__(hint)
        self.token, self.hint = token, hint


class Parser:
    """Reads one text; ``faults`` collects what is wrong while reading goes on behind it."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at = text, tokens(text), 0
        self.faults: list[Fault] = []
        self.first, self.number_of_step = self.tokens[0], 0  # where the step that is read starts

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self, *keys: str) -> Token | None:
        """Return the next token and go on, if it is one of ``keys``."""
        if self.next.key in keys and self.next.key:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def need(self, *keys: str) -> Token:
        return self.take(*keys) or self.wrong(f"expected {' or '.join(keys)}", keys)

    def wrong(self, hint: str, known: Iterable[str] = ()) -> NoReturn:
        """Refuse the next token."""
        found = "the end" if self.next.kind == "end" else repr(self.next.text)
        found += " (a decimal comma? A decimal point is a dot)" if found == "','" else ""
        sought = self.next.kind == "word" and len(self.faults) < TOLD
        near = closest(self.next.text.lower(), known) if sought else ""
        raise ReadingError(
            self.next, f"{hint}, found {found}; {near if near.startswith('did') else ''}".rstrip("; ")
        )

    def fault(self, token: Token, hint: str) -> None:
        """Record a fault at ``token``, with the words of its step."""
        end = _END.search(self.text, self.first.start)
        phrase = self.text[self.first.start : end.start() if end else None].strip() or None
        where = f"step {max(self.number_of_step, 1)}, character {token.start + 1}"
        self.faults.append(Fault("protocol", phrase, hint=f"{where}: {hint}"))

    def protocol(self) -> Blocks:
        """Return the blocks of the whole text."""
        found = self.blocks(0)
        while self.next.kind != "end":
            self.fault(self.next, "this ) closes nothing")
            self.at += 1
            found = [*found, *self.blocks(0)]
        if not found and not self.faults:
            self.faults.append(
                Fault(
                    "protocol", self.text.strip() or None, hint="has no step; e.g. Charge at 1C until 3.65 V"
                )
            )
        return tuple(found)

    def blocks(self, depth: int) -> list[Step | Repeat]:
        """Return blocks up to the end or a ``)`` that closes the group they are in."""
        found: list[Step | Repeat] = []
        while True:
            while self.take(";", "\n"):
                pass
            if self.next.kind == "end" or self.next.key == ")":
                return found
            self.first = self.next
            try:
                found.append(self.block(depth))
                if self.next.kind != "end" and self.next.key not in (";", "\n", ")"):
                    self.wrong("expected for, until, or or ;", ("or", "for", "until"))
            except ReadingError as wrong:
                self.fault(wrong.token, wrong.hint)
                self.skip()

    def skip(self) -> None:
        """Go on to the end of a step, over groups."""
        depth = 0
        while self.next.kind != "end" and (depth or self.next.key not in (";", "\n", ")")):
            depth += {"(": 1, ")": -1}.get(self.next.key, 0)
            self.at += 1

    def block(self, depth: int) -> Step | Repeat:
        if self.take("("):
            inside = self.group(depth)
            if not self.take("x", "*"):
                self.wrong("behind a group stands how often it is run, e.g. (A; B) x 10", ("x",))
            return Repeat(self.count(), tuple(inside))
        if self.take("repeat"):
            times = self.count()
            self.need("(")
            return Repeat(times, tuple(self.group(depth)))
        self.number_of_step += 1
        step = self.step()
        for hint in contradictions(step):
            self.fault(self.first, hint)
        return step

    def group(self, depth: int) -> list[Step | Repeat]:
        opening = self.tokens[self.at - 1]
        if depth >= DEPTH:
            raise ReadingError(opening, f"more than {DEPTH} groups within one another")
        before = len(self.faults)
        found = self.blocks(depth + 1)
        if not self.take(")"):
            raise ReadingError(opening, "this ( is not closed")
        if not found and before == len(self.faults):
            raise ReadingError(opening, "this group has no step")
        return found

    def count(self) -> int:
        token = self.next
        if token.kind == "name":
            self.wrong("how often steps are repeated shapes the program: write a number, not a name")
        if (
            token.kind != "number"
            or not token.text.isdigit()
            or not 1 <= len(token.text) <= 9
            or int(token.text) < 1
        ):
            self.wrong("expected a whole number of repeats above 0")
        self.at += 1
        return int(token.text)

    def step(self) -> Step:
        """Return one step."""
        verb = self.take("charge", "discharge", "hold", "rest", "run")
        if verb is None:
            self.wrong(f"a step begins with {', '.join(VERBS)}", (verb.split()[0].lower() for verb in VERBS))
        if verb.key == "rest":
            return Step("rest", None, self.ends())
        if verb.key == "run":
            return self.profile()
        self.need("at")
        if verb.key == "charge" and self.take("limits"):
            return Step("charge at limits", None, self.ends())
        applied = ("voltage",) if verb.key == "hold" else ("rate", "current", "power")
        kinds: dict[str, Kind] = {"hold": "hold", "charge": "charge"}
        kind = kinds.get(verb.key, "discharge")
        return Step(kind, self.amount(applied, f"{verb.text} at"), self.ends())

    def profile(self) -> Step:
        """Return a step that follows a file."""
        kind: Kind = "current profile" if self.need("current", "power").key == "current" else "power profile"
        self.need("from")
        if self.next.kind != "file":
            self.wrong("expected the name of a CSV file")
        file = self.next.text
        if file[0] in "\"'":
            if len(file) < 3 or file[-1] != file[0]:
                self.wrong("expected the name of a CSV file between a pair of quotes")
            file = file[1:-1]
        self.at += 1
        factor = ONE
        if self.take("times"):
            token = self.next
            factor = Amount(self.number(), "1")
            if factor.number == 0.0:
                self.fault(token, "a profile times 0 is a rest")
        return Step(kind, factor, self.ends(), file)

    def ends(self) -> tuple[Amount, ...]:
        """Return what ends a step: ``for`` a time, ``until`` anything; several joined by ``or``."""
        found: list[Amount] = []
        while True:
            joined = self.take("or")
            word = self.take("for", "until")
            if word is None and not (found and joined):
                if joined:
                    self.wrong("expected for or until", ("for", "until"))
                return tuple(found)
            quantities = tuple(
                dict.fromkeys(
                    unit.quantity for unit in UNITS.values() if unit.quantity not in ("power", "factor")
                )
            )
            found.append(
                self.amount(
                    ("time",) if word and word.key == "for" else quantities, word.text if word else "until"
                )
            )

    def amount(self, quantities: tuple[str, ...], after: str) -> Amount:
        """Return a number with a unit of one of ``quantities``."""
        token = self.next
        if token.key == "c" and self.tokens[self.at + 1].key == "/":
            self.at += 2
            found = Amount(self.number(), "C/")
        else:
            found = Amount(self.number(), self.unit(quantities))
        if found.quantity not in quantities:
            raise ReadingError(token, f"{after} {found} is not possible: {wanted(after, found, quantities)}")
        info = UNITS[found.unit]
        if isinstance(found.number, float) and not info.holds(found.number):
            self.fault(token, f"{found} is not possible: {limits(found.unit)}")
        return found

    def number(self) -> float | str:
        """Return a number or the name of a placeholder."""
        token = self.next
        if token.kind == "name":
            if not re.fullmatch(r"\{\s*[A-Za-z_][A-Za-z0-9_]*\s*\}", token.text):
                self.wrong("a name between braces is made of letters, digits and _")
            self.at += 1
            return token.text[1:-1].strip()
        if token.key in ("nan", "inf", "infinity") or (
            token.kind == "number" and not math.isfinite(float(token.text))
        ):
            self.wrong("expected a finite number")
        if token.kind != "number":
            self.wrong("expected a number or {name}")
        self.at += 1
        return float(token.text)

    def unit(self, quantities: tuple[str, ...]) -> str:
        """Return the unit that follows, by its own spelling: of two words if they make one."""
        token = self.next
        if token.kind != "word":
            self.wrong(f"expected a unit of {listed(quantities)}")
        dot = self.tokens[self.at + 1].key in (".", "*")
        second = self.tokens[self.at + 1 + dot]
        for words, many in ((f"{token.text} {second.text}", 2 + dot), (token.text, 1)):
            unit = SPELLINGS.get(words.lower())
            if unit and not (words[0] == "M" and unit[0] == "m" and unit != "min"):  # mega is not milli
                self.at += many
                return unit
        known = {
            name if len(name) > len(unit) else unit
            for name, unit in SPELLINGS.items()
            if UNITS[unit].quantity in quantities
        }
        self.wrong(f"expected a unit of {listed(quantities)}", known)
