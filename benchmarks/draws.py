"""Random specs of every model, from a seed: in usual ranges, which are those of published cells, cars and
designs, and in the whole ranges that the fields allow.

This module stands alone, so that tests import it too.
"""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

import energymodels as em
from energymodels.battery.parameters.sets import parameter_set
from energymodels.core.errors import InputError
from energymodels.core.field import FieldInfo
from energymodels.core.spec import Spec

Numbers: TypeAlias = npt.NDArray[Any]
Generator: TypeAlias = np.random.Generator
Draw: TypeAlias = Callable[[Generator, int], Numbers]
Points: TypeAlias = dict[str, Numbers]
SEED = 20260301
CHANGED = 3  # of whole ranges: how many fields of a case are drawn, about; the others keep their defaults
LEAST, MOST = 1e-40, 1e40  # of what has no other end
# what asks for more steps, nodes or samples, and is no property of a case
NUMERICAL = ("points.", "series.", "curve.", "tolerance", "time_step", "cycles_max")


class Population(NamedTuple):
    """What is solved as one sweep: a model, values for all of its cases, and a column of each drawn field."""

    model: str
    values: dict[str, Any]
    points: Points


def flat(low: float, high: float) -> Draw:
    """Return numbers spread evenly."""
    return lambda rng, n: rng.uniform(low, high, n)


def decades(low: float, high: float) -> Draw:
    """Return numbers whose logarithms are spread evenly."""
    return lambda rng, n: np.exp(rng.uniform(math.log(low), math.log(high), n))


def among(*words: Any) -> Draw:
    """Return one of some words or numbers."""
    return lambda rng, n: rng.choice(words, n)


DIODE: Mapping[str, Draw] = {  # modules from thin strings to 72 cells
    "photocurrent": flat(0.01, 15.0),
    "saturation_current": decades(1e-13, 1e-6),
    "resistance_series": flat(0.0, 1.0),
    "resistance_shunt": decades(10.0, 1e5),
    "nNsVth": flat(0.5, 4.0),
    "saturation_current_2": decades(1e-10, 1e-5),
}
CELL: Mapping[str, Draw] = {
    "wafer.type": among("n", "p"),
    "wafer.thickness": flat(60.0, 250.0),
    "wafer.resistivity": decades(0.1, 100.0),
    "wafer.tau": decades(1e-6, 0.1),
    "wafer.capture_ratio": decades(0.01, 100.0),
    "wafer.srh_level": flat(-0.3, 0.3),
    "front.j0": decades(0.1, 1e3),
    "front.j0_metal": decades(10.0, 5e3),
    "front.metal_fraction": flat(0.005, 0.1),
    "front.contact_resistivity": decades(1e-5, 1e-2),
    "rear.j0": decades(0.1, 1e3),
    "series_resistance": flat(0.0, 2.0),
    "shunt_resistance": decades(100.0, 1e6),
    "optical_loss": flat(0.0, 0.3),
    "auger": among("niewelt2022", "richter2012"),
    "intrinsic_density": among("couderc2014", "misiakos1993"),
    "temperature": flat(250.0, 350.0),
    "irradiance": decades(1.0, 1200.0),
}
LIMIT: Mapping[str, Draw] = {
    "band_gap": flat(0.5, 3.0),
    "temperature": flat(250.0, 350.0),
    "irradiance": decades(1.0, 1e5),
}
DESIGN: Mapping[str, Draw] = {
    "positive.material": among("lfp", "lmfp", "nmc811", "ni-rich", "na-layered"),
    "positive.areal_capacity": flat(1.0, 7.0),
    "positive.porosity": flat(0.15, 0.45),
    "positive.collector_thickness": flat(8.0, 20.0),
    "negative.material": among("graphite", "silicon-graphite", "lithium"),
    "negative.np_ratio": flat(1.0, 1.3),
    "negative.porosity": flat(0.15, 0.45),
    "negative.collector_thickness": flat(4.0, 12.0),
    "negative.prelithiation": flat(0.0, 1.0),
    "separator.thickness": flat(7.0, 25.0),
    "separator.porosity": flat(0.3, 0.6),
    "electrolyte.filling": flat(1.0, 1.4),
    "housing.mass_fraction": flat(0.02, 0.3),
    "cell.capacity": decades(1.0, 300.0),
}
CARS = (
    "generic", "byd-han", "byd-seal", "ev6-lr-rwd-2022", "leaf-40", "model-3-rwd-lfp", "nio-et7", "zeekr-007"
)  # fmt: skip
CYCLES = ("wltc_3b", "cltc_p", "nedc", "udds", "hwfet", "us06", "ftp75", "90 km/h")
RANGE: Mapping[str, Draw] = {
    "vehicle": among(*CARS),
    "cycle": among(*CYCLES),
    "mass": flat(900.0, 3000.0),
    "battery_energy": flat(20.0, 150.0),
    "auxiliary_power": flat(100.0, 1000.0),
    "ambient_temperature": flat(-30.0, 45.0),
    "altitude": flat(0.0, 3000.0),
    "cabin.heater": among("heat_pump", "resistance"),
}
SETS = ("lfp-18650", "lfp-4c", "nmc811-sic", "semi-solid-360")
PROTOCOLS = (
    "Discharge at {rate}C",
    "Charge at {rate}C",
    "(Discharge at {rate}C for 5 minutes; Rest for 5 minutes; Charge at {rate}C for 5 minutes) x 3",
    "Charge at {rate}C until {high} V; Hold at {high} V until C/20; Discharge at 1C until {low} V",
    "Discharge at {power} W for 1 hour",
    "Charge at {power} W for 30 minutes or until {high} V; Rest for 10 minutes",
    "Run power from '{trace}' times {power}",
)
OF_CELLS: Mapping[str, Draw] = {
    "parameters": among(*SETS),
    "initial_soc": flat(0.0, 1.0),
    "temperature": flat(-20.0, 60.0),
    "thermal": among("isothermal", "lumped"),
    "heat_transfer_coefficient": flat(0.0, 50.0),
    "negative.diffusivity_factor": decades(0.1, 10.0),
    "positive.diffusivity_factor": decades(0.1, 10.0),
    "negative.exchange_current_density_factor": decades(0.1, 10.0),
    "positive.exchange_current_density_factor": decades(0.1, 10.0),
    "negative.particle_radius": decades(0.01, 100.0),
    "positive.particle_radius": decades(0.01, 100.0),
    "electrolyte.initial_concentration": decades(500.0, 2000.0),
    "electrolyte.diffusivity_factor": decades(0.3, 3.0),
    "electrolyte.conductivity_factor": decades(0.3, 3.0),
}
FOLLOWING: Mapping[str, Draw] = {"protocol": among(*PROTOCOLS)}
RATES = np.geomspace(0.05, 10.0, 24)  # few, so that few protocols are read
AT_LIMITS: Mapping[str, Draw] = {
    "protocol": among("Charge at limits until 80% SOC", "Charge at limits until 95% SOC or for 1 hour"),
    "initial_soc": flat(0.0, 0.5),
    "limits.temperature": flat(45.0, 60.0),
    "limits.c_rate": flat(1.0, 10.0),
}
PACKED: Mapping[str, Draw] = {
    "vehicle": among(*CARS),
    "mass": flat(1200.0, 2800.0),
    "ambient_temperature": flat(-30.0, 45.0),
    "pack.cell": among("battery-lfp-4c", "battery-nmc811-sic"),
    "pack.series": flat(100.0, 230.0),
    "pack.parallel": flat(0.4, 2.0),
    "pack.resistance": flat(0.01, 0.1),
    "battery_cell.thermal": among("isothermal", "lumped"),
    "battery_cell.heat_transfer_coefficient": flat(5.0, 50.0),
    "battery_cell.negative.diffusivity_factor": decades(0.1, 10.0),
    "battery_cell.positive.diffusivity_factor": decades(0.1, 10.0),
    "battery_cell.negative.particle_radius": decades(0.1, 20.0),
    "battery_cell.positive.particle_radius": decades(0.1, 20.0),
    "battery_cell.electrolyte.diffusivity_factor": decades(0.3, 3.0),
    "battery_cell.electrolyte.conductivity_factor": decades(0.3, 3.0),
}
DRIVE: Mapping[str, Draw] = {
    **PACKED,
    "cycle": among(*CYCLES[:-1]),
    "pack.soc_start": flat(0.1, 1.0),
    "pack.soc_min": among(0.0, 0.02, 0.08),
    "pack.derating": among("end", "derate"),
}
STOP: Mapping[str, Draw] = {
    **PACKED,
    "pack.soc_start": flat(0.0, 0.7),
    "station.power": decades(50.0, 500.0),
    "minutes": among(5.0, 10.0, 20.0, 30.0),
}
# some of every case's time, without a look at how long it takes
SERIES = {"series.points": 9, "series.end": 3600.0}


def _of_sets(rng: Generator, sets: Numbers) -> Points:
    """Return layers of each case's set, electrodes thinner or thicker together."""
    found: Points = {}
    both = np.exp(rng.uniform(math.log(0.2), math.log(5.0), sets.size))  # 10 to 400 um
    for side, factor in (("negative", both * rng.uniform(0.98, 1.1, sets.size)), ("positive", both)):
        own = {name: parameter_set(name).scalars[f"{side}.thickness"] for name in SETS}
        found[f"{side}.thickness"] = np.array([own[name] for name in sets.tolist()]) * factor
    return found


@cache
def trace() -> str:
    """Return the file of ten minutes of driving, a row a second: pulses of power from -0.5 to 1 W."""
    rng = np.random.default_rng(SEED)
    power = np.repeat(np.clip(rng.normal(0.2, 0.5, 120), -0.5, 1.0), 5)
    file = Path(tempfile.mkdtemp(prefix="energymodels-trace-")) / "power.csv"
    rows = "\n".join(f"{second},{watt:.4f}" for second, watt in enumerate(power))
    file.write_text(f"time s,power W\n{rows}\n", encoding="utf-8")
    return str(file)


def _written(rng: Generator, sets: Numbers, protocols: Numbers) -> Numbers:
    """Return protocols with a rate, a power that is about that rate's, and the limits of each case's set."""
    rates = rng.choice(RATES, sets.size)
    found = []
    for name, text, rate in zip(sets.tolist(), protocols.tolist(), rates.tolist(), strict=True):
        of = parameter_set(name).scalars
        low, high = of["cell.voltage_min"], of["cell.voltage_max"]
        power = of["cell.nominal_capacity"] * rate * 0.5 * (low + high)
        found.append(text.format(rate=f"{rate:.4g}", power=f"{power:.4g}", low=low, high=high, trace=trace()))
    return np.array(found)


def _drawn(rng: Generator, n: int, draws: Mapping[str, Draw]) -> Points:
    return {path: draw(rng, n) for path, draw in draws.items()}


def _battery(model: str, more: Mapping[str, Draw]) -> Callable[[Generator, int], Population]:
    def draw(rng: Generator, n: int) -> Population:
        points = _drawn(rng, n, {**OF_CELLS, **more})
        points |= _of_sets(rng, points["parameters"])
        points["protocol"] = _written(rng, points["parameters"], points["protocol"])
        protocol = {"protocol": points["protocol"][0].item()} if more is AT_LIMITS else {}
        return Population(model, SERIES | protocol, points)

    return draw


def _plain(model: str, draws: Mapping[str, Draw], **values: Any) -> Callable[[Generator, int], Population]:
    return lambda rng, n: Population(model, values, _matched(_drawn(rng, n, draws)))


def _matched(points: Points) -> Points:
    """Return designs with the one negative of sodium cells against their positive."""
    if "positive.material" in points:
        sodium = points["positive.material"] == "na-layered"
        points["negative.material"] = np.where(sodium, "hard-carbon", points["negative.material"])
    return points


USUAL: Mapping[str, Callable[[Generator, int], Population]] = {
    "pv.diode": _plain("pv.diode", DIODE),
    "pv.cell": _plain("pv.cell", CELL),
    "pv.shockley_queisser": _plain("pv.shockley_queisser", LIMIT),
    "battery.design": _plain("battery.design", DESIGN),
    "vehicle.range": _plain("vehicle.range", RANGE),
    "battery.spm": _battery("battery.spm", FOLLOWING),
    "battery.spme": _battery("battery.spme", FOLLOWING),
    "battery.dfn": _battery("battery.dfn", FOLLOWING),
    "charges at limits": _battery("battery.dfn", AT_LIMITS),
    "vehicle.drive": _plain("vehicle.drive", DRIVE),
    "vehicle.charge_stop": _plain("vehicle.charge_stop", STOP),
}


def usual(name: str, cases: int, seed: int = SEED) -> Population:
    """Return a population in usual ranges."""
    return USUAL[name](np.random.default_rng(seed), cases)


def ends(info: FieldInfo) -> tuple[float, float]:
    """Return the least and the largest number that a field may hold, as far as numbers go."""
    low = np.nextafter(info.low, math.inf) if info.low_open else info.low
    high = np.nextafter(info.high, 0.0) if info.high_open else info.high
    return max(float(low), -MOST), min(float(high), MOST)


def allowed(info: FieldInfo, rng: Generator, n: int) -> Numbers:
    """Return numbers over all that a field may hold: its ends, and between them by decades where it cannot be
    negative.
    """
    low, high = ends(info)
    if low >= 0.0:
        between = np.exp(rng.uniform(math.log(max(low, LEAST)), math.log(max(high, LEAST)), n))
    else:
        between = rng.uniform(max(low, -1e3), min(high, 1e3), n)
    if info.kind == "integer":
        between = np.rint(between)
    which = rng.integers(0, 10, n)
    found = np.clip(np.select([which == 0, which == 1], [low, high], between), low, high)
    return found


def words(spec: Spec, info: FieldInfo) -> list[str]:
    """Return the words of a field with which the rest of a spec goes."""
    found = []
    for word in info.labels:
        with contextlib.suppress(InputError):
            spec.replace({info.path: word}).checked()
            found.append(word)
    return found


def anything(spec: Spec, info: FieldInfo, rng: Generator, n: int) -> Numbers:
    """Return words or numbers of a field, over all that it may hold."""
    known = words(spec, info)
    return rng.choice(known, n) if known else allowed(info, rng, n)


def swept(model: str, values: Mapping[str, Any]) -> dict[str, FieldInfo]:
    """Return the fields of a model that a sweep may draw: they stand in the spec, are no text, and no mesh,
    time axis or curve.
    """
    return {
        path: info
        for path, info in em.load(model).replace(values).fields.items()
        if info.kind != "text"
        and not info.fixed
        and not path.removeprefix("battery_cell.").startswith(NUMERICAL)
    }


def _own(name: str) -> Mapping[str, float]:
    """Return what the default parameter set says of fields that have no default of their own."""
    return parameter_set(SETS[0]).scalars if name.startswith(("battery.s", "battery.dfn", "charges")) else {}


def whole(name: str, cases: int, seed: int = SEED) -> Population:
    """Return a population in the whole ranges: most fields of a case keep their default, or its set's."""
    rng = np.random.default_rng(seed)
    model, values, _ = usual(name, 1, seed)
    own, spec = _own(name), em.load(model).replace(values)
    known: dict[str, tuple[FieldInfo, Any]] = {}
    for path, info in swept(model, values).items():
        default = own.get(path) if info.default is None else info.default
        alone = info.default is not None or not (info.replaces or info.conflicts)
        if default is not None and alone:
            known[path] = info, default
    points = {}
    for path, (info, default) in known.items():
        drawn = anything(spec, info, rng, cases)
        points[path] = np.where(rng.random(cases) < CHANGED / len(known), drawn, default)
    return Population(model, values, points)
