"""Checks and notes on the metals of a spec: what does not go together or has no effect, what is recalled,
claimed or assumed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from energymodels.core.errors import Fault
from energymodels.core.model import Array, Remark
from energymodels.core.values import Fields
from energymodels.pv.metals import data, inventory, recipes

# of the crystal, act on the doping too where it follows from the seed's
ALWAYS = {"crystal.position", "crystal.route"}
PAIRS = ("wafer.pairs", "wafer.pairing_time", "wafer.pairing_temperature")
BO = ("wafer.oxygen", "wafer.bo_active", "wafer.bo_factor")


def faults(fields: Fields) -> list[Fault]:
    """Return fields that need one another."""
    totals = [path for path in ("feedstock.total_metals", "feedstock.grade") if path in fields]
    if totals and "feedstock.composition" not in fields:
        known = ", ".join(data.compositions())
        hint = f"needed together with {totals[0]}: the split is not published; known compositions: {known}"
        return [Fault("feedstock.composition", hint=hint)]
    if "feedstock.composition" in fields and not totals:
        return [Fault("feedstock.total_metals", hint="needed together with feedstock.composition")]
    stated = [path for path in fields if path.startswith("wafer.metals.")]
    for metal in data.pairing() if stated else ():
        if twice := [
            p for p in stated if inventory.states_centre_of(p, metal) and f"wafer.metals.{metal}" in stated
        ]:
            return [
                Fault(f"wafer.metals.{metal}", hint=f"excludes {twice[0]}, which is given too; leave one out")
            ]
    if fields["crystal.pulls"] > 1 and fields["crystal.route"] == "cz" and inventory.from_melt(fields):
        return [
            Fault(
                "crystal.pulls",
                fields["crystal.pulls"],
                hint="several crystals from one crucible need crystal.route = rcz or ccz",
            )
        ]
    return []


def impossible(fields: Fields) -> list[Fault]:
    """Return why there is no such place in a crystal."""
    end = fields["crystal.pulled_fraction"]
    if inventory.in_crystal(fields) and fields["crystal.route"] == "rcz" and fields["crystal.position"] > end:
        hint = f"a recharged crystal ends at crystal.pulled_fraction = {end:g}"
        return [Fault("crystal.position", fields["crystal.position"], hint=hint)]
    return []


def remarks(fields: Fields, along: Mapping[str, Array]) -> list[str]:
    """Return what the result rests on that is not a published measurement."""
    used = inventory.metals(fields, along)
    found = []
    if "feedstock.grade" in fields:
        for key in np.unique(along.get("feedstock.grade", [fields["feedstock.grade"]])):
            total = data.grades()[str(key)]["total"]
            words = [
                total["method"],
                *([f"confidence {total['confidence']}"] if "confidence" in total else []),
            ]
            found.append(
                f"feedstock.grade {key}: {total['value']:g} ppbw in total is {', '.join(words)} "
                f"({total['source']})"
            )
    if "feedstock.composition" in fields:
        found.append(
            f"the metal composition is assumed, not published: "
            f"{', '.join(inventory.compositions(fields, along))}"
        )
    if inventory.from_melt(fields) and (stay := [m for m in used if not data.elements()[m].segregation]):
        found.append(
            f"no segregation coefficient is published for {', '.join(stay)}: assumed to stay in the melt"
        )
    known = {c.element for c in data.centres().values()}
    if silent := [m for m in used if m not in known]:
        found.append(
            f"no recombination parameters are published for {', '.join(silent)}: assumed not to recombine"
        )
    for path in fields:
        acceptor = inventory.acceptor(path.rpartition(".")[2]) if path.startswith("wafer.metals.") else ""
        if acceptor and ("wafer.dopant" in along or fields.get("wafer.dopant") != acceptor):
            found.append(f"{path} exists only in wafers doped with {acceptor}; it is 0 in others")
    if fields["wafer.bo_active"] and not (
        (fields["wafer.oxygen"] and fields.get("wafer.dopant") == "B") or along
    ):
        found.append("wafer.bo_active acts with wafer.oxygen in wafers doped with boron only")
    if used and not inventory.stated(fields):
        for key in np.unique(along.get("process.gettering", [fields["process.gettering"]])):
            if assumed := [m for m in used if recipes.is_assumed(str(key), m)]:
                found.append(
                    f"gettering {key}: segregation of {', '.join(assumed)} is assumed, with a "
                    f"range in the data"
                )
    return found


def doubts(columns: Mapping[str, Array], given: Collection[str]) -> list[Remark]:
    """Return what is said of pairs that does not act on the metals that are stated."""
    found = []
    pairing = next((path for path in PAIRS if path in given), "")
    for metal in data.pairing() if pairing else ():
        for path in (path for path in given if inventory.states_centre_of(path, metal)):
            text = f"{path} is used as given and does not pair: {pairing} acts on wafer.metals.{metal}"
            found.append(Remark(text, columns[path] > 0.0))
    return found


def inert(fields: Fields, swept: set[str]) -> dict[str, str]:
    """Return {swept path: why it does not act}."""
    used = inventory.elements_in_use(fields, data.compositions() if "feedstock.composition" in fields else [])
    found: dict[str, str] = {}
    for path in swept:
        table, _, name = path.rpartition(".")
        if path in ALWAYS and "crystal.seed_resistivity" in fields:
            continue
        if path == "crystal.pulls" and fields["crystal.route"] == "cz" and "crystal.route" not in swept:
            found[path] = "crystal.route = cz grows one crystal per crucible"
        elif table == "crystal" and path != "crystal.seed_resistivity" and not inventory.from_melt(fields):
            found[path] = "no metal concentration in the melt is given"
        elif path in PAIRS:
            if not any(metal in data.pairing() for metal in inventory.free_to_pair(fields, used)):
                found[path] = "no metal in the wafer forms pairs"
        elif table in ("process", "wafer.active", "wafer.solubility") or path == "wafer.freeze_temperature":
            if not used or inventory.stated(fields):
                found[path] = "no metals are followed through the process"
        elif path in BO and "wafer.bo_active" not in swept and not fields["wafer.bo_active"]:
            found[path] = "wafer.bo_active is 0"
        elif table in ("crystal.segregation", "process.diffusivity", "defects") and _element(
            table, name
        ) not in {*used, ""}:
            found[path] = f"the wafer has no {_element(table, name)}"
    return found


def _element(table: str, name: str) -> str:
    return data.centres()[name].element if table == "defects" else name
