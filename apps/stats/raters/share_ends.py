"""Shares of many raters with Wilson's ends, and differences of shares with Newcombe's."""

import numpy as np

from apps.stats.arrays import IntArray
from apps.stats.intervals import two_sided_quantile, wilson_of_share
from apps.stats.raters.logistic import Ends


def share_ends(part: IntArray, n: IntArray, confidence_level: float) -> Ends:
    """Shares with Wilson's ends, nan of nothing."""
    share = np.where(n > 0, part / np.maximum(n, 1), np.nan)
    low, high = wilson_of_share(share, np.maximum(n, 1).astype(np.float64), two_sided_quantile(confidence_level))
    return Ends(share, low, high)


def difference_ends(one: Ends, other: Ends) -> Ends:
    """The difference of two independent shares (Newcombe 1998, Statistics in Medicine 17, method 10)."""
    middle = one.middle - other.middle
    below = np.hypot(one.middle - one.low, other.high - other.middle)
    above = np.hypot(one.high - one.middle, other.middle - other.low)
    return Ends(middle, middle - below, middle + above)
