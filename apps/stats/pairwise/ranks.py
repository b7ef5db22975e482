"""Competition ranks: 1 for the best, equals share a rank."""

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import IntArray, as_numbers

# Strengths that agree to so many decimals are equal: what lies beyond is rounding of the fit.
_DECIMALS = 9


def competition_ranks(strengths: npt.ArrayLike) -> IntArray:
    """The rank of each number: 1 + how many are strictly greater, after rounding to 9 decimals. [n]

    `strengths` [n] are finite numbers in any unit, the greatest being the best. Equals share the better rank
    and the next one is skipped (1, 2, 2, 4). A rank by itself has no interval: marginal_rank_sets says which
    ranks the data leave open. Raises InvalidInput for anything but a list of finite numbers.
    """
    rounded = np.round(as_numbers("strengths", strengths), _DECIMALS)
    ascending = np.sort(rounded)
    return 1 + len(rounded) - np.searchsorted(ascending, rounded, side="right").astype(np.int64)
