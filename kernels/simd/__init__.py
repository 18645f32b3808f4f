"""Cases side by side: ``WIDTH`` numbers, one a case, in the lanes of a vector register.

Kernels read like scalar code. A vector is a number to them; a comparison gives a mask, ``where`` takes from
either side, and ``anywhere`` decides what all lanes do together. Interpreted, a vector is one float, and the
same source runs.
"""

from energymodels.kernels.simd.fields import Layout as Layout
from energymodels.kernels.simd.functions import exp as exp
from energymodels.kernels.simd.functions import log as log
from energymodels.kernels.simd.memory import load as load
from energymodels.kernels.simd.memory import load_indices as load_indices
from energymodels.kernels.simd.memory import pairs as pairs
from energymodels.kernels.simd.memory import put as put
from energymodels.kernels.simd.memory import quads as quads
from energymodels.kernels.simd.memory import shifted as shifted
from energymodels.kernels.simd.memory import store as store
from energymodels.kernels.simd.memory import times as times
from energymodels.kernels.simd.vector import WIDTH as WIDTH
from energymodels.kernels.simd.vector import anywhere as anywhere
from energymodels.kernels.simd.vector import everywhere as everywhere
from energymodels.kernels.simd.vector import lower as lower
from energymodels.kernels.simd.vector import number as number
from energymodels.kernels.simd.vector import opposite as opposite
from energymodels.kernels.simd.vector import root as root
from energymodels.kernels.simd.vector import size as size
from energymodels.kernels.simd.vector import upper as upper
from energymodels.kernels.simd.vector import where as where
from energymodels.kernels.simd.vector import whole as whole
