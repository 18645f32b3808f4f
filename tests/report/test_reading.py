"""Figures read well without editing: names, several outputs and files, ticks, log axes, units as typed."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from click.testing import CliRunner, Result
from matplotlib.figure import Figure

import energymodels as em
from energymodels.cli import main
from energymodels.core.axes import make_axes
from energymodels.core.errors import InputError
from energymodels.report.labels import label
from energymodels.report.plot import plot

TITLE = (
    "Lithium iron phosphate cell of a car, charged at rates up to 4C at several temperatures, as measured "
    * 2
)


@pytest.fixture
def series() -> xr.Dataset:
    """Return curves over time of two rates, with an output per case and a field in kelvin."""
    time, rate = np.linspace(0.0, 100.0, 41), np.array([1.0, 2.0])
    charge = rate[:, None] * time
    volts, amperes = {"units": "V", "long_name": "terminal voltage"}, {"units": "A h", "long_name": "charge"}
    return xr.Dataset(
        {
            "voltage": (("rate", "time"), 3.5 - charge / 200.0, volts),
            "open_circuit_voltage": (("rate", "time"), 3.6 - charge / 300.0, volts),
            "cell_temperature": (("rate", "time"), 25.0 + charge / 50.0, {"units": "degC"}),
            "charge_throughput": (("rate", "time"), charge, amperes),
            "plated": (("rate", "time"), np.where(time > 50.0, 1e-6 * charge**3, 0.0), amperes),
            "capacity": ("rate", [200.0, 190.0], amperes),
            "status": ("rate", np.zeros(2, dtype=np.int8)),
        },
        {
            "rate": ("rate", rate, {"units": "1", "long_name": "C-rate", "field": "rate"}),
            "time": ("time", time, {"units": "s", "long_name": "time"}),
        },
        {"title": "cell"},
    )


def entries(figure: Figure) -> list[str]:
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def note(figure: Figure) -> str:
    return figure.texts[0].get_text().replace("\n", " ").replace("\xa0", " ")


def command(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["plot", *map(str, words)])


# Names


@pytest.mark.parametrize(
    ("name", "units", "text"),
    [
        ("wafer_thickness", "um", "wafer thickness (µm)"),
        ("efficiency", "percent", "efficiency (%)"),
        ("v_oc", "V", r"$V_{\mathrm{oc}}$ (V)"),
        ("implied_v_oc", "V", r"implied $V_{\mathrm{oc}}$ (V)"),
        ("front_j0", "fA cm-2", "front $J_0$ (fA\xa0cm$^{-2}$)"),
        ("mean_c_rate", "1", "mean C-rate"),
        ("defects_Fe_i", "", "defects Fe_i"),
    ],
)
def test_labels_are_the_name_with_its_unit(name: str, units: str, text: str) -> None:
    field = {"wafer_thickness": "wafer.thickness", "front_j0": "front.j0", "defects_Fe_i": "defects.Fe_i"}
    attrs = {"units": units, "long_name": "a long meaning; of many words"}
    attrs |= {"field": field[name]} if name in field else {}
    assert label(xr.Dataset({name: ("x", [1.0], attrs)}), name) == text


@pytest.mark.parametrize("facet", [None, "rate"])
def test_a_long_title_wraps_and_meets_neither_legend_nor_edge(series: xr.Dataset, facet: str | None) -> None:
    series.attrs["title"] = TITLE
    figure = plot(series, "time", ["voltage", "open_circuit_voltage"], None if facet else "rate", facet)
    figure.draw_without_rendering()
    title = figure._suptitle.get_window_extent()  # type: ignore[attr-defined]
    (legend,) = [legend.get_window_extent() for legend in figure.legends]
    assert "\n" in figure.get_suptitle()
    assert not title.overlaps(legend)
    assert title.x0 >= 0
    assert title.x1 <= figure.bbox.width
    assert title.y1 <= figure.bbox.height
    assert not any(title.overlaps(ax.get_window_extent()) for ax in figure.axes if ax.get_visible())


# Several outputs


def test_outputs_of_several_units_have_panels_below_each_other(series: xr.Dataset) -> None:
    top, bottom = plot(series, None, ["voltage", "cell_temperature"], "rate").axes
    assert (top.get_ylabel(), bottom.get_ylabel()) == ("voltage (V)", "cell temperature (°C)")
    assert top.get_position().y0 > bottom.get_position().y1
    assert top.get_shared_x_axes().joined(top, bottom)
    np.testing.assert_array_equal(bottom.lines[1].get_ydata(), series.cell_temperature[1])


def test_outputs_of_one_unit_share_an_axis_and_are_told_apart(series: xr.Dataset) -> None:
    figure = plot(series, "time", ["voltage", "open_circuit_voltage"], "rate")
    (ax,) = figure.axes
    assert ax.get_ylabel().replace("\n", " ").replace("\xa0", " ") == "voltage, open circuit voltage (V)"
    assert [line.get_linestyle() for line in ax.lines] == ["-", "-", "--", "--"]
    assert [line.get_color() for line in ax.lines[:2]] == [line.get_color() for line in ax.lines[2:]]
    assert entries(figure) == ["1", "2", "voltage", "open circuit voltage"]


# Several files


def test_files_are_told_apart_by_name(series: xr.Dataset) -> None:
    other = series.assign(voltage=series.voltage - 0.2)
    figure = plot({"a.nc": series, "b.nc": other}, "time", ["voltage", "cell_temperature"], "rate")
    assert entries(figure) == ["1", "2", "a.nc", "b.nc"]
    top, bottom = figure.axes
    assert len(top.lines) == len(bottom.lines) == 4
    assert [line.get_linestyle() for line in top.lines] == ["-", "-", "--", "--"]
    single = plot({"a.nc": series.isel(rate=[0]), "b.nc": other.isel(rate=[0])}, "time", "voltage")
    assert len({line.get_color() for line in single.axes[0].lines}) == 2


def test_files_in_other_units_are_drawn_in_those_of_the_first(series: xr.Dataset) -> None:
    hours = series.assign_coords(time=("time", series.time.values / 3600.0, {"units": "h"}))
    (ax,) = plot({"a.nc": series.isel(rate=[0]), "b.nc": hours.isel(rate=[0])}, "time", "voltage").axes
    np.testing.assert_allclose(ax.lines[1].get_xdata(), series.time)
    grams = series.assign_coords(time=("time", series.time.values, {"units": "g"}))
    with pytest.raises(InputError, match=r"time in b\.nc: 'g' cannot be converted to 's'"):
        plot({"a.nc": series, "b.nc": grams}, "time", "voltage")


def test_the_command_takes_files_and_outputs(series: xr.Dataset, tmp_path: Path) -> None:
    for name in ("a", "b"):
        em.write(series, tmp_path / f"{name}.nc")
    a, b = tmp_path / "a.nc", tmp_path / "b.nc"
    result = command(a, b, "-y", "voltage,cell_temperature")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(tmp_path / "a-b.png")
    result = command(a, b, "-y", "voltage", "-x", "charge_throughput", "-o", tmp_path / "c.svg")
    assert result.stdout.strip() == str(tmp_path / "c.svg")


def test_the_command_refuses_with_status_2_and_says_where(series: xr.Dataset, tmp_path: Path) -> None:
    em.write(series, tmp_path / "a.nc")
    em.write(series.drop_vars("voltage"), tmp_path / "b.nc")
    a, b = tmp_path / "a.nc", tmp_path / "b.nc"
    for words, message in (
        ((a, "-y", "voltge"), "did you mean voltage?"),
        ((a, b, "-y", "voltage"), "voltage in b.nc: unknown y"),
        ((a, "-y", "voltage", "-x", "capacity"), "has one value where voltage has several along time"),
        ((a, "-y", "capacity", "-x", "time"), "has one value where time has several along time"),
        ((a, a, "-y", "voltage"), "given twice"),
        ((a, "-y", "voltage", "--log", "z"), "is no axis; x, y and hue are"),
    ):
        result = command(*words)
        assert result.exit_code == 2, result.output
        assert message in result.stderr
    assert not list(tmp_path.glob("*.png"))


# Any variable on x


def test_an_output_on_x_keeps_the_order_of_its_axis(series: xr.Dataset) -> None:
    charge = series.charge_throughput
    there_and_back = series.assign(charge_throughput=charge.copy(data=charge * np.sin(series.time / 20.0)))
    (ax,) = plot(there_and_back, "charge_throughput", "voltage", "rate").axes
    assert ax.get_xlabel() == "charge throughput (A\xa0h)"
    for i, line in enumerate(ax.lines):
        np.testing.assert_array_equal(line.get_xdata(), there_and_back.charge_throughput[i])
        np.testing.assert_array_equal(line.get_ydata(), series.voltage[i])


def test_an_output_on_x_without_a_hue_is_a_line_for_every_case(series: xr.Dataset) -> None:
    figure = plot(series, "charge_throughput", "voltage")
    assert len(figure.axes[0].lines) == 2
    assert "one for every rate" in note(figure)
    (ax,) = plot(series.assign(energy=3.2 * series.capacity), "capacity", "energy").axes
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [200.0, 190.0])


# Ticks


@pytest.mark.parametrize("values", [2.5 + 1e-5 * np.arange(5), 4e15 * np.arange(1, 6), 3e-9 * np.arange(5)])
def test_ticks_say_their_whole_value(values: np.ndarray) -> None:
    x = np.arange(values.size, dtype=float)
    ds = xr.Dataset({"v": ("time", values, {"units": "V"})}, {"time": x})
    figure = plot(ds, "time", "v", linear=["y"])
    figure.draw_without_rendering()
    (ax,) = figure.axes
    assert ax.yaxis.get_offset_text().get_text() == ""
    texts = [tick.get_text() for tick in ax.get_yticklabels()]
    read = [
        float(text.replace("\N{MINUS SIGN}", "-").replace(r"$\times$10$^{", "e").replace("}$", ""))
        for text in texts
    ]
    step = np.ptp(values) * 1e-3
    np.testing.assert_allclose(read, ax.get_yticks(), rtol=0, atol=step)


# Log axes


def test_what_a_log_axis_cannot_show_lies_on_its_floor_and_is_said(series: xr.Dataset) -> None:
    series.plated[0, 3] = -1.0
    figure = plot(series, "time", "plated", "rate", log=["y"])
    (ax,) = figure.axes
    positive = series.plated.values[series.plated.values > 0.0]
    floor = 10.0 ** (np.ceil(np.log10(positive.min())) - 1.0)
    assert ax.get_yscale() == "log"
    assert ax.lines[0].get_ydata()[3] == pytest.approx(floor)
    assert all(np.all(line.get_ydata() >= floor) for line in ax.lines)
    assert f"below {floor:.4g} A h drawn at the floor of the log axis" in note(figure)


def test_a_swept_zero_among_powers_is_on_the_floor_of_a_log_axis() -> None:
    iron = [0.0, 1e10, 1e11, 1e12, 1e13]
    attrs = {"units": "cm-3", "field": "wafer.metals.Fe"}
    ds = xr.Dataset({"efficiency": ("iron", [25.0, 25.0, 24.0, 22.0, 18.0])}, {"iron": ("iron", iron, attrs)})
    figure = plot(ds, "iron", "efficiency")
    (ax,) = figure.axes
    assert ax.get_xscale() == "log"
    assert ax.lines[0].get_xdata()[0] == 1e9
    assert "0 drawn at the floor of the log axis, 1e+09 cm$^{-3}$" in note(figure)
    assert plot(ds, "iron", "efficiency", linear=["x"]).axes[0].get_xscale() == "linear"


def test_a_log_axis_needs_a_value_above_0(series: xr.Dataset) -> None:
    with pytest.raises(InputError, match="no value above 0, as a log axis needs"):
        plot(series.assign(plated=-series.plated), "time", "plated", log=["y"])
    with pytest.raises(InputError, match="either logarithmic or linear"):
        plot(series, "time", "plated", log=["y"], linear=["y"])


# Units as typed


def typed(values: object, unit: str = "") -> str:
    """Return the unit kept of values of the cell's temperature, a field in kelvin."""
    (axis,) = make_axes(em.load("pv.cell").fields, {"temperature": values}, None, lambda name: (name, unit))
    return axis.typed.get("temperature", "")


def test_the_unit_in_which_values_were_typed_is_kept() -> None:
    assert typed("-20degC:45degC:14") == typed("-20 °C, 25 degC") == typed(["20degC", "25degC"]) == "degC"
    assert typed([20.0, 25.0], "degC") == typed(np.array([20.0, 25.0]), "degC") == "degC"
    assert typed("300:320:3") == typed("300K,310K") == typed("25degC,300K") == typed("25degC,300") == ""
    assert typed(np.array([300.0, 310.0])) == ""


def test_degrees_typed_are_degrees_drawn(tmp_path: Path) -> None:
    ds = em.sweep("pv.cell", {"temperature": "-20degC:45degC:14"})
    assert (ds.temperature.attrs["units"], ds.temperature.attrs["typed_unit"]) == ("K", "degC")
    assert ds.temperature.values[0] == pytest.approx(253.15, rel=1e-14)
    for suffix in (".nc", ".csv"):
        (ax,) = plot(em.read(em.write(ds, tmp_path / f"t{suffix}")), "temperature", "v_oc").axes
        assert ax.get_xlabel() == "temperature (°C)"
        np.testing.assert_array_equal(ax.lines[0].get_xdata(), np.linspace(-20.0, 45.0, 14))


# Equal lines


def test_equal_lines_are_both_seen_and_said(series: xr.Dataset) -> None:
    series["voltage"] = series.voltage.copy(data=np.stack([series.voltage[0] + 1e-4, series.voltage[0]]))
    figure = plot(series, "time", "voltage", "rate")
    below, above = figure.axes[0].lines
    assert below.get_linestyle() == "-"
    assert above.get_linestyle() == "--"  # gaps through which the lower line is seen
    assert above.get_zorder() > below.get_zorder()
    assert "equal within the width of a line: rate 1 and rate 2" in note(figure)


def test_a_line_that_ends_early_on_another_is_equal(series: xr.Dataset) -> None:
    series["voltage"] = series.voltage.copy(data=np.stack([series.voltage[0], series.voltage[0]]))
    series.voltage[0, 20:] = np.nan
    figure = plot(series, "time", "voltage", "rate")
    short, long = figure.axes[0].lines
    assert (short.get_linestyle(), long.get_linestyle()) == ("--", "-")
    assert "rate 1 and rate 2" in note(figure)


def test_lines_that_differ_are_left_alone(series: xr.Dataset) -> None:
    crossing = series.assign(voltage=series.voltage.copy(data=np.stack([series.time, 100.0 - series.time])))
    for ds, y in itertools.product((series, crossing), ("voltage", "cell_temperature")):
        figure = plot(ds, "time", y, "rate")
        assert {line.get_linestyle() for line in figure.axes[0].lines} == {"-"}
        assert "equal" not in note(figure)


def test_a_first_value_near_zero_makes_no_log_axis():
    """A charge that starts at 1e-13 A h is drawn over linear capacity."""
    values = {"model": "battery.spm", "protocol": "Discharge at 1C until 2.5 V"}
    ds = em.run("battery-lfp-18650", values)
    (axes,) = plot(ds, "discharge_capacity", "voltage").axes
    assert axes.get_xscale() == "linear"
    assert axes.get_xlabel() == "discharge capacity (A\N{NO-BREAK SPACE}h)"
