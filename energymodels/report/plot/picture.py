"""What one figure shows: results, the part each variable plays, and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import xarray as xr
from matplotlib.cm import ScalarMappable
from matplotlib.lines import Line2D

from energymodels.core.errors import Fault, InputError
from energymodels.report.labels import amount, dims_of, short_name, unique
from energymodels.report.plot.data import Data
from energymodels.report.plot.roles import SET, Roles, groups, kind_of, run_dim
from energymodels.report.plot.style import Channel, Style, colour_scale
from energymodels.report.plot.variable import Variable


@dataclass(eq=False)
class Panel:
    """One pair of axes: its title, the outputs drawn in it, and of every file the part that it shows."""

    title: str
    ys: list[str]
    files: dict[str, xr.Dataset]
    drawn: list[tuple[Line2D, str]] = field(default_factory=list)  # lines and what each stands for


@dataclass(eq=False)
class Picture:
    """Results drawn as lines, points or a map, and the names in them that play a part.

    ``sets`` counts the sets of data beside the data as given, where no name tells them apart.
    """

    data: Data
    roles: Roles
    kind: str
    sets: int

    @property
    def x(self) -> Variable:
        return self.data[self.roles.x]

    @property
    def hue(self) -> Variable | None:
        return self.data[self.roles.hue] if self.roles.hue else None

    @property
    def output(self) -> str:
        """The name of what is drawn: the hue of a map, the first y of lines and points."""
        return self.roles.hue if self.roles.hue and self.data[self.roles.ys[0]].is_field else self.roles.ys[0]

    @cached_property
    def rows(self) -> list[list[str]]:
        """The outputs by the axis on which they lie: those of one unit share it, pure numbers do not."""
        found: dict[object, list[str]] = {}
        for name in self.roles.ys:
            y = self.data[name]
            alone = not y.unit or y.is_label or self.kind == "map"
            found.setdefault(name if alone else (y.unit, y.is_log), []).append(name)
        return list(found.values())

    @cached_property
    def style(self) -> Style:
        channels = []
        if self.hue and not self.scale:
            channels.append(Channel("hue", self.hue.unique))
        if len(self.data.files) > 1 and self.kind != "map":
            channels.append(Channel("file", list(self.data.files)))
        if any(len(row) > 1 for row in self.rows):
            channels.append(Channel("y", list(self.roles.ys)))
        return Style(channels, self.scale)

    @cached_property
    def scale(self) -> ScalarMappable | None:
        return colour_scale(self.hue)

    def run_dim(self, ds: xr.Dataset) -> str:
        return run_dim(ds, self.roles)

    def span(self, y: Variable) -> tuple[float, float]:
        """Return the ends of what is drawn of an output: all of it, but not the steep negative tail of a
        curve.
        """
        low, high = (float(y.numbers[0]), float(y.numbers[-1])) if y.numbers.size else (0.0, 1.0)
        axis = self.x.is_field and "field" not in self.x.arrays[0].attrs
        cut = axis and self.kind == "lines" and not y.is_field and low < -high < 0.0 and not y.is_log
        return (-0.1 * high if cut else low), high

    @cached_property
    def panels(self) -> list[list[Panel]]:
        """The panels: a row for every axis of outputs, and in it one for every value of the facet; those of a
        map also by file.
        """
        return [self._row(ys) for ys in self.rows]

    def _row(self, ys: list[str]) -> list[Panel]:
        facet = self.data[self.roles.facet] if self.roles.facet else None
        found: dict[tuple[Any, str], Panel] = {}
        for value in facet.unique if facet else [None]:
            for file, ds in self.data.files.items():
                by_file = file if self.kind == "map" and len(self.data.files) > 1 else ""
                for _, part in groups(ds, self.roles.facet, [value]):
                    title = f"{short_name(ds, facet.name)} = {amount(value, facet.unit)}" if facet else ""
                    where = ", ".join(filter(None, (by_file, title)))
                    found.setdefault((value, by_file), Panel(where, ys, {})).files[file] = part
        return list(found.values())

    def hidden(self, ds: xr.Dataset) -> list[str]:
        """Return the dimensions of the output that are drawn as one value: a median, of sets the first."""
        second = self.roles.ys[0] if self.kind == "map" else self.roles.hue
        names = [n for n in (self.roles.x, second, self.roles.facet) if n]
        shown = dims_of(ds, *names)
        if all(len(unique(ds[n])) < ds[n].size for n in names if SET in dims_of(ds, n)):
            shown.discard(SET)  # some sets share a value
        outputs = [self.output] if self.kind == "map" else self.roles.ys
        sizes = {str(d): n for output in outputs for d, n in ds[output].sizes.items()}
        return [d for d, n in sizes.items() if d not in shown and n > 1 and self.kind != "points"]

    def several(self, ds: xr.Dataset) -> list[str]:
        """Return the dimensions over which every case is a line of its own: x differs between them."""
        if self.x.is_field or self.kind != "lines":
            return []
        named = dims_of(ds, self.roles.hue, self.roles.facet) | {self.run_dim(ds)}
        return [str(d) for d in ds[self.roles.x].dims if d not in named and ds.sizes[d] > 1]


def make_picture(data: Data, roles: Roles) -> Picture:
    """Return the picture of results; InputError if the names do not go together.

    Points, maps and outputs along x have no room for sets that no name tells apart.
    """
    kinds = {kind_of(ds, roles, y) for ds in data.files.values() for y in roles.ys}
    if "map" in kinds and (len(kinds) > 1 or len(roles.ys) > 1):
        raise InputError(
            Fault(", ".join(roles.ys), hint="a map has one field as y, and an output as the hue")
        )
    kind = kinds.pop() if len(kinds) == 1 else "points"
    output = roles.hue if roles.hue and roles.ys[0] in data.first.coords else roles.ys[0]
    free = roles.x not in data.first.coords
    tells = [n for n in roles.names if n != output and n not in roles.ys[1:] and not (free and n == roles.x)]
    outputs = [output, *([roles.x] if free else [])]
    sets = max(_sets(ds, outputs, tells) for ds in data.files.values())
    if sets and (kind != "lines" or free):
        files = {f: ds.isel({SET: 0}) if SET in ds.dims else ds for f, ds in data.files.items()}
        data = Data(files, data.forced)
    return Picture(data, roles, kind, sets)


def _sets(ds: xr.Dataset, outputs: list[str], tells: list[str]) -> int:
    """Return how many sets beside the first the outputs have, where no name tells them apart."""
    named = SET in dims_of(ds, *tells)
    return 0 if named else max(int(ds[name].sizes.get(SET, 1)) for name in outputs) - 1
