"""Whether a change leaves every number as it was: ``bits.py write FILE`` before, ``bits.py compare FILE
FILE`` after.

It runs every bundled spec and sweeps of each model, and keeps every variable of each result. Variables are
compared bit for bit; where some differ, the largest relative difference of each is printed. ``test_bits.py``
does this with the cases of ``SMALL``.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

import energymodels as em

LFP = "(Charge at 2C until 3.65 V; Hold at 3.65 V until C/10; Discharge at 1C until 2.5 V) x 2"
METALS = {"feedstock.total_metals": 5, "feedstock.composition": "stainless"}
THICK = {"positive.areal_capacity": "2:4:3", "positive.porosity": [0.25, 0.3]}
LUMPED = {"thermal": "lumped", "heat_transfer_coefficient": 10}
PLATING = {"side_reactions.plating": "reversible", "temperature": 5}

Case = tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]

SMALL: dict[str, Case] = {
    "cell": (
        "industrial-topcon-2023",
        {"wafer.thickness": "100:180:5", "wafer.dopant": "P,Ga"},
        {"curve.points": 7},
        {},
    ),
    "metals": ("industrial-perc-2023", {"crystal.position": "0:0.9:4"}, METALS, {}),
    "alternatives": (
        "industrial-hjt-2023",
        {},
        {"feedstock.total_metals": 1, "feedstock.composition": "stainless"},
        {"sets": "all"},
    ),
    "temperature": ("longi-hjt-26.81", {"temperature": [250, 298.15, 350], "irradiance": [10, 1000]}, {}, {}),
    "diode": ("pv.diode", {"resistance_series": [0, 0.5], "resistance_shunt": [100, 1e4]}, {}, {}),
    "limit": ("pv.shockley_queisser", {"band_gap": "0.5:3:20"}, {}, {}),
    "design": ("design-shenxing-plus", THICK, {}, {}),
    "range": (
        "vehicle-zeekr-007",
        {"cycle": "cltc_p,wltc_3b,udds", "ambient_temperature": [-10, 23]},
        {},
        {},
    ),
}
BROAD: dict[str, Case] = {
    "spm": ("battery-lfp-18650", {"temperature": [0, 25, 45]}, {"protocol": LFP, "model": "battery.spm"}, {}),
    "spme": (
        "battery-nmc811-sic",
        {"rate": [0.5, 2]},
        {"protocol": "Discharge at {rate}C until 2.8 V", "model": "battery.spme"},
        {},
    ),
    "dfn": ("battery-lfp-18650", {"temperature": [0, 25]}, {"protocol": LFP}, {}),
    "limits": (
        "battery-lfp-4c",
        {"temperature": [25, 45]},
        {"protocol": "Charge at limits until 80% SOC"},
        {},
    ),
    "plating": (
        "battery.dfn",
        {},
        {"parameters": "OKane2022", "protocol": "Charge at 1C until 4.2 V", **PLATING},
        {},
    ),
    "hot": ("battery-lfp-4c", {}, {"protocol": "Charge at 4C until 3.65 V", **LUMPED}, {}),
    "designed": (
        "battery-lfp-4c",
        {"design.positive.areal_capacity": [2, 3]},
        {
            "cell_design": "design-shenxing-4c",
            "protocol": "Charge at limits until 80% SOC",
            "series.points": 0,
        },
        {},
    ),
    "bands": ("battery-lfp-4c", {}, {"protocol": "Charge at 2C until 3.6 V"}, {"sets": 3}),
    "cars": ("vehicle-model-3-rwd-lfp", {}, {"cycle": "wltc_3b"}, {"sets": "all"}),
    "drive": ("drive-zeekr-007", {"ambient_temperature": [-10, 25]}, {}, {}),
    "stop": ("stop-zeekr-7x", {"minutes": [5, 10]}, {}, {}),
    "sodium": ("battery-sodium-chayambuka2022", {}, {"protocol": "Discharge at 1C until 2 V"}, {}),
}


def outputs(case: Case) -> dict[str, np.ndarray]:
    """Return every variable of the result of one case but texts, as float64."""
    spec, over, values, more = case
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = em.sweep(spec, over, values, **more)
    return {
        str(name): np.asarray(v.values, float)
        for name, v in found.variables.items()
        if v.dtype.kind in "fiub"
    }


def every_case() -> dict[str, Case]:
    """Return the sweeps, and every bundled spec as it stands."""
    from energymodels.datasets import ROOT

    specs = sorted(path.stem for path in (ROOT / "specs").glob("*.toml"))
    return SMALL | BROAD | {f"spec {name}": (name, {}, {}, {}) for name in specs}


def differences(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> dict[str, float]:
    """Return the largest relative difference of each variable that is not the same, bit for bit; inf where
    one lacks it.
    """
    found = {}
    for name in sorted(one.keys() | other.keys()):
        if name not in one or name not in other or one[name].shape != other[name].shape:
            found[name] = np.inf
        elif one[name].tobytes() != other[name].tobytes():
            a, b = one[name], other[name]
            apart = np.where(np.isnan(a) & np.isnan(b), 0.0, np.abs(a - b) / np.maximum(np.abs(a), 1e-300))
            found[name] = float(np.max(np.nan_to_num(apart, nan=np.inf), initial=0.0))
    return found


def main(verb: str, *files: str) -> int:
    """Write the variables of every case into a file, or compare two such files; 1 if they differ."""
    if verb == "write":
        found = {}
        for name, case in every_case().items():
            print(name, flush=True)
            found |= {f"{name}|{variable}": values for variable, values in outputs(case).items()}
        np.savez_compressed(Path(files[0]), **found)
        return 0
    one, other = (dict(np.load(name)) for name in files)
    apart = differences(one, other)
    for name, most in apart.items():
        print(f"{name:60} {most:.1e}")
    print(f"{len(apart)} of {len(one.keys() | other.keys())} variables differ")
    return int(bool(apart))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
