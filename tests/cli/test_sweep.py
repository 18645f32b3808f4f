"""The verb ``sweep``: stores, sweep files, what is said, exit statuses."""

import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

import energymodels as em
from energymodels.core.stores.places import Folder

DIODE = ("pv.diode", "-v", "photocurrent=0.1:10:40", "-v", "resistance_series=0:1:5")
MANY = ("-v", "photocurrent=1:9:100000000", "-v", "resistance_series=0:1:100000")
FILE = """
sweep = "pv.diode"
outputs = ["p_mp"]
store = "own.zarr"
chunk = 50
[values]
resistance_shunt = 300
[axes]
photocurrent = "0.1:10:40"
"""


def test_a_store(cli, tmp_path):
    store = tmp_path / "a.zarr"
    said = cli("sweep", *DIODE, "-o", store).stderr
    assert "200 cases in one chunk" in said
    assert "200 of 200 cases done, 0 failed" in said
    assert em.read(store).sizes == {"photocurrent": 40, "resistance_series": 5}
    cli("sweep", *DIODE, "-o", store)  # the same command
    assert "another command" in cli("sweep", *DIODE, "--keep", "p_mp", "-o", store, status=2).stderr
    cli("sweep", *DIODE, "--keep", "p_mp", "-o", store, "--force")
    assert set(em.read(store).data_vars) == {"p_mp", "status"}
    assert "what differs: the outputs kept" in cli("sweep", *DIODE, "-o", store, "--resume", status=2).stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zarr"]


def test_a_sweep_that_is_not_done_stays(cli, tmp_path):
    store = tmp_path / "a.zarr"
    cli("sweep", *DIODE, "--chunk", "50", "-o", store)
    whole = em.read(store)
    block = next(path for path in (store / "status/c").rglob("*") if path.is_file())
    block.unlink()
    root = store / "zarr.json"
    root.write_text(root.read_text().replace("sweep_complete", "sweep_was_complete"))
    assert "--resume goes on with it" in cli("sweep", *DIODE, "-o", store, status=2).stderr
    assert not block.exists()
    cli("sweep", *DIODE, "-o", store, "--resume")
    assert em.read(store).equals(whole)


def test_an_earlier_result_stays_until_the_new_one_is_whole(cli, tmp_path, monkeypatch):
    store, room, original = tmp_path / "a.zarr", [40], Folder.put
    cli("sweep", *DIODE, "-o", store)

    def put(self, key, data):
        room[0] -= 1
        if room[0] < 0:
            raise OSError("no room")
        original(self, key, data)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "put", put)
        assert "no room" in cli("sweep", *DIODE, "--chunk", "20", "-o", store, status=2).stderr
    (old,) = tmp_path.glob(".a.zarr.*.old")
    assert xr.open_zarr(old, chunks=None).attrs["sweep_complete"] == 1
    cli("sweep", *DIODE, "--chunk", "20", "-o", store, "--resume")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zarr"]


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_folder_that_is_no_store_stays(cli, tmp_path, force):
    folder = tmp_path / "a.zarr"
    folder.mkdir()
    (folder / "mine").write_text("mine")
    assert "no Zarr store" in cli("sweep", *DIODE, "-o", folder, *force, status=2).stderr
    assert (folder / "mine").read_text() == "mine"


def test_a_dry_run_writes_nothing(cli, tmp_path):
    said = cli("sweep", *DIODE, "-o", tmp_path / "a.zarr", "--dry-run").stderr
    assert "200 cases in one chunk" in said
    assert "before compression" in said
    assert not list(tmp_path.iterdir())
    many = ("-v", "photocurrent=0.1:10:1000000000000")
    assert (
        "up to 100 000 000 values"
        in cli("sweep", "pv.diode", *many, "-o", tmp_path / "a.zarr", status=2).stderr
    )


def test_a_sweep_file(cli, tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(FILE)
    cli("sweep", file)
    ds = em.read(tmp_path / "own.zarr")
    assert ds.p_mp.shape == (40,)
    cli("sweep", file, "-p", "resistance_shunt=5", "-v", "resistance_series=0,1", "-o", tmp_path / "b.nc")
    other = em.read(tmp_path / "b.nc")
    assert other.p_mp.dims == ("photocurrent", "resistance_series")
    assert np.all(other.p_mp[:, 0] < ds.p_mp)


def test_designs(cli, tmp_path):
    words = (
        "--design",
        "sobol:8",
        "--over",
        "photocurrent=1:9",
        "--over",
        "saturation_current=1e-9:1e-7:log",
    )
    cli("sweep", "pv.diode", *words, "-v", "resistance_series=0,1", "-o", tmp_path / "a.zarr")
    ds = em.read(tmp_path / "a.zarr")
    assert dict(ds.sizes) == {"resistance_series": 2, "point": 8}
    assert 'kind = "sobol:8"' in ds.attrs["sweep"]
    cli("sweep", "pv.diode", *words, "--seed", "2", "-o", tmp_path / "b.nc")
    assert not np.any(em.read(tmp_path / "b.nc").photocurrent.values == ds.photocurrent.values)
    (tmp_path / "designs.csv").write_text("photocurrent,resistance_series\n1,0.1\n,0.2\n")
    said = cli("sweep", "pv.diode", "--table", tmp_path / "designs.csv", "-o", tmp_path / "c.csv", status=1)
    assert "1 out_of_range" in said.stderr


@pytest.mark.parametrize(
    ("words", "word"),
    [
        ((), "nothing to sweep"),
        (("--over", "photocurrent=1:9"), "needed with --over"),
        (("--design", "sobol:8"), "PATH=DISTRIBUTION"),
        (("--design", "sobol:8", "--over", "photocurrent=1:9", "--table", "a.csv"), "leave out"),
        (("-v", "photocurrent=1,2"), "where does the result go"),
        (("-v", "photocurrent=1,2", "-o", "a.nc", "--resume"), "for .zarr stores only"),
        (("-v", "photocurrent=1,2", "-o", "a.csv", "--float32", "--workers", "2"), "--workers, --float32"),
        (
            ("-v", "photocurrent=1:9:100000000", "-v", "resistance_series=0:1:100000", "-o", "a.zarr"),
            "at most 1e+11",
        ),
        (("-v", "photocurrent=1:9:30000000", "-o", "a.nc"), "write them to a .zarr store"),
    ],
)
def test_what_cannot_be_done_is_said(cli, tmp_path, monkeypatch, words, word):
    monkeypatch.chdir(tmp_path)
    said = cli("sweep", "pv.diode", *words, status=2).stderr
    assert word in said
    assert not list(tmp_path.iterdir())


def test_failed_cases_have_an_exit_status(cli, tmp_path):
    said = cli(
        "sweep",
        "pv.cell",
        "-v",
        "temperature=300,nan",
        "-p",
        "optical_loss=0.1",
        "-o",
        tmp_path / "a.nc",
        status=2,
    )
    assert "nan" in said.stderr
    (tmp_path / "t.csv").write_text("temperature\n300\nnan\n")
    said = cli("sweep", "pv.cell", "--table", tmp_path / "t.csv", "-o", tmp_path / "a.zarr", status=1).stderr
    assert said.splitlines()[-1].startswith(f"{tmp_path}/a.zarr: 2 of 2 cases done, 1 failed")


def test_what_is_no_part_of_a_store_is_not_dropped(cli, tmp_path):
    store = tmp_path / "a.zarr"
    cli("sweep", *DIODE, "-o", store)
    (store / "notes.txt").write_text("mine")
    said = cli("sweep", *DIODE, "-o", store, "--force", status=2).stderr
    assert "no part of the store: notes.txt" in said
    assert (store / "notes.txt").read_text() == "mine"


def test_a_link_stays_one(cli, tmp_path):
    (tmp_path / "far").mkdir()
    link = tmp_path / "a.zarr"
    link.symlink_to(tmp_path / "far" / "b.zarr")
    cli("sweep", *DIODE, "-o", link)
    assert link.is_symlink()
    assert em.read(link).sizes["photocurrent"] == 40


def test_a_store_says_what_a_file_says(cli, tmp_path):
    """Notes on validity, on screen too."""
    hot = ("industrial-topcon-2023", "-v", "temperature=200,300", "-p", "wafer.tau=1ms")
    texts = [cli("sweep", *hot, "-o", tmp_path / f"a{suffix}").stderr for suffix in (".nc", ".zarr")]
    (note,) = [line for line in texts[0].splitlines() if "outside the range" in line]
    assert note in texts[1]


def test_what_is_left_to_do_is_said(cli, tmp_path):
    store = tmp_path / "a.zarr"
    assert "no store there to resume" in cli("sweep", *DIODE, "-o", store, "--resume").stderr
    assert "nothing was left to do" in cli("sweep", *DIODE, "-o", store, "--resume").stderr


@pytest.mark.parametrize("words", [("-o", "memory://a.zarr"), ("--keep", "", "-o", "a.zarr")])
def test_what_would_be_lost_or_meant_otherwise_is_refused(cli, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    cli("sweep", *DIODE, *words, status=2)
    assert not list(tmp_path.iterdir())


def test_quiet(cli, tmp_path):
    said = cli("sweep", *DIODE, "-o", tmp_path / "a.zarr", "--quiet").stderr
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("suffix", [".nc", ".zarr", ".csv"])
def test_two_at_once_leave_a_whole_file(tmp_path, suffix):
    """Of two writers of one file the last stays; of a store the second is refused, or follows the first."""
    code = "import sys; sys.argv[0] = 'energymodels'; from energymodels.cli import main; main()"
    words = [sys.executable, "-c", code, "sweep", *DIODE, "-o", str(tmp_path / f"a{suffix}")]
    both = [subprocess.Popen(words, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [one.communicate()[1] for one in both]
    assert 0 in [one.returncode for one in both], said
    assert all(one.returncode in (0, 2) for one in both), said
    assert int((em.read(tmp_path / f"a{suffix}").status == 0).sum()) == 200
    assert [path.name for path in tmp_path.iterdir()] == [f"a{suffix}"]


def test_from_python(tmp_path):
    over = {"photocurrent": "0.1:10:40"}
    ds = em.sweep("pv.diode", over, store=tmp_path / "a.zarr", chunk=9)
    whole = em.sweep("pv.diode", over)
    assert ds.load().equals(whole)
    with pytest.raises(em.InputError, match="is there already"):
        em.sweep("pv.diode", over, store=tmp_path / "a.zarr")
    again = em.sweep("pv.diode", over, store=tmp_path / "a.zarr", resume=True)
    assert again.load().equals(whole)
