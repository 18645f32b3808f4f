"""What the tests share: repeatable examples, the command line without a process, and one swept result."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

import energymodels as em

settings.register_profile("repeatable", deadline=None, derandomize=True)  # a failure seen once is seen again
settings.load_profile("repeatable")

CASES = {
    "grid": {
        "over": {"wafer.dopant": "B,Ga,P", "wafer.tau": "1e-4,1ms,inf", "front.j0,rear.j0": "1:10:2"},
        "values": {"curve.points": 5, "series_resistance": 0.2},
    },
    "points": {
        "over": {},
        "points": {"wafer.type": ["p", "n", "p"], "wafer.thickness": [100.0, 130.0, 160.0]},
    },
    "mixed": {
        "over": {"auger": "richter2012,niewelt2022"},
        "points": {"shunt_resistance": [1e-310, 1000.0], "temperature": [298.15, 300.0]},
    },
    "one": {"over": {}},
}


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder that holds the four packages."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(params=CASES)
def result(request):
    """Return a result: a grid with labels, tied fields and curves, a list of designs, both with a failed
    case, one case.
    """
    return em.sweep("pv.cell", **CASES[request.param])


@pytest.fixture
def cli(monkeypatch):
    """Return a function that runs the command line, checks its exit status and that nothing escaped as a
    traceback.
    """

    def call(*words: object, status: int = 0, stdin: str | None = None) -> Result:
        from energymodels.cli import main

        arguments = [str(word) for word in words]
        monkeypatch.setattr(sys, "argv", ["energymodels", *arguments])
        done = CliRunner().invoke(main, arguments, input=stdin)
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        assert done.exit_code == status, done.output
        return done

    return call
