"""The matrix of pairs: what it counts, and what its intervals promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.errors import InvalidInput
from apps.stats.pairwise import ComparisonRows, PairwiseCounts, head_to_head, win_matrix
from apps.stats.pairwise.shares import win_shares
from apps.stats.simulation import simulate_comparisons
from tests.stats.comparisons_for_tests import comparison_rows, counts_of, golden_table, rows_of_study
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

unhurried = settings(deadline=None, max_examples=40)
TABLES = ("n", "wins", "ties", "both_bad", "share", "low", "high")


def expected_share(gap, sd, tie_width):
    """What a competitor ahead by `gap` earns where the perceived gap is spread by `sd`."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    seen = gap + sd * nodes
    won, lost = np.exp(seen / 2), np.exp(-seen / 2)
    return float((won + tie_width / 2) / (won + lost + tie_width) @ (weights / weights.sum()))


@proves(Kind.WORKED, win_matrix)
@pytest.mark.parametrize(
    ("wins", "losses", "low", "high"),
    [(81, 182, 0.2553, 0.3662), (15, 133, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 28, 0.0061, 0.1718)],
)
def test_without_ties_the_interval_as_printed(wins, losses, low, high):
    """Newcombe 1998, Statistics in Medicine 17, table I, method 3 (Wilson's score interval)."""
    found = win_matrix(counts_of(2, (0, 1, wins, losses)))
    assert (found.low[0, 1], found.high[0, 1]) == pytest.approx((low, high), abs=5e-5)
    assert (found.low[1, 0], found.high[1, 0]) == pytest.approx((1 - high, 1 - low), abs=5e-5)


@proves(Kind.WORKED, win_matrix)
def test_a_matrix_by_hand():
    found = win_matrix(counts_of(3, (0, 1, 3, 1, 2, 5), (1, 0, 2, 0), (2, 0, 1, 0)))
    assert found.n.tolist() == [[0, 8, 1], [8, 0, 0], [1, 0, 0]]
    assert found.wins.tolist() == [[0, 3, 0], [3, 0, 0], [1, 0, 0]]
    assert found.losses.tolist() == [[0, 3, 1], [3, 0, 0], [0, 0, 0]]
    assert found.ties.tolist() == [[0, 2, 0], [2, 0, 0], [0, 0, 0]]
    assert found.both_bad.tolist() == [[0, 5, 0], [5, 0, 0], [0, 0, 0]]
    assert found.share[0, 1] == found.share[1, 0] == 0.5
    assert (found.share[2, 0], found.share[0, 2]) == (1.0, 0.0)
    assert "2 of 3 pairs met" in found.reading


def test_both_bad_as_a_tie_is_in_n_ties_and_share():
    found = win_matrix(counts_of(2, (0, 1, 3, 1, 2, 4)), both_bad_as_tie=True)
    assert (found.n[0, 1], found.ties[0, 1], found.both_bad[0, 1], found.share[0, 1]) == (10, 6, 4, 0.6)


def test_ties_narrow_the_interval():
    """Half of 100 tied: the score varies half as much as without, so the interval is as of 200."""
    tied = win_matrix(counts_of(2, (0, 1, 25, 25, 50)))
    decided = win_matrix(counts_of(2, (0, 1, 100, 100)))
    assert tied.high[0, 1] == pytest.approx(decided.high[0, 1], abs=0.002)


@proves(Kind.GOLDEN, win_matrix)
def test_the_matrix_of_the_foods():
    _, counts, _ = golden_table("food")
    check_golden("pairwise/win_matrix_counts", win_matrix(counts))


@proves(Kind.GOLDEN, win_matrix)
def test_the_matrix_of_a_study():
    study = simulate_comparisons(
        strengths=[0.7, 0, -0.7], n_raters=6, n_items=9, n_judgments=90, rng=np.random.default_rng(8)
    )
    check_golden("pairwise/win_matrix_rows", win_matrix(rows_of_study(study)))


@proves(Kind.PROPERTY, win_matrix)
@unhurried
@given(comparison_rows(), st.randoms(use_true_random=False))
def test_order_and_names_carry_nothing(rows, random):
    order, place = list(range(len(rows.first))), list(range(rows.n_competitors))
    random.shuffle(order)
    random.shuffle(place)
    shuffled, place = rows.where(np.array(order)), np.array(place)
    moved = ComparisonRows(
        rows.n_competitors,
        place[shuffled.first],
        place[shuffled.second],
        shuffled.outcome,
        shuffled.count,
        shuffled.rater * 7 - 3,
        -shuffled.item,
    )
    one, other = win_matrix(rows), win_matrix(moved)
    for name in TABLES:
        there = getattr(other, name)[np.ix_(place, place)]
        np.testing.assert_allclose(there, getattr(one, name), atol=1e-9)


@proves(Kind.PROPERTY, win_matrix)
@unhurried
@given(comparison_rows())
def test_two_sides_of_a_pair_complement_each_other(rows):
    found = win_matrix(rows)
    met = found.n > 0
    np.testing.assert_array_equal(np.isnan(found.share), ~met)
    np.testing.assert_array_equal(found.n, found.wins + found.losses + found.ties)
    np.testing.assert_allclose((found.share + found.share.T)[met], 1)
    np.testing.assert_allclose((found.low + found.high.T)[met], 1, atol=1e-12)
    assert (found.low[met] <= found.share[met]).all()
    assert (found.share[met] <= found.high[met]).all()
    assert (found.low[met] >= 0).all()


@proves(Kind.TWO_WAYS, win_matrix)
@unhurried
@given(comparison_rows())
def test_each_pair_is_the_board_of_the_two(rows):
    """Win shares of two competitors by themselves, found with other sums."""
    scored, found = rows.scored(both_bad_as_tie=False), win_matrix(rows)
    for one, other in zip(*np.nonzero(np.triu(found.n)), strict=True):
        pair = scored.among((int(one), int(other)))
        if max(pair.raters.n, pair.items.n) > 1:
            alone = win_shares(pair, 0.95)
            assert (alone.share[0], alone.low[0], alone.high[0]) == pytest.approx(
                (found.share[one, other], found.low[one, other], found.high[one, other])
            )


@proves(Kind.TWO_WAYS, win_matrix)
def test_the_record_of_two_is_its_cell():
    counts = counts_of(3, (0, 1, 8, 2, 5), (1, 2, 4, 4, 1, 3), (2, 0, 7, 7))
    found = win_matrix(counts)
    for one in range(3):
        for other in {0, 1, 2} - {one}:
            record = head_to_head(counts, one, other)
            cell = (found.n, found.wins, found.losses, found.ties, found.both_bad)
            assert [int(each[one, other]) for each in cell] == [
                record.n,
                record.wins,
                record.losses,
                record.ties,
                record.both_bad,
            ]
            assert found.share[one, other] == pytest.approx(record.score)
            # Approximate beside exact: a little narrower.
            assert found.low[one, other] == pytest.approx(record.score_low, abs=0.07)


@proves(Kind.RECOVERY, win_matrix)
@pytest.mark.slow
def test_intervals_hold_the_truth_where_raters_and_items_differ():
    strengths, taste, leaning, tie_width = np.array([0.6, 0.0, -0.6]), 0.5, 0.8, 0.6
    sd = np.sqrt(2 * (taste**2 + leaning**2))
    pairs = [(0, 1), (0, 2), (1, 2)]
    truth = [expected_share(strengths[i] - strengths[j], sd, tie_width) for i, j in pairs]
    rng = np.random.default_rng(12)
    two_way, independent, n_studies = [], [], 150
    for _ in range(n_studies):
        study = simulate_comparisons(
            strengths=strengths,
            n_raters=20,
            n_items=60,
            n_judgments=1500,
            tie_width=tie_width,
            rater_taste_sd=taste,
            item_leaning_sd=leaning,
            rng=rng,
        )
        rows = rows_of_study(study)
        for some, held in ((win_matrix(rows), two_way), (win_matrix(rows.counts), independent)):
            held.append(
                [some.low[i, j] <= share <= some.high[i, j] for (i, j), share in zip(pairs, truth, strict=True)]
            )
    assert np.mean(two_way) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / n_studies)
    assert np.mean(independent) < 0.85


@proves(Kind.RECOVERY, win_matrix)
@pytest.mark.slow
@pytest.mark.parametrize("tie_width", [0.0, 0.8])
def test_intervals_of_independent_judgments_hold_the_truth(tie_width):
    rng, held, n_studies = np.random.default_rng(13), [], 600
    truth = expected_share(0.5, 0.0, tie_width)
    for _ in range(n_studies):
        study = simulate_comparisons(
            strengths=[0.25, -0.25], n_raters=1, n_items=1, n_judgments=50, tie_width=tie_width, rng=rng
        )
        found = win_matrix(PairwiseCounts.from_arrays(2, study.first, study.second, study.outcome))
        held.append(found.low[0, 1] <= truth <= found.high[0, 1])
    assert np.mean(held) == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / n_studies))


def test_a_cycle_is_named_by_its_clearest_case():
    rounds = [(0, 1, 30, 5), (1, 2, 30, 5), (2, 0, 30, 5), (3, 1, 40, 2), (2, 3, 40, 2)]
    assert win_matrix(counts_of(4, *rounds)).cycle() == (0, 1, 2)
    assert win_matrix(counts_of(4, *rounds[:2], (2, 0, 20, 15))).cycle() is None
    assert win_matrix(counts_of(3, (0, 1, 30, 5), (1, 2, 30, 5), (0, 2, 30, 5))).cycle() is None


def test_of_several_cycles_the_clearest_is_named():
    faint = [(0, 1, 30, 10), (1, 2, 30, 10), (2, 0, 30, 10)]
    clear = [(3, 4, 90, 10), (4, 5, 90, 10), (5, 3, 90, 10)]
    assert win_matrix(counts_of(6, *faint, *clear)).cycle() == (3, 4, 5)


def test_weights_do_not_enter():
    weighted = PairwiseCounts.from_arrays(2, [0, 0], [1, 1], [0, 1], [3, 1], weight=[9.0, 0.1])
    assert win_matrix(weighted).share[0, 1] == 0.75


@proves(Kind.DEGENERATE, win_matrix)
def test_pairs_that_never_met_are_nan_exactly_where_n_is_zero():
    found = win_matrix(counts_of(3, (0, 1, 0, 0, 0, 6)))
    assert not found.n.any()
    for table in (found.share, found.low, found.high):
        assert np.isnan(table).all()
    assert found.both_bad[1, 0] == 6
    assert "0 of 3 pairs met" in found.reading
    assert found.cycle() is None


@proves(Kind.DEGENERATE, win_matrix)
def test_one_competitor_and_one_comparison():
    assert win_matrix(counts_of(1)).n.tolist() == [[0]]
    single = win_matrix(counts_of(2, (0, 1, 1, 0)))
    assert single.share[0, 1] == 1.0
    assert single.low[0, 1] < 0.25
    only_tie = win_matrix(counts_of(2, (0, 1, 0, 0, 1)))
    assert only_tie.low[0, 1] < 0.05


@proves(Kind.DEGENERATE, win_matrix)
def test_a_percentage_for_a_level_is_refused():
    with pytest.raises(InvalidInput, match=r"as 0\.95"):
        win_matrix(counts_of(2, (0, 1, 1, 1)), confidence_level=95)
