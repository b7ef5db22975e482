"""The same comparisons under other names, or shown on the other side."""

from collections.abc import Sequence

import numpy as np

from apps.stats.pairwise import Outcome, PairwiseCounts

_MIRRORED = [Outcome.SECOND_WINS, Outcome.FIRST_WINS, Outcome.TIE, Outcome.BOTH_BAD]


def renamed(counts: PairwiseCounts, order: Sequence[int]) -> PairwiseCounts:
    """Competitor order[k] under the name k."""
    return PairwiseCounts(counts.n_competitors, counts.counts[np.ix_(order, order)])


def swapped_sides(counts: PairwiseCounts) -> PairwiseCounts:
    """Each comparison shown the other way round."""
    return PairwiseCounts(counts.n_competitors, counts.counts.transpose(1, 0, 2)[:, :, _MIRRORED])
