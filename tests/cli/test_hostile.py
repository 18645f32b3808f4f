"""Hostile input: one clear line a fault, at most ten and a count, exit status 2, no control character, no
traceback and no hang.
"""

import json
import os
import random
import subprocess
import sys
import time

import numpy as np
import pytest

import energymodels as em
from energymodels.core import files
from energymodels.core.errors import TOLD, Fault, InputError
from energymodels.core.store import written_by

DIODE = 'model = "pv.diode"\n'
LINE = 3200  # characters that a fault takes at most, with a list of names
SECONDS = 2.0  # of processor time


@pytest.fixture
def refused(cli):
    """Return a function that runs a command which must fail, and gives the lines that it says."""

    def call(*words, **options):
        begun = time.process_time()
        lines = cli(*words, status=2, **options).stderr.splitlines()
        assert time.process_time() - begun < SECONDS
        assert 0 < len(lines) <= TOLD + 1
        assert all(len(line) < LINE and line.isprintable() for line in lines)
        return lines

    return call


def test_libraries_are_loaded(cli, tmp_path):
    """So that what follows is not timed with their import."""
    cli("sweep", "pv.diode", "-v", "photocurrent=1,2", "-o", tmp_path / "a.nc")
    cli("plot", tmp_path / "a.nc", "-y", "p_mp")


SPECS = {
    "deep lists": (DIODE + "a = " + "[" * 100_000, "within one another"),
    "deep lists that close": (DIODE + "a = " + "[" * 90 + "]" * 90, "within one another"),
    "deep tables": (DIODE + "a = " + "{a = " * 5000, "within one another"),
    "a name of many": (DIODE + ".".join("a" * 20_000) + " = 1", "within one another"),
    "400 digits": (DIODE + "photocurrent = " + "9" * 400, "photocurrent"),
    "5000 digits": (DIODE + "photocurrent = " + "9" * 5000, "4300 digits"),
    "binary": (random.Random(1).randbytes(5000), "not a TOML file"),
    "another encoding": (DIODE.encode("utf-16"), "not a TOML file"),
    "large": (DIODE + "#" * 300_000, "larger than 0.3 MB"),
    "a long value": (DIODE + f'photocurrent = "{"x" * 100_000}"', "xxx ... xxx"),
    "a long name": (DIODE + f'"{"x" * 100_000}" = 1', "unknown field"),
    "control characters": (
        DIODE + '"\\u001b[2J" = 1\nphotocurrent = "\\u001b[31m\\u202e"',
        r"\x1b[31m\u202e",
    ),
    "a date": (DIODE + "photocurrent = 1979-05-27", "photocurrent"),
    "a unit that is a tower": (DIODE + 'photocurrent = "100 m**9**9**9"', "m**9**9**9"),
    "no model": ('"a\\nb" = 1', "the spec must begin"),
    "no name": (DIODE + '"" = 1', "unknown field"),
}


@pytest.mark.parametrize(("content", "words"), SPECS.values(), ids=list(SPECS))
def test_specs(refused, tmp_path, content, words):
    path = tmp_path / "a.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (*_, line) = refused("run", path)
    assert words in line


def test_faults_beyond_ten_are_counted(refused, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(DIODE + "".join(f"photocurrent{i} = 1\n" for i in range(4000)))
    lines = refused("run", path)
    assert lines[0] == "error: photocurrent0: unknown field; did you mean photocurrent?"
    assert lines[TOLD:] == ["error: ... and 3990 more"]
    with pytest.raises(InputError) as caught:
        em.load(path).checked()
    assert len(caught.value.faults) == 4000
    assert str(caught.value).endswith("\n... and 3990 more")


def test_faulty_steps_beyond_ten_are_counted(refused, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(f'model = "battery.spm"\nprotocol = "{"Chrge at 1C; " * 4000}"')
    assert refused("run", path)[TOLD:] == ["error: ... and 3990 more"]


@pytest.mark.parametrize(("fault", "text"), [
    (Fault("a\tb", "c\nd", hint="e\nf"), r"a\tb = c\nd: e f"),
    (Fault("a", 10**5000), "a = (int that is too long to be shown)"),
    (Fault("a", "x" * 10**6), f"a = {'x' * 60} ... {'x' * 30}"),
    (Fault("a", hint=f"no '{'y,' * 500}': x"), f"a: no '{'y,' * 29}y ... {',y' * 14},': x"),
    (Fault("a", "\udcff\x9b\u2066"), r"a = \udcff\x9b\u2066"),
])  # fmt: skip
def test_what_a_fault_repeats(fault, text):
    assert str(fault) == text


VALUES = (
    "100 m**9**9**9", "1" + " " * 100_000 + "x", " " * 99_999 + "x", "100 um!", "100 $um", "9" * 400,
    "nan", "1 " + "(" * 900,
    "x" * 100_000, "\x1b[31m", "\udcff", "1_0", "1 1", "",
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=[repr(value[:20]) for value in VALUES])
def test_values(refused, tmp_path, value):
    for words in (
        ("run", "pv.diode", "-p", f"photocurrent={value}"),
        ("run", "pv.diode", "-p", f"{value}=1"),
        ("sweep", "pv.diode", "-v", f"photocurrent={value}", "-o", tmp_path / "a.nc"),
        ("sweep", "pv.diode", "-v", f"{value}=1,2", "-o", tmp_path / "a.nc"),
        ("run", "vehicle.range", "-p", f"vehicle={value}"),
        ("run", "pv.diode", "-b", value or "x"),
        ("data", value),
        ("describe", "pv.diode", value or "x"),
    ):
        if value or words[0] != "data":
            refused(*words)


COUNTS = {
    "9" * 30: "up to 100 000 000 values", "100000001": "up to 100 000 000 values",
    "9" * 5000: "up to 100 000 000 values", "0": "FIRST:LAST:COUNT", "-1": "FIRST:LAST:COUNT",
    "1.5": "FIRST:LAST:COUNT", "\u00b2": "FIRST:LAST:COUNT",
}  # fmt: skip


@pytest.mark.parametrize(("count", "words"), COUNTS.items(), ids=[count[:9] for count in COUNTS])
def test_counts_of_an_axis(refused, tmp_path, count, words):
    (line,) = refused("sweep", "pv.diode", "-v", f"photocurrent=0:1:{count}", "-o", tmp_path / "a.nc")
    assert words in line


# files


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of what is no file with an end, by the suffix of what it is given as."""
    monkeypatch.chdir(tmp_path)
    for suffix in (".toml", ".json", ".csv", ".nc"):
        (tmp_path / f"folder{suffix}").mkdir()
        os.mkfifo(tmp_path / f"pipe{suffix}")
        (tmp_path / f"endless{suffix}").symlink_to("/dev/zero")
        (tmp_path / f"binary{suffix}").write_bytes(random.Random(1).randbytes(3000))
        (tmp_path / f"empty{suffix}").touch()
        with (tmp_path / f"huge{suffix}").open("wb") as file:
            file.truncate(500_000_000)  # without a byte on the disk
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "deep.csv").write_text("# {" + "[" * 100_000)
    (tmp_path / "wide.csv").write_text("time s," + "a," * 100_000 + "\n0,1\n1,2\n")
    return tmp_path


NAMES = ("folder", "pipe", "endless", "binary", "empty", "huge")
TAKERS = {
    ".toml": [
        ("run", "{}"), ("describe", "{}"), ("compare", "{}"), ("claims", "-f", "{}"),
        ("metal-budget", "{}", "--element", "Fe"), ("run", "vehicle.range", "-p", "vehicle={}"),
    ],
    ".json": [("run", "battery.spm", "-p", "parameters={}")],
    ".csv": [
        ("run", "vehicle.drive", "-p", "cycle={}"),
        ("run", "battery.spm", "-p", "protocol=Run current from {}"),
        ("run", "battery.spm", "-p", "temperature_profile={}"), ("plot", "{}", "-y", "p_mp"),
        ("run", "pv.diode", "-o", "{}"),
    ],
    ".nc": [("plot", "{}", "-y", "p_mp"), ("run", "pv.diode", "-o", "{}")],
}  # fmt: skip
LAWFUL = {("claims", "empty.toml"), ("run", "empty.toml")}  # a file of no claims; a car of no values


@pytest.mark.parametrize("suffix", TAKERS)
def test_what_is_no_file_with_an_end(refused, place, suffix):
    more = [path.stem for path in place.glob(f"*{suffix}") if path.stem not in NAMES]
    for name in (*NAMES, *more):
        for words in TAKERS[suffix]:
            if (words[0], f"{name}{suffix}") not in LAWFUL:
                refused(*(word.format(f"{name}{suffix}") for word in words))


@pytest.mark.parametrize("kind", files.LARGEST)
def test_a_file_without_an_end_is_read_to_its_limit(tmp_path, kind):
    """Files of /proc claim to be empty."""
    path = tmp_path / f"a{kind}"
    path.write_bytes(b"#" * 1000)
    assert len(files.text(path, kind)) == 1000
    with pytest.raises(ValueError, match="larger than"):
        files.decoded(b"#" * (files.LARGEST[kind] + 1), kind)


@pytest.mark.parametrize(
    "name", ["", ".", "/", "\0", "x" * 300, "x" * 5000, "\x1b[31m", "\udcff", "/dev/zero"]
)
def test_names(refused, name):
    refused("run", name)
    refused("plot", name, "-y", "p_mp")
    refused("run", "pv.diode", "-o", name or "x")
    refused("claims", "-f", name or "x")


# results


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    ds = em.sweep("pv.diode", {"photocurrent": "1:30:3", "nNsVth": "1:2:2"})
    for suffix in (".nc", ".csv", ".zarr"):
        em.write(ds, folder / f"a{suffix}")
    return folder


def damaged(data, chance):
    """Return ``data`` cut off, or with bits, bytes or a stretch changed."""
    new, at = bytearray(data), chance.randrange(len(data))
    kind = chance.randrange(5)
    if kind == 0:
        return data[:at]
    if kind == 1:
        for _ in range(chance.choice((1, 5, 50))):
            new[chance.randrange(len(new))] ^= 1 << chance.randrange(8)
    elif kind == 2:
        new[at : at + 64] = chance.randbytes(len(new[at : at + 64]))
    elif kind == 3:
        stretch = chance.choice((8, 64, 512, 4096))
        new[at : at + stretch] = bytes(len(new[at : at + stretch]))
    else:
        del new[at : at + chance.choice((1, 8, 64))]
    return bytes(new)


def said(path):
    """Return why a result cannot be read, in a line at most; empty if it can be."""
    lines = []
    try:
        em.read(path)
    except InputError as error:
        lines = error.lines
    assert len(lines) <= 1
    assert isinstance(written_by(path), str)
    return lines


@pytest.mark.parametrize("suffix", [".nc", ".csv"])
def test_damaged_files(written, tmp_path, suffix):
    """Each is read, or refused in one line; none hangs or ends the process."""
    data, chance, path = (written / f"a{suffix}").read_bytes(), random.Random(3), tmp_path / f"a{suffix}"
    refusals = 0
    for _ in range(60):
        path.write_bytes(damaged(data, chance))
        refusals += len(said(path))
    assert refusals > 10


def test_damaged_stores(written, tmp_path):
    import shutil

    chance, path = random.Random(4), tmp_path / "a.zarr"
    parts = sorted(
        one.relative_to(written / "a.zarr") for one in (written / "a.zarr").rglob("*") if one.is_file()
    )
    for i in range(len(parts)):
        shutil.copytree(written / "a.zarr", path)
        part = path / parts[i]
        part.write_bytes(damaged(part.read_bytes(), chance))
        said(path)
        shutil.rmtree(path)


def test_a_heap_without_an_end(written, tmp_path):
    """On a heap whose free space has the size 0 the HDF5 library goes round in circles."""
    data = bytearray((written / "a.nc").read_bytes())
    heap = data.index(b"GCOL\x01")
    data[heap + 16 : heap + 4096] = bytes(4080)
    (tmp_path / "a.nc").write_bytes(data)
    with pytest.raises(InputError, match="has no end"):
        em.read(tmp_path / "a.nc")
    assert written_by(tmp_path / "a.nc") == ""


def head(sizes, dims, kind, coords, attrs):
    """Return the head of a CSV result of one column."""
    about = {"a": {"dims": dims, "dtype": kind, "attrs": {}}}
    return json.dumps({"sizes": sizes, "variables": about, "coords": coords, "attrs": attrs})


@pytest.mark.parametrize("first", [
    head({"a": 1}, ["a"], "O", [], {}), head({"a": -9}, ["a"], "<f8", 3, {}),
    head({"a": 1}, ["b"], "V9", [], 1),
    head({"a": 1}, ["a"], "<f8", ["b"], {}), "{}", "[]", "{" * 9999,
])  # fmt: skip
def test_foreign_heads(tmp_path, first):
    (tmp_path / "a.csv").write_text(f"# {first}\na\n1\n")
    with pytest.raises(InputError, match="not a result file"):
        em.read(tmp_path / "a.csv")


def test_a_store_larger_than_this_machine(tmp_path, written):
    import shutil

    shutil.copytree(written / "a.zarr", tmp_path / "a.zarr")
    meta = tmp_path / "a.zarr" / "p_mp" / "zarr.json"
    content = json.loads(meta.read_text())
    for part in (tmp_path / "a.zarr").glob("*/zarr.json"):
        text = json.loads(part.read_text())
        if text["shape"] == content["shape"]:
            part.write_text(json.dumps(text | {"shape": [10**7, 10**7]}))
    with pytest.raises(InputError, match="not a result file"):
        em.read(tmp_path / "a.zarr")


# figures


@pytest.mark.parametrize(
    "text", ["$\\frac{$", "$", "a$b$c", "\\", "$\\undefined$", "%s {0}", "\x1b[31m", "_^{"]
)
def test_names_that_are_no_mathematics(cli, tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    ds = em.sweep("pv.diode", {"photocurrent": "1:30:3"})
    ds.attrs["title"] = text
    ds.p_mp.attrs["long_name"] = ds.photocurrent.attrs["long_name"] = text
    em.write(ds, "a.nc")
    em.write(ds, "b $\\frac{$.csv")
    cli("plot", "a.nc", "b $\\frac{$.csv", "-y", "p_mp", "-o", "a.png")


def test_a_result_where_all_failed(cli, tmp_path):
    ds = em.sweep("pv.diode", {"photocurrent": "1:30:3", "nNsVth": "1:2:2"})
    for name, values in ds.data_vars.items():
        ds[name] = values.copy(data=np.full_like(values, 2 if name == "status" else np.nan))
    em.write(ds, tmp_path / "a.nc")
    for words in ((), ("--hue", "nNsVth"), ("-x", "photocurrent", "--facet", "nNsVth"), ("--log", "y")):
        done = cli("plot", tmp_path / "a.nc", "-y", "p_mp", *words, "-o", tmp_path / "a.png", status=2)
        assert done.stderr.startswith("error: p_mp: has no ")


# processes of their own


@pytest.mark.parametrize("words", ["run -", "sweep - -v photocurrent=1,2 -o a.nc", "compare -"])
def test_a_closed_standard_input(root, tmp_path, words):
    command = f"{sys.executable} -c 'from energymodels.cli import main; main()' {words} <&-"
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "standard input is closed" in done.stderr


@pytest.mark.parametrize("content", ["\0", "a = " + "[" * 9000, "#" * 400_000, "a = \x1b"])
def test_standard_input(refused, content):
    refused("run", "-", stdin=content)
