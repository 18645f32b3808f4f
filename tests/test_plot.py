"""Figures: what they show, how they are labelled, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from click.testing import CliRunner
from matplotlib.figure import Figure

import energymodels as em
from energymodels.cli import main
from energymodels.errors import InputError
from energymodels.plot import plot, save

TAUS = "1e-5:1e-2:4:log"


@pytest.fixture(scope="module")
def grid() -> xr.Dataset:
    return em.sweep("pv.cell", {"wafer.tau": TAUS, "wafer.type": "p,n", "wafer.thickness": "100um:200um:5"})


@pytest.fixture(scope="module")
def curves() -> xr.Dataset:
    return em.sweep("pv.cell", {"wafer.tau": ["1e-4", "1e-3", "inf"]}, {"curve.points": 21})


@pytest.fixture(scope="module")
def designs() -> xr.Dataset:
    points = {"wafer.tau": np.geomspace(1e-5, 1e-1, 12), "wafer.thickness": np.linspace(100, 210, 12), "wafer.type": ["n", "p"] * 6}
    return em.sweep("pv.cell", {}, points=points)


def notes(figure: Figure) -> str:
    """Return what is written on the figure itself."""
    return " ".join(text.get_text() for text in figure.texts)


def test_lines_have_units_scales_and_one_line_per_value(grid: xr.Dataset) -> None:
    figure = plot(grid.isel(wafer_thickness=0), "wafer.tau", "efficiency", hue="wafer.type")
    (ax,) = figure.axes
    assert ax.get_xlabel() == "wafer SRH lifetime tau_p0, low injection in n-type (s)"
    assert ax.get_ylabel() == "power conversion efficiency (%)"
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "linear")
    assert len(ax.lines) == 2
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["p", "n"]
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), grid.efficiency.sel(wafer_type="n").isel(wafer_thickness=0))


def test_a_line_of_one_point_is_a_dot() -> None:
    time, rate = np.linspace(0.0, 1.0, 31), np.array([1.0, 2.0])
    voltage = np.where((rate[:, None] == 1.0) | (time == 0.0), 3.0 + time, np.nan)
    ds = xr.Dataset({"voltage": (("rate", "time"), voltage)}, {"rate": rate, "time": time})
    long, one = plot(ds, "time", "voltage", hue="rate").axes[0].lines
    assert (long.get_marker(), one.get_marker()) == ("None", "o")


def test_names_are_paths_or_names_in_the_dataset(grid: xr.Dataset) -> None:
    for name in ("wafer.thickness", "wafer_thickness"):
        (ax,) = plot(grid, name, "v_oc", hue="wafer.type").axes
        assert ax.get_xlabel().startswith("wafer thickness (µm)")
        assert ax.get_xscale() == "linear"


def test_what_is_not_named_becomes_a_band_and_is_said(grid: xr.Dataset) -> None:
    figure = plot(grid, "wafer.tau", "efficiency", hue="wafer.type")
    (ax,) = figure.axes
    assert len(ax.collections) == 2
    assert "median" in notes(figure)
    assert "wafer.thickness" in notes(figure)
    some = grid.efficiency.sel(wafer_type="p")
    np.testing.assert_allclose(ax.lines[0].get_ydata(), some.median("wafer_thickness"))
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (some.min(), some.max())


def test_facets_share_axes_and_are_titled(grid: xr.Dataset) -> None:
    figure = plot(grid, "wafer.tau", "efficiency", hue="wafer.type", facet="wafer.thickness")
    panels = [ax for ax in figure.axes if ax.get_visible()]
    assert len(panels) == 5
    assert panels[0].get_title().replace("\n", " ") == "wafer.thickness = 100\N{NO-BREAK SPACE}µm"
    assert {ax.get_ylim() for ax in panels} == {panels[0].get_ylim()}
    assert figure.get_supylabel() == "power conversion efficiency (%)"


def test_too_many_panels_are_refused() -> None:
    ds = em.sweep("pv.cell", {"wafer.tau": TAUS, "wafer.thickness": "100:200:13"})
    with pytest.raises(InputError, match="13 values; at most 12 panels"):
        plot(ds, "wafer.tau", "v_oc", facet="wafer.thickness")


def test_many_numbers_get_a_colour_bar() -> None:
    ds = em.sweep("pv.cell", {"wafer.tau": [*np.geomspace(1e-5, 1e-1, 9), np.inf], "wafer.thickness": "100:200:3"})
    figure = plot(ds, "wafer.thickness", "v_oc", hue="wafer.tau")
    ax, bar = figure.axes
    assert len(ax.lines) == 10
    assert bar.get_ylabel().endswith("(s)")
    assert bar.get_yscale() == "log"
    assert ax.lines[-1].get_color() == "black"
    assert "wafer.tau = ∞ is black" in notes(figure)


def test_a_map_has_a_colour_bar_and_cells_around_the_values(grid: xr.Dataset) -> None:
    figure = plot(grid.sel(wafer_type="n"), "wafer.tau", "wafer.thickness", hue="j_sc")
    ax, bar = figure.axes
    assert bar.get_ylabel() == "short-circuit current density (mA\N{NO-BREAK SPACE}cm$^{-2}$)"
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "linear")
    corners = ax.collections[0].get_coordinates()
    np.testing.assert_allclose(corners[0, :, 0], 10.0 ** np.arange(-5.5, -1.0))
    np.testing.assert_allclose(corners[:, 0, 1], np.arange(87.5, 213.0, 25.0))


def test_a_map_of_numbers_has_contour_lines() -> None:
    ds = em.sweep("pv.cell", {"wafer.tau": "1e-8:1e-2:7:log", "front.j0": "0:50:5"})
    for output, scale in (("efficiency", "linear"), ("excess_density_oc", "log")):
        ax, bar = plot(ds, "wafer.tau", "front.j0", hue=output).axes
        assert bar.get_yscale() == scale
        assert len(ax.texts) > 2


def test_a_map_may_have_labels_along_an_axis(grid: xr.Dataset) -> None:
    figure = plot(grid, "wafer.tau", "wafer.type", hue="v_oc")
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == ["p", "n"]
    assert "median over wafer.thickness" in notes(figure)


def test_curves_show_the_quadrant_that_matters(curves: xr.Dataset) -> None:
    figure = plot(curves, "voltage", "j", hue="wafer.tau")
    (ax,) = figure.axes
    assert ax.get_xlabel().startswith("terminal voltage (V)")
    assert len(ax.lines) == 3
    assert -5.0 < ax.get_ylim()[0] < 0.0
    assert "cut off" in notes(figure)
    assert figure.legends[0].get_texts()[-1].get_text() == "∞"


def test_infinity_leaves_the_axis_with_a_note(curves: xr.Dataset) -> None:
    figure = plot(curves, "wafer.tau", "efficiency")
    assert len(figure.axes[0].lines[0].get_xdata()) == 2
    assert "wafer.tau = ∞ is not shown" in notes(figure)
    with pytest.raises(InputError, match="no finite value"):
        plot(curves.isel(wafer_tau=[2]), "wafer.tau", "efficiency")


def test_failed_cases_are_gaps_and_counted(grid: xr.Dataset) -> None:
    broken = grid.copy(deep=True)
    broken.efficiency[1] = np.nan
    broken.status[1] = 2
    figure = plot(broken, "wafer.tau", "efficiency", hue="wafer.type")
    assert np.isnan(figure.axes[0].lines[0].get_ydata()[1])
    assert "10 of 40 cases failed" in notes(figure)
    plot(broken, "wafer.tau", "wafer.thickness", hue="efficiency", facet="wafer.type").canvas.draw()


def test_labels_along_x_are_named(grid: xr.Dataset) -> None:
    (ax,) = plot(grid.isel(wafer_thickness=0), "wafer.type", "v_oc", hue="wafer.tau").axes
    assert [t.get_text() for t in ax.get_xticklabels()] == ["p", "n"]
    assert len(ax.lines) == 4


def test_designs_are_points(designs: xr.Dataset) -> None:
    ax, bar = plot(designs, "wafer.tau", "efficiency", hue="wafer.thickness").axes
    assert (len(ax.lines), len(ax.collections[0].get_offsets())) == (0, 12)
    assert bar.get_ylabel() == "wafer thickness (µm)"
    (ax,) = plot(designs, "wafer.thickness", "v_oc", hue="wafer.type").axes
    assert [len(points.get_offsets()) for points in ax.collections] == [6, 6]
    assert len(plot(designs, "wafer.tau", "wafer.thickness", hue="efficiency", facet="wafer.type").axes) == 3


def test_tied_fields_may_each_be_x() -> None:
    ds = em.sweep("pv.cell", {"front.j0,rear.j0": [0.0, 5.0, 20.0]})
    for name in ("front", "rear"):
        (ax,) = plot(ds, f"{name}.j0", "v_oc").axes
        assert ax.get_xlabel().startswith(f"{name} surface recombination J0")
        np.testing.assert_array_equal(ax.lines[0].get_xdata(), [0.0, 5.0, 20.0])


def test_wide_outputs_are_logarithmic_and_constant_ones_are_not_noise() -> None:
    ds = em.sweep("pv.cell", {"wafer.tau": "1e-8:1e-2:7:log"})
    (ax,) = plot(ds, "wafer.tau", "excess_density_oc").axes
    assert ax.get_yscale() == "log"
    assert ax.get_ylabel() == "excess carrier density at open circuit (cm$^{-3}$)"
    (ax,) = plot(ds, "wafer.tau", "j_sc").axes
    assert np.ptp(ax.get_ylim()) > 1.0


def test_every_wrong_name_is_reported_with_the_closest(grid: xr.Dataset) -> None:
    with pytest.raises(InputError) as caught:
        plot(grid, "wafer.tua", "efficency", facet="wafer.typ")
    assert len(caught.value.faults) == 3
    for right in ("did you mean wafer.tau?", "did you mean efficiency?", "did you mean wafer.type?"):
        assert right in str(caught.value)


def test_names_that_do_not_go_together_are_refused(grid: xr.Dataset) -> None:
    with pytest.raises(InputError, match="output as the hue"):
        plot(grid, "wafer.tau", "wafer.thickness")
    with pytest.raises(InputError, match="told apart by a swept field"):
        plot(grid, "wafer.tau", "v_oc", hue="j_sc")
    with pytest.raises(InputError, match="cannot be x"):
        plot(grid, "efficiency", "v_oc")
    with pytest.raises(InputError, match="nothing was swept"):
        plot(em.run("pv.cell"), "wafer.tau", "v_oc")


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_figure_is_written_in_each_format(grid: xr.Dataset, tmp_path: Path, suffix: str) -> None:
    path = save(plot(grid, "wafer.tau", "v_oc"), tmp_path / "new" / f"figure{suffix}")
    assert path.stat().st_size > 5000


def test_png_is_1200_pixels_wide(grid: xr.Dataset, tmp_path: Path) -> None:
    data = save(plot(grid, "wafer.tau", "v_oc"), tmp_path / "figure.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(data[16:20], "big") == 1200


def test_command_writes_beside_the_file_and_prints_the_path(grid: xr.Dataset, tmp_path: Path) -> None:
    em.write(grid, tmp_path / "grid.nc")
    result = CliRunner().invoke(main, ["plot", str(tmp_path / "grid.nc"), "-x", "wafer.tau", "-y", "v_oc", "--hue", "wafer.type"])
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(tmp_path / "grid.png")
    assert (tmp_path / "grid.png").is_file()


def test_command_refuses_with_status_2(grid: xr.Dataset, tmp_path: Path) -> None:
    em.write(grid, tmp_path / "grid.nc")
    words = ["plot", str(tmp_path / "grid.nc"), "-x", "wafer.tau"]
    for more, message in ((["-y", "v_oc", "-o", "figure.gif"], ".png, .svg, .pdf"), (["-y", "v_ok"], "did you mean v_oc?")):
        result = CliRunner().invoke(main, [*words, *more])
        assert result.exit_code == 2
        assert message in result.stderr
    assert not (tmp_path / "grid.png").exists()
