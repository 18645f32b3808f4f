"""The fields of ``pv.cell`` that say where the metals in its wafer come from.

Not set: not there, or the data's default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import create_model

from energymodels.core.schema import Count, Label, Number, Table, choice, count, quantity
from energymodels.pv.metals import data
from energymodels.pv.metals.recipes import process_keys

METALS = data.metals()
PAIRS = ", paired with the acceptor of p-type as wafer.pairs and its time say, in the finished wafer"


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
    Metals = _amounts("Metals", "ppbw", "in the bulk of the feedstock, by mass", 1e9)
    Surface = _amounts(
        "Surface", "ppbw", "on the surface of the feedstock that reaches the melt, in mass of the charge", 1e9
    )
    Crucible = _amounts(
        "Crucible",
        "ppbw",
        "that crucible and hot zone give to the melt during one pull (one melt's mass in ccz), in its mass",
        1e9,
    )
    Contamination = _amounts(
        "Contamination", "cm-3", "that tools bring into the wafer before gettering", 5e22
    )
    Segregation = _labels("Segregation", "segregation coefficient of {}", _sets("segregation"))
    Diffusivity = _labels("Diffusivity", "diffusivity of {}", _sets("diffusivity"))
    Solubility = _labels("Solubility", "solubility of {}", _sets("solubility"))
    Defects = _labels(
        "Defects",
        "parameters of {}",
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
                    f"share of dissolved {data.elements()[m].name} that recombines; not set: the data's",
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
            name: (float | None, quantity(None, "cm-3", f"{c.title} in the finished wafer", ge=0.0, le=5e22))
            for name, c in data.centres().items()
            if c.element
        }
        | {
            m: (
                float | None,
                quantity(None, "cm-3", f"dissolved {data.elements()[m].name}{PAIRS}", ge=0.0, le=5e22),
            )
            for m in data.pairing()
        },
    )


class Feedstock(Table):
    """The polysilicon."""

    total_metals: Number | None = quantity(
        None, "ppbw", "all metals together, by mass; needs a composition", ge=0.0, le=1e9
    )
    composition: Label[Literal[tuple(data.compositions())]] | None = choice(  # type: ignore[valid-type]
        None, "how the total splits: a prior, or one metal alone"
    )
    grade: Label[Literal[tuple(data.grades())]] | None = choice(  # type: ignore[valid-type]
        None, "the total that a standard's grade allows or a maker states; needs a composition"
    )
    metals: Metals = Metals()
    surface: Surface = Surface()
    carbon: Number | None = quantity(None, "ppbw", "carbon, by mass", ge=0.0, le=1e9)


class Crystal(Table):
    """The ingot."""

    route: Label[Literal["cz", "rcz", "ccz"]] = choice(
        "cz", "Czochralski, with recharging between crystals, or continuously fed"
    )
    position: Number = quantity(
        0.5,
        "1",
        "place along the crystal: share of the melt that has solidified, 0 at the seed",
        ge=0.0,
        lt=1.0,
    )
    pulls: Count = count(1, "number of the crystal from this crucible (rcz, ccz)", fixed=False, ge=1, le=1000)
    pulled_fraction: Number = quantity(
        0.8, "1", "share of the melt that each crystal takes before the next charge (rcz)", gt=0.0, lt=1.0
    )
    pulled_mass: Number = quantity(
        1.0, "1", "mass of each crystal over that of the melt (ccz)", gt=0.0, le=100.0
    )
    seed_resistivity: Number | None = quantity(
        None,
        "ohm cm",
        "resistivity in the dark at 298.15 K at the seed end, each crystal doped to it; the wafer's follows",
        ge=1.3e-3,
        le=3.5e5,
    )
    growth_rate: Number = quantity(
        1.0, "mm/min", "pulling speed, for the effective segregation", gt=0.0, le=100.0
    )
    boundary_layer: Number = quantity(
        0.0,
        "mm",
        "thickness of the diffusion layer in the melt; 0: equilibrium segregation",
        ge=0.0,
        le=100.0,
    )
    melt_diffusivity: Number = quantity(
        5e-4, "cm2 s-1", "diffusivity of metals in molten silicon", gt=0.0, le=1.0
    )
    segregation: Segregation = Segregation()
    crucible: Crucible = Crucible()


class Process(Table):
    """What the cell process does to the metals."""

    gettering: Label[Literal[process_keys()]] = choice("none", "high-temperature steps that getter")  # type: ignore[valid-type]
    temperature: Number | None = quantity(
        None, "degC", "temperature of their hottest plateau; not set: the recipe's", ge=200.0, le=1300.0
    )
    time: Number | None = quantity(None, "s", "length of that plateau; not set: the recipe's", ge=0.0, le=1e7)
    segregation_factor: Number = quantity(
        1.0, "1", "factor of the segregation into gettering layers that is assumed", gt=0.0, le=1e6
    )
    diffusivity: Diffusivity = Diffusivity()
    contamination: Contamination = Contamination()


class WaferMetals(Table):
    """What wafer fields the metals add to ``wafer``."""

    metals: Present = Present()
    active: Active = Active()
    solubility: Solubility = Solubility()
    freeze_temperature: Number = quantity(
        850.0,
        "degC",
        "at which metals above their solubility have precipitated for good (they do not recombine here)",
        ge=200.0,
        le=1400.0,
    )
    pairs: Label[Literal["dark", "light"]] = choice(
        "dark", "metal-acceptor pairs: formed in the dark, or dissociated by light"
    )
    pairing_time: Number = quantity(
        float("inf"), "s", "time in the dark since pairs were dissociated", ge=0.0
    )
    pairing_temperature: Number = quantity(298.15, "K", "temperature in the dark", ge=200.0, le=600.0)
    thermal_donors: Number = quantity(
        0.0,
        "cm-3",
        "double donors of oxygen, on top of the doping; they may turn p-type to n-type",
        ge=0.0,
        le=1e17,
    )
    oxygen: Number = quantity(
        0.0, "cm-3", "interstitial oxygen, for the boron-oxygen centre", ge=0.0, le=5e18
    )
    bo_active: Number = quantity(
        0.0,
        "1",
        "share of boron-oxygen centres that is active: 0 annealed or regenerated, 1 fully degraded",
        ge=0.0,
        le=1.0,
    )
    bo_factor: Number = quantity(
        1.0,
        "1",
        "factor of the degraded lifetime: 1 as grown, 2 after an optimised thermal process",
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
