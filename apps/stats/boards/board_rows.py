"""One competitor on a board: its strength, ranks, shares and counts."""

from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import BoolArray, FloatArray
from apps.stats.pairwise.shares import CompetitorShares


@dataclass(frozen=True)
class BoardRow:
    """One competitor on a board.

    `strength` is natural log-odds with mean zero over the board; None for a competitor alone on its island.
    `low` and `high` bound it at the board's confidence level; None is an open end, as for one that is
    `undefeated` (no upper end) or `winless` (no lower end), by itself or in a group that nobody outside
    ever beat, or that never beat anybody outside; both ends may be open where the judgments are very few.
    `rank` is 1 + the number of stronger competitors, `rank_low`..`rank_high` the ranks the data leave open.
    `n` counts all showings, both-bad included; `win_share` is of those decided or tied (`n_scored`), a tie
    being half. Shares are 0..1, and None where there was no such showing.
    """

    competitor: int
    strength: float | None
    low: float | None
    high: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    n: int
    n_scored: int
    win_share: float | None
    win_share_low: float | None
    win_share_high: float | None
    both_bad_share: float | None
    both_bad_low: float | None
    both_bad_high: float | None
    undefeated: bool
    winless: bool


@dataclass(frozen=True, eq=False)
class Ranking:
    """Strengths, ends and ranks of one island; nan is an open end or, for a competitor alone, no strength."""

    strength: FloatArray
    low: FloatArray
    high: FloatArray
    rank: FloatArray
    rank_low: FloatArray
    rank_high: FloatArray
    undefeated: BoolArray
    winless: BoolArray
    penalised: bool = False
    clustering: str | None = None
    reason: str = "A competitor alone has no strength: it was never decided or tied against another."


def ranked_alone() -> Ranking:
    nothing, no = np.full(1, np.nan), np.zeros(1, dtype=bool)
    return Ranking(nothing, nothing, nothing, nothing, nothing, nothing, no, no)


def board_row(place: int, member: int, ranking: Ranking, bad: CompetitorShares, win: CompetitorShares) -> BoardRow:
    """A row; `bad` is numbered as the competitors are, `win` as the places on the board."""
    return BoardRow(
        competitor=member,
        strength=_number(ranking.strength[place]),
        low=_number(ranking.low[place]),
        high=_number(ranking.high[place]),
        rank=_whole(ranking.rank[place]),
        rank_low=_whole(ranking.rank_low[place]),
        rank_high=_whole(ranking.rank_high[place]),
        n=int(bad.n[member]),
        n_scored=int(win.n[place]),
        win_share=_number(win.share[place]),
        win_share_low=_number(win.low[place]),
        win_share_high=_number(win.high[place]),
        both_bad_share=_number(bad.share[member]),
        both_bad_low=_number(bad.low[member]),
        both_bad_high=_number(bad.high[member]),
        undefeated=bool(ranking.undefeated[place]),
        winless=bool(ranking.winless[place]),
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)
