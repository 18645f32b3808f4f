"""The Doyle-Fuller-Newman cell in lanes, the entry."""

from energymodels.kernels.battery.lanes import state as of
from energymodels.kernels.battery.lanes.dfn import advance, note
from energymodels.kernels.battery.lanes.loop import after, before, clear, newton_tolerance, refill
from energymodels.kernels.battery.lanes.state import lanes
from energymodels.kernels.jit import jit
from energymodels.kernels.simd import anywhere


@jit
def solve(rows, numbers, todo, w, scalar, shape, grid, tables, index, program, axis, series, out, codes):
    """Run the rows ``todo`` in lanes, as ``single.solve`` does."""
    s = lanes(w.lane)
    clear(w)
    queue = 0
    while True:
        queue = refill(
            w, shape, grid, tables, index, rows, numbers, program, todo, queue, scalar, series, out, codes
        )
        active = s.doing != of.IDLE
        if not anywhere(active):
            return
        before(w)
        good = advance(w, shape, grid, tables, active, newton_tolerance(w))
        if axis.size > 0:
            note(w, shape, grid, tables)
        after(w, shape, grid, tables, rows, program, axis, series, out, codes, good)
