"""Where output goes: tried before the work, nothing foreign overwritten, closed pipes silent; what the shell
completes.
"""

import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete

import energymodels as em
from energymodels.cli import main
from energymodels.cli.completion import Bash
from energymodels.core.plan import Plan

DIODE = ("pv.diode", "-v", "photocurrent=1,2")
COMMAND = (
    "import sys; sys.argv[0] = 'energymodels'; from energymodels.cli import main; "
    "main(prog_name='energymodels')"
)


@pytest.fixture
def work(monkeypatch):
    """Return a list that grows by one whenever something is solved."""
    done = []
    original = Plan.solve
    monkeypatch.setattr(
        Plan, "solve", lambda *args, **options: done.append(args) or original(*args, **options)
    )
    return done


@pytest.mark.parametrize("suffix", [".nc", ".zarr", ".csv"])
def test_a_foreign_file_stays(cli, work, tmp_path, suffix):
    file = tmp_path / f"a{suffix}"
    file.write_text("mine")
    assert "exists and is not a result" in cli("sweep", *DIODE, "-o", file, status=2).stderr
    assert "--force" in cli("run", "pv.diode", "-o", file, status=2).stderr
    assert file.read_text() == "mine"
    assert not work
    cli("sweep", *DIODE, "-o", file, "--force")
    assert em.read(file).sizes == {"photocurrent": 2}


def test_a_foreign_folder_stays(cli, work, tmp_path):
    for name in ("a.zarr", "a.nc"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine").write_text("mine")
        cli("sweep", *DIODE, "-o", tmp_path / name, status=2)
        assert (tmp_path / name / "mine").read_text() == "mine"
    # of what is no store
    assert "is a folder" in cli("run", "pv.diode", "-o", tmp_path / "a.nc", "--force", status=2).stderr
    assert not work


@pytest.mark.parametrize("suffix", [".nc", ".zarr", ".csv"])
def test_the_same_command_may_run_again(cli, tmp_path, suffix):
    file = tmp_path / f"a{suffix}"
    cli("sweep", *DIODE, "-o", file)
    cli("sweep", *DIODE, "--threads", "1", f"--output={file}")
    for words in (("sweep", "pv.diode", "-v", "photocurrent=1,3"), ("run", "pv.diode")):
        assert (
            "another command: energymodels sweep pv.diode -v photocurrent=1,2"
            in cli(*words, "-o", file, status=2).stderr
        )
    assert em.read(file).photocurrent.values.tolist() == [1.0, 2.0]
    em.write(em.run("pv.diode"), file)  # from Python
    cli("run", "pv.diode", "-o", file, status=2)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_figures(cli, tmp_path, suffix):
    """What plot drew, plot may draw again; any other picture stays."""
    data, figure = tmp_path / "a.csv", tmp_path / f"a{suffix}"
    cli("sweep", *DIODE, "-o", data)
    for output in ("p_mp", "v_oc"):
        cli("plot", data, "-x", "photocurrent", "-y", output, "-o", figure)
    figure.write_bytes(b"mine")
    assert (
        "not a figure" in cli("plot", data, "-x", "photocurrent", "-y", "v_oc", "-o", figure, status=2).stderr
    )
    assert figure.read_bytes() == b"mine"
    cli("plot", data, "-x", "photocurrent", "-y", "v_oc", "-o", figure, "--force")
    (tmp_path / "fastcharge.png").write_bytes(b"mine")
    assert (
        "not a figure"
        in cli("fastcharge", "battery-lfp-4c", "-o", tmp_path / "fastcharge.png", status=2).stderr
    )


def test_studies(cli, monkeypatch, tmp_path):
    """A study replaces its own files and no others; it says which it writes."""
    from energymodels.studies import STUDIES, get_study, p_vs_n

    assert all(any(name.endswith(".png") for name in get_study(s).FILES) for s in STUDIES)
    small = {
        "wafer.tau": "1e-4,1e-3",
        "wafer.capture_ratio": "1,100",
        "wafer.thickness": "130,180",
        "wafer.resistivity": "0.3,1",
    }
    monkeypatch.setattr(p_vs_n, "OVER", p_vs_n.OVER | small)
    monkeypatch.setattr(
        p_vs_n, "_figure", lambda ds: __import__("matplotlib.figure", fromlist=["Figure"]).Figure()
    )
    for _ in range(2):
        cli("study", "p-vs-n", "-o", tmp_path / "results")
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == sorted(p_vs_n.FILES)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "p-vs-n.png").write_bytes(b"mine")
    assert (
        "not of energymodels study p-vs-n"
        in cli("study", "p-vs-n", "-o", tmp_path / "other", status=2).stderr
    )
    assert (tmp_path / "other" / "p-vs-n.png").read_bytes() == b"mine"


@pytest.mark.parametrize("place", ["/proc/a.nc", "/dev/null/a.nc"])
def test_the_path_is_tried_before_the_work(cli, work, place):
    assert "cannot write" in cli("sweep", *DIODE, "-o", place, status=2).stderr
    assert not work


@pytest.mark.parametrize("words", [["describe", "pv.cell"], ["data"], ["--help"]])
def test_closed_pipes_are_silent(words):
    run = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    run.stdout.close()
    assert run.stderr.read() == b""
    run.stderr.close()
    assert run.wait() in (0, 1)


def offered(*words, last):
    return [
        item.value
        for item in ShellComplete(main, {}, "energymodels", "_X").get_completions(list(words), last)
    ]


def test_completion():
    assert "industrial-hjt-2023" in offered("run", last="indu")
    assert offered("run", last="./x") == ["./x"]  # a file
    assert {"wafer.", "front.", "temperature="} <= set(offered("run", "pv.cell", "-p", last=""))
    assert offered("run", "pv.cell", "-p", last="wafer.thick") == ["wafer.thickness="]
    assert offered("sweep", "industrial-hjt-2023", "-v", last="wafer.dop") == [
        "wafer.dopant=",
        "wafer.doping=",
    ]
    assert offered("run", "pv.cell", "-p", last="wafer.dopant=") == [
        f"wafer.dopant={d}" for d in ("P", "B", "Ga")
    ]
    assert offered("sweep", "pv.cell", "-v", last="wafer.dopant=P,G") == ["wafer.dopant=P,Ga"]
    assert offered("sweep", "pv.cell", "-v", last="front.j0,rear.j0_m") == ["front.j0,rear.j0_metal="]
    assert offered("describe", "pv.cell", last="stat") == ["status"]
    assert offered("study", last="p-") == ["p-vs-n"]
    assert offered("metal-budget", "pv.cell", "-p", last="temp") == ["temperature="]
    assert offered("tolerance", "pv.cell", "-p", last="temp") == ["temperature="]  # the old name
    assert offered(last="m") == ["metal-budget", "models"]
    assert offered("run", "no-such-spec", "-p", last="w") == []


@pytest.mark.parametrize(("words", "at", "split"), [
    ("energymodels run pv.cell -p wafer.dopant = G", 6, (["run", "pv.cell", "-p"], "wafer.dopant=G")),
    ("energymodels run pv.cell -p wafer.dopant =", 5, (["run", "pv.cell", "-p"], "wafer.dopant=")),
    ("energymodels run pv.cell -p a = 1 -p w", 8, (["run", "pv.cell", "-p", "a=1", "-p"], "w")),
    ("energymodels run pv.cell -p", 4, (["run", "pv.cell", "-p"], "")),
])  # fmt: skip
def test_bash_takes_words_apart(monkeypatch, words, at, split):
    bash = Bash(main, {}, "energymodels", "_X")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(at))
    assert bash.get_completion_args() == split
    found = [bash.format_completion(item) for item in bash.get_completions(*split)]
    assert found == {"G": ["plain,Ga"], "=": ["plain,P", "plain,B", "plain,Ga"]}.get(split[1][-1:], found)


def test_bash_completes():
    """The script that bash reads, run by bash."""
    script = subprocess.run(
        [sys.executable, "-c", COMMAND],
        env=_environment("bash_source"),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "compopt -o nospace" in script
    assert "complete -o nosort" in script


def _environment(asked):
    import os

    return {**os.environ, "_ENERGYMODELS_COMPLETE": asked}
