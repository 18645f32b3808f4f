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
    """Return the C-rate of the last stage, which brings a cell to ``soc`` in ``seconds``.

    All stages charge the same amount: the sum of (soc/n)/C_i is the time in hours (``attia2020``).

    Parameters
    ----------
    rates : sequence of float
        C-rates of the stages before the last one, 1, above 0.
    soc : float, optional
        State of charge that is reached, 1; 0.8 by default.
    seconds : float, optional
        Time of all stages, s; 600 by default.

    Returns
    -------
    float
        C-rate of the last stage, 1.

    Raises
    ------
    InputError
        A rate that is not above 0, or stages that take all the time.

    Examples
    --------
    >>> from energymodels.battery import schedules
    >>> round(schedules.last_rate([6.0, 5.0, 4.0]), 3)
    4.615
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
    """Return the protocol of a charge in stages of constant current, from a state of charge of 0.

    Parameters
    ----------
    rates : sequence of float
        C-rates of the stages before the last one, 1, above 0; ``last_rate`` gives the last.
    soc : float, optional
        State of charge that is reached, 1; 0.8 by default.
    seconds : float, optional
        Time of all stages, s; 600 by default.

    Returns
    -------
    str
        Text for the field ``protocol`` of the battery models.

    Raises
    ------
    InputError
        A rate that is not above 0, or stages that take all the time.

    Examples
    --------
    >>> from energymodels.battery import schedules
    >>> schedules.staged([2.0], soc=0.5, seconds=1350.0)
    'Charge at 2.0C until 25% SOC; Charge at 1.0C until 50% SOC'
    """
    every = [*rates, last_rate(rates, soc, seconds)]
    part = 100.0 * soc / len(every)
    return "; ".join(f"Charge at {rate!r}C until {part * (i + 1):.12g}% SOC" for i, rate in enumerate(every))
