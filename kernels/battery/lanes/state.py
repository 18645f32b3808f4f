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
from energymodels.kernels.simd import WIDTH

ORDER = 5
(
    T, I, CHARGE, HEAT, OCP, REST, SMOOTH, SMOOTH_NEGATIVE, DIFFUSION, HEAT_RATE, FIRST,
) = np.arange(11)  # fmt: skip  # noqa: E741 the paper's symbol

# by node of the electrolyte, across the cell
(
    WEIGHT,  # m: share of the node in integrals over its layer; the faces have a row of their own
    C, C_BACK, KAPPA, D_KAPPA, DIFFUSIVITY, D_DIFFUSIVITY, CHI, D_CHI, T_PLUS, D_T_PLUS,
    J, A, G, U, U_J, U_C, THETA, OCP_HERE, OCP_SLOPE, ENTROPIC, ENTROPIC_SLOPE, S, S_SLOPE, E, E_SLOPE, ETA,
    R1, R2, B1, B2, OFFSET, OFFSET_I,
) = np.arange(33)  # fmt: skip
NODE = 33
LOW, HIGH, PER, BUCKETS, BELOW, ABOVE = np.arange(6)  # of a table's head

# what a lane is doing
IDLE, INSTANT, RUN = 0.0, 1.0, 2.0

CASE = np.dtype([(name, "f8", (WIDTH,)) for name in FLOATS])
NUMBERS = (
    "row", "doing", "kind", "goal", "step", "steps",  # of the case, and of the protocol's step
    "began", "elapsed", "time",  # s: when the protocol's step began, since then the last kink, since then
    "h", "order", "points", "since", "failures", "effort", "count",
    "landing", "low", "high", "g_low", "g_high", "side",  # an end met within the step: its event, -1 none
    "limit",  # s: local time at which the protocol's step ends
    "alpha", "ck", "last",
    "theta_n", "theta_p", "charge_n", "charge_p", "cell", "nominal", "soc", "lithium", "first_t",
    "hottest", "lowest", "largest", "most_salt", "at_10", "at_80", "onset", "moved", "energy", "work",
    "curvature", "volt", "least", "sample", "before",
)  # fmt: skip
LANE = np.dtype(
    [(name, "f8", (WIDTH,)) for name in NUMBERS]
    + [(name, "f8", (EVENTS, WIDTH)) for name in ("goals", "signs")]
    + [(name, "f8", (ORDER + 2, WIDTH)) for name in ("psi", "psi_next", "beta", "weight", "rear")]
    + [(name, "f8", (ORDER + 2, WIDTH)) for name in ("top", "above", "sigma")]
)

Lanes = namedtuple(
    "Lanes",
    "case lane past now ahead back node heads warm offsets warm_offsets coefficients gains terms front",
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
    return Lanes(
        np.zeros(1, CASE).view(np.recarray),
        np.zeros(1, LANE).view(np.recarray),
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
        np.zeros((64, 16, WIDTH)),
    )


SERIES_ROWS = SERIES

# ``derive[q, i]``: slope at node q of the shape of node i, on an element of length 1; ``weights[q]`` sum to 1;
# ``widths[e]``: elements in parts of their layer, across the cell; ``radial``: see ``battery.cell.particle``
Grid = namedtuple("Grid", "derive weights widths radial")
