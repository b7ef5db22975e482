"""Competition ranks: 1 for the best, equals share a rank."""

import numpy as np

from apps.stats.arrays import FloatArray, IntArray

# Strengths that agree to so many decimals are equal: what lies beyond is rounding of the fit.
_DECIMALS = 9


def competition_ranks(strengths: FloatArray) -> IntArray:
    """1 + the number of strengths strictly greater, after rounding to 9 decimals. [n]"""
    rounded = np.round(strengths, _DECIMALS)
    ascending = np.sort(rounded)
    return 1 + len(rounded) - np.searchsorted(ascending, rounded, side="right").astype(np.int64)
