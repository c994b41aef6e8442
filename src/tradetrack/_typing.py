"""Names for what many rooms speak of: arrays of numbers, positions, and the months of a year."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Index: TypeAlias = NDArray[np.intp]

MONTHS = 12
