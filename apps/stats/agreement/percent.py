"""The share of pairs that agree."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.agreement.columns import pair_columns
from apps.stats.intervals import clustered_share


@dataclass(frozen=True)
class PercentAgreement:
    """How many of 100 pairs agree, with a cluster-robust interval; all three in 0..100, None without pairs.

    Agreement by chance is in it: read it beside a chance-corrected figure and the share of each label.
    """

    percent: float | None
    low: float | None
    high: float | None
    n_pairs: int
    n_clusters: int
    confidence_level: float


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
    pairs = pair_columns(first, second, count, cluster)
    if not pairs.n_pairs:
        return PercentAgreement(None, None, None, 0, 0, confidence_level)
    agree = (pairs.first == pairs.second).astype(np.float64)
    found = clustered_share(agree, pairs.count, pairs.cluster, pairs.n_clusters, confidence_level)
    return PercentAgreement(
        100 * found.share, 100 * found.low, 100 * found.high, found.n, found.n_clusters, confidence_level
    )
