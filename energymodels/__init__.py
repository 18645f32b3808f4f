"""energymodels: how well solar cells and batteries perform from what they are made of.

``load`` a bundled spec or a TOML file, ``run`` it, ``sweep`` any of its fields, ``compare`` it with a
reference backend, and hold the physics against certified ``records`` and manufacturers' ``claims``. The
command line's verbs are functions here: ``metal_budget``, ``fastcharge``, ``plot``, ``study``.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energymodels import renamed

if TYPE_CHECKING:
    from energymodels.battery.fast_charge import fastcharge as fastcharge
    from energymodels.claims import claims as claims
    from energymodels.core.errors import InputError as InputError
    from energymodels.core.plan import plan as plan
    from energymodels.core.registry import MODELS as MODELS
    from energymodels.core.spec import Spec as Spec
    from energymodels.core.spec import bundled as specs
    from energymodels.core.spec import load as load
    from energymodels.core.store import read as read
    from energymodels.core.store import write as write
    from energymodels.core.sweep import run as run
    from energymodels.core.sweep import sweep as sweep
    from energymodels.core.sweep_files.cite import cite as cite
    from energymodels.core.sweep_files.rerun import rerun as rerun
    from energymodels.pv.metals.budget import metal_budget as metal_budget
    from energymodels.pv.records import records as records
    from energymodels.report.compare import compare as compare
    from energymodels.report.plot import plot as plot
    from energymodels.studies import study as study

# In a checkout the folders kernels, datasets and cli lie beside this one; installed, inside it.
_CHECKOUT = Path(__file__).resolve().parent.parent
if (_CHECKOUT / "pyproject.toml").is_file() and str(_CHECKOUT) not in __path__:
    __path__.append(str(_CHECKOUT))
renamed.install()

_HOMES = {  # name: where it lives, and what it is called there if not so
    "InputError": "core.errors",
    "MODELS": "core.registry",
    "Spec": "core.spec",
    "cite": "core.sweep_files.cite",
    "claims": "claims",
    "compare": "report.compare",
    "fastcharge": "battery.fast_charge",
    "load": "core.spec",
    "metal_budget": "pv.metals.budget",
    "plan": "core.plan",
    "plot": "report.plot",
    "read": "core.store",
    "records": "pv.records",
    "rerun": "core.sweep_files.rerun",
    "run": "core.sweep",
    "specs": "core.spec:bundled",
    "study": "studies",
    "sweep": "core.sweep",
    "write": "core.store",
}
_RENAMED = {"tolerance": "metal_budget"}  # old name: new one
__all__ = [
    "MODELS",
    "InputError",
    "Spec",
    "cite",
    "claims",
    "compare",
    "fastcharge",
    "load",
    "metal_budget",
    "plan",
    "plot",
    "read",
    "records",
    "rerun",
    "run",
    "specs",
    "study",
    "sweep",
    "write",
]


def _version() -> str:
    if str(_CHECKOUT) in __path__:  # its own, whatever is installed beside it
        import tomllib

        text = (_CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["project"]["version"])
    from importlib.metadata import version

    return version("energymodels")


def __getattr__(name: str) -> Any:
    if name == "__version__":
        globals()[name] = _version()
        return globals()[name]
    if name in _RENAMED:
        from energymodels.core.errors import warn_renamed

        warn_renamed(f"energymodels.{name}", f"energymodels.{_RENAMED[name]}")
        return __getattr__(_RENAMED[name])
    if name in renamed.MODULES:
        return import_module(f"energymodels.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'energymodels' has no attribute {name!r}")
    home, _, other = _HOMES[name].partition(":")
    module = import_module(f"energymodels.{home}")
    # importing ``claims`` has put that module here already, which is called as its function is
    return globals().setdefault(name, getattr(module, other or name))


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
