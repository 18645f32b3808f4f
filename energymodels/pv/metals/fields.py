"""Fields of ``pv.cell`` for metals: feedstock, crystal growth, gettering, defects.

Not set: zero, or the default of the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import create_model

from energymodels.core.schema import Count, Label, Number, Table, choice, count, quantity
from energymodels.pv.metals import data
from energymodels.pv.metals.recipes import process_keys

METALS = data.metals()
PAIRS = " (pairs in p-type as wafer.pairs and wafer.pairing_time say) in the finished wafer"


def _table(name: str, entries: dict[str, tuple[Any, Any]]) -> Any:
    """Return a table class with one field per entry."""
    table: Any = create_model(name, __base__=Table, **entries)  # type: ignore[call-overload]
    table.by_name = True
    return table


def _amounts(name: str, unit: str, meaning: str, high: float) -> Any:
    """Return a table of an amount of each metal."""
    return _table(
        name,
        {
            m: (float | None, quantity(None, unit, f"{data.elements()[m].name} {meaning}", ge=0.0, le=high))
            for m in METALS
        },
    )


def _labels(name: str, meaning: str, options: dict[str, tuple[str, ...]]) -> Any:
    """Return a table of which published set is used, for everything that has more than one."""
    return _table(
        name,
        {
            key: (Literal[keys] | None, choice(None, f"{meaning.format(key)}; not set: {keys[0]}"))
            for key, keys in options.items()
            if len(keys) > 1
        },
    )


def _sets(attribute: str) -> dict[str, tuple[str, ...]]:
    return {
        s: tuple(c.key for c in getattr(e, attribute))
        for s, e in data.elements().items()
        if e.group == "metal"
    }


if TYPE_CHECKING:  # made at run time from the data
    Amounts: TypeAlias = dict[str, Number]
    Sets: TypeAlias = dict[str, Label[str]]
    Metals: TypeAlias = Amounts
    Surface: TypeAlias = Amounts
    Crucible: TypeAlias = Amounts
    Contamination: TypeAlias = Amounts
    Active: TypeAlias = Amounts
    Present: TypeAlias = Amounts
    Segregation: TypeAlias = Sets
    Diffusivity: TypeAlias = Sets
    Solubility: TypeAlias = Sets
    Defects: TypeAlias = Sets
else:
    Metals = _amounts("Metals", "ppbw", "concentration in the feedstock bulk, by mass", 1e9)
    Surface = _amounts(
        "Surface",
        "ppbw",
        "surface contamination of the feedstock; the part that reaches the melt, per mass of the charge",
        1e9,
    )
    Crucible = _amounts(
        "Crucible",
        "ppbw",
        "contamination of the melt by crucible and hot zone; during one pull, per mass of the melt (ccz: "
        "per pulled melt mass)",
        1e9,
    )
    Contamination = _amounts(
        "Contamination", "cm-3", "contamination of the wafer by process tools; before gettering", 5e22
    )
    Segregation = _labels("Segregation", "segregation coefficient data of {}", _sets("segregation"))
    Diffusivity = _labels("Diffusivity", "diffusivity data of {}", _sets("diffusivity"))
    Solubility = _labels("Solubility", "solubility data of {}", _sets("solubility"))
    Defects = _labels(
        "Defects",
        "SRH parameters of {}",
        {name: tuple(s.key for s in c.sets) for name, c in data.centres().items()},
    )
    Active = _table(
        "Active",
        {
            m: (
                float | None,
                quantity(
                    None,
                    "1",
                    f"recombination-active fraction of dissolved {data.elements()[m].name}; not "
                    f"set: the data's",
                    ge=0.0,
                    le=1.0,
                ),
            )
            for m in METALS
        },
    )
    Present = _table(
        "Present",
        {
            name: (
                float | None,
                quantity(None, "cm-3", f"{c.title} concentration in the finished wafer", ge=0.0, le=5e22),
            )
            for name, c in data.centres().items()
            if c.element
        }
        | {
            m: (
                float | None,
                quantity(
                    None, "cm-3", f"dissolved {data.elements()[m].name} concentration{PAIRS}", ge=0.0, le=5e22
                ),
            )
            for m in data.pairing()
        },
    )


class Feedstock(Table):
    """The polysilicon."""

    total_metals: Number | None = quantity(
        None, "ppbw", "total metal concentration, by mass; needs a composition", ge=0.0, le=1e9
    )
    composition: Label[Literal[tuple(data.compositions())]] | None = choice(  # type: ignore[valid-type]
        None, "metal composition of the total: an assumed mix, or a single metal"
    )
    grade: Label[Literal[tuple(data.grades())]] | None = choice(  # type: ignore[valid-type]
        None,
        "polysilicon grade: total metal limit of a standard, or a manufacturer's stated total; needs a "
        "composition",
    )
    metals: Metals = Metals()
    surface: Surface = Surface()
    carbon: Number | None = quantity(None, "ppbw", "carbon concentration, by mass", ge=0.0, le=1e9)


class Crystal(Table):
    """The ingot."""

    route: Label[Literal["cz", "rcz", "ccz"]] = choice(
        "cz",
        "crystal growth method: Czochralski (cz), recharged Czochralski (rcz), continuous Czochralski (ccz)",
    )
    position: Number = quantity(
        0.5,
        "1",
        "solidified fraction g; position along the crystal, 0 at the seed end",
        ge=0.0,
        lt=1.0,
    )
    pulls: Count = count(
        1, "crystal number from this crucible (rcz, ccz); counted from 1", fixed=False, ge=1, le=1000
    )
    pulled_fraction: Number = quantity(
        0.8, "1", "pulled fraction of the melt per crystal before recharging (rcz)", gt=0.0, lt=1.0
    )
    pulled_mass: Number = quantity(1.0, "1", "crystal mass over melt mass (ccz)", gt=0.0, le=100.0)
    seed_resistivity: Number | None = quantity(
        None,
        "ohm cm",
        "seed-end resistivity; in the dark at 298.15 K, each crystal is doped to it and the wafer's "
        "doping follows by segregation",
        ge=1.3e-3,
        le=3.5e5,
    )
    growth_rate: Number = quantity(
        1.0,
        "mm/min",
        "growth rate (pull speed); sets the effective segregation coefficient",
        gt=0.0,
        le=100.0,
    )
    boundary_layer: Number = quantity(
        0.0,
        "mm",
        "diffusion boundary layer thickness in the melt; 0: equilibrium segregation",
        ge=0.0,
        le=100.0,
    )
    melt_diffusivity: Number = quantity(
        5e-4, "cm2 s-1", "metal diffusivity in molten silicon", gt=0.0, le=1.0
    )
    segregation: Segregation = Segregation()
    crucible: Crucible = Crucible()


class Process(Table):
    """The cell process: contamination and gettering."""

    gettering: Label[Literal[process_keys()]] = choice(  # type: ignore[valid-type]
        "none", "gettering process: high-temperature steps that getter metals"
    )
    temperature: Number | None = quantity(
        None, "degC", "peak temperature of the gettering process; not set: the recipe's", ge=200.0, le=1300.0
    )
    time: Number | None = quantity(
        None, "s", "time at peak temperature; not set: the recipe's", ge=0.0, le=1e7
    )
    segregation_factor: Number = quantity(
        1.0, "1", "scaling factor of assumed gettering segregation coefficients", gt=0.0, le=1e6
    )
    diffusivity: Diffusivity = Diffusivity()
    contamination: Contamination = Contamination()


class WaferMetals(Table):
    """Metal and oxygen fields of ``wafer``."""

    metals: Present = Present()
    active: Active = Active()
    solubility: Solubility = Solubility()
    freeze_temperature: Number = quantity(
        850.0,
        "degC",
        "freeze-in temperature of the solubility; metals above the solubility there have precipitated "
        "and do not recombine in this model",
        ge=200.0,
        le=1400.0,
    )
    pairs: Label[Literal["dark", "light"]] = choice(
        "dark", "metal-acceptor pair state: paired in the dark, or dissociated by light"
    )
    pairing_time: Number = quantity(
        float("inf"), "s", "pairing time in the dark since the dissociation of pairs", ge=0.0
    )
    pairing_temperature: Number = quantity(298.15, "K", "pairing temperature in the dark", ge=200.0, le=600.0)
    thermal_donors: Number = quantity(
        0.0,
        "cm-3",
        "thermal double donor density; comes on top of the doping and can invert p-type to n-type",
        ge=0.0,
        le=1e17,
    )
    oxygen: Number = quantity(
        0.0, "cm-3", "interstitial oxygen concentration; for the boron-oxygen (BO) defect", ge=0.0, le=5e18
    )
    bo_active: Number = quantity(
        0.0,
        "1",
        "active fraction of boron-oxygen defects; 0 annealed or regenerated, 1 fully degraded",
        ge=0.0,
        le=1.0,
    )
    bo_factor: Number = quantity(
        1.0,
        "1",
        "lifetime enhancement factor in the degraded state; 1 as grown, 2 after an optimised thermal process",
        ge=1.0,
        le=100.0,
    )


EXCLUSIVE: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("feedstock.total_metals", "feedstock.composition"), ("feedstock.grade", "feedstock.composition"),
    ("feedstock.metals",)),
    (
        ("wafer.metals",),
        ("feedstock.total_metals", "feedstock.composition", "feedstock.grade", "feedstock.metals",
        "feedstock.surface",
         "crystal.crucible", "process.contamination"),
    ),
)  # fmt: skip
