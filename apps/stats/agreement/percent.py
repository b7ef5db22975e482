"""The share of pairs that agree."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.agreement.columns import PairColumns, pair_columns
from apps.stats.intervals import (
    ShareEstimate,
    check_confidence_level,
    clustered_share,
    two_sided_quantile,
    wilson_of_share,
)

_NO_PAIRS = "There is no pair of labels, so agreement cannot be seen; let a second rater label the same units."


@dataclass(frozen=True)
class PercentAgreement:
    """How many of 100 pairs agree, with a cluster-robust interval; all three in 0..100, None without pairs.

    Agreement by chance is in it: read it beside a chance-corrected figure and the share of each label.
    `reading` says it in a sentence.
    """

    percent: float | None
    low: float | None
    high: float | None
    n_pairs: int
    n_clusters: int
    confidence_level: float
    reading: str


def percent_agreement(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    cluster: npt.ArrayLike | None = None,
    *,
    count: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> PercentAgreement:
    """The percentage of pairs whose labels are equal.

    `first` and `second` are integer codes, one row a pair or, by `count`, several; `cluster` says which
    pairs hang together (the unit they share; None: every pair by itself). Every pair weighs the same. The
    interval is Wilson's at the effective number of pairs (see `clustered_share`). Raises InvalidInput for
    arrays that do not match.
    """
    check_confidence_level(confidence_level)
    pairs = pair_columns(first, second, count, cluster)
    if not pairs.n_pairs:
        return PercentAgreement(None, None, None, 0, 0, confidence_level, _NO_PAIRS)
    found = _share(pairs, confidence_level)
    percent, low, high = 100 * found.share, 100 * found.low, 100 * found.high
    reading = (
        f"{percent:.1f} of 100 pairs agree, luck included ({found.n} pairs; the interval goes from {low:.1f} to "
        f"{high:.1f})."
    )
    return PercentAgreement(percent, low, high, found.n, found.n_clusters, confidence_level, reading)


def _share(pairs: PairColumns, confidence_level: float) -> ShareEstimate:
    """The share of pairs that agree; where every pair stands by itself, without a row for each."""
    agree = pairs.first == pairs.second
    if pairs.cluster is not None:
        return clustered_share(agree.astype(np.float64), pairs.count, pairs.cluster, pairs.n_clusters, confidence_level)
    n, n_agree = pairs.n_pairs, int(pairs.count[agree].sum())
    # As there: the variance has n - 1 below, and where no variance is seen each pair counts as one trial.
    n_effective = float(n - 1 if 0 < n_agree < n else n)
    quantile = two_sided_quantile(confidence_level, max(n - 1, 1))
    low, high = wilson_of_share(np.array([n_agree / n]), np.array([n_effective]), quantile)
    return ShareEstimate(n_agree / n, float(low[0]), float(high[0]), n, n)
