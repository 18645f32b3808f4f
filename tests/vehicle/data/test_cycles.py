"""Drive cycles against the statistics of their standards, and cycles that people bring."""

import hashlib

import numpy as np
import pytest

from energymodels import datasets
from energymodels.core.errors import InputError
from energymodels.vehicle.data.cycles import NAMES, cycle

# of GB/T 38146.1, UN GTR 15, 40 CFR 86 and 600, UN R83: duration s, distance m and what it is good to, mean
# and highest speed km/h
OFFICIAL = {
    "cltc_p": (1800, 14480.0, 0.5, 28.96, 114.0),
    "wltc_3b": (1800, 23266.0, 0.5, 46.5, 131.3),
    "udds": (1369, 11990.0, 1.0, 31.53, 91.25),
    "hwfet": (765, 16507.0, 1.0, 77.68, 96.40),
    "us06": (600, 12888.0, 1.0, 77.33, 129.23),
    "nedc": (1180, 11007.0, 7.0, 33.6, 120.0),  # 4 x 1013 and 6955 m, rounded
    "ftp75": (1874, 17770.0, 1.0, 34.1, 91.25),
}
# kinetic energy gained, J/kg, and the integral of v^3, m3 s-2, of the traces
WORK = {
    "cltc_p": (2509.8, 3.93284e6),
    "wltc_3b": (3578.2, 1.19780e7),
    "udds": (2098.5, 2.6304e6),
    "hwfet": (1165.0, 8.5405e6),
    "us06": (2711.7, 9.9263e6),
}
PARTS = {  # durations s, distances m
    "cltc_p": ((674, 693, 433), (2451.6, 5905.4, 6122.7)),
    "wltc_3b": ((589, 433, 455, 323), (3094.5, 4755.9, 7161.7, 8254.1)),
    "nedc": ((195, 195, 195, 195, 400), (1013.0, 1013.0, 1013.0, 1013.0, 6955.0)),
}


def steps(name):
    """Return the change of speed over each step, km/h per s."""
    return np.diff(cycle(name).speed) * 3.6


def test_every_cycle_has_statistics():
    assert set(OFFICIAL) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_official_statistics(name):
    found = cycle(name)
    duration, distance, tolerance, mean, highest = OFFICIAL[name]
    assert found.time[-1] == duration
    assert (np.diff(found.time) == 1.0).all()
    assert found.distance == pytest.approx(distance, abs=tolerance)
    assert found.distance / duration * 3.6 == pytest.approx(mean, abs=0.06)
    assert found.speed.max() * 3.6 == pytest.approx(highest, abs=0.05)
    assert found.speed[0] == found.speed[-1] == 0.0
    assert not found.grade.any()


@pytest.mark.parametrize("name", WORK)
def test_work_of_the_traces(name):
    found = cycle(name)
    kinetic, cubic = WORK[name]
    v = found.speed
    gained = 0.5 * np.maximum(np.diff(v**2), 0.0).sum()
    assert gained == pytest.approx(kinetic, abs=0.06)
    assert np.trapezoid(v**3, found.time) == pytest.approx(cubic, rel=2e-5)


@pytest.mark.parametrize("name", PARTS)
def test_phases(name):
    found = cycle(name)
    durations, distances = PARTS[name]
    ends = np.cumsum((0, *durations))
    assert ends[-1] == found.time[-1]
    for first, last, distance in zip(ends[:-1], ends[1:], distances, strict=True):
        part = slice(first, last + 1)
        assert np.trapezoid(found.speed[part], found.time[part]) == pytest.approx(
            distance, abs=1.7 if name == "nedc" else 0.06
        )


def test_cltc_is_that_of_the_standard():
    v = cycle("cltc_p").speed * 3.6
    assert v.sum() == pytest.approx(52127.1, abs=1e-6)
    listed = ",".join(f"{speed:.1f}" for speed in v)
    assert (
        hashlib.sha256(listed.encode()).hexdigest()
        == "58f8dbc5b073cd50fc58cc04c766f2a2816324a341d0cede4aa4c603abc2f748"
    )
    highest = [v[a : b + 1].max() for a, b in ((0, 674), (674, 1367), (1367, 1800))]
    np.testing.assert_allclose(highest, [48.1, 71.2, 114.0], atol=1e-9)
    a = np.gradient(v / 3.6)
    assert (a.max(), a.min()) == pytest.approx((1.47, -1.47), abs=0.01)
    raw = np.diff(v / 3.6)
    assert (raw.max(), raw.min()) == pytest.approx((1.917, -1.944), abs=1e-3)
    assert np.trapezoid(v) / 3600.0 / (1800.0 - 398.0) * 3600.0 == pytest.approx(37.18, abs=0.01)  # moving


def test_shares_of_the_cltc():
    """Of the 1800 s: still below 0.5 km/h and 0.15 m s-2, gaining or losing speed above that."""
    v, a = cycle("cltc_p").speed[:-1], np.gradient(cycle("cltc_p").speed)[:-1]
    still = (np.abs(a) < 0.15) & (v * 3.6 < 0.5)
    assert still.sum() == pytest.approx(398, abs=1)
    assert np.mean(a >= 0.15) == pytest.approx(0.2878, abs=0.002)
    assert np.mean(a <= -0.15) == pytest.approx(0.2644, abs=0.002)
    assert a[a >= 0.15].mean() == pytest.approx(0.45, abs=0.006)
    assert a[a <= -0.15].mean() == pytest.approx(-0.49, abs=0.006)


def test_checksum_of_the_wltc():
    """UN GTR 15 gives the sum of all speeds in km/h."""
    assert (cycle("wltc_3b").speed * 3.6).sum() == pytest.approx(83758.6, abs=0.01)
    assert (cycle("wltc_3b").speed == 0.0).sum() == 235


@pytest.mark.parametrize(("name", "up", "down"), [
    ("wltc_3b", 1.667, -1.5), ("udds", 1.475, -1.475), ("hwfet", 1.431, -1.475), ("us06", 3.755, -3.085),
    ("nedc", 1.042, -1.389),
])  # fmt: skip
def test_hardest_steps(name, up, down):
    assert steps(name).max() / 3.6 == pytest.approx(up, abs=1.5e-3)
    assert steps(name).min() / 3.6 == pytest.approx(down, abs=1.5e-3)


@pytest.mark.parametrize(("name", "share"), [("udds", 0.189), ("hwfet", 0.008), ("us06", 0.075)])
def test_rest(name, share):
    speed = cycle(name).speed
    assert np.mean(speed == 0.0) == pytest.approx(share, abs=0.004)


def test_nedc_by_its_operations():
    """The regulation's own count: 293 s of rest among the seconds 1 to 1180, and what is driven at constant
    speed.
    """
    v = cycle("nedc").speed * 3.6
    assert (v[1:] == 0.0).sum() == 293
    for speed, seconds in ((100.0, 30), (120.0, 10), (70.0, 100)):
        assert np.isclose([v[1:], v[:-1]], speed).all(axis=0).sum() == seconds


def test_ftp75_is_two_runs_of_the_udds():
    ftp, udds = cycle("ftp75"), cycle("udds")
    np.testing.assert_array_equal(ftp.speed[:1370], udds.speed)
    np.testing.assert_array_equal(ftp.speed[1369:], udds.speed[:506])


def test_constant_speed():
    assert cycle("90 km/h").speed == pytest.approx(25.0)
    assert cycle("25 m/s").distance == pytest.approx(cycle("90km/h").distance)


@pytest.mark.parametrize("text", ["udss", "90", "-90 km/h", "90 kg", "0 km/h", "9000 km/h", "wltc"])
def test_unknown_cycles(text):
    with pytest.raises(InputError, match="cycle"):
        cycle(text)


def test_closest_cycle_is_named():
    with pytest.raises(InputError, match=r"did you mean udds\?.*\.csv file.*90 km/h"):
        cycle("udss")


# Files


TRACE = "0,0\n1,18\n2,36\n3,18\n4,0\n"


def write(folder, text):
    path = folder / "trace.csv"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(("header", "unit"), [
    ("time s,speed km/h", 1 / 3.6), ("time_s,speed_km_h", 1 / 3.6), ("Time [s], Speed [km/h]", 1 / 3.6),
    ("time (s),speed (m/s)", 1.0), ("time_s,speed_m_s", 1.0), ("time s,speed m s-1", 1.0),
    ("time s,speed kph", 1 / 3.6), ("time s,speed mph", 0.44704),
])  # fmt: skip
def test_headers(tmp_path, header, unit):
    found = cycle(write(tmp_path, f"{header}\n{TRACE}"))
    np.testing.assert_allclose(found.speed, np.array([0.0, 18.0, 36.0, 18.0, 0.0]) * unit, rtol=1e-15)
    np.testing.assert_array_equal(found.time, np.arange(5.0))


def test_other_columns_comments_and_grade(tmp_path):
    text = "# a drive\ngear,speed km/h,grade %,time s\n1,0,0,10\n2,36,5,11\n2,36,-5,12\n"
    found = cycle(write(tmp_path, text))
    np.testing.assert_array_equal(found.time, [0.0, 1.0, 2.0])
    np.testing.assert_allclose(found.grade, [0.0, 0.05, -0.05])


def test_file_that_changes(tmp_path):
    first = cycle(write(tmp_path, f"time s,speed km/h\n{TRACE}"))
    second = cycle(write(tmp_path, f"time s,speed km/h\n{TRACE}5,36\n"))
    assert (first.time[-1], second.time[-1]) == (4.0, 5.0)


def test_break_points_are_no_gaps(tmp_path):
    points = datasets.series("vehicle/cycles/nedc").columns
    lines = "".join(f"{t:g},{v:g}\n" for t, v in zip(points["time"], points["speed"], strict=True))
    assert cycle(write(tmp_path, "time s,speed km/h\n" + lines)).distance == pytest.approx(
        cycle("nedc").distance
    )


@pytest.mark.parametrize(("text", "message"), [
    ("time,speed\n" + TRACE, "column time has no unit"),
    ("time s,speed knots\n" + TRACE, "speed has the unit 'knots'"),
    ("time s,current A\n" + TRACE, "no column speed"),
    (TRACE, "no column time and no column speed"),
    ("", "no column time"),
    ("time s,speed km/h\n0,0\n", "at least two rows"),
    ("time s,speed km/h\n0,0\n1,10\n3,20\n2,10\n", "line 5: time goes from 3 to 2 s"),
    ("time s,speed km/h\n0,0\n1,10\n1,20\n", "line 4: time goes from 1 to 1 s"),
    ("time s,speed km/h\n0,0\n1,10\n2,20\n3,20\n7,10\n8,0\n", "line 6: a gap of 4 s after 3 s"),
    ("time s,speed km/h\n0,0\n1,\n2,20\n", "line 3: speed is missing"),
    ("time s,speed km/h\n0,0\n1\n2,20\n", "line 3: speed is missing"),
    ("time s,speed km/h\n0,0\n1,fast\n2,20\n", "line 3: speed is 'fast', not a number"),
    ("time s,speed km/h\n0,0\n1,nan\n2,20\n", "line 3"),
    ("time s,speed km/h\n0,0\n1,-10\n2,20\n", "line 3: a speed of -10 km/h; allowed from 0"),
    ("time s,speed m/s\n0,0\n1,900\n2,20\n", "line 3: a speed of 3240 km/h"),
    ("time s,speed km/h\n0,0\n1,0\n2,0\n", "does not move"),
    ("time s,speed km/h,grade %\n0,0,0\n1,10,200\n2,20,0\n", "line 3: a grade of 200%"),
])  # fmt: skip
def test_files_that_are_no_cycle(tmp_path, text, message):
    with pytest.raises(InputError) as error:
        cycle(write(tmp_path, text))
    assert message in str(error.value)


def test_missing_and_binary_files(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        cycle(str(tmp_path / "none.csv"))
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(InputError, match="not a text file"):
        cycle(str(tmp_path / "x.csv"))
