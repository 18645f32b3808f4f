"""Old names of modules: they work, with one warning."""

import subprocess
import sys
import warnings
from importlib import import_module

import pytest

import energymodels as em
from energymodels import renamed
from energymodels.core.errors import RenamedWarning


@pytest.fixture
def forgotten(monkeypatch):
    """Old modules as if nobody had asked for them yet."""
    old = [name for name in sys.modules if renamed.homes(name.removeprefix(renamed.HOUSE))]
    for name in old:
        package, _, last = name.rpartition(".")
        monkeypatch.delitem(vars(import_module(package)), last, raising=False)
    for name in old:
        monkeypatch.delitem(sys.modules, name)


def asked(name):
    """Return a module and what was said when it was imported."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        module = import_module(f"energymodels.{name}")
        assert import_module(f"energymodels.{name}") is module
    return module, [(str(w.message), w.category) for w in said if w.category is RenamedWarning]


@pytest.mark.parametrize("old", renamed.MODULES)
def test_every_old_module(old, forgotten):
    module, said = asked(old)
    home = import_module(f"energymodels.{renamed.homes(old)[0]}")
    public = [name for name in dir(home) if not name.startswith("_")]
    assert public
    assert all(getattr(module, name) is getattr(home, name) for name in public)
    if "impurity" not in old and "design" not in old:
        assert said == [
            (
                f"energymodels.{old} is now called {home.__name__}; the old name still works, for this "
                "version only",
                RenamedWarning,
            )
        ]
    assert len(said) == 1


@pytest.mark.parametrize(
    ("old", "name", "home"),
    [
        ("silicon", "lifetime", "pv.silicon"),
        ("impurity.stages", "melt", "pv.metals.stages"),
        ("impurity.data", "element", "pv.metals.data"),
        ("impurity.members", "__doc__", "pv.metals.alternatives"),
        ("design.geometry", "electrochemical", "battery.design.geometry"),
        ("engine", "sweep", "core.sweep"),
        ("result", "to_dataset", "core.dataset"),
        ("model", "MODELS", "core.registry"),
        ("battery.fastcharge", "fastcharge", "battery.fast_charge"),
    ],
)
def test_what_old_modules_had(old, name, home, forgotten):
    module, said = asked(old)
    if name != "__doc__":
        assert getattr(module, name) is getattr(import_module(f"energymodels.{home}"), name)
    assert len(said) == 1


def test_an_old_name_in_an_old_module(forgotten):
    module, _ = asked("tolerances")
    assert module.tolerance is em.metal_budget


def test_as_an_attribute(forgotten):
    with pytest.warns(RenamedWarning, match=r"^energymodels.silicon is now called energymodels.pv.silicon;"):
        assert em.silicon.lifetime is import_module("energymodels.pv.silicon").lifetime


def test_the_warning_names_the_line_that_asks(root):
    code = "from energymodels.silicon import band_gap"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("<string>:1: RenamedWarning: energymodels.silicon is now called")
    assert done.stderr.count("RenamedWarning") == 1


def test_no_old_name_hides_a_function():
    assert not renamed.MODULES.keys() & set(em.__all__)


def test_what_no_old_module_had(forgotten):
    module, _ = asked("silicon")
    with pytest.raises(
        AttributeError, match=r"module 'energymodels.pv.silicon' has no attribute 'germanium'"
    ):
        module.germanium  # noqa: B018
    with pytest.raises(ModuleNotFoundError):
        import_module("energymodels.silicone")


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("pv", "silicon"),
        ("pv", "stages"),
        ("pv", "metal_budget"),
        ("battery", "design"),
        ("battery", "schedules"),
        ("battery", "fast_charge"),
        ("battery.design", "electrochemical"),
        ("battery.protocol", "parse"),
        ("battery.parameters", "parameter_set"),
        ("pv.metals", "stages"),
    ],
)
def test_packages_offer_what_users_look_for(package, name):
    module = import_module(f"energymodels.{package}")
    assert name in module.__all__
    assert name in dir(module)
    assert getattr(module, name).__doc__
    with pytest.raises(AttributeError, match=f"module 'energymodels.{package}' has no attribute 'germanium'"):
        module.germanium  # noqa: B018


def test_packages_are_light(root):
    code = (
        "import sys, energymodels.pv, energymodels.battery.design; "
        "print(sorted({'numpy', 'numba', 'pydantic', 'xarray'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=100)
    assert done.stdout.strip() == "[]", done.stderr
