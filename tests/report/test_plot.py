"""Figures: what they show, how they are labelled, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from click.testing import CliRunner
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

import energymodels as em
from energymodels.cli import main
from energymodels.core.errors import InputError
from energymodels.report.plot import plot, save

TAUS = "1e-5:1e-2:4:log"


@pytest.fixture(scope="module")
def grid() -> xr.Dataset:
    return em.sweep("pv.cell", {"wafer.tau": TAUS, "wafer.type": "p,n", "wafer.thickness": "100um:200um:5"})


@pytest.fixture(scope="module")
def curves() -> xr.Dataset:
    return em.sweep("pv.cell", {"wafer.tau": ["1e-4", "1e-3", "inf"]}, {"curve.points": 21})


@pytest.fixture(scope="module")
def designs() -> xr.Dataset:
    points = {
        "wafer.tau": np.geomspace(1e-5, 1e-1, 12),
        "wafer.thickness": np.linspace(100, 210, 12),
        "wafer.type": ["n", "p"] * 6,
    }
    return em.sweep("pv.cell", {}, points=points)


def notes(figure: Figure) -> str:
    """Return what is written on the figure itself."""
    return " ".join(text.get_text() for text in figure.texts)


def test_lines_have_units_scales_and_one_line_per_value(grid: xr.Dataset) -> None:
    figure = plot(grid.isel(wafer_thickness=0), "wafer.tau", "efficiency", hue="wafer.type")
    (ax,) = figure.axes
    assert ax.get_xlabel() == r"wafer $\tau$ (s)"
    assert ax.get_ylabel() == "efficiency (%)"
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "linear")
    assert len(ax.lines) == 2
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["p", "n"]
    np.testing.assert_array_equal(
        ax.lines[1].get_ydata(), grid.efficiency.sel(wafer_type="n").isel(wafer_thickness=0)
    )


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
    assert panels[0].get_title().replace("\n", " ") == "wafer thickness = 100\N{NO-BREAK SPACE}µm"
    assert {ax.get_ylim() for ax in panels} == {panels[0].get_ylim()}
    assert figure.get_supylabel() == "efficiency (%)"


def test_too_many_panels_are_refused() -> None:
    ds = em.sweep("pv.cell", {"wafer.tau": TAUS, "wafer.thickness": "100:200:13"})
    with pytest.raises(InputError, match="13 values; at most 12 panels"):
        plot(ds, "wafer.tau", "v_oc", facet="wafer.thickness")


def test_many_numbers_get_a_colour_bar() -> None:
    ds = em.sweep(
        "pv.cell", {"wafer.tau": [*np.geomspace(1e-5, 1e-1, 9), np.inf], "wafer.thickness": "100:200:3"}
    )
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
    assert bar.get_ylabel() == r"$J_{\mathrm{sc}}$ (mA" "\N{NO-BREAK SPACE}cm$^{-2}$)"
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
    assert ax.get_xlabel().startswith("voltage (V)")
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
        assert ax.get_xlabel().startswith(f"{name} $J_0$ (fA")
        np.testing.assert_array_equal(ax.lines[0].get_xdata(), [0.0, 5.0, 20.0])


def test_wide_outputs_are_logarithmic_and_constant_ones_are_not_noise() -> None:
    ds = em.sweep("pv.cell", {"wafer.tau": "1e-8:1e-2:7:log"})
    (ax,) = plot(ds, "wafer.tau", "excess_density_oc").axes
    assert ax.get_yscale() == "log"
    assert ax.get_ylabel() == "excess density oc (cm$^{-3}$)"
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
        plot(grid, "base_resistivity", "v_oc")
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
    result = CliRunner().invoke(
        main, ["plot", str(tmp_path / "grid.nc"), "-x", "wafer.tau", "-y", "v_oc", "--hue", "wafer.type"]
    )
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(tmp_path / "grid.png")
    assert (tmp_path / "grid.png").is_file()


def test_command_refuses_with_status_2(grid: xr.Dataset, tmp_path: Path) -> None:
    em.write(grid, tmp_path / "grid.nc")
    words = ["plot", str(tmp_path / "grid.nc"), "-x", "wafer.tau"]
    for more, message in (
        (["-y", "v_oc", "-o", "figure.gif"], ".png, .svg, .pdf"),
        (["-y", "v_ok"], "did you mean v_oc?"),
    ):
        result = CliRunner().invoke(main, [*words, *more])
        assert result.exit_code == 2
        assert message in result.stderr
    assert not (tmp_path / "grid.png").exists()


# Published sets


@pytest.fixture
def sets() -> xr.Dataset:
    """Return a result over a place, a label and four sets; the first, as given, is neither the median nor an
    end of the band.
    """
    place, factor = np.linspace(0.0, 0.9, 31), np.array([1.0, 1.1, 0.5, 0.9])
    values = (20.0 - place)[:, None, None] * np.array([1.0, 0.8])[:, None] * factor
    dims = ("crystal_position", "process_gettering", "set")
    return xr.Dataset(
        {
            "efficiency": (dims, values, {"units": "percent", "long_name": "efficiency"}),
            "wafer_carbon": ("crystal_position", place, {"units": "cm-3", "long_name": "carbon"}),
            "status": (dims, np.zeros(values.shape, dtype=np.int8)),
        },
        {
            "crystal_position": (
                "crystal_position",
                place,
                {"units": "1", "long_name": "place", "field": "crystal.position"},
            ),
            "process_gettering": (
                "process_gettering",
                ["none", "pocl3"],
                {"long_name": "steps", "field": "process.gettering"},
            ),
            "set": (
                "set",
                ["as given", "defects.Fe_i=b", "crystal.k=0.5", "crystal.k=2"],
                {"long_name": "parameter set"},
            ),
            "defects_Fe_i": (
                "set",
                ["a", "b", "a", "a"],
                {"long_name": "parameters of Fe_i", "field": "defects.Fe_i"},
            ),
            "crystal_k": (
                "set",
                [1.0, 1.0, 0.5, 2.0],
                {"units": "1", "long_name": "factor", "field": "crystal.k"},
            ),
        },
        {"title": "sets"},
    )


def legend(figure: Figure) -> list[str]:
    """Return the entries of all legends of a figure."""
    return [text.get_text().replace("\xa0", " ") for legend in figure.legends for text in legend.get_texts()]


def note(figure: Figure) -> str:
    """Return the note below a figure."""
    return figure.texts[0].get_text().replace("\n", " ")


def test_sets_are_a_band_around_the_line_as_given(sets: xr.Dataset) -> None:
    figure = plot(sets, "crystal.position", "efficiency", hue="process.gettering")
    (ax,) = figure.axes
    assert legend(figure) == ["none", "pocl3", "band: 3 sets of data"]
    assert note(figure) == "line: as given"
    for place, word in enumerate(("none", "pocl3")):
        some = sets.efficiency.sel(process_gettering=word)
        np.testing.assert_array_equal(ax.lines[place].get_ydata(), some.isel(set=0))
        band = ax.collections[place]
        assert tuple(band.get_facecolor()[0]) == pytest.approx(to_rgba(ax.lines[place].get_color(), 0.18))
        heights = band.get_paths()[0].vertices[:, 1]
        assert (heights.min(), heights.max()) == (some.min(), some.max())


def test_the_band_is_named_once_without_a_hue_and_over_panels(sets: xr.Dataset) -> None:
    figure = plot(sets, "crystal.position", "efficiency", facet="process.gettering")
    assert legend(figure) == ["band: 3 sets of data"]
    assert [len(ax.collections) for ax in figure.axes] == [1, 1]
    figure = plot(sets, "process.gettering", "efficiency", hue="crystal.position")
    assert legend(figure) == ["band: 3 sets of data"]  # beside a colour bar


def test_other_dimensions_join_the_band_of_the_sets(sets: xr.Dataset) -> None:
    figure = plot(sets, "crystal.position", "efficiency")
    (ax,) = figure.axes
    np.testing.assert_allclose(
        ax.lines[0].get_ydata(), sets.efficiency.isel(set=0).median("process_gettering")
    )
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (sets.efficiency.min(), sets.efficiency.max())
    assert note(figure) == (
        "line: as given, median over process.gettering, band: range over process.gettering and the sets"
    )


def test_a_case_that_failed_as_given_is_a_gap_in_the_line_alone(sets: xr.Dataset) -> None:
    sets.efficiency[4, :, 0] = np.nan
    sets.status[4, :, 0] = 2
    figure = plot(sets, "crystal.position", "efficiency", hue="process.gettering")
    (ax,) = figure.axes
    assert np.flatnonzero(np.isnan(ax.lines[0].get_ydata())).tolist() == [4]
    assert len(ax.collections[0].get_paths()) == 1
    assert "2 of 248 cases failed" in note(figure)


def test_maps_and_points_are_as_given_and_say_so(sets: xr.Dataset) -> None:
    figure = plot(sets, "crystal.position", "process.gettering", hue="efficiency")
    colours = figure.axes[0].collections[0]
    given = sets.efficiency.isel(set=0)
    np.testing.assert_array_equal(np.asarray(colours.get_array()), given.T)
    assert (colours.norm.vmin, colours.norm.vmax) == (given.min(), given.max())
    assert note(figure) == "colour: as given, without the 3 sets of data"
    designs = sets.isel(process_gettering=0).rename_dims(crystal_position="point")
    figure = plot(designs, "crystal.position", "efficiency")
    offsets = np.asarray(figure.axes[0].collections[0].get_offsets())
    np.testing.assert_array_equal(offsets[:, 1], given.isel(process_gettering=0))
    assert note(figure) == "points: as given, without the 3 sets of data"


def test_named_sets_have_no_band(sets: xr.Dataset) -> None:
    figure = plot(sets, "crystal.position", "efficiency", hue="set", facet="process.gettering")
    assert legend(figure) == list(sets["set"].values)
    assert [len(ax.lines) for ax in figure.axes] == [4, 4]
    assert not figure.axes[0].collections
    assert not note(figure)
    figure = plot(sets, "set", "efficiency", hue="process.gettering")
    assert "published" not in note(figure) + " ".join(legend(figure))
    assert {t.get_rotation() for t in figure.axes[0].get_xticklabels()} == {90.0}
    figure = plot(sets, "crystal.position", "set", hue="efficiency", facet="process.gettering")
    assert [t.get_text().replace("\xa0", " ") for t in figure.axes[0].get_yticklabels()] == list(
        sets["set"].values
    )
    assert not note(figure)


def test_sets_that_share_a_value_are_not_one_line_in_silence(sets: xr.Dataset) -> None:
    figure = plot(sets, "crystal.position", "efficiency", hue="defects.Fe_i", facet="process.gettering")
    ax = figure.axes[0]
    some = sets.efficiency.sel(process_gettering="none")
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), some.isel(set=0))
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), some.isel(set=1))
    assert note(figure) == "line: the first set, band: range over the sets"
    (ax,) = plot(sets, "crystal.k", "efficiency", hue="process.gettering").axes
    assert not ax.lines
    assert [len(points.get_offsets()) for points in ax.collections] == [124, 124]


def test_what_does_not_depend_on_the_sets_has_no_band(sets: xr.Dataset) -> None:
    one = plot(sets.isel(set=[0]), "crystal.position", "efficiency", hue="process.gettering")
    for figure in (one, plot(sets, "crystal.position", "wafer_carbon")):
        assert not figure.axes[0].collections
        assert "published" not in note(figure) + " ".join(legend(figure))


def test_bands_survive_the_file(sets: xr.Dataset, tmp_path: Path) -> None:
    em.write(sets, tmp_path / "sets.nc")
    words = ["-x", "crystal.position", "-y", "efficiency", "--hue", "process.gettering"]
    result = CliRunner().invoke(main, ["plot", str(tmp_path / "sets.nc"), *words])
    assert result.exit_code == 0, result.output
    assert (
        legend(plot(em.read(tmp_path / "sets.nc"), words[1], words[3], words[5]))[-1]
        == "band: 3 sets of data"
    )
