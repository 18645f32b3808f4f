"""Work arrays of one thread, allocated once and used for every case it solves."""

from collections import namedtuple

import numpy as np

from energymodels.kernels.battery.cell.layout import FUNCTIONS, RANK
from energymodels.kernels.battery.cell.row import RECORDED
from energymodels.kernels.jit import inner

# time points kept: order 5 needs six for its predictor, one more for the estimate an order higher, one for
# the new
HISTORY = 8
# what every time point keeps beside the particles' profiles: terminal voltage (V), temperature (K), current
# (A m-2), integrals over time of I, |I| (A s), V I, |V I| and heat (J), OCV of the surfaces (V), least phi_s
# - phi_e of the negative electrode (V); from FIRST on, by node, c_e, surface stoichiometries, intercalation
# currents; then, with side reactions, by negative node, plated and dead lithium (mol m-3 of electrode),
# thickness of the SEI (m)
V, T, I, CHARGE, MOVED, ENERGY, WORK, HEAT, OCP_MEAN, LOW, FIRST = np.arange(11)  # noqa: E741 the paper's symbol

# by node, across the cell from the negative to the positive current collector
(
    # SHARE: of the current that enters the electrolyte at the node, were the reaction uniform
    DX, POROSITY, EFFICIENCY, SHARE,
    PART, PART_NEXT,  # weights of the node and the next in means of transport between them
    C, C_BACK, KAPPA, D_KAPPA, DIFFUSIVITY, D_DIFFUSIVITY, CHI, D_CHI, T_PLUS, D_T_PLUS,
    J, A, G, U, U_J, U_C, THETA, U0, U0_SLOPE, OCP, OCP_SLOPE,  # U0 at the reference temperature
     ENTROPIC, ENTROPIC_SLOPE, S, S_SLOPE, E, E_SLOPE, ETA,
    E11, E12, E21, E22, R1, R2, B1, B2,  # eliminated blocks, right sides, and what a unit of current adds
    # electrolyte potential from a node to its neighbour, and its derivatives
    DROP, DROP_C1, DROP_C2, DROP_J1, DROP_J2, DROP_I,
    FLOW,  # electrolyte current from a node to its neighbour
    # interfacial current of all reactions, and its derivatives by j, that of intercalation, and c
    TOTAL, TOTAL_J, TOTAL_C,
    # the same of the side reactions: plating and the SEI's growth
    PLATING, PLATING_J, PLATING_C, GROWTH, GROWTH_J, GROWTH_C,
    # single particles: u less its mean and its derivative by the current; the film's fraction of that of u
    OFFSET, OFFSET_I, U_FILM,
) = np.arange(61)  # fmt: skip
NODE = 61

# of ``memory``: what Newton's method leaves of a change, per its square; heat (W) of the last step solved;
# stoichiometries at the start and charge of either electrode when full (A s), capacity of the cell (A s),
# what 1C moves in an hour (A s); the largest temperature (K), minimum anode potential (V) and largest
# current (A) so
# far; when states of charge of 0.1 and 0.8 were passed (s), and how much was charged when the minimum anode
# potential
# fell below 0 (A s); temperature of the surroundings (K), lithium at the start (A s), mean current of side
# reactions in the last step of single particles (A m-2), temperature at the start (K), concentration that is
# held (mol m-3), what a charge at limits waits for, FOR_HEAT or FOR_SALT, 0 for nothing, how many nodes are
# the back of the negative electrode; when the protocol's step began and how long after that the points' times
# are 0 (s), heat of the stage within a step (W); state of charge at the start; largest concentration of salt
# so far (mol m-3)
(
    CURVATURE, HEAT_NOW, THETA_N, THETA_P, CHARGE_N, CHARGE_P, CELL, NOMINAL, HOTTEST, LEAST_POTENTIAL,
    LARGEST_CURRENT,
    AT_10, AT_80, ONSET, AROUND, LITHIUM, BESIDE, FIRST_T, HELD, IDLE, REAR, BEGAN, ELAPSED, STAGE_HEAT, SOC,
    MOST_SALT,
) = np.arange(26)  # fmt: skip
# of ``now``: slot of the newest time point, how many there are, the order of the next step, position in the
# axis of the next sample
HEAD, COUNT, NEXT_ORDER, SAMPLE = np.arange(4)
# rows of ``weights``: BDF, predictors of this order, one below, one above; times of the points; goals and
# signs of a step's ends
BACK, PREDICT, LOWER, HIGHER, TIMES, GOALS, SIGNS = np.arange(7)
# rows behind the time points: of ``points`` the predictor, the weighted past, the stage within a step, the
# slopes at its end and its result; of ``profiles`` the last four; of ``series`` a record
PREDICTED, PAST, STAGE, SLOPE, RESULT = HISTORY + np.arange(5)
STAGE_PROFILE, SLOPE_PROFILE, RESULT_PROFILE = HISTORY + np.arange(1, 4)
FOR_HEAT, FOR_SALT = np.array((1.0, 2.0))
GAIN = RANK  # column of ``coefficients``: the case's own factor

Work = namedtuple("Work", "profiles points series node index coefficients newton weights memory now")
Mesh = namedtuple("Mesh", "n s p radial pybamm")


def make_work(nodes: int, particles_n: int, particles_p: int, cells: int, reacting: int) -> Work:
    """Return work arrays for ``nodes`` across the cell and ``cells`` to a particle; not for compiled code.

    ``reacting`` is the number of negative nodes where side reactions may go on, 0 for none.
    """
    profiles = (particles_n + particles_p) * cells
    return Work(
        np.zeros((HISTORY + 4, profiles)),
        np.zeros((HISTORY + 5, FIRST + 3 * nodes + 3 * reacting)),
        np.zeros((HISTORY + 1, RECORDED)),
        np.zeros((NODE, nodes)),
        np.zeros((FUNCTIONS, 1 + 2 * RANK), dtype=np.int64),
        np.zeros((FUNCTIONS, RANK + 1)),
        np.zeros((2, 9, max(particles_n, particles_p) * cells)),
        np.zeros((7, 16)),
        np.zeros(26),
        np.zeros(4, dtype=np.int64),
    )


@inner
def new_slot(w):
    """Return the slot that the next time point takes."""
    return (w.now[HEAD] + 1) % HISTORY
