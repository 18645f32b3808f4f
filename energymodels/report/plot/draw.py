"""A figure of results, from names to a finished picture."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping, Sequence

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from energymodels.core.errors import Fault, InputError
from energymodels.report.plot.data import Data, alike, as_typed
from energymodels.report.plot.equal import tell_apart
from energymodels.report.plot.frame import frame, make_axes, set_limits, write_labels
from energymodels.report.plot.legend import explain, write_title
from energymodels.report.plot.marks import draw_lines, draw_map, draw_points
from energymodels.report.plot.notes import notes
from energymodels.report.plot.picture import Panel, Picture, make_picture
from energymodels.report.plot.roles import Roles, find_roles

NOTE = 7.5  # font size
LINE = 140  # characters of a line of notes
AXES = ("x", "y", "hue")


def plot(
    results: xr.Dataset | Mapping[str, xr.Dataset],
    x: str | None = None,
    y: str | Sequence[str] = (),
    hue: str | None = None,
    facet: str | None = None,
    *,
    log: Collection[str] = (),
    linear: Collection[str] = (),
) -> Figure:
    """Return a figure of the outputs ``y`` over ``x``, a line per ``hue``, a panel per ``facet``.

    Parameters
    ----------
    results : Dataset or mapping of str to Dataset
        One result, or several by the names that the legend gives them.
    x : str, optional
        A field, an axis or an output; where it is not given the axis of the output, time or voltage, or the
        longest swept one.
    y : str or sequence of str
        What is drawn. Outputs of one unit share an axis, others have panels below each other.
    hue, facet : str, optional
        What tells lines apart, and panels.
    log, linear : collection of str
        ``x``, ``y`` or ``hue``: axes that are, or are not, logarithmic whatever their values. What a log axis
        cannot show lies on its floor, and a note says so.

    Returns
    -------
    Figure
        Names are field paths or names in the dataset. A field as ``x``, a field as ``y`` and an output as
        ``hue`` make a map; a list of designs is drawn as points. An output over the dimension ``set``, with
        no name along it, is drawn as given; lines have a band over the sets. Fields are in the unit in which
        they were typed.

    Raises
    ------
    InputError
        It lists names that are unknown or cannot play their part, and what differs between files.

    Examples
    --------
    >>> import energymodels as em
    >>> ds = em.sweep("pv.shockley_queisser", {"band_gap": "1:2:11"})
    >>> figure = em.plot(ds, x="band_gap", y="efficiency")
    >>> figure.axes[0].get_xlabel()
    'band gap (eV)'
    """
    files = {"": results} if isinstance(results, xr.Dataset) else dict(results)
    picture = _picture(files, x, [y] if isinstance(y, str) else list(y), hue, facet, _forced(log, linear))
    _check_values(picture)
    figure, axes = make_axes(picture)
    drawing = {"lines": draw_lines, "points": draw_points, "map": draw_map}[picture.kind]
    for ax, panel in axes:
        frame(picture, ax, panel)
        drawing(picture, ax, panel)
        set_limits(picture, ax, panel)
    _dress(picture, figure, axes)
    return figure


def _check_values(picture: Picture) -> None:
    """Raise InputError if nothing that is drawn has a value, as where every case failed."""
    roles = picture.roles
    drawn = [roles.hue] if picture.kind == "map" and roles.hue else list(roles.ys)
    found = [picture.data[name] for name in drawn]
    if not any(one.is_label or one.numbers.size for one in found):
        raise InputError(Fault(", ".join(drawn), hint="has no finite value to draw: see status of the cases"))


def _forced(log: Collection[str], linear: Collection[str]) -> dict[str, bool]:
    """Return which axes are forced to be logarithmic or not; InputError for what is none, or both."""
    faults = [Fault(name, hint="is no axis; x, y and hue are") for name in {*log, *linear} - set(AXES)]
    faults += [Fault(name, hint="is either logarithmic or linear") for name in {*log} & {*linear}]
    if faults:
        raise InputError(faults)
    return dict.fromkeys(log, True) | dict.fromkeys(linear, False)


def _picture(
    files: dict[str, xr.Dataset],
    x: str | None,
    ys: list[str],
    hue: str | None,
    facet: str | None,
    forced: Mapping[str, bool],
) -> Picture:
    """Return the picture of the names given; InputError if there are none, or they do not go together."""
    if not ys or not files:
        raise InputError(Fault("y", hint="name what is to be drawn"))
    typed = {file: as_typed(ds) for file, ds in files.items()}
    roles = find_roles(typed, x, ys, hue, facet)
    picture = make_picture(Data(alike(typed, roles.names), _by_name(roles, forced)), roles)
    for name, log in picture.data.forced.items():
        variable = picture.data[name]
        if log and (variable.is_label or not (variable.numbers > 0.0).any()):
            raise InputError(Fault(variable.path, hint="has no value above 0, as a log axis needs"))
    return picture


def _by_name(roles: Roles, forced: Mapping[str, bool]) -> dict[str, bool]:
    """Return the variables whose axes are forced."""
    names = {"x": [roles.x], "y": list(roles.ys), "hue": [roles.hue] if roles.hue else []}
    return {name: log for axis, log in forced.items() for name in names[axis]}


def _dress(picture: Picture, figure: Figure, axes: list[tuple[Axes, Panel]]) -> None:
    """Add labels, legend, notes and title, and tell equal lines apart."""
    note = figure.text(0.008, 0.008, "", fontsize=NOTE, color="0.3", va="bottom")
    write_labels(picture, figure, axes, 1)
    plain = [ax for ax, _ in axes]
    explain(picture, figure, plain)
    said = notes(picture)
    if picture.kind == "lines" and not picture.x.is_label:
        said += tell_apart(figure, axes, counted=picture.scale is not None)
    note.set_text(textwrap.fill("; ".join(said), LINE))
    write_labels(picture, figure, axes, len(note.get_text().splitlines()))
    write_title(picture, figure, plain)
