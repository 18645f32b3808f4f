"""``pv.diode``: one- and two-diode current-voltage curve and its five points, by pvlib's parameter names."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import ClassVar

import numpy as np

from energymodels.core.case import view
from energymodels.core.model import Agreement, Array, Block, Model, Output, Prepared, Probe
from energymodels.core.review import Context, Review
from energymodels.core.schema import Count, Number, Table, count, quantity
from energymodels.kernels import status

INF = float("inf")
DELIVERED = {"sign_convention": "current delivered by the device is positive"}


class Curve(Table):
    """The current-voltage curve, on request."""

    points: Count = count(0, "number of points of the I-V curve; 0: no curve", ge=0, le=100000)
    voltage_min: Number = quantity(0.0, "V", "start of the I-V voltage axis", fixed=True, ge=-1e5, le=1e5)
    voltage_max: Number = quantity(1.0, "V", "end of the I-V voltage axis", fixed=True, ge=-1e5, le=1e5)


class DiodeSpec(Table):
    """A solar cell, module or array as one or two diodes.

    The defaults are pvlib's example of a 60-cell module in rough numbers.
    """

    photocurrent: Number = quantity(7.0, "A", "photocurrent (light-generated current)", ge=0.0, le=1e6)
    saturation_current: Number = quantity(1e-10, "A", "diode saturation current I0", gt=0.0, le=1e3)
    resistance_series: Number = quantity(0.0, "ohm", "series resistance", ge=0.0, le=1e6)
    resistance_shunt: Number = quantity(INF, "ohm", "shunt resistance", gt=0.0)
    nNsVth: Number = quantity(  # noqa: N815 (pvlib's name)
        1.5,
        "V",
        "modified ideality factor: ideality factor times cells in series times thermal voltage",
        gt=0.0,
        le=1e4,
    )
    saturation_current_2: Number = quantity(
        0.0, "A", "saturation current I02 of the second diode; 0: single-diode model", ge=0.0, le=1e3
    )
    nNsVth_2: Number | None = quantity(  # noqa: N815
        None, "V", "modified ideality factor of the second diode; not set: twice nNsVth", gt=0.0, le=1e4
    )
    curve: Curve = Curve()


class DiodeReview(Review):
    """The review of ``pv.diode``."""

    def without_effect(self) -> dict[str, str]:
        if self.of.fields["saturation_current_2"] or "saturation_current_2" in self.of.swept:
            return {}
        swept = self.of.swept & {"nNsVth_2"}
        return dict.fromkeys(swept, "saturation_current_2 is 0, so there is no second diode")


class Diode(Model):
    """Adapter of ``kernels.pv.diode.diode``."""

    name = "pv.diode"
    summary = "one- or two-diode current-voltage curve and its five points"
    spec = DiodeSpec
    review = DiodeReview
    sources = ("bishop1988",)
    outputs = (
        Output("i_sc", "A", "short-circuit current", attrs=DELIVERED),
        Output("v_oc", "V", "open-circuit voltage"),
        Output("i_mp", "A", "current at the maximum power point (MPP)", attrs=DELIVERED),
        Output("v_mp", "V", "voltage at the maximum power point (MPP)"),
        Output("p_mp", "W", "maximum power"),
        Output(
            "i", "A", "current", dims=("voltage",), attrs=DELIVERED,
            absent="beyond the voltage at which the diode current overflows",
        ),
    )  # fmt: skip
    references: ClassVar[Mapping[str, Mapping[str, Agreement]]] = {
        "pvlib": {
            name: Agreement(1e-9, 1e-15, "pvlib's Newton iteration ends at 1e-12 of its unknown")
            for name in ("i_sc", "v_oc", "i_mp", "v_mp", "p_mp", "i")
        }
    }

    def kernel(self) -> ModuleType:
        from energymodels.kernels.pv.diode import diode

        return diode

    def axes(self, context: Context, probe: Probe) -> dict[str, Array]:
        fields = context.fields
        if not fields["curve.points"]:
            return {}
        return {
            "voltage": np.linspace(
                fields["curve.voltage_min"], fields["curve.voltage_max"], fields["curve.points"]
            )
        }

    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        case = view(DiodeSpec, columns)
        rows = {
            "photocurrent": case.photocurrent,
            "saturation_current": case.saturation_current,
            "resistance_series": case.resistance_series,
            "shunt": 1.0 / case.resistance_shunt,
            "a": case.nNsVth,
            "saturation_current_2": case.saturation_current_2,
            "a_2": 2.0 * case.nNsVth if case.nNsVth_2 is None else case.nNsVth_2,
        }
        return Prepared(rows)

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        super().solve(rows, axes, out)
        if "i" in out.arrays:
            current = out.arrays["i"]
            self.kernel().curves(rows, axes["voltage"], current)
            lost = np.isnan(current).any(axis=1) & (out.status == status.OK)
            out.status[lost] = status.NO_CONVERGENCE
            current[np.isinf(current)] = np.nan


MODEL = Diode()
