"""From the fields of ``pv.cell`` to kernel rows.

Everything stays on the axes it depends on: a sweep over a million cells converts a few dozen resistivities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from energymodels import datasets
from energymodels.core.columns import column, each, stack, take
from energymodels.core.model import Array, Prepared
from energymodels.kernels.constants import CM3, PER_CM3, Q
from energymodels.kernels.pv.cell import preparation
from energymodels.kernels.pv.metals import crystal
from energymodels.kernels.pv.optics import lambertian
from energymodels.pv import silicon
from energymodels.pv.cell.model import DOPANTS, MASKS, NI_LABELS, TYPES
from energymodels.pv.metals import chain
from energymodels.pv.metals.inventory import ACCEPTORS, in_crystal

T_RESISTIVITY = 298.15  # K, at which a wafer's resistivity is stated
FA_CM2 = 1e-11  # one fA cm-2 in A m-2
# levels count as flat with a diffusion length of this many thicknesses (the current is then overestimated by
# 2 %), and a surface recombination velocity of this share of the diffusion velocity D/W
FLAT, SURFACE = 4.0, 0.1
# m-3: above, Boltzmann statistics and full ionisation fail (the densities of states are near 3e25)
DEGENERATE = 1e25
# ions over net doping: above, carriers screen too few of them for the formula of gap narrowing, which then
# grows
UNSCREENED = 10.0
OHM_CM2 = 1e-4  # one ohm cm2 in ohm m2
OPTICS = ("pv/si-nk-schinke2015", "pv/si-nk-green2008")
# eV: from the end of the absorption data to where emission is below 1e-12 of its peak
ENERGIES = np.linspace(0.8554, 1.8, 474)


CONVENTIONS = ("narrowed", "kane-swanson")  # of J0, in the order of the field's labels


@dataclass(frozen=True)
class Base:
    """The dopants of a wafer, m-3: where it is n-type, net doping, all donors and all acceptors."""

    donor: Array
    net: Array
    donors: Array
    acceptors: Array


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


def _measured(columns: Mapping[str, Array], name: str, base: Base) -> Array:
    """Return what a J0 against exp(qV/kT) times n_i^-2 is to the stated one times its own n_i^-2: 1 unless it
    is a slope.
    """
    slope = columns[f"{name}.j0_convention"] == CONVENTIONS.index("kane-swanson")
    if not np.any(slope):
        return np.ones_like(slope, dtype=float)
    T = columns[f"{name}.j0_temperature"]
    n_i = each(preparation.intrinsic, T, columns["intrinsic_density"])
    ions = base.donors + base.acceptors
    narrowed = each(
        preparation.slopes, base.net, base.donor, ions, columns[f"{name}.j0_injection"] * PER_CM3, n_i, T
    )
    return np.where(slope, 1.0 / narrowed, 1.0)


def _side(
    columns: Mapping[str, Array], name: str, n_i: Array, iron: Array, base: Base
) -> tuple[Array, Array, Array]:
    """Return (J0, J0 before metallisation, both A m-2; contact resistance in ohm m2) of one side, J0 taken to
    the cell's n_i.

    ``iron``, m-3, is that of the wafer before gettering.
    """
    stated = columns.get(f"{name}.j0_n_i")
    if stated is None:
        reference = each(
            preparation.intrinsic, columns[f"{name}.j0_temperature"], columns["intrinsic_density"]
        )
    else:
        reference = stated * PER_CM3
    scale = FA_CM2 * (n_i / reference) ** 2 * _measured(columns, name, base)
    fraction = columns[f"{name}.metal_fraction"]
    passivated = (columns[f"{name}.j0"] + columns[f"{name}.j0_iron"] * CM3 * iron) * scale
    j0 = passivated * (1.0 - fraction) + columns[f"{name}.j0_metal"] * scale * fraction
    contact = columns[f"{name}.contact_resistivity"] * OHM_CM2 / np.where(fraction > 0.0, fraction, 1.0)
    return j0, passivated, contact


def _donor(columns: Mapping[str, Array]) -> Array:
    """Return where the wafer is n-type."""
    if "wafer.dopant" in columns:
        return np.asarray(columns["wafer.dopant"] == DOPANTS.index("P"))
    return (
        np.asarray(columns["wafer.type"] == 0)
        if "wafer.type" in columns
        else np.ones_like(columns["temperature"], dtype=bool)
    )


def _acceptor(columns: Mapping[str, Array]) -> Array:
    """Return which acceptor a p-type wafer has: gallium where no dopant is said."""
    dopant = columns.get(
        "wafer.dopant", np.full_like(columns["temperature"], DOPANTS.index("Ga"), dtype=np.int8)
    )
    return take([ACCEPTORS.index("" if d == "P" else d) for d in DOPANTS], dopant)


def _of_resistivity(rho: Array, donor: Array, compensation: Array) -> Array:
    """Return the net doping, m-3, of a resistivity in ohm cm."""
    return each(lambda r, d, c: preparation.dopings(r, d, c, T_RESISTIVITY), rho * 0.01, donor, compensation)


def _grown(columns: Mapping[str, Array], donor: Array, compensation: Array) -> Array:
    """Return the net doping, m-3, at its place in a crystal: both dopants segregate; below 0 where the
    opposite one prevails.
    """
    phosphorus = chain.doping_profile(columns, "P")
    boron, gallium = (chain.doping_profile(columns, dopant) for dopant in ACCEPTORS[1:])
    own = np.where(donor, phosphorus, np.where(_acceptor(columns) == 1, boron, gallium))
    at_seed = compensation / np.where(donor, boron, phosphorus)
    net = _of_resistivity(columns["crystal.seed_resistivity"], donor, at_seed)
    return np.where(compensation > 0.0, (net + at_seed) * own - compensation, net * own)


def _base(columns: Mapping[str, Array]) -> Base:
    """Return the doping as given, or along the crystal; each thermal donor is one donor and gives two
    electrons.
    """
    donor = _donor(columns)
    compensation = columns["wafer.compensation"] * PER_CM3
    thermal = columns["wafer.thermal_donors"] * PER_CM3
    if "wafer.doping" in columns:
        net = columns["wafer.doping"] * PER_CM3
    elif "crystal.seed_resistivity" in columns:
        net = _grown(columns, donor, compensation)
    else:
        net = _of_resistivity(columns["wafer.resistivity"], donor, compensation)
    most = net + compensation
    donors = np.where(donor, most, compensation) + thermal
    acceptors = np.where(donor, compensation, most)
    electrons = np.where(donor, net, -net) + 2.0 * thermal
    of_type = np.where(electrons == 0.0, donor, electrons > 0.0)
    return Base(of_type, np.abs(electrons), donors, acceptors)


def _resistivity(columns: Mapping[str, Array], base: Base) -> Array:
    """Return the resistivity, ohm m: as stated, unless thermal donors came on top."""
    thermal = columns["wafer.thermal_donors"]
    stated = columns["wafer.resistivity"] * 0.01 if "wafer.resistivity" in columns else None
    if stated is not None and not np.any(thermal):
        return stated

    def kernel(net: Array, donor: Array, donors: Array, acceptors: Array) -> Array:
        return preparation.resistivities(net, donor, donors, acceptors, T_RESISTIVITY)

    found = each(kernel, base.net, base.donor, base.donors, base.acceptors)
    return found if stated is None else np.where(thermal == 0.0, stated, found)


def prepare(columns: Mapping[str, Array]) -> Prepared:
    """Return kernel rows (SI) and the results known from the fields alone."""
    T = columns["temperature"]
    base = _base(columns)
    donor, doping = base.donor, base.net
    n_i = each(preparation.intrinsic, T, columns["intrinsic_density"])
    n0, p0, narrowing, doped, injected, diffusivity, intrinsic_rate = each(
        preparation.wafers, doping, donor, base.donors, base.acceptors, n_i, T
    )
    n1, p1 = each(preparation.levels, columns["wafer.srh_level"], n_i, T)
    thickness = columns["wafer.thickness"] * 1e-6
    lambertian_j, emission = optics(columns, T, thickness)
    metals = chain.prepare(columns, chain.Wafer(donor, _acceptor(columns), doping, base.acceptors, thickness))
    iron = metals.before.get("Fe", 0.0 * T)
    front, front_passivated, front_contact = _side(columns, "front", n_i, iron, base)
    rear, rear_passivated, rear_contact = _side(columns, "rear", n_i, iron, base)
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
        "temperature": T, "thickness": thickness, "n0": n0, "p0": p0, "ions": base.donors + base.acceptors,
        "narrowing": narrowing,
        "tau_n": tau_n, "tau_p": tau_p, "n1": n1, "p1": p1,
        "auger": columns["auger"], "auger_doped": doped, "auger_injected": injected,
        "j0_radiative": emission, "j0_front": front, "j0_rear": rear,
        "j0_passivated": front_passivated + rear_passivated,
        "series": columns["series_resistance"] * OHM_CM2 + front_contact + rear_contact,
        "shunt": 1.0 / (columns["shunt_resistance"] * OHM_CM2),
        "generation": generation, "irradiance": columns["irradiance"], "n_i": n_i,
    }  # fmt: skip
    derived = {
        "j_generation": generation,
        "wafer_carbon": chain.as_grown(columns, "C", column(columns, "feedstock.carbon")),
        "base_doping": doping,
        "base_type": np.where(donor, TYPES.index("n"), TYPES.index("p")),
        "base_resistivity": _resistivity(columns, base),
        "validity": _validity(
            columns, T, base, _levels_bend(rows, doping, n_i, donor, diffusivity, intrinsic_rate)
        ),
    }
    if metals.elements:
        derived |= {
            "grown_metals": stack(metals.before), "wafer_metals": stack(metals.total),
            "wafer_active": stack(metals.active),
        }  # fmt: skip
    shared = {
        "levels": np.array(metals.levels), "owners": np.array(metals.owners, dtype=np.int64),
        "single": np.array(metals.single),
        "places": np.zeros(len(metals.elements) + 1),  # the last for centres of no metal
    }  # fmt: skip
    return Prepared(rows | {"density": metals.density, "pick": metals.pick}, derived, shared)


def _levels_bend(
    rows: Mapping[str, Array],
    doping: Array,
    n_i: Array,
    donor: Array,
    diffusivity: Array,
    intrinsic_rate: Array,
) -> Array:
    """Return where flat quasi-Fermi levels are a poor assumption: minority carriers at low injection
    recombine on their way.
    """
    rate = intrinsic_rate + 1.0 / np.where(donor, rows["tau_p"], rows["tau_n"])
    velocity = np.maximum(rows["j0_front"], rows["j0_rear"]) * doping / (Q * n_i**2)  # of a surface
    short = diffusivity < (FLAT * rows["thickness"]) ** 2 * rate
    return np.asarray(short | (velocity * rows["thickness"] > SURFACE * diffusivity))


def _validity(columns: Mapping[str, Array], T: Array, base: Base, levels_bend: Array) -> Array:
    """Return a bit mask of the formulas and assumptions used outside their range."""
    density = [silicon.NI_MODELS[name][1] for name in NI_LABELS]
    low = np.array([v.low_T for v in density])[columns["intrinsic_density"]]
    high = np.array([v.high_T for v in density])[columns["intrinsic_density"]]
    outside = {
        "intrinsic_density": (low > T) | (high < T),
        "degenerate": np.maximum(base.donors, base.acceptors) > DEGENERATE,
        "flat_levels": levels_bend,
        "screening": base.donors + base.acceptors > UNSCREENED * base.net,
    }
    for key in ("auger", "absorption"):
        outside[key] = (silicon.VALIDITY[key].low_T > T) | (silicon.VALIDITY[key].high_T < T)
    flags = np.zeros(np.broadcast_shapes(*(o.shape for o in outside.values())), dtype=np.int8)
    for bit, key in enumerate(MASKS):
        flags |= np.where(outside[key], np.int8(1 << bit), np.int8(0))
    return flags
