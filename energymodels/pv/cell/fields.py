"""The fields of ``pv.cell``; those of its metals are in ``pv.metals.fields``."""

from __future__ import annotations

from typing import ClassVar, Literal

from energymodels.core.schema import Choice, Count, Label, Number, Table, choice, count, quantity
from energymodels.pv.metals.fields import EXCLUSIVE, Crystal, Defects, Feedstock, Process, WaferMetals

INF = float("inf")
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
