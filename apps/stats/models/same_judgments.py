"""A fit and the rows it is said to come from: do they belong together?"""

import numpy as np

from apps.stats.errors import InvalidInput
from apps.stats.models.bradley_terry import BradleyTerryFit
from apps.stats.pairwise.rows import ComparisonRows


def require_same_judgments(fit: BradleyTerryFit, rows: ComparisonRows) -> None:
    """Raise InvalidInput unless the fit is that of the rows, every judgment weighing 1."""
    if rows.n_competitors == fit.n_competitors:
        half_wins = rows.counts.half_wins(both_bad_as_tie=fit.both_bad_as_tie)
        if np.array_equal(half_wins, fit.likelihood.half_wins):
            return
    raise InvalidInput(
        "The fit is not that of these rows; fit rows.counts with fit_bradley_terry, unweighted, and pass both."
    )
