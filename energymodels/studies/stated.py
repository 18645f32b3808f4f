"""What makers and tests state, for studies: numbers of ``datasets/claims.toml``, never written twice."""

from __future__ import annotations

from dataclasses import dataclass

from energymodels.claims.entries import Claim, entries


@dataclass(frozen=True)
class Stated:
    """A statement's numbers, by the names and in the units of ``claims.relations``."""

    claim: Claim

    def value(self, name: str) -> float:
        """Return a number that is stated."""
        return float(self.claim.quantities[name].value)

    def between(self, name: str) -> tuple[float, float]:
        """Return the ends (low, high) of a number."""
        value = self.claim.quantities[name]
        return float(value.low), float(value.high)

    @property
    def gain(self) -> float:
        """The fraction of the capacity that is charged: range gained over that of a full charge, or a
        window.
        """
        if "gained_range" in self.claim.quantities:
            return self.value("gained_range") / self.value("range")
        return round(self.value("soc_end") - self.value("soc_start"), 12)  # as decimals

    def minutes(self, share: float) -> float:
        """Return how long a ``share`` of the capacity takes at the same mean rate, min."""
        took = self.value("duration") * share
        if "gained_range" in self.claim.quantities:
            return took * self.value("range") / self.value("gained_range")
        return took / self.gain

    @property
    def what(self) -> str:
        """What is charged, in words."""
        if "gained_range" in self.claim.quantities:
            return f"{self.value('gained_range'):g} of {self.value('range'):g} km"
        return f"{100.0 * self.value('soc_start'):g}-{100.0 * self.value('soc_end'):g} %"

    @property
    def duration(self) -> str:
        """How long it takes, in words."""
        minutes, seconds = divmod(round(60.0 * self.value("duration")), 60)
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"

    @property
    def sources(self) -> str:
        """The citation keys of its numbers."""
        found = dict.fromkeys(value.source for value in self.claim.quantities.values())
        return ", ".join(key for key in found if key != "unsourced")


def stated() -> dict[str, Stated]:
    """Return the bundled statements by key."""
    return {name: Stated(claim) for name, claim in entries().items()}
