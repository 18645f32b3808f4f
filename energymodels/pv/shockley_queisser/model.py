"""``pv.shockley_queisser``: the detailed-balance limit of a single gap under AM1.5G."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import ClassVar, Literal

from energymodels.core.case import view
from energymodels.core.model import Array, Block, Model, Output, Prepared
from energymodels.core.schema import Label, Number, Table, choice, quantity


class LimitSpec(Table):
    """An ideal absorber that emits through one side (a perfect mirror behind it) or two."""

    band_gap: Number = quantity(1.34, "eV", "band gap", ge=0.32, le=4.4)
    temperature: Number = quantity(298.15, "K", "cell temperature", ge=50.0, le=600.0)
    emission: Label[Literal["one", "two"]] = choice(
        "two", "number of surfaces that emit: one (perfect rear mirror) or two"
    )
    irradiance: Number = quantity(1000.0, "W m-2", "irradiance; AM1.5G spectrum, scaled", gt=0.0, le=1e8)


class Limit(Model):
    """Adapter of ``kernels.pv.shockley_queisser.detailed_balance``."""

    name = "pv.shockley_queisser"
    summary = "detailed-balance limit of a single band gap under AM1.5G"
    spec = LimitSpec
    sources: ClassVar[tuple[str, ...]] = ("shockley1961", "ruhle2016", "astm-g173", "codata2018")
    outputs = (
        Output(
            "j_sc",
            "mA cm-2",
            "short-circuit current density",
            attrs={"sign_convention": "delivered current is positive"},
        ),
        Output("v_oc", "V", "open-circuit voltage"),
        Output("j_mp", "mA cm-2", "current density at the maximum power point (MPP)"),
        Output("v_mp", "V", "voltage at the maximum power point (MPP)"),
        Output("fill_factor", "percent", "fill factor"),
        Output("efficiency", "percent", "power conversion efficiency"),
    )

    def kernel(self) -> ModuleType:
        from energymodels.kernels.pv.shockley_queisser import detailed_balance

        return detailed_balance

    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        case = view(LimitSpec, columns)
        rows = {
            "band_gap": case.band_gap,
            "temperature": case.temperature,
            "sides": case.emission.take({"one": 1.0, "two": 2.0}),
            "irradiance": case.irradiance,
        }
        return Prepared(rows)

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        self.kernel().solve(rows, *_spectrum(), out.scalars, out.status)


@cache
def _spectrum() -> tuple[Array, Array, Array]:
    """Return AM1.5G: wavelength (nm), irradiance (W m-2 nm-1) and the photon current up to each wavelength (A
    m-2).
    """
    from energymodels import datasets
    from energymodels.kernels.pv.shockley_queisser import detailed_balance

    light = datasets.series("pv/am15g").columns
    wavelength, irradiance = light["wavelength"], light["irradiance"]
    return wavelength, irradiance, detailed_balance.photon_table(wavelength, irradiance)


MODEL = Limit()
