"""Intervals for shares, and the quantiles behind every interval of the package."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from apps.stats.arrays import FloatArray, IntArray, totals
from apps.stats.errors import EmptyInput, InvalidInput


@dataclass(frozen=True)
class Interval:
    """The two ends of an interval, in the unit of the number they belong to."""

    low: float
    high: float


def check_confidence_level(confidence_level: float) -> None:
    """Refuse 95 where .95 is meant, and what is 1 to rounding."""
    if not 0 < confidence_level <= (1 + confidence_level) / 2 < 1:
        raise InvalidInput(f"confidence_level is {confidence_level}; give a share between 0 and 1, as 0.95.")


def two_sided_quantile(confidence_level: float, degrees_of_freedom: int | None = None) -> float:
    """How many standard errors each side: Student's t; the normal without degrees of freedom."""
    check_confidence_level(confidence_level)
    return one_sided_quantile((1 + confidence_level) / 2, degrees_of_freedom)


def one_sided_quantile(confidence_level: float, degrees_of_freedom: int | None = None) -> float:
    """The quantile that leaves 1 - confidence_level above it."""
    if degrees_of_freedom is None:
        return float(ndtri(confidence_level))
    return float(stdtrit(degrees_of_freedom, confidence_level))


def wilson(successes: float, n: float, confidence_level: float = 0.95) -> Interval:
    """Wilson's score interval for a share of independent trials (Wilson 1927).

    `successes` of `n` trials; both ends are shares in 0..1. Unlike the textbook interval it stays inside 0..1
    and does not collapse at 0 or n successes. Read it as: these trials refute any share outside it.
    """
    if n <= 0:
        raise EmptyInput("wilson needs at least one trial; show a dash where nothing was tried.")
    if not 0 <= successes <= n:
        raise InvalidInput(f"{successes} successes of {n} trials; give between 0 and n successes.")
    low, high = wilson_of_share(np.array([successes / n]), np.array([float(n)]), two_sided_quantile(confidence_level))
    return Interval(float(low[0]), float(high[0]))


def wilson_of_share(share: FloatArray, n_effective: FloatArray, quantile: float) -> tuple[FloatArray, FloatArray]:
    """Wilson's interval at an effective number of trials, elementwise.

    With dependent trials the number of trials is replaced by the number of independent ones that would leave
    the same variance (Dean & Pagano 2015, Journal of Survey Statistics and Methodology 3).
    """
    squared = quantile * quantile
    centre = (share + squared / (2 * n_effective)) / (1 + squared / n_effective)
    spread = quantile * np.sqrt(share * (1 - share) / n_effective + squared / (4 * n_effective**2))
    half_width = spread / (1 + squared / n_effective)
    # Exactly 0 and 1 where all trials agree: rounding would leave -1e-18.
    low = np.where(share == 0, 0.0, np.clip(centre - half_width, 0.0, 1.0))
    high = np.where(share == 1, 1.0, np.clip(centre + half_width, 0.0, 1.0))
    return low, high


@dataclass(frozen=True)
class ShareEstimate:
    """A share of 0..1 with its cluster-robust interval."""

    share: float
    low: float
    high: float
    n: int
    n_clusters: int


def clustered_share(
    success: FloatArray, count: IntArray, cluster: IntArray, n_clusters: int, confidence_level: float
) -> ShareEstimate:
    """The share of successes among counted rows, with clusters (0..n_clusters-1) drawn independently.

    The variance is that of a ratio of cluster totals, times G/(G-1), floored at the independent one; the
    interval is Wilson's at the effective number of trials, with the t quantile of G-1 degrees of freedom.
    Where all rows agree no variance can be seen, and each cluster counts as one trial: the cautious reading.
    """
    n = int(count.sum())
    share = float(success @ count / n)
    variance = max(
        _clustered_variance((success - share) * count, cluster, n_clusters, n),
        float((success - share) ** 2 @ count / n**2),
    )
    n_effective = share * (1 - share) / variance if variance > 0 else float(n_clusters)
    quantile = two_sided_quantile(confidence_level, max(n_clusters - 1, 1))
    low, high = wilson_of_share(np.array([share]), np.array([n_effective]), quantile)
    return ShareEstimate(share, float(low[0]), float(high[0]), n, n_clusters)


def _clustered_variance(deviation: FloatArray, cluster: IntArray, n_clusters: int, n: int) -> float:
    if n_clusters < 2:
        return 0.0
    by_cluster = totals(cluster, deviation, n_clusters)
    return n_clusters / (n_clusters - 1) * float(by_cluster @ by_cluster) / n**2


def effective_trials(share: FloatArray, variance: FloatArray, when_constant: FloatArray) -> FloatArray:
    """How many independent trials would leave this variance; `when_constant` where it is zero."""
    seen = variance > 0
    return np.where(seen, share * (1 - share) / np.where(seen, variance, 1.0), when_constant)
