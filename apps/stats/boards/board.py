"""The leaderboard: strengths with intervals, rank ranges, shares and counts, ready to be shown."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray
from apps.stats.boards.board_rows import BoardRow, Ranking, board_row, ranked_alone
from apps.stats.errors import EmptyInput
from apps.stats.intervals import check_confidence_level, one_sided_quantile, two_sided_quantile
from apps.stats.models.bradley_terry import BradleyTerryFit, fit_bradley_terry
from apps.stats.models.penalised import PenalisedLikelihoodAt, one_sided_bound
from apps.stats.pairwise.connectivity import islands, require_one_island
from apps.stats.pairwise.counts import PairwiseCounts
from apps.stats.pairwise.ranks import competition_ranks
from apps.stats.pairwise.rows import ComparisonRows
from apps.stats.pairwise.shares import both_bad_shares, win_shares
from apps.stats.uncertainty.covariance import (
    Covariance,
    design_effect,
    independent_covariance,
    robust_covariance,
)
from apps.stats.uncertainty.rank_sets import marginal_rank_sets


@dataclass(frozen=True)
class Board:
    """A ranking of competitors who were compared with one another, directly or through others.

    `rows` come in the order of the competitors. `clustering` names what the intervals allow for
    (`rater_and_item`, `rater`, `item`, `independent`; None for a competitor alone) and `clustering_reason`
    says it in a sentence. `n_judgments`, `n_raters`, `n_items` count the judgments that showed a competitor
    of this board, both-bad (`n_both_bad`) included; raters and items are None where they were not given.
    `penalised` says that someone is undefeated or winless,
    so that all strengths are Firth's.
    """

    rows: tuple[BoardRow, ...]
    confidence_level: float
    both_bad_as_tie: bool
    clustering: str | None
    clustering_reason: str
    penalised: bool
    n_judgments: int
    n_both_bad: int
    n_raters: int | None
    n_items: int | None

    @property
    def competitors(self) -> tuple[int, ...]:
        """The competitors on this board, ascending."""
        return tuple(row.competitor for row in self.rows)


def fit_board(
    *,
    n_competitors: int,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    outcome: npt.ArrayLike,
    rng: np.random.Generator,
    rater: npt.ArrayLike | None = None,
    item: npt.ArrayLike | None = None,
    count: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
    both_bad_as_tie: bool = False,
    n_draws: int | None = None,
) -> Board:
    """One board over all competitors; `DisconnectedComparisons` where they cannot all be ranked together.

    Parallel arrays, one row for each group of equal judgments: `first`, `second` competitor codes in
    0..n_competitors-1, `outcome` codes of `Outcome`, `count` how many (default 1), `rater` and `item` any
    integer codes. Without one of these two the intervals allow only for the other; without both, judgments
    are taken as independent, which real ones seldom are. Equal numbers for an equal `rng`; only the rank
    ranges use it.
    """
    rows = _rows_of(n_competitors, first, second, outcome, count, rater, item)
    settings = _Settings(confidence_level, both_bad_as_tie, n_draws)
    _require_judgments(rows)
    require_one_island(rows.counts, both_bad_as_tie=both_bad_as_tie)
    return _boards(rows, settings, rng)[0]


def fit_islands(
    *,
    n_competitors: int,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    outcome: npt.ArrayLike,
    rng: np.random.Generator,
    rater: npt.ArrayLike | None = None,
    item: npt.ArrayLike | None = None,
    count: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
    both_bad_as_tie: bool = False,
    n_draws: int | None = None,
) -> tuple[Board, ...]:
    """A board for each group of competitors that can be ranked together; never a rank across groups.

    Arguments as in `fit_board`. Rows keep the competitor codes given. A competitor whose showings were all
    both-bad, or that was never shown, is a board of its own without a strength. Showings that ended both-bad
    between two islands count in the `n` and the both-bad share of both their competitors.
    """
    rows = _rows_of(n_competitors, first, second, outcome, count, rater, item)
    settings = _Settings(confidence_level, both_bad_as_tie, n_draws)
    _require_judgments(rows)
    return _boards(rows, settings, rng)


def _rows_of(
    n_competitors: int,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    outcome: npt.ArrayLike,
    count: npt.ArrayLike | None,
    rater: npt.ArrayLike | None,
    item: npt.ArrayLike | None,
) -> ComparisonRows:
    """The comparisons as rows; with neither raters nor items equal ones are pooled, which costs the same for any n."""
    if rater is None and item is None:
        return ComparisonRows.from_counts(PairwiseCounts.from_arrays(n_competitors, first, second, outcome, count))
    return ComparisonRows.from_arrays(
        n_competitors=n_competitors,
        first=first,
        second=second,
        outcome=outcome,
        count=count,
        rater=rater,
        item=item,
    )


@dataclass(frozen=True)
class _Settings:
    confidence_level: float
    both_bad_as_tie: bool
    n_draws: int | None

    def __post_init__(self) -> None:
        check_confidence_level(self.confidence_level)


def _require_judgments(rows: ComparisonRows) -> None:
    if not rows.n_judgments:
        raise EmptyInput("There is no judgment to rank by; collect some first.")


def _boards(rows: ComparisonRows, settings: _Settings, rng: np.random.Generator) -> tuple[Board, ...]:
    found = islands(rows.counts, both_bad_as_tie=settings.both_bad_as_tie)
    scored = rows.scored(both_bad_as_tie=settings.both_bad_as_tie)
    return tuple(
        _island_board(rows.touching(members), scored.among(members), members, settings, rng) for members in found
    )


def _island_board(
    touching: ComparisonRows,
    inside: ComparisonRows,
    members: tuple[int, ...],
    settings: _Settings,
    rng: np.random.Generator,
) -> Board:
    """The board of an island: `inside` are its own scored rows, `touching` all that show one of its members."""
    ranking = ranked_alone() if len(members) == 1 else _rank(inside, settings, rng)
    # Each from the rows of this island alone, so that other islands' raters do not narrow its intervals.
    bad, win = both_bad_shares(touching, settings.confidence_level), win_shares(inside, settings.confidence_level)
    return Board(
        rows=tuple(board_row(place, member, ranking, bad, win) for place, member in enumerate(members)),
        confidence_level=settings.confidence_level,
        both_bad_as_tie=settings.both_bad_as_tie,
        clustering=ranking.clustering,
        clustering_reason=ranking.reason,
        penalised=ranking.penalised,
        n_judgments=touching.n_judgments,
        n_both_bad=touching.n_both_bad,
        n_raters=None if touching.rater is None else touching.raters.n,
        n_items=None if touching.item is None else touching.items.n,
    )


def _rank(rows: ComparisonRows, settings: _Settings, rng: np.random.Generator) -> Ranking:
    fit = fit_bradley_terry(rows.counts, both_bad_as_tie=settings.both_bad_as_tie)
    covariance = robust_covariance(fit, rows)
    low, high = _ends(fit, covariance, rows, settings.confidence_level)
    ranks = marginal_rank_sets(
        fit.strengths,
        covariance,
        rng=rng,
        confidence_level=settings.confidence_level,
        n_draws=settings.n_draws,
    )
    return Ranking(
        strength=fit.strengths,
        low=low,
        high=high,
        rank=competition_ranks(fit.strengths).astype(np.float64),
        rank_low=ranks.low.astype(np.float64),
        rank_high=ranks.high.astype(np.float64),
        undefeated=fit.undefeated,
        winless=fit.winless,
        penalised=fit.penalised,
        clustering=covariance.clustering.value,
        reason=covariance.reason,
    )


def _ends(
    fit: BradleyTerryFit, covariance: Covariance, rows: ComparisonRows, confidence_level: float
) -> tuple[FloatArray, FloatArray]:
    """Both ends of every strength's interval; nan where there is none."""
    margin = two_sided_quantile(confidence_level, covariance.degrees_of_freedom) * np.sqrt(covariance.variances())
    low, high = fit.strengths - margin, fit.strengths + margin
    if isinstance(fit.likelihood, PenalisedLikelihoodAt):
        quantile = one_sided_quantile(confidence_level, covariance.degrees_of_freedom)
        effect = design_effect(fit, covariance, independent_covariance(fit, rows.counts))
        for one in np.flatnonzero(fit.undefeated | fit.winless):
            upwards = bool(fit.winless[one])
            end = one_sided_bound(fit.likelihood, int(one), upwards=upwards, quantile=quantile, design_effect=effect)
            known = np.nan if end is None else end
            low[one], high[one] = (np.nan, known) if upwards else (known, np.nan)
    return low, high
