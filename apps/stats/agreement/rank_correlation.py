"""How alike two boards order the same competitors."""

import numpy as np
import numpy.typing as npt

from apps.stats.errors import InvalidInput
from apps.stats.pairwise.ranks import competition_ranks


def rank_correlation(strengths_x: npt.ArrayLike, strengths_y: npt.ArrayLike) -> float | None:
    """Pearson's correlation of competition ranks: 1 is the same order, -1 the reverse.

    Two arrays of strengths of the same competitors in the same order. A rank is 1 + the number of strengths
    strictly greater, after rounding to 9 decimals: equals share the best rank, not the middle one as in
    Spearman's coefficient. None where it is undefined: fewer than two competitors, or all equal on one board.
    """
    x, y = np.asarray(strengths_x, dtype=np.float64), np.asarray(strengths_y, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1:
        raise InvalidInput("rank_correlation needs two lists of strengths of the same competitors, equally long.")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise InvalidInput("A strength is missing or infinite; leave such competitors out of both lists.")
    if len(x) < 2:
        return None
    ranks_x, ranks_y = competition_ranks(x), competition_ranks(y)
    if np.ptp(ranks_x) == 0 or np.ptp(ranks_y) == 0:
        return None
    return float(np.corrcoef(ranks_x, ranks_y)[0, 1])
