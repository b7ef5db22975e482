"""The board against print, against other packages, and its promises over many studies."""

import numpy as np
import pytest
from scipy.special import expit

from apps.stats.boards import fit_board, fit_islands
from apps.stats.pairwise import ComparisonRows
from apps.stats.simulation import expected_strengths, simulate_comparisons
from tests.stats.comparisons_for_tests import golden_table
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.models.published import baseball
from tests.stats.oracle_values import oracle_values, simulated_rows

COLUMNS = ("first", "second", "outcome", "count", "rater", "item")


def board_of(rows, fit=fit_board, **settings):
    columns = {name: getattr(rows, name) for name in COLUMNS}
    return fit(n_competitors=rows.n_competitors, **{**columns, "rng": np.random.default_rng(7), **settings})


def strengths_of(board):
    return np.array([row.strength for row in board.rows])


@proves(Kind.WORKED, fit_board)
def test_the_american_league_of_1987():
    """Agresti (2002, table 10.10): Milwaukee 1.581, Detroit 1.436 ... Cleveland .684 above Baltimore."""
    strengths = strengths_of(board_of(ComparisonRows.from_counts(baseball())))
    printed = [1.581, 1.436, 1.294, 1.248, 1.108, 0.684, 0]
    np.testing.assert_allclose(strengths - strengths[-1], printed, atol=6e-4)


@proves(Kind.GOLDEN, fit_board)
def test_a_board_stays_as_it_is():
    check_golden("boards/fit_board", board_of(simulated_rows(), n_draws=2000))


@proves(Kind.GOLDEN, fit_board)
@pytest.mark.parametrize("name", ["food", "simple"])
def test_other_packages_find_the_same_strengths(name):
    """choix, evalica, arena-rank and statsmodels."""
    _, counts, _ = golden_table(name)
    strengths = strengths_of(board_of(ComparisonRows.from_counts(counts)))
    for package, said in oracle_values("strengths")[name].items():
        np.testing.assert_allclose(strengths, said["strengths"], atol=1e-5, err_msg=package)


def two_studies():
    """The simulated judgments of 0-1-2 and of 3-4-5, and none between."""
    rows = simulated_rows()
    return rows.where((rows.first < 3) == (rows.second < 3))


@proves(Kind.GOLDEN, fit_islands)
def test_islands_stay_as_they_are():
    check_golden("boards/fit_islands", board_of(two_studies(), fit_islands, n_draws=2000))


@proves(Kind.WORKED, fit_islands)
def test_strengths_of_two_pairs_by_hand():
    """3:1 and 1:2: gaps ln 3 and ln 2, each island about its own zero."""
    boards = fit_islands(
        n_competitors=4, first=[0, 0, 2, 2], second=[1, 1, 3, 3], outcome=[0, 1, 0, 1], count=[3, 1, 1, 2],
        rng=np.random.default_rng(1),
    )  # fmt: skip
    np.testing.assert_allclose(strengths_of(boards[0]), [np.log(3) / 2, -np.log(3) / 2], atol=1e-9)
    np.testing.assert_allclose(strengths_of(boards[1]), [-np.log(2) / 2, np.log(2) / 2], atol=1e-9)
    assert [row.rank for board in boards for row in board.rows] == [1, 2, 2, 1]


@pytest.mark.slow
@proves(Kind.RECOVERY, fit_board, fit_islands)
def test_intervals_of_a_board_and_of_islands_hold_the_truth():
    """Raters with tastes and items with leanings; of five competitors two were never compared with the others."""
    strengths = np.array([0.7, 0.2, -0.3])
    truth = expected_strengths(strengths, rater_taste_sd=0.4, item_leaning_sd=0.6)
    rng, held, held_apart, n_studies = np.random.default_rng(17), [], [], 100
    settings = {"n_raters": 20, "n_items": 60, "n_judgments": 900, "rater_taste_sd": 0.4, "item_leaning_sd": 0.6}
    for _ in range(n_studies):
        study = simulate_comparisons(strengths=strengths, rng=rng, **settings)
        columns = {name: getattr(study, name) for name in ("first", "second", "outcome", "rater", "item")}
        board = fit_board(n_competitors=3, **columns, rng=rng, n_draws=50)
        held += [row.low <= true <= row.high for row, true in zip(board.rows, truth, strict=True)]
        apart = rng.random(300) < expit(0.8)
        columns = {
            "first": np.append(study.first, np.full(300, 3)),
            "second": np.append(study.second, np.full(300, 4)),
            "outcome": np.append(study.outcome, 1 - apart),
            "rater": np.append(study.rater, rng.integers(0, 20, 300)),
            "item": np.append(study.item, rng.integers(0, 60, 300)),
        }
        _, pair = fit_islands(n_competitors=5, **columns, rng=rng, n_draws=50)
        held_apart.append(pair.rows[0].low <= 0.4 <= pair.rows[0].high)
    for found in (held, held_apart):
        assert np.mean(found) > 0.95 - 3 * np.sqrt(0.95 * 0.05 / n_studies)


# What others print, and a board does not


def test_an_undefeated_system_is_neither_the_equal_of_all_nor_certain():
    """Public packages print all strengths 0, or 16.9 with a standard error of 0."""
    board = fit_board(
        n_competitors=3, first=[0, 0, 1, 1], second=[1, 2, 2, 2], outcome=[0, 0, 0, 1], count=[9, 9, 5, 4],
        rng=np.random.default_rng(1),
    )  # fmt: skip
    first, *others = board.rows
    assert first.undefeated
    assert first.high is None
    assert 1 < first.strength < 6
    assert first.strength - first.low > 0.5
    assert all(row.strength < first.strength - 1 for row in others)


def test_a_newcomers_interval_does_not_depend_on_how_much_others_were_judged():
    """A penalty that grows with all judgments halves the standard error of a system with 50 of a million."""
    rng = np.random.default_rng(2)

    def width(n_others):
        first, second = np.array([(a, b) for a in range(5) for b in range(5) if a != b]).T
        count = np.full(len(first), n_others // len(first))
        outcome = np.repeat([0, 1], len(first))
        newcomer = {"first": [5] * 10, "second": [0, 1, 2, 3, 4] * 2, "outcome": [0] * 5 + [1] * 5, "count": [5] * 10}
        board = fit_board(
            n_competitors=6,
            first=np.append(np.tile(first, 2), newcomer["first"]),
            second=np.append(np.tile(second, 2), newcomer["second"]),
            outcome=np.append(outcome, newcomer["outcome"]),
            count=np.append(np.tile(count, 2), newcomer["count"]),
            rng=rng,
            n_draws=50,
        )
        return board.rows[5].high - board.rows[5].low

    # By hand: 50 even judgments against the known leave a variance of 4/50, seen from the mean of six 25/36 of it.
    known = 2 * 1.96 * np.sqrt(4 / 50) * 5 / 6
    assert width(1_000_000) == pytest.approx(known, rel=0.01)
    assert width(10_000) == pytest.approx(known, rel=0.02)
