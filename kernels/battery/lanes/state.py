"""What the lanes hold: the cases' numbers, where each stands in time, its state and the past of that.

Rows of the state, by their place: temperature (K), current (A m-2), charge discharged (A s), heat (J), mean
open-circuit potential of the surfaces (V), voltage less that, voltage less potentials and overpotentials of
the surfaces (SMOOTH, what is left is smooth in time), the same of the minimum anode potential, diffusion
potential (V) and heat rate (W); from FIRST on the salt concentration by node, surface stoichiometries and
interfacial currents of either electrode's particles, and their modes, (mode, particle) flattened.

The past is kept as the modified divided differences of Krogh, ``past[m]``, m from 0 to ORDER + 1 (Brenan,
Campbell and Petzold 1996, key ``brenan1996``, section 5.2).
"""

from collections import namedtuple

import numpy as np

from energymodels.kernels.battery.cell.events import EVENTS
from energymodels.kernels.battery.cell.layout import FUNCTIONS, RANK
from energymodels.kernels.battery.cell.row import FLOATS, SERIES
from energymodels.kernels.simd import WIDTH, Layout

ORDER = 5
(
    T, I, CHARGE, HEAT, OCP, REST, SMOOTH, SMOOTH_NEGATIVE, DIFFUSION, HEAT_RATE, FIRST,  # noqa: E741
) = np.arange(11)  # fmt: skip

# by node of the electrolyte, across the cell
(
    WEIGHT,  # m: share of the node in integrals over its electrode
    DX,  # m: the same over the whole cell, to which a face belongs with both its sides
    PLACE,  # m: from the negative collector
    C, C_BACK, KAPPA, D_KAPPA, DIFFUSIVITY, D_DIFFUSIVITY, CHI, D_CHI, T_PLUS, D_T_PLUS,
    J, A, G, U, U_J, U_C, THETA, OCP_HERE, OCP_SLOPE, ENTROPIC, ENTROPIC_SLOPE, S, S_SLOPE, E, E_SLOPE, ETA,
    R1, R2, B1, B2,
) = np.arange(33)  # fmt: skip
NODE = 33
LOW, HIGH, PER, BUCKETS, BELOW, ABOVE = np.arange(6)  # of a table's head

# what a lane is doing
IDLE, INSTANT, RUN = np.arange(3.0)

NUMBERS = (
    "row", "doing",
    "first_step", "steps", "at", "count",  # of the protocol: first row, how many, which, time steps so far
    "kind", "goal",  # what the step controls: A, V or W
    "began", "elapsed", "time",  # s: when the protocol's step began, since then the last kink, since then
    "end",  # s since the last kink: when the protocol's step ends
    "h", "order", "points", "since", "failures", "effort",  # since: steps at this order
    "last", "final",  # order of the last step; 1: the step ends with the protocol's
    "alpha",  # 1/s: leading coefficient
    "accepted", "event",  # whether the step just solved is taken; the end met with it, -1 for none
    "landing", "low", "high", "g_low", "g_high", "side",  # the end looked for within the step, -1 for none
    "theta_n", "theta_p", "charge_n", "charge_p", "cell", "nominal", "soc", "lithium", "first_t",
    "hottest", "lowest", "largest", "most_salt", "at_10", "at_80", "onset",
    "moved", "energy", "work",  # A s, J, J
    "curvature", "volt", "least",  # V, V: terminal voltage, minimum anode potential of the step just solved
    "volt_before", "jump", "sample", "hold", "look", "jump_to",
)  # fmt: skip
CASE = Layout("case", FLOATS)
LANE = Layout(
    "lane",
    NUMBERS,
    dict.fromkeys(("goals", "signs", "g", "g_before"), EVENTS)
    | dict.fromkeys(
        ("psi", "psi_next", "beta", "rear", "gamma", "part", "top", "above", "weight"), ORDER + 2
    ),
)
cases, case_of = CASE.views()
lanes, lane_of = LANE.views()

Lanes = namedtuple(
    "Lanes",
    "case lane past now ahead back node heads warm offsets warm_offsets coefficients gains terms "
    "front square fractions seen fronts local rows here",
)
Shape = namedtuple("Shape", "nodes n p particles_n particles_p modes rows elements_n elements_p")


def make_shape(elements: int, order: int, modes: int, *, electrolyte: bool, resolved: bool) -> Shape:
    """Return the sizes of a cell with ``elements`` of ``order`` an electrode; not for compiled code."""
    n = order * elements + 1 if electrolyte else 1
    nodes = 2 * n + order - 1 if electrolyte else 2
    particles = n if resolved else 1
    rows = int(FIRST) + nodes + 4 * particles + 2 * particles * modes
    return Shape(nodes, n, n, particles, particles, modes, rows, elements, elements)


def make_lanes(shape: Shape) -> Lanes:
    """Return the arrays of one thread; not for compiled code."""
    tables = FUNCTIONS * RANK
    elements = shape.elements_n + 1 + shape.elements_p
    return Lanes(
        CASE.make(),
        LANE.make(),
        np.zeros((ORDER + 2, shape.rows, WIDTH)),
        np.zeros((shape.rows, WIDTH)),
        np.zeros((shape.rows, WIDTH)),
        np.zeros((shape.rows, WIDTH)),
        np.zeros((NODE, shape.nodes, WIDTH)),
        np.zeros((tables, 6, WIDTH)),
        np.zeros((tables, 6, WIDTH)),
        np.zeros((tables, WIDTH), np.int32),
        np.zeros((tables, WIDTH), np.int32),
        np.zeros((tables, WIDTH)),
        np.zeros((FUNCTIONS, WIDTH)),
        np.zeros(FUNCTIONS, np.int64),
        np.zeros((shape.nodes, 5, WIDTH)),
        np.zeros((4, 6, WIDTH)),
        np.zeros((4, shape.modes, WIDTH)),
        np.zeros((SERIES, WIDTH)),
        np.zeros((elements, 8, 10, WIDTH)),
        np.zeros((20, 4, WIDTH)),
        np.zeros((elements, 8, WIDTH)),
        np.zeros((shape.rows, WIDTH)),
    )


# ``derive[q, i]``: slope at point q of the shape of point i, on an element of length 1; ``points`` and
# ``weights`` of its quadrature, ``mean``: weights of a function's slopes in the mean of its rise since the
# element's begin; ``widths[e]``: elements in parts of their layer, across the cell; ``radial``: see
# ``battery.cell.particle``
Grid = namedtuple("Grid", "derive points weights mean widths radial")
