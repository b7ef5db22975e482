"""The board: what each row says, and what happens to competitors that cannot be ranked."""

import math

import numpy as np
import pytest

from apps.stats.boards import fit_board, fit_islands
from apps.stats.errors import DisconnectedComparisons, EmptyInput, InvalidInput
from apps.stats.intervals import two_sided_quantile
from apps.stats.pairwise import Outcome
from apps.stats.simulation import simulate_comparisons
from tests.stats.kinds import Kind, proves

WIN, LOSS, TIE, BAD = Outcome


def board_of(rows, n_competitors, fit=fit_board, **settings):
    first, second, outcome, rater, item = np.array(rows).T
    return fit(
        n_competitors=n_competitors,
        first=first,
        second=second,
        outcome=outcome,
        rater=rater,
        item=item,
        rng=np.random.default_rng(7),
        **settings,
    )


@pytest.fixture(scope="module")
def study():
    return simulate_comparisons(
        strengths=[1.2, 0.4, -0.3, -1.3],
        n_raters=12,
        n_items=40,
        n_judgments=1500,
        both_bad_probability=0.1,
        rng=np.random.default_rng(5),
    )


@pytest.fixture(scope="module")
def board(study):
    columns = (study.first, study.second, study.outcome, study.rater, study.item)
    return board_of(np.column_stack(columns), 4)


def test_a_board_says_how_it_was_made(study, board):
    assert board.competitors == (0, 1, 2, 3)
    assert (board.n_judgments, board.n_raters, board.n_items) == (1500, 12, 40)
    assert board.n_both_bad == int((study.outcome == BAD).sum())
    assert board.clustering == "rater_and_item"
    assert not board.penalised


@proves(Kind.RECOVERY, fit_board)
def test_the_order_is_the_true_one(board):
    assert [row.rank for row in board.rows] == [1, 2, 3, 4]
    assert [(row.rank_low, row.rank_high) for row in board.rows] == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert sum(row.strength for row in board.rows) == pytest.approx(0, abs=1e-12)


@proves(Kind.TWO_WAYS, fit_board)
def test_shares_are_counted(study, board):
    for row in board.rows:
        shown = (study.first == row.competitor) | (study.second == row.competitor)
        bad = shown & (study.outcome == BAD)
        won = ((study.first == row.competitor) & (study.outcome == WIN)).sum()
        won += ((study.second == row.competitor) & (study.outcome == LOSS)).sum()
        tied = (shown & (study.outcome == TIE)).sum()
        assert row.n == shown.sum()
        assert row.n_scored == row.n - bad.sum()
        assert row.both_bad_share == pytest.approx(bad.sum() / shown.sum())
        assert row.win_share == pytest.approx((won + tied / 2) / row.n_scored)


def test_a_wider_level_gives_a_wider_interval(study, board):
    columns = np.column_stack((study.first, study.second, study.outcome, study.rater, study.item))
    wide = board_of(columns, 4, confidence_level=0.99)
    for narrow_row, wide_row in zip(board.rows, wide.rows, strict=True):
        assert wide_row.low < narrow_row.low < narrow_row.high < wide_row.high
        assert wide_row.both_bad_low < narrow_row.both_bad_low
        assert wide_row.win_share_high > narrow_row.win_share_high


def test_both_bad_as_a_tie_enters_strength_and_win_share(study, board):
    columns = np.column_stack((study.first, study.second, study.outcome, study.rater, study.item))
    as_tie = board_of(columns, 4, both_bad_as_tie=True)
    assert as_tie.both_bad_as_tie
    for strict_row, tie_row in zip(board.rows, as_tie.rows, strict=True):
        assert abs(tie_row.strength) < abs(strict_row.strength)
        assert tie_row.n_scored == tie_row.n == strict_row.n
        assert tie_row.both_bad_share == strict_row.both_bad_share


# Judgments of one rater, or on one item, are not independent


@proves(Kind.WORKED, fit_board)
def test_a_both_bad_share_that_hangs_on_two_items_is_uncertain():
    """Ten raters, ten items; on two items everything is both-bad. Independent showings would give 14 to 28 %."""
    rows = [
        (0, 1, BAD if item < 2 else (WIN if (rater + item) % 2 else LOSS), rater, item)
        for rater in range(10)
        for item in range(10)
    ]
    row = board_of(rows, 2).rows[0]
    assert row.both_bad_share == pytest.approx(0.2)
    # Items' totals are 8 above on two and 2 below on eight; raters' are all zero, so items' variance is the floor.
    variance = 10 / 9 * (2 * 8**2 + 8 * 2**2) / 100**2
    n_effective, quantile = 0.16 / variance, two_sided_quantile(0.95, 9)
    half = quantile * np.sqrt(0.16 / n_effective + (quantile / (2 * n_effective)) ** 2)
    assert row.both_bad_high - row.both_bad_low == pytest.approx(2 * half / (1 + quantile**2 / n_effective))
    assert row.both_bad_low < 0.06
    assert row.both_bad_high > 0.45


@proves(Kind.TWO_WAYS, fit_board)
def test_a_win_share_has_the_two_way_variance():
    """By hand for one competitor: cluster totals of what it earned above its share, by rater, item and both."""
    rng = np.random.default_rng(6)
    rater, item = rng.integers(0, 6, 300), rng.integers(0, 8, 300)
    chance = 0.5 + 0.3 * np.sin(rater) + 0.15 * np.cos(3 * item)
    rows = np.column_stack((np.zeros(300), np.ones(300), rng.random(300) > chance, rater, item)).astype(int)
    row = board_of(rows, 2).rows[0]
    earned = 1.0 - rows[:, 2]
    off = earned - earned.mean()

    def variance(cluster):
        totals = np.array([off[cluster == one].sum() for one in np.unique(cluster)])
        return len(totals) / (len(totals) - 1) * (totals @ totals) / 300**2

    two_way = variance(rater) + variance(item) - variance(rater * 100 + item)
    assert two_way > max(variance(rater), variance(item))
    n_effective = earned.mean() * (1 - earned.mean()) / two_way
    quantile = two_sided_quantile(0.95, 5)
    spread = np.sqrt(earned.mean() * (1 - earned.mean()) / n_effective + (quantile / (2 * n_effective)) ** 2)
    width = 2 * quantile * spread / (1 + quantile**2 / n_effective)
    assert row.win_share_high - row.win_share_low == pytest.approx(width)


def test_one_rater_is_said():
    rows = [(0, 1, WIN if item % 3 else LOSS, 0, item) for item in range(12)]
    board = board_of(rows, 2)
    assert board.clustering == "item"
    assert "one rater" in board.clustering_reason


# Undefeated, winless


@proves(Kind.DEGENERATE, fit_board)
def test_an_undefeated_competitor_has_an_open_end():
    rows = [(0, 1, WIN, rater, item) for rater in range(4) for item in range(3)]
    rows += [(1, 2, WIN if (rater + item) % 2 else LOSS, rater, item) for rater in range(4) for item in range(3)]
    rows += [(0, 2, WIN, rater, item) for rater in range(4) for item in range(3)]
    top, *others = board_of(rows, 3).rows
    assert top.undefeated
    assert top.high is None
    assert top.low < top.strength < math.inf
    assert not any(row.undefeated or row.winless for row in others)
    assert all(row.low < row.strength < row.high for row in others)


@proves(Kind.WORKED, fit_board)
def test_two_to_nothing_is_not_certain():
    winner, loser = board_of([(0, 1, WIN, 0, 0), (0, 1, WIN, 1, 1)], 2).rows
    assert winner.strength - loser.strength == pytest.approx(math.log(5), abs=1e-9)
    assert winner.high is None
    assert loser.low is None
    assert loser.winless
    assert (winner.rank_low, winner.rank_high, loser.rank_low, loser.rank_high) == (1, 2, 1, 2)


@proves(Kind.DEGENERATE, fit_board)
def test_one_judgment_alone_makes_a_board():
    board = board_of([(0, 1, TIE, 0, 0)], 2)
    assert board.clustering == "independent"
    for row in board.rows:
        assert row.strength == pytest.approx(0, abs=1e-12)
        assert row.low < -1
        assert row.high > 1
        assert (row.rank_low, row.rank_high) == (1, 2)


# Islands


def two_islands():
    """0-1-2 and 3-4 were decided; 5 only ever ended both-bad, against 0; 6 was never shown."""
    rows = [(0, 1, WIN, 0, 0), (1, 0, WIN, 1, 1), (1, 2, WIN, 0, 2), (2, 1, WIN, 1, 0), (2, 0, TIE, 1, 2)]
    rows += [(3, 4, WIN, 0, 0), (4, 3, WIN, 1, 1), (3, 4, TIE, 0, 2)]
    return [*rows, (0, 5, BAD, 0, 0), (5, 0, BAD, 2, 1)]


@proves(Kind.DEGENERATE, fit_board)
def test_one_board_over_islands_is_refused():
    with pytest.raises(DisconnectedComparisons, match="4 groups") as refused:
        board_of(two_islands(), 7)
    assert refused.value.islands == ((0, 1, 2), (3, 4), (5,), (6,))


def test_each_island_is_ranked_by_itself():
    boards = board_of(two_islands(), 7, fit=fit_islands)
    assert [board.competitors for board in boards] == [(0, 1, 2), (3, 4), (5,), (6,)]
    for board in boards[:2]:
        assert sum(row.strength for row in board.rows) == pytest.approx(0, abs=1e-12)
        assert max(row.rank_high for row in board.rows) <= len(board.rows)


@proves(Kind.TWO_WAYS, fit_islands)
def test_an_island_is_what_a_board_of_it_alone_would_be():
    """But for the both-bad showings against competitors outside, which its rows count."""
    _, pair, *_ = board_of(two_islands(), 7, fit=fit_islands)
    alone = board_of([(0, 1, WIN, 0, 0), (1, 0, WIN, 1, 1), (0, 1, TIE, 0, 2)], 2)
    for inside, outside in zip(pair.rows, alone.rows, strict=True):
        assert inside.strength == pytest.approx(outside.strength, abs=1e-12)
        assert (inside.low, inside.high) == pytest.approx((outside.low, outside.high))


@proves(Kind.DEGENERATE, fit_islands)
def test_a_competitor_alone_has_shares_but_no_strength():
    *_, always_bad, never_shown = (board.rows[0] for board in board_of(two_islands(), 7, fit=fit_islands))
    assert (always_bad.competitor, always_bad.strength, always_bad.low, always_bad.rank) == (5, None, None, None)
    assert (always_bad.n, always_bad.n_scored, always_bad.both_bad_share) == (2, 0, 1.0)
    assert always_bad.both_bad_low > 0
    assert always_bad.win_share is None
    assert (never_shown.n, never_shown.both_bad_share, never_shown.both_bad_low) == (0, None, None)


@proves(Kind.WORKED, fit_islands)
def test_both_bad_against_another_island_counts_in_n_and_share_of_both():
    boards = board_of(two_islands(), 7, fit=fit_islands)
    first = boards[0].rows[0]
    assert (first.n, first.n_scored, first.both_bad_share) == (5, 3, pytest.approx(0.4))
    assert [board.n_judgments for board in boards] == [7, 3, 2, 0]
    assert [board.n_both_bad for board in boards] == [2, 0, 2, 0]
    assert [board.n_raters for board in boards] == [3, 2, 2, 0]


def test_both_bad_as_a_tie_joins_islands():
    boards = board_of(two_islands()[:5] + two_islands()[8:], 6, fit=fit_islands, both_bad_as_tie=True)
    assert [board.competitors for board in boards] == [(0, 1, 2, 5), (3,), (4,)]


def test_all_both_bad_is_two_islands():
    with pytest.raises(DisconnectedComparisons):
        board_of([(0, 1, BAD, 0, 0)], 2)


@proves(Kind.DEGENERATE, fit_board, fit_islands)
@pytest.mark.parametrize("fit", [fit_board, fit_islands])
def test_one_competitor_and_no_judgment_is_refused(fit):
    with pytest.raises(EmptyInput, match="no judgment"):
        fit(n_competitors=1, first=[], second=[], outcome=[], rater=[], item=[], rng=np.random.default_rng(1))


def test_columns_of_different_length_are_refused():
    with pytest.raises(InvalidInput, match=r"equally long.*rater 2"):
        fit_board(
            n_competitors=2,
            first=[0],
            second=[1],
            outcome=[0],
            rater=[0, 1],
            item=[0],
            rng=np.random.default_rng(1),
        )


def test_a_percentage_for_a_level_is_refused():
    with pytest.raises(InvalidInput, match=r"as 0\.95"):
        board_of([(0, 1, WIN, 0, 0)], 2, confidence_level=95)
