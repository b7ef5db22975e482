"""What the board would be without each rater."""

from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import BoolArray, FloatArray, IntArray, totals
from apps.stats.models.bradley_terry import BradleyTerryFit
from apps.stats.models.same_judgments import require_same_judgments
from apps.stats.pairwise.ranks import competition_ranks
from apps.stats.pairwise.rows import ComparisonRows
from apps.stats.raters.leave_one_out import LARGEST_STEP, boards_without_each, places_of, rater_codes

_NEEDED = (
    "Without this rater some systems would never have been compared with the others, so there would be no common "
    "board; let others judge the same pairs before asking what this rater changes."
)
_FAR = (
    f"Without the {{}} of this rater some strength moves by {LARGEST_STEP:g} log-odds or more: the board hangs on this "
    "rater. Let others judge the same pairs."
)


@dataclass(frozen=True, eq=False)
class RaterInfluence:
    """How the board would move if one rater's judgments were taken out.

    `rater` [n_raters] holds the codes, ascending. `strength_change` [n_raters, n] is strength without minus
    strength with the rater, in log-odds; `rank_change` [n_raters, n] likewise in ranks, so above 0 is a fall.
    `largest_strength_change` and `largest_rank_change` [n_raters] are the largest without their sign.
    `needed` [n_raters] says that otherwise the board falls into pieces: those rows are nan. `n` [n_raters]
    counts the rater's judgments on the board. `readings` says it in words. These are facts about the judgments at hand
    and not estimates of anything, hence without intervals; what they are to be compared with is the width of
    the intervals on the board.
    """

    rater: IntArray
    strength_change: FloatArray
    rank_change: FloatArray
    largest_strength_change: FloatArray
    largest_rank_change: FloatArray
    needed: BoolArray
    n: IntArray
    readings: tuple[str, ...]


def rater_influence(fit: BradleyTerryFit, rows: ComparisonRows) -> RaterInfluence:
    """The change of every strength and rank when each rater in turn is removed.

    `fit` is `fit_bradley_terry` of the counts of these `rows`, which say who judged. One Newton step from the
    board as it is (Cook 1977, Technometrics 19; Pregibon 1981, Annals of Statistics 9), for all raters at once,
    instead of a refit for each; ranks are competition ranks. The step is short of a refit by what is of second
    order in the rater's share of the judgments. Raises InvalidInput where rows and fit do not belong together or
    raters are unknown.
    """
    raters = rater_codes(rows)
    scored = rows.scored(both_bad_as_tie=fit.both_bad_as_tie)
    require_same_judgments(fit, scored)
    boards = boards_without_each(fit, scored, raters)
    needed = ~boards.in_one_piece
    gone = needed[:, None]
    change = np.where(gone, np.nan, boards.strengths - fit.strengths)
    rank = competition_ranks(fit.strengths)
    ranks = np.array([competition_ranks(strengths) for strengths in boards.strengths]).reshape(change.shape)
    rank_change = np.where(gone, np.nan, ranks - rank)
    n = totals(places_of(scored, raters), scored.count, len(raters)).astype(np.int64)
    largest, moved = (np.abs(each).max(axis=1) for each in (change, rank_change))
    readings = tuple(map(_reading, needed.tolist(), n.tolist(), largest.tolist(), moved.tolist()))
    return RaterInfluence(raters, change, rank_change, largest, moved, needed, n, readings)


def _reading(needed: bool, n: int, largest: float, moved: float) -> str:
    if needed:
        return _NEEDED
    if not n:
        return "This rater gave no comparison, decided or tied, so the board is the same without."
    judgments = "1 judgment" if n == 1 else f"{n:,} judgments"
    if largest >= LARGEST_STEP:
        # One step goes no further; how far a refit would go is not known.
        return _FAR.format(judgments)
    ranks = f"no system changes rank and no strength moves by more than {largest:.2f} log-odds"
    if moved:
        places = "1 place" if moved == 1 else f"{moved:.0f} places"
        ranks = f"some system moves by {places} and some strength by {largest:.2f} log-odds"
    return (
        f"Without the {judgments} of this rater {ranks}. Compare with the intervals on the board: a large influence "
        "is a reason to look, not to exclude."
    )
