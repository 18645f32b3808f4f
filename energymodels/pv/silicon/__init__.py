"""Silicon as a material, in practitioners' units: cm-3, K, s, eV, cm2 V-1 s-1, ohm cm.

Arguments that are numbers may be arrays; they broadcast, and a result has their common shape, or is a float.
``doping_type`` is "n" or "p", ``dopant`` "P", "B" or "Ga" (gallium has boron's mobility: assumed). Dopants
are fully ionised. Temperatures outside 200-450 K and numbers without meaning raise ``InputError``; a formula
used outside the range its source gives warns ``ValidityWarning``.
"""

from __future__ import annotations

from energymodels.pv.silicon.carriers import band_gap as band_gap
from energymodels.pv.silicon.carriers import band_gap_narrowing as band_gap_narrowing
from energymodels.pv.silicon.carriers import doping as doping
from energymodels.pv.silicon.carriers import equilibrium as equilibrium
from energymodels.pv.silicon.carriers import intrinsic_density as intrinsic_density
from energymodels.pv.silicon.carriers import mobility as mobility
from energymodels.pv.silicon.carriers import resistivity as resistivity
from energymodels.pv.silicon.formulas import AUGER_MODELS as AUGER_MODELS
from energymodels.pv.silicon.formulas import NI_MODELS as NI_MODELS
from energymodels.pv.silicon.formulas import STC as STC
from energymodels.pv.silicon.formulas import VALIDITY as VALIDITY
from energymodels.pv.silicon.formulas import Validity as Validity
from energymodels.pv.silicon.lifetime_curves import J0Analysis as J0Analysis
from energymodels.pv.silicon.lifetime_curves import j0_kane_swanson as j0_kane_swanson
from energymodels.pv.silicon.lifetime_curves import j0_kimmerle as j0_kimmerle
from energymodels.pv.silicon.recombination import auger_rate as auger_rate
from energymodels.pv.silicon.recombination import b_rel as b_rel
from energymodels.pv.silicon.recombination import lifetime as lifetime
from energymodels.pv.silicon.recombination import radiative_coefficient as radiative_coefficient
from energymodels.pv.silicon.recombination import radiative_rate as radiative_rate
from energymodels.pv.silicon.recombination import srh_rate as srh_rate
