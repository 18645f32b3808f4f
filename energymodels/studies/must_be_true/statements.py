"""What makers and a test say of fast charges, and the boxes of cells in which such cells are looked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from energymodels.battery.parameters.sets import parameter_set
from energymodels.core.model import Array

# porosity^1.5 over effective transport in both electrodes: 1.35 to 1.81 measured, 1 at best
LESSENED = "transport_lessened"
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


STATEMENTS = (
    Statement(
        "shenxing-400-km", "Shenxing: 400 of 700 km in 10 min", "lfp-4c", 10.0, 400.0 / 700.0, 4.0,
        (0.1, 0.0), "4C, as stated",
        "catl-shenxing",
    ),
    Statement(
        "shenxing-80-percent", "Shenxing: 0-80 % in 10 min", "lfp-4c", 10.0, 0.8, 10.0, (0.0,),
        "10C, assumed (4C gives 66.7 % at most)", "catl-shenxing",
    ),
    Statement(
        "im-l6-400-km", "IM L6: 400 of 1002 km in 12 min", "semi-solid-360", 12.0, 400.0 / 1002.0,
        400.0 / 130.0, (0.1, 0.0),
        "3.1C: 400 kW for 130 kWh", "carsguide-im-l6",
    ),
    Statement(
        "zeekr-measured", "Zeekr 7X: 10-80 % in 9 min 45 s, measured", "lfp-4c", 9.75, 0.7, 460.0 / 75.0,
        (0.1,),
        "6.1C: 460 kW for 75 kWh", "motor1-zeekr",
    ),
)  # fmt: skip


def _box(
    name: str, spec: str, design: str, own: dict[str, tuple[float, float, str]], usual: dict[str, float]
) -> Box:
    """Return a box of the set's own ranges, of those stated here (``own``), and of what both leave open at
    its value.
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
    """Return the boxes by name.

    Bounds that no set gives are assumed: areal capacity, n/p ratio, and the interface of LFP cells.
    """
    pores = (1.0, 1.81, "even")
    return {
        "lfp-4c": _box(
            "lfp-4c", "battery-lfp-4c", "design-shenxing-4c",
            {
                AREAL: (1.0, 5.0, "even"), "design.negative.np_ratio": (1.05, 1.2, "even"), LESSENED: pores,
                INTERFACE: (0.1, 10.0, "log"),
            },
            {AREAL: 2.2, "design.negative.np_ratio": 1.1, LESSENED: 1.563, INTERFACE: 0.1},
        ),
        "semi-solid-360": _box(
            "semi-solid-360", "battery-semi-solid-360", "design-semisolid-360",
            {AREAL: (1.0, 6.5, "even"), "design.negative.np_ratio": (1.05, 1.2, "even"), LESSENED: pores},
            {AREAL: 5.5, "design.negative.np_ratio": 1.08, LESSENED: 1.563},
        ),
    }  # fmt: skip


def sample(box: Box, cells: int, seed: int = 1) -> dict[str, Array]:
    """Return a Latin hypercube of the box, {knob: (cell,)}: each knob's range in ``cells`` equal parts, one
    cell in each.
    """
    generator = np.random.default_rng(seed)
    found = {}
    for path, (low, high, how) in box.knobs.items():
        part = (generator.permutation(cells) + generator.random(cells)) / cells
        found[path] = low * (high / low) ** part if how == "log" else low + (high - low) * part
    return found


def fields(knobs: dict[str, Array]) -> dict[str, Array]:
    """Return fields of the model {path: (cell,)} for knobs: effective transport by porosity and by what
    lessens it.
    """
    found = {path: values for path, values in knobs.items() if path != LESSENED}
    for side in ("negative", "positive"):
        found[f"{side}.transport_efficiency"] = knobs[f"design.{side}.porosity"] ** 1.5 / knobs[LESSENED]
    return found
