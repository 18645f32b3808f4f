"""Sweep axes from text and from Python."""

import math

import numpy as np
import pandas as pd
import pytest

import energymodels as em
from energymodels.core.axes import make_axes
from energymodels.core.entries import read_values
from energymodels.core.errors import EntryWarning, InputError
from energymodels.kernels import status

FIELDS = em.load("pv.cell").fields


def values(path, text):
    return read_values(FIELDS[path], text)


def axes(over, points=None):
    return make_axes(FIELDS, over, points)


def refusal(over, points=None):
    with pytest.raises(InputError) as caught:
        axes(over, points)
    return {fault.field: str(fault) for fault in caught.value.faults}


def test_linear_range():
    np.testing.assert_array_equal(values("wafer.thickness", "80um:180um:11"), np.arange(80.0, 181.0, 10.0))
    np.testing.assert_array_equal(values("wafer.thickness", "80:180:11:lin"), np.arange(80.0, 181.0, 10.0))
    np.testing.assert_array_equal(values("wafer.thickness", "180um : 0.08mm : 3"), [180.0, 130.0, 80.0])


def test_logarithmic_range():
    found = values("wafer.tau", "1e-5:1e-1:41:log")
    assert (found[0], found[-1], found.size) == (1e-5, 1e-1, 41)
    np.testing.assert_allclose(found[1:] / found[:-1], 10**0.1, rtol=1e-13)  # exp and log each round once


@pytest.mark.parametrize(("first", "last"), [("0.3", "30"), ("1e-6", "7e-3"), ("0.013", "0.0017")])
@pytest.mark.parametrize("kind", ["lin", "log"])
def test_ends_of_ranges_are_exact_and_inner_values_between(first, last, kind):
    found = values("wafer.tau", f"{first}:{last}:17:{kind}")
    assert (found[0], found[-1]) == (float(first), float(last))
    assert (np.abs(np.sign(np.diff(found)).sum())) == 16


def test_lists():
    np.testing.assert_array_equal(values("wafer.dopant", "B, Ga,P"), ["B", "Ga", "P"])
    np.testing.assert_array_equal(values("wafer.tau", "1e-4, 1ms,inf"), [1e-4, 1e-3, math.inf])
    np.testing.assert_array_equal(values("temperature", "25degC,300"), [298.15, 300.0])


@pytest.mark.parametrize("given", [
    "300", "300:400:1", "300:400:1:log", 300, 300.0, np.float64(300), np.float32(300), np.int64(300),
    [300], (300.0,), np.array([300]), np.array(300.0), range(300, 301), ["300 K"],
])  # fmt: skip
def test_single_values(given):
    found = values("temperature", given)
    assert found.shape == (1,)
    assert found.dtype == np.float64
    assert found[0] == 300.0


def test_labels_from_python():
    for given in (["p", "n"], ("p", "n"), np.array(["p", "n"])):
        np.testing.assert_array_equal(values("wafer.type", given), ["p", "n"])


@pytest.mark.parametrize("text", [
    "200:300", "200:300:", "200:300:0", "200:300:-2", "200:300:2.5", "200:300:many", "200:300:²",
    "200:300:5:cubic",
    "200:300:5:log:6", ":::", "200,300:400:3", "200 kg:300:5", "100:300:5", "200:inf:3", "nan:300:3",
])  # fmt: skip
def test_bad_ranges(text):
    assert "temperature" in refusal({"temperature": text})


@pytest.mark.parametrize("text", ["p:n:2", "p,x", "P", "p,", ""])
def test_bad_labels(text):
    assert "wafer.type" in refusal({"wafer.type": text})


@pytest.mark.parametrize("given", [
    "", ",", "300,,301", [], (), np.array([]), [None], [True], np.array([True]), ["300", None], "300,nan",
    [math.nan],
    np.array([np.nan]), ["300", "300 kg"],
])  # fmt: skip
def test_bad_lists(given):
    assert "temperature" in refusal({"temperature": given})


def test_logarithm_needs_positive_ends():
    assert "above 0" in refusal({"wafer.srh_level": "0:0.5:5:log"})["wafer.srh_level"]


def test_infinity_belongs_into_lists():
    assert "list inf" in refusal({"wafer.tau": "1ms:inf:5:log"})["wafer.tau"]


@pytest.mark.parametrize("given", ["300,1000", [100, 1000], np.array([100, 1000]), "300:1000:5"])
def test_elements_out_of_range(given):
    """What is written as text is refused, and what has no entry left."""
    text = refusal({"temperature": given})["temperature"]
    assert any(word in text for word in ("1000", "100.0"))
    assert "from 200 to 450 K" in text


def test_which_entry_is_wrong():
    assert "entry 2, counted from 0" in refusal({"temperature": "300,310,1000"})["temperature"]
    assert "entry 1, counted from 0" in refusal({"wafer.type": ["p", "q"]})["wafer.type"]


@pytest.mark.parametrize("bad", [math.nan, 1000.0, -1.0, math.inf])
@pytest.mark.parametrize("kind", [list, np.array, pd.Series])
def test_a_bad_entry_is_one_case(bad, kind):
    """The others do not see it, and the values stay as they were given."""
    given = kind([300.0, bad, 310.0])
    with pytest.warns(
        EntryWarning,
        match=rf"temperature = {bad} K.*from 200 to 450 K.*entry 1, "
        rf"counted from 0",
    ):
        ds = em.sweep("pv.cell", {}, points={"temperature": given, "irradiance": [1000.0, 900.0, 800.0]})
    alone = em.sweep("pv.cell", {}, points={"temperature": [300.0, 310.0], "irradiance": [1000.0, 800.0]})
    assert ds.status.values.tolist() == [0, status.OUT_OF_RANGE, 0]
    np.testing.assert_array_equal(ds.temperature, [300.0, bad, 310.0])
    for name in ("efficiency", "v_oc", "j_srh_mp"):
        np.testing.assert_array_equal(ds[name], [alone[name][0], np.nan, alone[name][1]])
    assert "entry 1" in ds.attrs["comment"]


def test_bad_entries_of_a_grid():
    with pytest.warns(EntryWarning) as said:
        ds = em.sweep("pv.diode", {"photocurrent": [5.0, np.nan], "nNsVth": np.array([-1.0, 1.5, np.nan])})
    assert (ds.status.values == [[3, 0, 3], [3, 3, 3]]).all()
    assert np.isfinite(ds.p_mp.values).tolist() == [[False, True, False], [False] * 3]
    assert len(said) == 3


def test_many_bad_entries_are_counted():
    with pytest.warns(EntryWarning) as said:
        em.sweep("pv.diode", {"photocurrent": np.array([np.nan] * 40 + [1.0])})
    assert [str(w.message).split(": ", 2)[-1] for w in said][-1] == "37 more such entries"
    assert len(said) == 4


@pytest.mark.parametrize("index", [
    pd.date_range("2026-01-01", periods=3, freq="h"),
    pd.date_range("2026-01-01", periods=3, freq="h", tz="Europe/Berlin"),
    ["cell A", "cell B", "cell C"], [10, 20, 30],
], ids=["time", "time zone", "names", "numbers"])  # fmt: skip
@pytest.mark.parametrize("suffix", [".nc", ".zarr", ".csv"])
def test_the_index_of_a_series_stays(index, suffix, tmp_path):
    light = pd.Series([0.0, np.nan, 500.0], index=index)
    expected = (
        light.index.tz_convert("UTC").tz_localize(None) if getattr(light.index, "tz", None) else light.index
    )
    with pytest.warns(EntryWarning, match=f"counted from 0: {np.asarray(expected)[1]}"):
        ds = em.sweep(
            "pv.cell", {}, points={"irradiance": light, "temperature": pd.Series([290.0, 295.0, 300.0])}
        )
    np.testing.assert_array_equal(ds.point, expected)
    assert ds.status.values.tolist() == [0, status.OUT_OF_RANGE, 0]
    em.write(ds, tmp_path / f"r{suffix}")
    assert em.read(tmp_path / f"r{suffix}").equals(ds)


def test_the_index_along_an_axis_of_a_grid():
    ds = em.sweep("pv.cell", {"irradiance": pd.Series([100.0, 200.0], index=["morning", "noon"])})
    assert ds.irradiance_index.values.tolist() == ["morning", "noon"]
    assert ds.irradiance_index.dims == ("irradiance",)


def test_series_of_different_indices_do_not_run_along_one_axis():
    one, other = pd.Series([1.0, 2.0], index=["a", "b"]), pd.Series([300.0, 310.0], index=["b", "a"])
    (text,) = refusal({}, {"irradiance": one, "temperature": other}).values()
    assert "same index" in text


def test_grid():
    found = axes({"wafer.type": "p,n", "wafer.thickness": "80:180:11"})
    assert [(axis.dim, axis.size) for axis in found] == [("wafer_type", 2), ("wafer_thickness", 11)]


@pytest.mark.parametrize("key", ["front.j0,rear.j0", "front.j0 , rear.j0", ("front.j0", "rear.j0")])
def test_tied_fields(key):
    (axis,) = axes({key: "1:3:3"})
    assert axis.dim == "front_j0"
    assert list(axis.values) == ["front.j0", "rear.j0"]
    np.testing.assert_array_equal(axis.values["rear.j0"], [1.0, 2.0, 3.0])


def test_points():
    grid, points = axes(
        {"auger": "richter2012,niewelt2022"}, {"wafer.type": ["p", "n"], "temperature": np.array([300, 310])}
    )
    assert (grid.dim, points.dim, points.size) == ("auger", "point", 2)


def test_points_of_different_length():
    (text,) = refusal({}, {"irradiance": [1.0, 2.0], "temperature": [300.0]}).values()
    assert all(word in text for word in ("irradiance: 2", "temperature: 1"))


def test_swept_twice():
    assert "swept twice" in refusal({"temperature": "300"}, {"temperature": [300]})["temperature"]
    assert "swept twice" in refusal({"front.j0,rear.j0": "1,2", "rear.j0": "3"})["rear.j0"]


@pytest.mark.parametrize(("one", "other"), [
    ({"wafer.resistivity": "1,2"}, {"wafer.doping": "1e15,1e16"}),
    ({"wafer.tau": "1,2"}, {"wafer.tau_p0": "1,2"}),
    ({"wafer.capture_ratio": "1,2"}, {"wafer.tau_n0": "1,2"}),
    ({"optical_loss": "0.1,0.2"}, {"generation_current_density": "40,41"}),
    ({"wafer.type": "p,n"}, {"wafer.dopant": "P,Ga"}),
])  # fmt: skip
def test_alternatives_are_not_swept_together(one, other):
    assert "is the same field as" in refusal(one | other)[next(iter(other))]
    assert "is the same field as" in refusal(one, other)[next(iter(other))]


def test_fields_that_shape_the_result_stay_fixed():
    assert "cannot be swept" in refusal({"curve.points": "1,2"})["curve.points"]
    with pytest.raises(InputError, match="cannot be swept"):
        em.sweep("pv.cell", {"curve.voltage_max": "0.7,0.8"}, {"curve.points": 5})


def test_unknown_fields_and_all_faults_at_once():
    found = refusal(
        {"wafer.thicknes": "1,2", "temperature": "1000", "wafer.type": "x"}, {"irradiance": [-1.0]}
    )
    assert found.keys() == {"wafer.thicknes", "temperature", "wafer.type", "irradiance"}
    assert "did you mean wafer.thickness?" in found["wafer.thicknes"]


def test_half_an_alternative_swept():
    with pytest.raises(InputError, match=r"wafer\.tau_p0: needed together"):
        em.sweep("pv.cell", {"wafer.tau_n0": "1ms,2ms"})
    assert em.sweep("pv.cell", {"wafer.tau_n0": "1ms,2ms"}, {"wafer.tau_p0": "1ms"}).sizes == {
        "wafer_tau_n0": 2
    }


def test_swept_label_against_a_fixed_one():
    """Sweeping the type lets go of the spec's dopant."""
    assert em.sweep("industrial-perc-2023", {"wafer.type": "p,n"}).status.values.tolist() == [0, 0]
