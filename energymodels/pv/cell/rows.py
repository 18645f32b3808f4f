"""From the fields of ``pv.cell`` to kernel rows.

Everything stays on the axes it depends on: a sweep over a million cells converts a few dozen resistivities.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from energymodels.core.case import filled
from energymodels.core.columns import each, stack
from energymodels.core.model import Array, Prepared
from energymodels.kernels.constants import Q
from energymodels.kernels.pv.cell import preparation
from energymodels.pv import silicon
from energymodels.pv.cell.base import Base, acceptor_of, base_of, donor_of, resistivity_of
from energymodels.pv.cell.fields import NI_LABELS, CellSpec, Side, Wafer
from energymodels.pv.cell.optics import generation_of, optics
from energymodels.pv.cell.results import MASKS, TYPES
from energymodels.pv.metals import chain, states
from energymodels.pv.metals.grown import as_grown
from energymodels.pv.metals.inventory import in_crystal

# levels count as flat with a diffusion length of this many thicknesses (the current is then overestimated by
# 2 %), and a surface recombination velocity of this fraction of the diffusion velocity D/W
FLAT, SURFACE = 4.0, 0.1
# m-3: above, Boltzmann statistics and full ionisation fail (the densities of states are near 3e25)
DEGENERATE = 1e25
# ions over net doping: above, carriers screen too few of them for the formula of gap narrowing, which then
# grows
UNSCREENED = 10.0


def _measured(side: Side, n_i_model: Array, base: Base) -> Array:
    """Return what a J0 against exp(qV/kT) times n_i^-2 is to the stated one times its own n_i^-2: 1 unless it
    is a slope.
    """
    slope = side.j0_convention.means("kane-swanson")
    if not np.any(slope):
        return np.ones_like(slope, dtype=float)
    T = side.j0_temperature
    n_i = each(preparation.intrinsic, T, n_i_model)
    ions = base.donors + base.acceptors
    narrowed = each(preparation.slopes, base.net, base.donor, ions, side.j0_injection, n_i, T)
    return np.where(slope, 1.0 / narrowed, 1.0)


def _side(side: Side, n_i: Array, n_i_model: Array, iron: Array, base: Base) -> tuple[Array, Array, Array]:
    """Return (J0, J0 before metallisation, both A m-2; contact resistance in ohm m2) of one side, J0 taken to
    the cell's n_i.

    ``iron``, m-3, is that of the wafer before gettering.
    """
    reference = side.j0_n_i
    if reference is None:
        reference = each(preparation.intrinsic, side.j0_temperature, n_i_model)
    scale = (n_i / reference) ** 2 * _measured(side, n_i_model, base)
    fraction = side.metal_fraction
    passivated = (side.j0 + side.j0_iron * iron) * scale
    j0 = passivated * (1.0 - fraction) + side.j0_metal * scale * fraction
    return j0, passivated, side.contact_resistivity / np.where(fraction > 0.0, fraction, 1.0)


def _capture_times(wafer: Wafer) -> tuple[Array, Array]:
    """Return the SRH capture times (holes, electrons), s."""
    if wafer.tau is not None and wafer.capture_ratio is not None:
        return wafer.tau, wafer.tau / wafer.capture_ratio
    assert wafer.tau_p0 is not None
    assert wafer.tau_n0 is not None
    return wafer.tau_p0, wafer.tau_n0


def rows(case: CellSpec, paths: Collection[str], elements: tuple[str, ...] | None = None) -> Prepared:
    """Return kernel rows (SI) and the results known from the fields alone; ``paths`` are the fields that are
    set, ``elements`` the metals of the results, by default those of these cases.
    """
    T, wafer, n_i_model = case.temperature, case.wafer, case.intrinsic_density.index
    acceptor = acceptor_of(wafer, T)
    base = base_of(wafer, case.crystal, donor_of(wafer, T), acceptor)
    donor, doping = base.donor, base.net
    n_i = each(preparation.intrinsic, T, n_i_model)
    n0, p0, narrowing, doped, injected, diffusivity, intrinsic_rate = each(
        preparation.wafers, doping, donor, base.donors, base.acceptors, n_i, T
    )
    n1, p1 = each(preparation.levels, wafer.srh_level, n_i, T)
    lambertian_j, emission = optics(case.optical_constants.index, T, wafer.thickness)
    given = chain.Given(case.feedstock, case.crystal, case.process, case.defects, wafer, paths)
    metals = chain.prepare(
        given, states.Wafer(donor, acceptor, doping, base.acceptors, wafer.thickness), elements
    )
    iron = metals.before.get("Fe", 0.0 * T)
    front, front_passivated, front_contact = _side(case.front, n_i, n_i_model, iron, base)
    rear, rear_passivated, rear_contact = _side(case.rear, n_i, n_i_model, iron, base)
    generation = generation_of(case, lambertian_j)
    tau_p, tau_n = _capture_times(wafer)
    if in_crystal(paths):  # a recharged crystal ends where the next charge starts
        beyond = case.crystal.position > case.crystal.pulled_fraction
        n0 = np.where(case.crystal.route.means("rcz") & beyond, np.nan, n0)
    rows: dict[str, Array] = {
        "temperature": T, "thickness": wafer.thickness, "n0": n0, "p0": p0,
        "ions": base.donors + base.acceptors, "narrowing": narrowing,
        "tau_n": tau_n, "tau_p": tau_p, "n1": n1, "p1": p1,
        "auger": case.auger.index, "auger_doped": doped, "auger_injected": injected,
        "j0_radiative": emission, "j0_front": front, "j0_rear": rear,
        "j0_passivated": front_passivated + rear_passivated,
        "series": case.series_resistance + front_contact + rear_contact,
        "shunt": 1.0 / case.shunt_resistance,
        "generation": generation, "irradiance": case.irradiance, "n_i": n_i,
    }  # fmt: skip
    bend = _levels_bend(rows, doping, n_i, donor, diffusivity, intrinsic_rate)
    derived = {
        "j_generation": generation,
        "wafer_carbon": as_grown(case.crystal, "C", filled(case.feedstock.carbon, 0.0, T)),
        "base_doping": doping,
        "base_type": np.where(donor, TYPES.index("n"), TYPES.index("p")),
        "base_resistivity": resistivity_of(wafer, base),
        "validity": _validity(n_i_model, T, base, bend),
    }
    if metals.elements:
        derived |= {
            "grown_metals": stack(metals.before), "wafer_metals": stack(metals.total),
            "wafer_active": stack(metals.active),
        }  # fmt: skip
    return Prepared(rows | {"density": metals.density, "pick": metals.pick}, derived, _shared(metals))


def _shared(metals: chain.Chain) -> dict[str, Array]:
    """Return what the kernel reads of the metals for all cases."""
    return {
        "levels": np.array(metals.levels), "owners": np.array(metals.owners, dtype=np.int64),
        "single": np.array(metals.single),
        "places": np.zeros(len(metals.elements) + 1),  # the last for centres of no metal
    }  # fmt: skip


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


def _validity(n_i_model: Array, T: Array, base: Base, levels_bend: Array) -> Array:
    """Return a bit mask of the formulas and assumptions used outside their range."""
    density = [silicon.NI_MODELS[name][1] for name in NI_LABELS]
    low = np.array([v.low_T for v in density])[n_i_model]
    high = np.array([v.high_T for v in density])[n_i_model]
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
