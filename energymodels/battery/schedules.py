"""Charging schedules of several constant currents that reach a state of charge in a given time, whatever the
first ones are.

Attia et al. 2020 (key ``attia2020``) searched 224 of them for the longest life: four currents, each for 20 %
of the nominal capacity, 80 % in ten minutes; then 1C to 3.6 V, which is held.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from energymodels.core.errors import Fault, InputError

SOC = 0.8
SECONDS = 600.0


def last_rate(rates: Sequence[float], soc: float = SOC, seconds: float = SECONDS) -> float:
    """Return the C-rate of the last stage, which brings a cell to ``soc`` after ``seconds``, all stages
    charging the same amount.

    ``rates`` are those of the stages before it: sum of (soc/n)/C_i = seconds/3600 h. InputError if these take
    all the time.
    """
    if not all(0.0 < rate < math.inf for rate in rates):
        raise InputError(Fault("rates", ", ".join(f"{rate:g}" for rate in rates), "above 0"))
    part = soc / (len(rates) + 1)
    left = seconds / 3600.0 - sum(part / rate for rate in rates)
    if left <= 0.0:
        hint = (
            f"{seconds / 60.0:g} minutes are over before the last stage begins; charge faster or for longer"
        )
        raise InputError(Fault("rates", ", ".join(f"{rate:g}" for rate in rates), hint=hint))
    return part / left


def staged(rates: Sequence[float], soc: float = SOC, seconds: float = SECONDS) -> str:
    """Return the protocol of such a schedule, the last rate included, from a state of charge of 0."""
    every = [*rates, last_rate(rates, soc, seconds)]
    part = 100.0 * soc / len(every)
    return "; ".join(f"Charge at {rate!r}C until {part * (i + 1):.12g}% SOC" for i, rate in enumerate(every))
