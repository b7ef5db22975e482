"""Left shares against printed intervals, tie shares against luck worked out exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, multivariate_hypergeom

from apps.stats.errors import InvalidInput
from apps.stats.pairwise import ComparisonRows
from apps.stats.raters import left_share, tie_share
from apps.stats.simulation import simulate_comparisons
from tests.stats.comparisons_for_tests import comparison_rows, rows_of_study
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.raters.rows_for_tests import judged_by, mirrored, single_rows, stored_rows, table


def ties_of(rows, **wanted):
    return tie_share(rows, rng=np.random.default_rng(0), **wanted)


@proves(Kind.WORKED, left_share)
@pytest.mark.parametrize(
    ("left", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_of_newcombe(left, n, low, high):
    """Newcombe 1998, Statistics in Medicine 17, 857-872, table 1, method 3. Ties and both-bad are no choice."""
    found = left_share(table(2, (4, 0, 1, 0, left), (4, 0, 1, 1, n - left), (4, 0, 1, 2, 9), (4, 1, 0, 3, 5)))
    assert found.n.tolist() == [n]
    assert found.share[0] == left / n
    assert (found.low[0], found.high[0]) == pytest.approx((low, high), abs=5e-5)
    assert "a lean to the right" in found.readings[0]


@proves(Kind.WORKED, tie_share)
def test_difference_of_newcombe():
    """Newcombe 1998, Statistics in Medicine 17, 873-890, table 2, method 10: 56/70 against 48/80, .0524 to .3339.

    Decided and tied only, so the distance is the difference of the shares of ties, .8 - .6.
    """
    found = ties_of(table(2, (1, 0, 1, 2, 56), (1, 0, 1, 0, 14), (2, 0, 1, 2, 48), (2, 0, 1, 1, 32)))
    assert found.n.tolist() == [70, 80]
    assert found.share.tolist() == [0.8, 0.6]
    assert found.others.tolist() == [0.6, 0.8]
    np.testing.assert_allclose(found.difference, [0.2, -0.2])
    assert (found.difference_low[0], found.difference_high[0]) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    np.testing.assert_allclose(found.distance, 0.2)
    assert "more than luck explains" in found.readings[0]


@proves(Kind.WORKED, tie_share)
def test_distance_over_three_kinds_of_answers():
    """By hand: 4 decided, 4 tied, 2 both-bad of 10, against 6, 2, 2: half of .2 + .2 + 0. Which side won is no kind."""
    rows = table(
        2, (0, 0, 1, 0, 4), (0, 0, 1, 2, 4), (0, 0, 1, 3, 2), (1, 0, 1, 1, 6), (1, 0, 1, 2, 2), (1, 0, 1, 3, 2)
    )
    found = ties_of(rows)
    np.testing.assert_allclose(found.distance, 0.2)
    assert (found.p_value > 0.3).all()
    assert "no more than luck explains" in found.readings[0]


@proves(Kind.GOLDEN, left_share, tie_share)
def test_stored_comparisons():
    rows, _ = stored_rows()
    check_golden("raters/left_share", left_share(rows))
    check_golden("raters/tie_share", ties_of(rows))


@proves(Kind.TWO_WAYS, left_share)
def test_scipy_has_the_same_intervals():
    rows, _ = stored_rows()
    found = left_share(rows, confidence_level=0.9)
    for place, rater in enumerate(found.rater):
        mine = rows.outcome[rows.rater == rater]
        left, n = int((mine == 0).sum()), int((mine < 2).sum())
        interval = binomtest(left, n).proportion_ci(0.9, method="wilson")
        assert (found.low[place], found.high[place]) == pytest.approx((interval.low, interval.high), abs=1e-12)


@proves(Kind.TWO_WAYS, tie_share)
def test_luck_worked_out_over_all_draws():
    """9 of 24 judgments: all ways to draw them, with their probabilities, against 20,000 draws."""
    rows = table(
        2, (0, 0, 1, 0, 3), (0, 0, 1, 2, 5), (0, 0, 1, 3, 1), (1, 0, 1, 1, 10), (1, 0, 1, 2, 3), (1, 0, 1, 3, 2)
    )
    everybody, n = np.array([13, 8, 3]), 9
    ways = [(i, j, n - i - j) for i in range(n + 1) for j in range(9) if 0 <= n - i - j <= 3]
    chance = multivariate_hypergeom.pmf(ways, everybody, n)
    distance = np.abs(np.array(ways) / n - (everybody - ways) / 15).sum(axis=1) / 2
    found = ties_of(rows, n_draws=20_000)
    order = np.argsort(distance)
    limit = distance[order][np.searchsorted(np.cumsum(chance[order]), 0.95)]
    assert found.distance_by_luck[0] == pytest.approx(chance @ distance, abs=0.004)
    assert found.distance_limit[0] == pytest.approx(limit, abs=0.02)
    exact = chance[distance >= found.distance[0] - 1e-9].sum()
    assert found.p_value[0] == pytest.approx(exact, abs=4 * np.sqrt(exact / 20_000))


@proves(Kind.PROPERTY, left_share)
@given(rows=comparison_rows(), seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_exchanging_sides_turns_the_share(rows, seed):
    found = left_share(rows)
    turned = left_share(single_rows(mirrored(rows), np.random.default_rng(seed))[0])
    np.testing.assert_allclose(turned.share, 1 - found.share)
    np.testing.assert_allclose(turned.low, 1 - found.high, atol=1e-12)
    assert turned.n.tolist() == found.n.tolist()
    seen = found.n > 0
    assert (found.low[seen] <= found.share[seen]).all()
    assert (found.share[seen] <= found.high[seen]).all()


@proves(Kind.PROPERTY, tie_share)
@given(rows=comparison_rows(), seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_ties_know_neither_sides_nor_competitors(rows, seed):
    """Sides exchanged, competitors renamed, one row a judgment in any order: the same to the last digit."""
    rng = np.random.default_rng(seed)
    found = ties_of(rows, n_draws=100)
    single, _ = single_rows(mirrored(rows), rng)
    name = rng.permutation(rows.n_competitors)
    renamed = ComparisonRows.from_arrays(
        n_competitors=rows.n_competitors,
        first=name[single.first],
        second=name[single.second],
        outcome=single.outcome,
        rater=single.rater,
    )
    again = ties_of(renamed, n_draws=100)
    for number in ("share", "low", "high", "difference_low", "distance", "distance_limit", "p_value"):
        np.testing.assert_array_equal(getattr(again, number), getattr(found, number))
    if len(found.rater) > 1:
        assert (np.abs(found.difference) <= found.distance + 1e-12).all()
        assert (found.distance <= 1).all()
        assert (found.p_value > 0).all()


@proves(Kind.RECOVERY, left_share)
def test_the_interval_holds_the_share_of_a_leaner():
    """Between equals a bias of ln 2 puts two thirds on the left; 4,000 raters of 50 comparisons each."""
    rows, _ = judged_by(np.random.default_rng(2), np.zeros(4), 50, slope=np.ones(4000), left_bias=np.log(2))
    found = left_share(rows)
    held = ((found.low <= 2 / 3) & (found.high >= 2 / 3)).mean()
    assert found.share.mean() == pytest.approx(2 / 3, abs=0.004)
    # Wilson's interval at 50 trials and 2/3 covers 94.9 %, worked out from the binomial distribution.
    assert held == pytest.approx(0.949, abs=3 * np.sqrt(0.95 * 0.05 / 4000))


@proves(Kind.RECOVERY, tie_share)
@pytest.mark.slow
def test_luck_is_left_alone_and_a_lover_of_ties_is_found():
    """Alike raters are below p = .05 in at most 5 %; one who turns every third decision into a tie nearly always."""
    false, caught = 0, 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        study = simulate_comparisons(
            strengths=[0.5, 0.0, -0.5], n_raters=10, n_items=1, n_judgments=1000, rng=rng, both_bad_probability=0.1
        )
        rows = rows_of_study(study)
        outcome = np.where((rows.rater == 0) & (rows.outcome < 2) & (rng.random(1000) < 1 / 3), 2, rows.outcome)
        soft = ComparisonRows.from_arrays(
            n_competitors=3, first=rows.first, second=rows.second, outcome=outcome, rater=rows.rater
        )
        false += (tie_share(rows, rng=rng, n_draws=500).p_value <= 0.05).sum()
        caught += tie_share(soft, rng=rng, n_draws=500).p_value[0] <= 0.05
    assert false / 1000 == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 1000))
    assert caught >= 95


def test_a_limit_beyond_luck_and_its_p_value_agree():
    rows, _ = stored_rows()
    found = ties_of(rows, n_draws=4000, confidence_level=0.9)
    clearly = np.abs(found.p_value - 0.1) > 0.02
    assert ((found.distance > found.distance_limit) == (found.p_value < 0.1))[clearly].all()
    assert (found.distance_by_luck < found.distance_limit).all()


@proves(Kind.DEGENERATE, left_share)
def test_without_a_decision_there_is_no_share():
    found = left_share(table(2, (0, 0, 1, 2, 5), (1, 0, 1, 0, 9), (1, 0, 1, 1, 9)))
    assert found.n.tolist() == [0, 18]
    assert np.isnan([found.share[0], found.low[0], found.high[0]]).all()
    assert "decided for no side yet" in found.readings[0]
    assert found.readings[1] == "Of 18 comparisons decided, 50% went to the left (29% to 71%): no lean shows."


@proves(Kind.DEGENERATE, tie_share)
def test_one_rater_alone_has_nobody_to_differ_from():
    found = ties_of(table(2, (0, 0, 1, 2, 5), (0, 0, 1, 0, 5)))
    assert found.share.tolist() == [0.5]
    assert np.isnan([found.others, found.difference, found.distance, found.distance_limit, found.p_value]).all()
    assert "Nobody else" in found.readings[0]


@proves(Kind.DEGENERATE, tie_share)
def test_where_all_answer_alike_there_is_no_distance():
    found = ties_of(table(2, (0, 0, 1, 2, 5), (1, 0, 1, 2, 5)))
    assert found.distance.tolist() == [0.0, 0.0]
    assert found.p_value.tolist() == [1.0, 1.0]


@proves(Kind.DEGENERATE, left_share, tie_share)
def test_nobody_at_all_is_an_empty_table():
    nobody = ComparisonRows.from_arrays(n_competitors=2, first=[], second=[], outcome=[], rater=[])
    assert left_share(nobody).readings == ties_of(nobody).readings == ()
    assert len(ties_of(nobody).p_value) == 0


@proves(Kind.DEGENERATE, left_share, tie_share)
def test_malformed_requests_are_refused():
    unknown = ComparisonRows.from_arrays(n_competitors=2, first=[0], second=[1], outcome=[0])
    known = table(2, (0, 0, 1, 0, 1))
    for function in (left_share, ties_of):
        with pytest.raises(InvalidInput, match="do not say who judged"):
            function(unknown)
        with pytest.raises(InvalidInput, match="confidence_level is 95"):
            function(known, confidence_level=95)
    with pytest.raises(InvalidInput, match="n_draws is 99"):
        ties_of(known, n_draws=99)


@proves(Kind.DEGENERATE, tie_share)
def test_more_judgments_than_lots_can_be_drawn_from_are_refused():
    rows = table(2, (0, 0, 1, 0, 10**9), (1, 0, 1, 2, 5))
    with pytest.raises(InvalidInput, match="1,000,000,005 judgments, too many to draw from by lot"):
        tie_share(rows, rng=np.random.default_rng(1))
