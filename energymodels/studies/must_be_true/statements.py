"""Statements on fast charges of manufacturers and a test, and the parameter spaces of the cells sampled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from energymodels.battery.parameters.sets import parameter_set
from energymodels.core.model import Array
from energymodels.studies.stated import Stated, stated

# porosity^1.5 over effective transport in both electrodes: 1.35 to 1.81 measured, 1 at best
REDUCTION = "transport_lessened"
AREAL = "design.positive.areal_capacity"
INTERFACE = "cell.interface_resistance"


@dataclass(frozen=True)
class Statement:
    """Charge gained in ``minutes`` from any of ``starts`` (states of charge), at most at ``c_rate``; ``peak``
    says why that.
    """

    name: str
    title: str
    box: str
    minutes: float
    gain: float
    c_rate: float
    starts: tuple[float, ...]
    peak: str
    source: str

    @property
    def mean(self) -> float:
        """The mean C-rate that it means."""
        return self.gain * 60.0 / self.minutes


@dataclass(frozen=True)
class Box:
    """Cells of one class: a parameter set in a design, and {field: (low, high, how it is drawn)} of what is
    open.
    """

    name: str
    spec: str
    design: str
    knobs: dict[str, tuple[float, float, str]]
    usual: dict[str, float]


def statements(known: Mapping[str, Stated]) -> tuple[Statement, ...]:
    """Return what is looked at of the statements ``known``; starts and the peak of 10C are chosen here."""
    km, percent, im, zeekr = (
        known[key] for key in ("shenxing-400km", "shenxing-80-percent", "im-l6-charge", "zeekr-golden")
    )
    named = percent.value("named_c_rate")
    most = named * percent.value("duration") / 60.0
    return (
        _statement(
            km, "shenxing-400-km", "Shenxing: {}", "lfp-4c", km.value("named_c_rate"), (0.1, 0.0),
            f"{km.value('named_c_rate'):g}C, as stated",
        ),
        _statement(
            percent, "shenxing-80-percent", "Shenxing: {}", "lfp-4c", 10.0, (percent.value("soc_start"),),
            f"10C, assumed ({named:g}C gives {most:.1%} at most)".replace("%", " %"),
        ),
        _statement(im, "im-l6-400-km", "IM L6: {}", "semi-solid-360", *_by_power(im, (0.1, 0.0))),
        _statement(
            zeekr, "zeekr-measured", "Zeekr 7X: {}, measured", "lfp-4c",
            *_by_power(zeekr, (zeekr.value("soc_start"),)),
        ),
    )  # fmt: skip


def _statement(
    of: Stated, name: str, title: str, box: str, c_rate: float, starts: tuple[float, ...], peak: str
) -> Statement:
    title = title.format(f"{of.what} in {of.duration}")
    return Statement(name, title, box, of.value("duration"), of.gain, c_rate, starts, peak, of.sources)


def _by_power(of: Stated, starts: tuple[float, ...]) -> tuple[float, tuple[float, ...], str]:
    """Return (peak C-rate, ``starts``, words) of a statement with a power and the energy of the pack."""
    power, energy = of.value("peak_power"), of.value("pack_energy")
    return power / energy, starts, f"{power / energy:.1f}C: {power:g} kW for {energy:g} kWh"


STATEMENTS = statements(stated())


def _box(
    name: str, spec: str, design: str, own: dict[str, tuple[float, float, str]], usual: dict[str, float]
) -> Box:
    """Return a parameter space of the set's own ranges, of those stated here (``own``), and of what both
    leave open at its value.
    """
    of = parameter_set(name)
    knobs = dict(own)
    for path, (low, high) in of.ranges.items():
        layer, _, key = path.partition(".")
        if layer == "side_reactions" or (key == "transport_efficiency" and layer != "separator"):
            continue  # nothing plates here; effective transport goes with the porosity
        place = f"design.{path}" if key == "porosity" else path
        knobs.setdefault(place, (low, high, "log" if high > 3.0 * low else "even"))
        value = of.scalars.get(path, 1.0)
        usual.setdefault(place, value)
    return Box(name, spec, design, knobs, {path: usual[path] for path in knobs})


def boxes() -> dict[str, Box]:
    """Return the parameter spaces by name.

    Bounds that no set gives are assumed: areal capacity, n/p ratio, and the interface of LFP cells.
    """
    pores = (1.0, 1.81, "even")
    return {
        "lfp-4c": _box(
            "lfp-4c", "battery-lfp-4c", "design-shenxing-4c",
            {
                AREAL: (1.0, 5.0, "even"), "design.negative.np_ratio": (1.05, 1.2, "even"), REDUCTION: pores,
                INTERFACE: (0.1, 10.0, "log"),
            },
            {AREAL: 2.2, "design.negative.np_ratio": 1.1, REDUCTION: 1.563, INTERFACE: 0.1},
        ),
        "semi-solid-360": _box(
            "semi-solid-360", "battery-semi-solid-360", "design-semisolid-360",
            {AREAL: (1.0, 6.5, "even"), "design.negative.np_ratio": (1.05, 1.2, "even"), REDUCTION: pores},
            {AREAL: 5.5, "design.negative.np_ratio": 1.08, REDUCTION: 1.563},
        ),
    }  # fmt: skip


def sample(box: Box, cells: int, seed: int = 1) -> dict[str, Array]:
    """Return a Latin hypercube of the parameter space, {knob: (cell,)}: each parameter's range in ``cells``
    equal parts, one cell in each.
    """
    generator = np.random.default_rng(seed)
    found = {}
    for path, (low, high, how) in box.knobs.items():
        part = (generator.permutation(cells) + generator.random(cells)) / cells
        found[path] = low * (high / low) ** part if how == "log" else low + (high - low) * part
    return found


def fields(knobs: dict[str, Array]) -> dict[str, Array]:
    """Return fields of the model {path: (cell,)} for parameters: effective transport by porosity and by what
    lessens it.
    """
    found = {path: values for path, values in knobs.items() if path != REDUCTION}
    for side in ("negative", "positive"):
        found[f"{side}.transport_efficiency"] = knobs[f"design.{side}.porosity"] ** 1.5 / knobs[REDUCTION]
    return found
