"""How much true values differ from one another, beyond what chance adds to their estimates."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri

from apps.stats.arrays import FloatArray

_TINY, _MOST_STEPS = 1e-300, 2000


@dataclass(frozen=True)
class Spread:
    """The standard deviation of true values about zero, with its interval."""

    sd: float
    low: float
    high: float


def estimate_spread(
    values: FloatArray, variances: FloatArray, *, degrees_of_freedom: float, confidence_level: float
) -> Spread:
    """The spread about zero that, added to their variances, makes the values as large as they are.

    Paule & Mandel (1982, Journal of Research of the National Bureau of Standards 87); the interval is Viechtbauer's
    (2007, Statistics in Medicine 26): the spreads at which the sum of squares is an ordinary chi-square. Values that
    sum to zero in groups have fewer degrees of freedom than there are values, and the sum is scaled to them.
    """
    beyond = (1 - confidence_level) / 2
    # chdtri gives the chi-square that leaves this share above it.
    targets = (degrees_of_freedom, *(float(chdtri(degrees_of_freedom, share)) for share in (beyond, 1 - beyond)))
    sd, low, high = (_spread_at(values, variances, target / degrees_of_freedom) for target in targets)
    # A chi-square's mean is not its median: an interval of very low confidence would leave the estimate out.
    return Spread(sd, min(low, sd), max(high, sd))


def _spread_at(values: FloatArray, variances: FloatArray, target: float) -> float:
    """The root of the spread at which the mean standardised square falls to its target; 0 where it starts below."""

    def excess(spread: float) -> float:
        return float((values**2 / (variances + spread)).mean()) - target

    if excess(0.0) <= 0:
        return 0.0
    # Twice as far as the root can lie, for rounding may hide the variances beside a very distant one.
    farthest = 2 * float((values**2).mean()) / target
    # As near as a share of the root, however small it is, and however far the search begins.
    return math.sqrt(brentq(excess, 0.0, farthest, xtol=_TINY, rtol=8 * np.finfo(float).eps, maxiter=_MOST_STEPS))
