"""energymodels: how well solar cells and batteries perform from what they are made of.

``load`` a bundled spec or a TOML file, ``run`` it, ``sweep`` any of its fields, ``compare`` it with a
reference backend, and hold the physics against certified ``records``.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from energymodels.core.dataset import read as read
    from energymodels.core.dataset import write as write
    from energymodels.core.engine import run as run
    from energymodels.core.engine import sweep as sweep
    from energymodels.core.model import MODELS as MODELS
    from energymodels.core.spec import Spec as Spec
    from energymodels.core.spec import load as load
    from energymodels.pv.metals.budget import tolerance as tolerance
    from energymodels.pv.records import records as records
    from energymodels.report.compare import compare as compare

# In a checkout the folders kernels, datasets and cli lie beside this one; installed, inside it.
_CHECKOUT = Path(__file__).resolve().parent.parent
if (_CHECKOUT / "pyproject.toml").is_file() and str(_CHECKOUT) not in __path__:
    __path__.append(str(_CHECKOUT))

_HOMES = {
    "MODELS": "core.model",
    "Spec": "core.spec",
    "compare": "report.compare",
    "load": "core.spec",
    "read": "core.dataset",
    "records": "pv.records",
    "run": "core.engine",
    "sweep": "core.engine",
    "tolerance": "pv.metals.budget",
    "write": "core.dataset",
}
__all__ = ["MODELS", "Spec", "compare", "load", "read", "records", "run", "sweep", "tolerance", "write"]


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
    if name not in _HOMES:
        raise AttributeError(f"module 'energymodels' has no attribute {name!r}")
    value = getattr(import_module(f"energymodels.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
