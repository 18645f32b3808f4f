"""Checks and notes on cell designs beyond the range of each field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from energymodels.battery.design.fields import DesignSpec
from energymodels.battery.design.geometry import results
from energymodels.battery.design.materials import FIELD_OF, WEAK, in_use, material
from energymodels.core.errors import Fault
from energymodels.core.model import Array, label_index
from energymodels.core.review import Review
from energymodels.core.schema import schema
from energymodels.core.values import Fields, Used
from energymodels.kernels.battery.design import layout as at

BOX = ("cell.length", "cell.height", "cell.thickness")
CYLINDER = ("cell.diameter", "cell.height")
SODIUM = ("na-layered", "hard-carbon")


def faults(fields: Fields) -> list[Fault]:
    """Return faults in the combination of fields that are valid one by one."""
    return [*_format_faults(fields), *_chemistry_faults(fields)]


def _format_faults(fields: Fields) -> Iterator[Fault]:
    form = fields["cell.format"]
    if form == "cylindrical":
        for path in (
            "cell.length",
            "cell.thickness",
            "cell.positive_sheets",
            "cell.electrode_pairs",
            "cell.electrode_width",
        ):
            if path in fields:
                yield Fault(
                    path,
                    fields[path],
                    hint="does not apply to a cylindrical (wound) cell: leave it out",
                )
        if fields["cell.extra_negative_sheets"]:
            yield Fault(
                "cell.extra_negative_sheets",
                fields["cell.extra_negative_sheets"],
                hint="a wound cell has one sheet of each electrode",
            )
        yield from (
            Fault(path, hint="needed by a cylindrical cell") for path in CYLINDER if path not in fields
        )
        return
    if "cell.diameter" in fields:
        yield Fault(
            "cell.diameter",
            fields["cell.diameter"],
            unit="mm",
            hint=f"does not apply to a {form} cell: leave it out",
        )
    given = [path for path in BOX if path in fields]
    if given and len(given) < len(BOX):
        yield from (
            Fault(path, hint=f"needed together with {given[0]}") for path in BOX if path not in fields
        )
    if "cell.fill" in fields and not given:
        yield Fault(
            "cell.fill",
            fields["cell.fill"],
            hint="is a fraction of the inner dimensions: it needs cell.length, height, thickness",
        )


def _chemistry_faults(fields: Fields) -> Iterator[Fault]:
    pair = [fields[f"{side}.material"] for side in ("positive", "negative")]
    if (pair[0] in SODIUM) != (pair[1] in SODIUM):
        yield Fault(
            "negative.material",
            pair[1],
            hint=f"and {pair[0]} are lithium and sodium materials: they cannot be combined in one cell",
        )
    if fields["cell.format"] != "pouch" and fields["housing.seam"]:
        yield Fault("housing.seam", fields["housing.seam"], unit="mm", hint="only a pouch has a seam")
    if fields["housing.seam"] and "housing.laminate_mass" not in fields:
        yield Fault(
            "housing.seam",
            fields["housing.seam"],
            unit="mm",
            hint="needs housing.laminate_mass, as the seam is part of the laminate",
        )


def _one(fields: Fields) -> dict[str, Array]:
    infos = schema(DesignSpec)
    return {
        p: label_index(infos[p].labels, [v]) if infos[p].labels else np.array([v], dtype=float)
        for p, v in fields.items()
    }


def impossible(fields: Fields) -> list[Fault]:
    """Return why a design is impossible: overfull electrodes, no capacity left, or too large for its
    housing.
    """
    out, _masses, reasons = results(_one(fields))
    found = dict(enumerate(out[:, 0]))
    why = int(reasons[0])
    return [] if why == at.FITS else [_reason(fields, found, why)]


def _reason(fields: Fields, found: Mapping[int, float], why: int) -> Fault:
    """Return the fault in terms of the fields for a kernel's reason."""
    if why in (at.POROSITY_OF_P, at.POROSITY_OF_N):
        side, density, porosity = (
            ("positive", at.DENSITY_P, at.POROSITY_P)
            if why == at.POROSITY_OF_P
            else ("negative", at.DENSITY_N, at.POROSITY_N)
        )
        full = found[density] / (1.0 - found[porosity]) * 1e-3
        return Fault(
            f"{side}.coating_density",
            found[density] * 1e-3,
            f"to {full:.4g}",
            "g cm-3",
            "the density without pores",
        )
    if why == at.NO_CHARGE:
        used = found[at.CONSUMED] / 3.6e4
        hint = f"the first-cycle loss of the negative, {used:.4g} mA h cm-2, leaves no capacity to discharge"
        return Fault("positive.areal_capacity", found[at.AREAL_CAPACITY] / 3.6e4, unit="mA h cm-2", hint=hint)
    wall = fields.get("housing.wall_thickness", 0.0) + fields.get("housing.laminate_thickness", 0.0)
    margin = 2.0 * (fields["cell.overhang"] + fields["cell.separator_overhang"])
    free_height = fields.get("cell.height", 0.0) - 2.0 * wall - fields["cell.room_height"] - margin
    free_width = fields.get("cell.length", 0.0) - 2.0 * wall - fields["cell.room_length"] - margin
    inside = f"walls, headspace and overhangs leave {free_height:.4g} mm of the height"
    if why == at.TOO_HIGH:
        return Fault(
            "cell.electrode_height",
            fields["cell.electrode_height"],
            f"to {free_height * 1e-3:.4g}",
            "m",
            inside,
        )
    if why == at.TOO_LONG:
        leave = f"walls, headspace and overhangs leave {free_width:.4g} mm of the length"
        return Fault(
            "cell.electrode_width", fields["cell.electrode_width"], f"to {free_width * 1e-3:.4g}", "m", leave
        )
    if why == at.TOO_THICK and fields["cell.format"] == "cylindrical":
        room = fields["cell.diameter"] - 2.0 * wall
        hint = (
            f"the winding would be {found[at.STACK_THICKNESS] * 1e3:.4g} mm thick in a can of {room:.4g} "
            f"mm inside"
        )
        return Fault("cell.diameter", fields["cell.diameter"], unit="mm", hint=hint)
    if why == at.TOO_THICK:
        room = fields["cell.thickness"] - 2.0 * wall
        pairs, thick = found[at.PAIRS_OUT], found[at.STACK_THICKNESS] * 1e3
        hint = f"the stack of {pairs:.4g} pairs is {thick:.4g} mm thick, and {room:.4g} mm are inside"
        return Fault("cell.thickness", fields["cell.thickness"], unit="mm", hint=hint)
    if why == at.TOO_FULL:
        taken, dead = found[at.STACK_VOLUME] * 1e3, 100.0 * found[at.DEAD_VOLUME]
        hint = (
            f"the layers with their overhangs take {taken:.4g} L, more than the inner volume: a "
            f"dead volume of "
            f"{dead:.3g} %"
        )
        path = "cell.diameter" if fields["cell.format"] == "cylindrical" else "cell.thickness"
        return Fault(path, fields[path], unit="mm", hint=hint)
    if why == at.NO_ELECTRODE:
        if fields["cell.format"] == "cylindrical":
            inside += (
                f", and {fields['cell.diameter'] - 2.0 * wall - fields['cell.core_diameter']:.4g} mm "
                f"between core and can"
            )
        else:
            inside += f" and {free_width:.4g} mm of the length"
        return Fault("cell.format", fields["cell.format"], hint=f"there is no room for electrodes: {inside}")
    return Fault(
        "mean_voltage", found[at.VOLTAGE], "above 0", "V", "the difference of the mean potentials, if not set"
    )


def remarks(fields: Fields, along: Mapping[str, Array]) -> list[str]:
    """Return notes on material data that are recalled, claimed or assumed."""
    used = _used(fields, along)
    weak: dict[str, list[str]] = {}
    for _side, name, key, entry in in_use(used):
        if entry["method"] in WEAK:
            weak.setdefault(name, []).append(f"{FIELD_OF.get(key, key)} ({entry['method']})")
    return [f"material {name}: {', '.join(keys)}" for name, keys in weak.items()]


def _used(fields: Fields, along: Mapping[str, Array]) -> Used:
    return {
        path: np.unique(along[path]).tolist() if path in along else [value] for path, value in fields.items()
    }


def sources(used: Used) -> list[str]:
    """Return the citation keys of what materials fill in, each once."""
    keys = (
        entry[role]
        for _side, _name, _key, entry in in_use(used)
        for role in ("source", "via")
        if role in entry
    )
    return [key for key in dict.fromkeys(keys) if key != "unsourced"]


def inert(fields: Fields, swept: set[str]) -> dict[str, str]:
    """Return {swept path: why it does not act}."""
    found: dict[str, str] = {}
    if "negative.material" not in swept and material(fields["negative.material"])["kind"] == "metal":
        host = {
            f"negative.{name}"
            for name in (
                "porosity",
                "coating_density",
                "active_mass_fraction",
                "inactive_density",
                "prelithiation",
            )
        }
        found |= dict.fromkeys(swept & host, "lithium metal has no pores or binder")
    if fields["cell.format"] != "cylindrical" and "cell.format" not in swept:
        found |= dict.fromkeys(swept & {"cell.core_diameter"}, "only a cylindrical cell has a core")
        if "cell.height" not in fields:
            found |= dict.fromkeys(
                swept & {"cell.room_height", "cell.room_length"}, "no outer dimensions are given"
            )
    if fields["cell.format"] == "cylindrical" and "cell.format" not in swept:
        found |= dict.fromkeys(swept & {"cell.room_length"}, "a cylindrical cell has no length")
    return found


class DesignReview(Review):
    """The review of ``battery.design``."""

    def faults(self) -> list[Fault]:
        return faults(self.of.fields)

    def impossible(self) -> list[Fault]:
        return impossible(self.of.fields)

    def notes(self) -> list[str]:
        return remarks(self.of.fields, self.of.along)

    def sources(self) -> list[str]:
        return sources(self.of.used)

    def without_effect(self) -> dict[str, str]:
        return inert(self.of.fields, self.of.swept)
