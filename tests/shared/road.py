"""Drive cycles written by hand as the tables of ``kernels.vehicle.longitudinal``, and a plain car."""

import numpy as np

from energymodels.kernels.vehicle import longitudinal as at

CAR = {
    "rolling": 150.0, "viscous": 2.0, "drag": 0.4, "inertia": 1600.0, "weight": 1500.0 * 9.81, "cosine": 1.0,
    "regeneration_share": 1.0, "regeneration_power": np.inf, "discharge_efficiency": 1.0,
    "charge_efficiency": 1.0, "charger_efficiency": 1.0, "energy": 50e3 * 3600.0,
}  # fmt: skip


def rows(*cars):
    """Return the kernel's rows of cars that differ from ``CAR`` by the fields given."""
    found = np.zeros(max(len(cars), 1), at.ROW).view(np.recarray)
    for row, changes in zip(found, cars or ({},), strict=True):
        for name, value in (CAR | changes).items():
            row[name] = value
    return found


def table(*cycles):
    """Return (steps, cycles) of cycles, each (times in s, speeds there in m s-1, slopes of the steps)."""
    blocks, sums, first = [], np.zeros((at.SUMS, len(cycles))), 0
    for n, (time, speed, grade) in enumerate(cycles):
        time, speed = np.asarray(time, dtype=float), np.asarray(speed, dtype=float)
        dt, angle = np.diff(time), np.arctan(np.broadcast_to(grade, time.size - 1))
        v = 0.5 * (speed[1:] + speed[:-1])
        steps = np.array([v, np.diff(speed) / dt, dt, np.cos(angle), np.sin(angle), time[:-1]])
        many = -(-dt.size // at.LANES)
        full = np.zeros((at.STEPS, many * at.LANES))
        full[:, : dt.size] = steps
        full[:, dt.size :] = steps[:, -1:]  # fills up the block and lasts no time
        full[at.DURATION // at.LANES, dt.size :] = 0.0
        blocks.append(full.reshape(at.STEPS, many, at.LANES).transpose(1, 0, 2).ravel())
        way = v * dt
        sums[:, n] = [
            first, first + many, dt.sum(), way.sum(), way @ np.cos(angle), way @ np.sin(angle), v**2 @ dt,
            v**3 @ dt, 0.5 * (speed[-1] ** 2 - speed[0] ** 2),
        ]  # fmt: skip
        first += many
    return np.concatenate(blocks), sums
