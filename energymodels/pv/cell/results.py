"""What ``pv.cell`` gives."""

from __future__ import annotations

import numpy as np

from energymodels.core.outputs import Output


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


OUTPUTS = (
    Output("v_oc", "V", "open-circuit voltage"),
    Output("j_sc", "mA cm-2", "short-circuit current density", attrs=GENERATED),
    Output("v_mp", "V", "voltage at the maximum power point (MPP)"),
    Output("j_mp", "mA cm-2", "current density at the maximum power point (MPP)", attrs=GENERATED),
    Output(
        "implied_v_oc",
        "V",
        "implied open-circuit voltage (iVoc); before metallisation: without J0 under metal and without shunt",
    ),
    Output("fill_factor", "percent", "fill factor", absent=DARK),
    Output(
        "pseudo_fill_factor", "percent", "pseudo fill factor (pFF); without series resistance", absent=DARK
    ),
    Output("efficiency", "percent", "power conversion efficiency", absent=DARK),
    Output("excess_density_mp", "cm-3", "excess carrier density at MPP"),
    Output("excess_density_oc", "cm-3", "excess carrier density at open circuit"),
    Output("ideality_mp", "1", "local ideality factor of the total recombination at MPP", absent=DARK),
    Output(
        "ideality_oc", "1", "local ideality factor of the total recombination at open circuit", absent=DARK
    ),
    Output(
        "bulk_lifetime_mpp", "s", "bulk lifetime at MPP; radiative, Auger and SRH (metals and other defects)"
    ),
    Output("bulk_lifetime_1e15", "s", "bulk lifetime at an excess carrier density of 1e15 cm-3"),
    *_split("mp", "MPP"),
    *_split("oc", "open circuit"),
    Output(
        "j",
        "mA cm-2",
        "current density",
        ("voltage",),
        attrs=GENERATED,
        absent="beyond the voltage at which the excess carrier density exceeds 1e20 cm-3",
    ),
    Output("j_metals_mp", "mA cm-2", "SRH recombination current density by metal at MPP", ("element",)),
    Output(
        "grown_metals",
        "cm-3",
        "metal concentration in the wafer before gettering",
        ("element",),
        derived=True,
    ),
    Output("wafer_metals", "cm-3", "metal concentration in the finished wafer", ("element",), derived=True),
    Output(
        "wafer_active",
        "cm-3",
        "concentration of recombination-active metals, isolated or paired with acceptors",
        ("element",),
        derived=True,
    ),
    Output("wafer_carbon", "cm-3", "carbon concentration in the crystal", derived=True),
    Output("j_generation", "mA cm-2", "generation current density", derived=True),
    Output("base_doping", "cm-3", "net base doping density", derived=True),
    Output(
        "base_type",
        "1",
        "base doping type; thermal donors or dopant segregation can invert it",
        derived=True,
        attrs={"flag_values": np.arange(len(TYPES), dtype=np.int8), "flag_meanings": " ".join(TYPES)},
    ),
    Output("base_resistivity", "ohm cm", "base resistivity; in the dark at 298.15 K", derived=True),
    Output(
        "validity",
        "1",
        "validity flags: models and assumptions used outside their range",
        derived=True,
        attrs={
            "flag_masks": np.array([1 << i for i in range(len(MASKS))], np.int8),
            "flag_meanings": " ".join(MASKS),
            "flag_comments": "; ".join(FLAGGED[name] for name in MASKS),
        },
    ),
)
