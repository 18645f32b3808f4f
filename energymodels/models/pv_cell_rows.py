"""From the fields of ``pv.cell`` to kernel rows. Everything stays on the axes it depends on: a sweep over a million cells converts
a few dozen resistivities."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from energymodels import datasets, silicon
from energymodels.columns import column, each, stack, take
from energymodels.impurity import chain
from energymodels.impurity.inventory import ACCEPTORS, in_crystal
from energymodels.kernels.cell import preparation
from energymodels.kernels.constants import CM3, PER_CM3, Q
from energymodels.kernels.impurity import crystal
from energymodels.kernels.optics import lambertian
from energymodels.model import Array, Prepared
from energymodels.models.pv_cell import DOPANTS, MASKS, NI_LABELS

T_RESISTIVITY = 298.15  # K, at which a wafer's resistivity is stated
FA_CM2 = 1e-11  # one fA cm-2 in A m-2
# levels count as flat with a diffusion length of this many thicknesses (the current is then overestimated by 2 %), and a surface
# recombination velocity of this share of the diffusion velocity D/W
FLAT, SURFACE = 4.0, 0.1
DEGENERATE = 1e25  # m-3: above, Boltzmann statistics and full ionisation fail (the densities of states are near 3e25)
OHM_CM2 = 1e-4  # one ohm cm2 in ohm m2
OPTICS = ("pv/si-nk-schinke2015", "pv/si-nk-green2008")
ENERGIES = np.linspace(0.8554, 1.8, 474)  # eV: from the end of the absorption data to where emission is below 1e-12 of its peak


@cache
def optical_tables(key: str) -> tuple[Array, Array]:
    """Return (generation, ln emission) over the nodes of ``preparation`` for one set of optical constants."""
    nk = datasets.series(key)
    light = datasets.series("pv/am15g").columns
    return lambertian.tabulate(
        preparation.TEMPERATURES,
        preparation.THICKNESSES,
        np.column_stack([nk.columns["wavelength"], nk.columns["n"], nk.columns["k"]]),
        float(nk.meta["temperature"]["value"]),
        np.column_stack([light["wavelength"], light["irradiance"]]),
        ENERGIES,
    )


def optics(columns: Mapping[str, Array], T: Array, thickness: Array) -> tuple[Array, Array]:
    """Return the Lambertian (generation, emission), A m-2."""
    source, T, thickness = np.broadcast_arrays(columns["optical_constants"], T, thickness)
    found = np.empty((2, *T.shape))
    for i in np.unique(source):
        mine = source == i
        found[:, mine] = preparation.optical(T[mine], thickness[mine], *optical_tables(OPTICS[i]))
    return found[0], found[1]


def _side(columns: Mapping[str, Array], name: str, n_i: Array, iron: Array) -> tuple[Array, Array, Array]:
    """Return (J0, J0 before metallisation, both A m-2; contact resistance in ohm m2) of one side, J0 taken to the cell's n_i.

    ``iron``, m-3, is that of the wafer before gettering.
    """
    stated = columns.get(f"{name}.j0_n_i")
    if stated is None:
        reference = each(preparation.intrinsic, columns[f"{name}.j0_temperature"], columns["intrinsic_density"])
    else:
        reference = stated * PER_CM3
    scale = FA_CM2 * (n_i / reference) ** 2
    fraction = columns[f"{name}.metal_fraction"]
    passivated = (columns[f"{name}.j0"] + columns[f"{name}.j0_iron"] * CM3 * iron) * scale
    j0 = passivated * (1.0 - fraction) + columns[f"{name}.j0_metal"] * scale * fraction
    contact = columns[f"{name}.contact_resistivity"] * OHM_CM2 / np.where(fraction > 0.0, fraction, 1.0)
    return j0, passivated, contact


def _donor(columns: Mapping[str, Array]) -> Array:
    """Return where the wafer is n-type."""
    if "wafer.dopant" in columns:
        return np.asarray(columns["wafer.dopant"] == DOPANTS.index("P"))
    return np.asarray(columns["wafer.type"] == 0) if "wafer.type" in columns else np.ones_like(columns["temperature"], dtype=bool)


def _acceptor(columns: Mapping[str, Array]) -> Array:
    """Return which acceptor a p-type wafer has: gallium where no dopant is said."""
    dopant = columns.get("wafer.dopant", np.full_like(columns["temperature"], DOPANTS.index("Ga"), dtype=np.int8))
    return take([ACCEPTORS.index("" if d == "P" else d) for d in DOPANTS], dopant)


def _doping(columns: Mapping[str, Array], donor: Array) -> tuple[Array, Array]:
    """Return (net doping, m-3; resistivity, ohm m): as given, or along the crystal; plus two electrons a thermal donor."""
    if "wafer.doping" in columns:
        doping = columns["wafer.doping"] * PER_CM3
    else:
        path = "crystal.seed_resistivity" if "crystal.seed_resistivity" in columns else "wafer.resistivity"
        doping = each(lambda r, d: preparation.dopings(r, d, T_RESISTIVITY), columns[path] * 0.01, donor)
        if path == "crystal.seed_resistivity":
            profiles = [chain.doping_profile(columns, dopant) for dopant in ACCEPTORS[1:]]
            acceptors = np.where(_acceptor(columns) == 1, *profiles)
            doping = doping * np.where(donor, chain.doping_profile(columns, "P"), acceptors)
    thermal = columns["wafer.thermal_donors"] * PER_CM3
    net = doping + np.where(donor, 2.0, -2.0) * thermal
    net = np.where(net > 0.0, net, np.nan)
    stated = columns["wafer.resistivity"] * 0.01 if "wafer.resistivity" in columns else None
    if stated is not None and not np.any(thermal):
        return net, stated
    found = each(lambda n, d: preparation.resistivities(n, d, T_RESISTIVITY), net, donor)
    return net, found if stated is None else np.where(thermal == 0.0, stated, found)


def prepare(columns: Mapping[str, Array]) -> Prepared:
    """Return kernel rows (SI) and the results known from the fields alone."""
    T = columns["temperature"]
    donor = _donor(columns)
    doping, resistivity = _doping(columns, donor)
    n_i = each(preparation.intrinsic, T, columns["intrinsic_density"])
    n0, p0, narrowing, doped, injected, diffusivity, intrinsic_rate = each(preparation.wafers, doping, donor, n_i, T)
    n1, p1 = each(preparation.levels, columns["wafer.srh_level"], n_i, T)
    thickness = columns["wafer.thickness"] * 1e-6
    lambertian_j, emission = optics(columns, T, thickness)
    metals = chain.prepare(columns, chain.Wafer(donor, _acceptor(columns), doping, thickness))
    iron = metals.before.get("Fe", 0.0 * T)
    front, front_passivated, front_contact = _side(columns, "front", n_i, iron)
    rear, rear_passivated, rear_contact = _side(columns, "rear", n_i, iron)
    suns = columns["irradiance"] / 1000.0
    if "generation_current_density" in columns:
        generation = columns["generation_current_density"] * 10.0 * suns
    else:
        generation = lambertian_j * (1.0 - columns["optical_loss"]) * suns
    if "wafer.tau" in columns:
        tau_p, tau_n = columns["wafer.tau"], columns["wafer.tau"] / columns["wafer.capture_ratio"]
    else:
        tau_p, tau_n = columns["wafer.tau_p0"], columns["wafer.tau_n0"]
    if in_crystal(columns):  # a recharged crystal ends where the next charge begins
        beyond = columns["crystal.position"] > columns["crystal.pulled_fraction"]
        n0 = np.where((columns["crystal.route"] == crystal.RCZ) & beyond, np.nan, n0)
    rows = {
        "temperature": T, "thickness": thickness, "n0": n0, "p0": p0, "ions": doping, "narrowing": narrowing,
        "tau_n": tau_n, "tau_p": tau_p, "n1": n1, "p1": p1,
        "auger": columns["auger"], "auger_doped": doped, "auger_injected": injected,
        "j0_radiative": emission, "j0_front": front, "j0_rear": rear, "j0_passivated": front_passivated + rear_passivated,
        "series": columns["series_resistance"] * OHM_CM2 + front_contact + rear_contact,
        "shunt": 1.0 / (columns["shunt_resistance"] * OHM_CM2),
        "generation": generation, "irradiance": columns["irradiance"], "n_i": n_i,
    }  # fmt: skip
    derived = {
        "j_generation": generation,
        "wafer_carbon": chain.as_grown(columns, "C", column(columns, "feedstock.carbon")),
        "base_doping": doping,
        "base_resistivity": resistivity,
        "validity": _validity(columns, T, doping, _levels_bend(rows, doping, n_i, donor, diffusivity, intrinsic_rate)),
    }
    if metals.elements:
        derived |= {
            "grown_metals": stack(metals.before), "wafer_metals": stack(metals.total), "wafer_active": stack(metals.active),
        }  # fmt: skip
    shared = {
        "levels": np.array(metals.levels), "owners": np.array(metals.owners, dtype=np.int64), "single": np.array(metals.single),
        "places": np.zeros(len(metals.elements) + 1),  # the last for centres of no metal
    }  # fmt: skip
    return Prepared(rows | {"density": metals.density, "pick": metals.pick}, derived, shared)


def _levels_bend(
    rows: Mapping[str, Array], doping: Array, n_i: Array, donor: Array, diffusivity: Array, intrinsic_rate: Array
) -> Array:
    """Return where flat quasi-Fermi levels are a poor assumption: minority carriers at low injection recombine on their way."""
    rate = intrinsic_rate + 1.0 / np.where(donor, rows["tau_p"], rows["tau_n"])
    velocity = np.maximum(rows["j0_front"], rows["j0_rear"]) * doping / (Q * n_i**2)  # of a surface
    short = diffusivity < (FLAT * rows["thickness"]) ** 2 * rate
    return np.asarray(short | (velocity * rows["thickness"] > SURFACE * diffusivity))


def _validity(columns: Mapping[str, Array], T: Array, doping: Array, levels_bend: Array) -> Array:
    """Return a bit mask of the formulas and assumptions used outside their range."""
    density = [silicon.NI_MODELS[name][1] for name in NI_LABELS]
    low = np.array([v.low_T for v in density])[columns["intrinsic_density"]]
    high = np.array([v.high_T for v in density])[columns["intrinsic_density"]]
    outside = {
        "intrinsic_density": (low > T) | (high < T),
        "degenerate": doping > DEGENERATE,
        "flat_levels": levels_bend,
    }
    for key in ("auger", "absorption"):
        outside[key] = (silicon.VALIDITY[key].low_T > T) | (silicon.VALIDITY[key].high_T < T)
    flags = np.zeros(np.broadcast_shapes(*(o.shape for o in outside.values())), dtype=np.int8)
    for bit, key in enumerate(MASKS):
        flags |= np.where(outside[key], np.int8(1 << bit), np.int8(0))
    return flags
