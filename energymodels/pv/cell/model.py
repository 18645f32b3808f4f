"""``pv.cell``: a silicon cell with flat quasi-Fermi levels and injection-dependent recombination."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import ClassVar, Literal

import numpy as np

from energymodels.core.case import view
from energymodels.core.model import Array, Block, Model, Output, Prepared, Probe
from energymodels.core.review import Context
from energymodels.core.schema import Choice, Count, Label, Number, Table, choice, count, quantity
from energymodels.pv.cell.checks import CellReview
from energymodels.pv.metals import inventory
from energymodels.pv.metals.fields import EXCLUSIVE, Crystal, Defects, Feedstock, Process, WaferMetals

INF = float("inf")
DOPANTS = ("P", "B", "Ga")
NI_LABELS = ("couderc2014", "misiakos1993")
TIMES, J0 = (1e-10, 1.0), (0.01, 1e6)  # usual: s; fA cm-2


class Wafer(WaferMetals):
    """The wafer; its dopants are fully ionised, and all of them scatter and narrow the gap."""

    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = (
        ({"tau": INF, "capture_ratio": 1.0}, {"tau_n0": None, "tau_p0": None}),
    )
    agreeing: ClassVar[tuple[tuple[str, str], ...]] = (("type", "dopant"),)

    type: Label[Literal["n", "p"]] | None = choice(
        None, "base doping type; not set: that of the dopant, n by default"
    )
    dopant: Label[Literal["P", "B", "Ga"]] | None = choice(
        None, "base dopant; not set: P in n-type, Ga in p-type"
    )
    # between what 1e20 cm-3 and next to no doping give, for either type
    resistivity: Number | None = quantity(
        None, "ohm cm", "base resistivity; in the dark at 298.15 K", ge=1.3e-3, le=3.5e5
    )
    doping: Number | None = quantity(
        None, "cm-3", "net doping density: dopant minus compensating dopant", ge=1e8, le=1e20
    )
    compensation: Number = quantity(
        0.0,
        "cm-3",
        "compensating dopant density: phosphorus in p-type, boron in n-type; with doping or resistivity "
        "the majority dopant density follows, with crystal.seed_resistivity both dopants segregate along "
        "the crystal",
        ge=0.0,
        le=1e20,
    )
    thickness: Number = quantity(150.0, "um", "wafer thickness", ge=1.0, le=10000.0)
    tau: Number | None = quantity(
        None,
        "s",
        "SRH lifetime (hole capture time tau_p0, the low-injection lifetime in n-type); of all defects "
        "but the metals",
        usual=TIMES,
        gt=0.0,
    )
    capture_ratio: Number | None = quantity(
        None,
        "1",
        "SRH capture time ratio tau_p0 / tau_n0; above 1 the defect captures electrons faster, which "
        "shortens the lifetime in p-type",
        gt=0.0,
        le=1e8,
    )
    tau_n0: Number | None = quantity(None, "s", "SRH electron capture time tau_n0", usual=TIMES, gt=0.0)
    tau_p0: Number | None = quantity(None, "s", "SRH hole capture time tau_p0", usual=TIMES, gt=0.0)
    srh_level: Number = quantity(0.0, "eV", "SRH defect level E_t - E_i", ge=-0.6, le=0.6)


class Side(Table):
    """Front or rear surface: passivation J0, J0 under metal, contact resistance."""

    j0: Number = quantity(
        0.0,
        "fA cm-2",
        "passivation J0: recombination current prefactor of the non-metallised surface",
        usual=J0,
        ge=0.0,
        le=1e9,
    )
    j0_metal: Number = quantity(0.0, "fA cm-2", "J0 under metal contacts", usual=J0, ge=0.0, le=1e9)
    metal_fraction: Number = quantity(
        0.0,
        "1",
        "metallised area fraction; 0: full-area contact whose recombination is included in j0",
        ge=0.0,
        le=1.0,
    )
    j0_temperature: Number = quantity(
        298.15, "K", "reference temperature of j0 and j0_metal", ge=200.0, le=450.0
    )
    j0_n_i: Number | None = quantity(
        None,
        "cm-3",
        "intrinsic carrier density n_i used to evaluate j0; not set: the model's n_i at j0_temperature",
        gt=0.0,
        le=1e16,
    )
    j0_convention: Label[Literal["narrowed", "kane-swanson"]] = choice(
        "narrowed",
        "J0 extraction convention: narrowed: recombination is J0 (exp(qV/kT) - 1), V the quasi-Fermi "
        "level splitting with n_i and band-gap narrowing at the actual injection, as in device "
        "simulators and Kimmerle's analysis; kane-swanson: slope of the inverse lifetime over excess "
        "carrier density with the constant j0_n_i and no band-gap narrowing, converted at j0_injection",
    )
    j0_injection: Number = quantity(
        1e16,
        "cm-3",
        "excess carrier density at which j0 was extracted (middle of the fitted range); used with "
        "kane-swanson",
        ge=1e13,
        le=1e18,
    )
    j0_iron: Number = quantity(
        0.0,
        "fA cm",
        "J0 increase per iron density in the wafer before gettering; no coefficient is published",
        ge=0.0,
        le=1.0,
    )
    contact_resistivity: Number = quantity(
        0.0,
        "ohm cm2",
        "contact resistivity; adds contact_resistivity / metal_fraction to the series resistance",
        ge=0.0,
        le=100.0,
    )


class Curve(Table):
    """The current-voltage curve, on request."""

    points: Count = count(0, "number of points of the J-V curve; 0: no curve", ge=0, le=100000)
    voltage_min: Number = quantity(
        0.0,
        "V",
        "start of the J-V voltage axis; there is no reverse breakdown",
        fixed=True,
        ge=-100.0,
        le=10.0,
    )
    voltage_max: Number = quantity(0.8, "V", "end of the J-V voltage axis", fixed=True, gt=0.0, le=10.0)


class CellSpec(Table):
    """A silicon solar cell."""

    alternatives: ClassVar[tuple[tuple[Choice, ...], ...]] = (
        ({"wafer.resistivity": 1.0}, {"wafer.doping": None}, {"crystal.seed_resistivity": None}),
        ({"optical_loss": 0.0}, {"generation_current_density": None}),
    )
    exclusive: ClassVar[tuple[tuple[tuple[str, ...], ...], ...]] = EXCLUSIVE

    feedstock: Feedstock = Feedstock()
    crystal: Crystal = Crystal()
    process: Process = Process()
    defects: Defects = Defects()
    wafer: Wafer = Wafer()
    front: Side = Side()
    rear: Side = Side()
    series_resistance: Number = quantity(
        0.0,
        "ohm cm2",
        "series resistance; contact resistances of front and rear come on top",
        ge=0.0,
        le=1000.0,
    )
    shunt_resistance: Number = quantity(INF, "ohm cm2", "shunt resistance", gt=0.0)
    generation_current_density: Number | None = quantity(
        None,
        "mA cm-2",
        "generation current density at 1000 W m-2 AM1.5G, imposed; scales with the irradiance",
        ge=0.0,
        le=100.0,
    )
    optical_loss: Number | None = quantity(
        None,
        "1",
        "optical loss: fraction of the Lambertian light-trapping limit that is not absorbed (reflection, "
        "shading, parasitic absorption)",
        ge=0.0,
        lt=1.0,
    )
    optical_constants: Label[Literal["schinke2015", "green2008"]] = choice(
        "schinke2015", "silicon absorption coefficient data"
    )
    auger: Label[Literal["niewelt2022", "richter2012"]] = choice("niewelt2022", "Auger recombination model")
    intrinsic_density: Label[Literal["couderc2014", "misiakos1993"]] = choice(
        "couderc2014", "intrinsic carrier density model"
    )
    temperature: Number = quantity(298.15, "K", "cell temperature", ge=200.0, le=450.0)
    irradiance: Number = quantity(1000.0, "W m-2", "irradiance; AM1.5G spectrum, scaled", ge=0.0, le=1e6)
    curve: Curve = Curve()


def _split(point: str, words: str) -> tuple[Output, ...]:
    names = {
        "radiative": "radiative",
        "auger": "Auger",
        "srh": "Shockley-Read-Hall",
        "front": "front surface",
        "rear": "rear surface",
    }
    found = [
        Output(f"j_{n}_{point}", "mA cm-2", f"{w} recombination current density at {words}")
        for n, w in names.items()
    ]
    return (*found, Output(f"j_shunt_{point}", "mA cm-2", f"shunt current density at {words}"))


TYPES = ("n", "p")
FLAGGED = {  # what the flags say
    "intrinsic_density": "temperature outside the measured range of the intrinsic carrier density",
    "auger": "temperature differs from that of the Auger measurements: the parametrisations have no "
    "temperature coefficient",
    "absorption": "temperature outside the range of the absorption edge shift",
    "degenerate": "degenerate doping: Boltzmann statistics and full ionisation do not hold",
    "flat_levels": "diffusion length shorter than the wafer thickness: quasi-Fermi levels are not "
    "flat and the real "
    "efficiency is lower",
    "screening": "more than ten ionised dopants per free carrier: band-gap narrowing is extrapolated to weak "
    "screening and overestimated",
}
GENERATED = {"sign_convention": "current delivered by the cell is positive"}
DARK = "in the dark"
MASKS = ("intrinsic_density", "auger", "absorption", "degenerate", "flat_levels", "screening")


class Cell(Model):
    """Adapter of ``kernels.pv.cell.quasi_neutral``."""

    name = "pv.cell"
    summary = (
        "silicon solar cell with flat quasi-Fermi levels, injection-dependent recombination and lumped "
        "resistances"
    )
    spec = CellSpec
    review = CellReview
    sources = (
        "couderc2014", "misiakos1993", "paessler2002", "schenk1998", "klaassen1992a", "klaassen1992b",
        "niewelt2022", "richter2012",
        "green2002", "schinke2015", "green2008", "astm-g173", "codata2018",
    )  # fmt: skip
    outputs = (
        Output("v_oc", "V", "open-circuit voltage"),
        Output("j_sc", "mA cm-2", "short-circuit current density", attrs=GENERATED),
        Output("v_mp", "V", "voltage at the maximum power point (MPP)"),
        Output("j_mp", "mA cm-2", "current density at the maximum power point (MPP)", attrs=GENERATED),
        Output("implied_v_oc", "V",
        "implied open-circuit voltage (iVoc); before metallisation: without J0 under metal and without "
"shunt"),
        Output("fill_factor", "percent", "fill factor", absent=DARK),
        Output("pseudo_fill_factor", "percent", "pseudo fill factor (pFF); without series "
                                                "resistance", absent=DARK),
        Output("efficiency", "percent", "power conversion efficiency", absent=DARK),
        Output("excess_density_mp", "cm-3", "excess carrier density at MPP"),
        Output("excess_density_oc", "cm-3", "excess carrier density at open circuit"),
        Output("ideality_mp", "1", "local ideality factor of the total recombination at MPP", absent=DARK),
        Output("ideality_oc", "1", "local ideality factor of the total recombination at open "
                                   "circuit", absent=DARK),
        Output("bulk_lifetime_mpp", "s",
        "bulk lifetime at MPP; radiative, Auger and SRH (metals and other defects)"),
        Output("bulk_lifetime_1e15", "s", "bulk lifetime at an excess carrier density of 1e15 cm-3"),
        *_split("mp", "MPP"),
        *_split("oc", "open circuit"),
        Output(
            "j", "mA cm-2", "current density", ("voltage",), attrs=GENERATED,
            absent="beyond the voltage at which the excess carrier density exceeds 1e20 cm-3",
        ),
        Output("j_metals_mp", "mA cm-2", "SRH recombination current density by metal at MPP",
        ("element",)),
        Output("grown_metals", "cm-3", "metal concentration in the wafer before gettering", ("element",),
        derived=True),
        Output("wafer_metals", "cm-3", "metal concentration in the finished wafer", ("element",),
        derived=True),
        Output("wafer_active", "cm-3", "concentration of recombination-active metals, isolated or "
                                       "paired with acceptors",
        ("element",), derived=True),
        Output("wafer_carbon", "cm-3", "carbon concentration in the crystal", derived=True),
        Output("j_generation", "mA cm-2", "generation current density", derived=True),
        Output("base_doping", "cm-3", "net base doping density", derived=True),
        Output(
            "base_type", "1", "base doping type; thermal donors or dopant segregation can invert "
                              "it", derived=True,
            attrs={"flag_values": np.arange(len(TYPES), dtype=np.int8), "flag_meanings": " ".join(TYPES)},
        ),
        Output("base_resistivity", "ohm cm", "base resistivity; in the dark at 298.15 K",
        derived=True),
        Output(
            "validity", "1", "validity flags: models and assumptions used outside their range", derived=True,
            attrs={
                "flag_masks": np.array([1 << i for i in range(len(MASKS))], np.int8),
                "flag_meanings": " ".join(MASKS),
                "flag_comments": "; ".join(FLAGGED[name] for name in MASKS),
            },
        ),
    )  # fmt: skip

    def kernel(self) -> ModuleType:
        from energymodels.kernels.pv.cell import quasi_neutral

        return quasi_neutral

    def axes(self, context: Context, probe: Probe) -> dict[str, Array]:
        fields = context.fields
        found = {}
        if fields["curve.points"]:
            found["voltage"] = np.linspace(
                fields["curve.voltage_min"], fields["curve.voltage_max"], fields["curve.points"]
            )
        if used := inventory.metals(fields, context.along):
            found["element"] = np.array(used)
        return found

    def solve(self, rows: Array, axes: Mapping[str, Array], out: Block) -> None:
        centres = axes["levels"], axes["owners"], int(axes["single"])
        split = np.empty((rows.size if "j_metals_mp" in out.arrays else 0, axes["places"].size))
        self.kernel().solve(rows, *centres, out.scalars, split, out.status)
        if "j_metals_mp" in out.arrays:
            out.arrays["j_metals_mp"][...] = split[:, : out.arrays["j_metals_mp"].shape[1]]
        if "j" in out.arrays:
            self.kernel().curves(rows, *centres, axes["voltage"], out.arrays["j"], out.status)

    def prepare(self, columns: Mapping[str, Array]) -> Prepared:
        from energymodels.pv.cell.rows import rows

        return rows(view(CellSpec, columns), columns)


MODEL = Cell()
