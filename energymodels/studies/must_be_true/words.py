"""The sentences of the study ``must-be-true``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from energymodels.core.axes import dim_name
from energymodels.core.model import Array
from energymodels.studies.must_be_true.statements import AREAL, STATEMENTS, Statement, boxes

if TYPE_CHECKING:
    from xarray import DataArray, Dataset

TOLD = (25.0, 45.0, 65.0)  # degC
COLD = 15.0  # degC, where parameters are turned one by one
HOT = 65.0  # degC, the warmest of the map


def met(ds: Dataset) -> DataArray:
    """Return which cells gain what is stated in time; a failed case does not."""
    return ds["minutes"] <= ds["stated_minutes"]


def coldest(minutes: Array, temperatures: Array, stated: float) -> Array:
    """Return the lowest temperature (cell,) at which ``minutes`` (temperature, cell) fall to ``stated``: -inf
    where the first does.

    Straight lines between temperatures in the logarithm of the time; the warmer of two where the colder never
    gets there. inf where none does.
    """
    with np.errstate(divide="ignore"):
        margin = np.log(stated / minutes)
    good = margin >= 0.0
    after = np.argmax(good, axis=0)
    column = np.arange(minutes.shape[1])
    left, right = margin[np.maximum(after - 1, 0), column], margin[after, column]
    between = (after > 0) & np.isfinite(left)
    part = np.divide(right, right - left, out=np.zeros_like(right), where=between)
    low = temperatures[np.maximum(after - 1, 0)]
    found = temperatures[after] - part * (temperatures[after] - low)
    return np.where(~good.any(axis=0), np.inf, np.where(after == 0, -np.inf, found))


def _degrees(value: float, temperatures: Array) -> str:
    if np.isneginf(value):
        return f"{temperatures[0]:g} or less"
    return f"{value:.0f}" if np.isfinite(value) else f"above {temperatures[-1]:g}"


def findings(part: Dataset, statement: Statement) -> list[str]:
    """Return what the cells of one case do, in sentences with figures."""
    ds = part.isel(case=0)
    T, yes = ds.temperature.values, met(ds).transpose("temperature", "cell").values
    head = (
        f"{statement.title}, from {100.0 * ds.stated_start.item():g} %: {statement.gain:.1%} in "
        f"{statement.minutes:g} min, "
        f"mean {statement.mean:.2f}C, peak at most {statement.peak}"
    )
    shares = ", ".join(
        f"{percent(100.0 * share)} % at {t:g}" for t, share in zip(T, yes.mean(axis=1), strict=True)
    )
    cold = np.sort(coldest(np.nan_to_num(ds.minutes.values, nan=np.inf), T, statement.minutes))
    some = ", ".join(
        f"{word} {_degrees(value, T)}"
        for word, value in zip(("any", "half", "all"), cold[[0, (cold.size - 1) // 2, -1]], strict=True)
    )
    lines = [
        head,
        f"  cells that do it, by temperature in degC: {shares}",
        f"  coldest at which they do, degC: {some}",
    ]
    lines += [f"  {_between(ds, yes, t)}" for t in TOLD if t in T] + _margins(ds, yes)
    lines += [
        f"  one parameter from end to end, {COLD:g} degC, changes the time by: {_deciding(ds)}",
        f"  {_lone(ds)}",
        f"  {_checked(ds)}",
    ]
    left = int(((ds.status != 0) | (ds.stopped == 1)).sum())
    return [
        *lines,
        f"  {yes.size} charges; {int(ds.lowered.sum())} had to be tried at a lower peak, {left} failed "
        f"then, too, and count as no",
    ]


def _between(ds: Dataset, yes: Array, t: float) -> str:
    """Return up to which areal capacity all sampled cells, and any, do it at a temperature, and the ends of
    the parameter space.
    """
    row = yes[int(np.flatnonzero(ds.temperature.values == t)[0])]
    areal = ds[dim_name(AREAL)].values
    every = f"up to {areal[~row].min():.2f}" if not row.all() else "all"
    some = f"up to {areal[row].max():.2f}" if row.any() else "none"
    worst, best = (_end(ds, kind, t) for kind in ("worst", "best"))
    return (
        f"at {t:g} degC, mA h cm-2: all cells {every}, any {some}; all other parameters at their worst "
        f"{worst}, at their best {best}"
    )


def bounds(ds: Dataset) -> tuple[float, float]:
    """Return the bounds of the areal capacity in a case's parameter space."""
    low, high, _how = boxes()[_box(ds)].knobs[AREAL]
    return low, high


def _end(ds: Dataset, kind: str, t: float) -> str:
    """Return up to which areal capacity an end of the parameter space does it, by straight lines in the
    logarithm of the time.
    """
    low, high = bounds(ds)
    areal = low + ds.place.values * (high - low)
    minutes = np.nan_to_num(ds.end_minutes.sel(kind=kind, temperature=t).values, nan=np.inf)
    bad = np.flatnonzero(minutes > ds.stated_minutes.item())
    if not bad.size:
        return "all"
    if bad[0] == 0:
        return "none"
    before, after = np.log(minutes[bad[0] - 1 : bad[0] + 1] / ds.stated_minutes.item())
    part = -before / (after - before) if np.isfinite(after) else 0.0
    return f"up to {areal[bad[0] - 1] + part * (areal[bad[0]] - areal[bad[0] - 1]):.2f}"


def _margins(ds: Dataset, yes: Array) -> list[str]:
    """Return the ranges of the parameters among the cells that do it, at the coldest told temperature at
    which some do.

    A parameter is named where 5 % or 95 % of these cells lie a tenth of its range inside of where 5 % or 95
    % of all do.
    """
    T = ds.temperature.values
    at = next((i for i, t in enumerate(T) if t in TOLD and yes[i].any()), None)
    if at is None:
        return []
    lines, free = (
        [f"  the {yes[at].sum()} cells that do it at {T[at]:g} degC, 5 to 95 % of them (least to most):"],
        [],
    )
    for path, (low, high, how) in boxes()[_box(ds)].knobs.items():
        values = ds[dim_name(path)].values[yes[at]]
        least, few, many, most = np.percentile(values, (0.0, 5.0, 95.0, 100.0))
        ends = np.array([low, few, many, high])
        place = np.log(ends / low) / np.log(high / low) if how == "log" else (ends - low) / (high - low)
        if place[1] > 0.15 or place[2] < 0.85:
            lines.append(
                f"    {path}: {few:.3g} to {many:.3g} ({least:.3g} to {most:.3g}) of {low:.3g} to {high:.3g}"
            )
        else:
            free.append(path)
    return [*lines, f"    all over their ranges: {', '.join(free)}"]


def _box(ds: Dataset) -> str:
    name = str(ds.case.values).split("-from-")[0]
    return next(s.box for s in STATEMENTS if s.name == name)


def _deciding(ds: Dataset) -> str:
    """Return the parameters that change the time most from one end to the other, in the cold."""
    ratio = np.abs(np.log(ds.knob_minutes.sel(end="high") / ds.knob_minutes.sel(end="low")))
    ratio = ratio.where(np.isfinite(ratio), drop=True).sortby(ratio, ascending=False)
    return ", ".join(
        f"{name} x {np.exp(float(value)):.2f}"
        for name, value in zip(ratio.knob.values[:5], ratio.values[:5], strict=False)
    )


def _lone(ds: Dataset) -> str:
    yes = (ds.lone_minutes <= ds.stated_minutes).values
    hottest = ds.lone_temperature_max.values
    cool = yes & (hottest <= HOT)
    heat = (
        f", which get {np.nanmin(hottest[yes]):.0f} to {np.nanmax(hottest[yes]):.0f} degC hot"
        if yes.any()
        else ""
    )
    some, few = percent(100.0 * yes.mean()), percent(100.0 * cool.mean())
    return f"started at 25 degC, uncooled: {some} % of cells{heat}; {few} % without passing {HOT:g} degC"


def _checked(ds: Dataset) -> str:
    """Return how often mesh and tolerance, and SPMe, say the same of a cell."""
    some = ds.minutes.values[:, :: max(1, round(ds.sizes["cell"] / ds.sizes["checked"]))]
    stated = ds.stated_minutes.item()
    same = {
        name: float(((ds[f"{name}_minutes"].values <= stated) == (some <= stated)).mean())
        for name in ("fine", "spme")
    }
    return (
        f"the same yes or no by the default mesh and tolerance: {same['fine']:.1%} of {some.size}; by "
        f"SPMe: {same['spme']:.1%}"
    )


def together(ds: Dataset) -> list[str]:
    """Return what the statements say of each other: the LFP cells are the same in all of them."""
    yes = met(ds)
    one = {name: yes.sel(case=name) for name in ds.case.values}
    lines = []
    measured = one.get("zeekr-measured-from-10")
    for name in ("shenxing-400-km-from-10", "shenxing-80-percent-from-0"):
        if measured is None or name not in one:
            continue
        part = float((one[name] & measured).sum() / max(1, int(measured.sum())))
        back = float((one[name] & measured).sum() / max(1, int(one[name].sum())))
        lines.append(
            f"of the cells and temperatures that do what the Zeekr test measured {percent(100.0 * part)} % "
            f"do {name}; "
            f"of those that do that, {percent(100.0 * back)} % do what was measured"
        )
    lines.append(
        "a region of several free parameters that meets one number validates none of them: it says what "
        "is not excluded"
    )
    return lines


def percent(share: float) -> str:
    """Return a share in percent; 0 and 100 are none and all."""
    return f"{share:.0f}" if share in (0.0, 100.0) else f"{min(99.0, max(1.0, share)):.0f}"
