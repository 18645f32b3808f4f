"""Manufacturers' statements against the models: range, specific energy and charging, with the bands of what
is not known.

Every statement of ``energymodels claims`` that can be put as one of the three is a row: what is claimed, what
the model gives as given and over its ranges, one at a time, and, where only an unusual assumption meets it,
what the model gives under the first such.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from energymodels.claims.evaluate import evaluated
from energymodels.claims.verdict import CONSISTENT, VERDICTS
from energymodels.claims.words import markdown
from energymodels.core.values import Tree
from energymodels.report.figures import save

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "manufacturers' claims: statement, model results and verdict"
FILES = ("claims.json", "claims.md", "claims.png")
COLOURS = dict(zip(VERDICTS, ("#1b7837", "#e08214", "#b2182b", "0.5", "0.7"), strict=True))
CHARGE = "capacity / cell_capacity"
PANELS = {  # (output, unit) -> (axis, title)
    ("range", "km"): ("range (km)", "Range on the cycle of the statement"),
    ("specific_energy", "W h kg-1"): (
        "specific energy of the cell (W h/kg)",
        "Specific energy of cells; pack claims converted by an assumed cell-to-pack mass ratio",
    ),
    (CHARGE, "1"): (
        "mean C-rate over the time of the statement",
        "Charge within the limits in the time of the statement",
    ),
}
Panel: TypeAlias = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """A line of the figure, numbers in the panel's unit: (value, low, high)."""

    label: str
    verdict: str
    claimed: tuple[float, float, float]
    model: tuple[float, float, float]
    assumed: tuple[float, float, float] | None
    as_given: bool  # whether the model meets it without a change


def run(folder: Path, say: Callable[[str], None]) -> list[Path]:
    """Write ``claims.json``, the table ``claims.md`` and ``claims.png``; say how many statements have which
    verdict.
    """
    found = evaluated()
    for verdict in VERDICTS:
        names = [claim["name"] for claim in found if claim["verdict"] == verdict]
        if names:
            say(f"{verdict}: {len(names)} of {len(found)}: {', '.join(names)}")
    folder.mkdir(parents=True, exist_ok=True)
    data, table, picture = (folder / f"claims.{suffix}" for suffix in ("json", "md", "png"))
    data.write_text(json.dumps(found, indent=1, allow_nan=False), encoding="utf-8")
    table.write_text(markdown(found), encoding="utf-8")
    save(figure(found), picture, "study claims", 110)
    return [data, table, picture]


def rows(found: Sequence[Tree], panel: Panel) -> list[Row]:
    """Return the lines of a panel."""
    return list(_rows(found, panel))


def _rows(found: Sequence[Tree], panel: Panel) -> Iterator[Row]:
    output = panel[0]
    for claim in found:
        for i, check in enumerate(claim["checks"]):
            if (
                (check["output"], check["unit"]) != panel
                or "claimed" not in check
                or "value" not in check["model"]
            ):
                continue
            scale = 60.0 / claim["quantities"]["duration"]["value"] if output == CHARGE else 1.0
            holding = [a["checks"][i] for a in claim["assumptions"] if a["name"] in claim["holds_under"]]
            assumed = (
                _span(holding[0]["model"], scale)
                if holding and holding[0]["model"] != check["model"]
                else None
            )
            label = f"{claim['subject']}: {_short(claim, output)}"
            yield Row(
                label,
                claim["verdict"],
                _span(check["claimed"], scale),
                _span(check["model"], scale),
                assumed,
                check["met_as_given"],
            )


def _short(claim: Tree, output: str) -> str:
    """Return the part of a statement that a panel shows."""
    stated = {name: f"{value['value']:g}" for name, value in claim["quantities"].items()}
    if output == "range":
        return f"{stated['range']} km" if "range" in stated else f"{stated['trip']} km driven"
    if output == CHARGE:
        window = f"{stated['gained_range']} km" if "gained_range" in stated else "{:.0f} to {:.0f} %".format(
            *(100.0 * claim["quantities"][name]["value"] for name in ("soc_start", "soc_end"))
        )  # fmt: skip
        cold = f", {stated['temperature']} °C" if "temperature" in stated else ""
        return f"{window}, {stated['duration']} min{cold}"
    of = next((of for of in ("cell", "pack") if f"{of}_specific_energy" in stated), "")
    return f"{of} {stated[f'{of}_specific_energy']} W h/kg" if of else str(claim["statement"])


def _span(value: Tree, scale: float) -> tuple[float, float, float]:
    middle = float(value["value"])
    return middle * scale, float(value.get("low", middle)) * scale, float(value.get("high", middle)) * scale


def figure(found: Sequence[Tree]) -> Figure:
    """Return the figure: a panel a kind of statement, a line a statement, colours by verdict."""
    from matplotlib.figure import Figure

    lines = {panel: rows(found, panel) for panel in PANELS}
    heights = [len(own) + 2.2 for own in lines.values()]
    drawing = Figure(figsize=(12.0, 0.285 * sum(heights) + 1.2), layout="constrained")
    drawing.suptitle(
        "Manufacturers' claims and model results: bands vary each unknown input within its range, one at "
        "a time",
        fontsize=12,
    )
    every = drawing.subplots(len(PANELS), 1, height_ratios=heights)
    for ax, own, (label, title) in zip(every, lines.values(), PANELS.values(), strict=True):
        _panel(ax, own)
        ax.set(xlabel=label)
        ax.set_title(title, fontsize=10, loc="left")
    _legend(drawing)
    return drawing


def _panel(axes: Axes, lines: list[Row]) -> None:
    for y, line in enumerate(lines):
        colour = COLOURS[line.verdict]
        value, low, high = line.model
        hatch = "////" if line.verdict == CONSISTENT and not line.as_given else None
        axes.barh(y, high - low, 0.55, low, color=colour, alpha=0.35, hatch=hatch)
        axes.plot([value, value], [y - 0.275, y + 0.275], color=colour, linewidth=2.5)
        if line.assumed:
            _, low, high = line.assumed
            axes.barh(
                y,
                max(high - low, 0.004 * high),
                0.55,
                low,
                color="none",
                edgecolor=colour,
                linestyle=":",
                linewidth=1.3,
            )
        value, low, high = line.claimed
        axes.plot([low, high], [y, y], color="k", linewidth=1.2)
        axes.plot(value, y, "D", color="k", markersize=5)
    axes.set_yticks(range(len(lines)), [line.label for line in lines], fontsize=8)
    axes.set_ylim(len(lines) - 0.4, -0.6)
    every = [
        number for line in lines for part in (line.claimed, line.model, line.assumed or ()) for number in part
    ]
    room = 0.04 * (max(every) - min(every)) if every else 1.0
    axes.set_xlim(min(every, default=0.0) - room, max(every, default=0.0) + room)
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)


def _legend(drawing: Figure) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    shown: list[Artist] = [
        Line2D(
            [],
            [],
            marker="D",
            color="k",
            linewidth=1.2,
            markersize=5,
            label="stated (packs: over the assumed cell-to-pack ratio)",
        )
    ]
    shown += [Line2D([], [], color="0.3", linewidth=2.5, marker="|", label="model as given")]
    shown += [
        Patch(color=colour, alpha=0.35, label=f"model, {verdict}")
        for verdict, colour in list(COLOURS.items())[:3]
    ]
    shown.insert(
        3,
        Patch(
            color=COLOURS[CONSISTENT],
            alpha=0.35,
            hatch="////",
            label="model, consistent at an end of the band only",
        ),
    )
    shown += [
        Patch(
            facecolor="none",
            edgecolor="0.3",
            linestyle=":",
            label="model under the first assumption that meets it",
        )
    ]
    drawing.legend(handles=shown, loc="outside lower center", ncols=3, fontsize=8)
