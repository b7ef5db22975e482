"""The fit of strengths to pairs: by hand, by brute force, and whether it finds what the model misses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import binomtest
from scipy.stats import t as student

from apps.stats.boards import goodness_of_fit
from apps.stats.boards.pair_residuals import PairResiduals
from apps.stats.errors import DisconnectedComparisons, EmptyInput, InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import ComparisonRows, Outcome
from apps.stats.simulation import draw_outcomes
from tests.stats.boards.slices_for_tests import sliced_study
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.models.published import baseball
from tests.stats.oracle_values import simulated_rows

WIN, LOSS, TIE, BAD = Outcome


def check(rows, **settings):
    columns = {name: getattr(rows, name) for name in ("first", "second", "outcome", "count", "rater", "item")}
    return goodness_of_fit(n_competitors=rows.n_competitors, **{**columns, **settings})


def cycle(wins, losses, **settings):
    """Rock beats scissors beats paper beats rock, each so often."""
    return goodness_of_fit(
        n_competitors=3,
        first=[0, 0, 1, 1, 2, 2],
        second=[1, 1, 2, 2, 0, 0],
        outcome=[WIN, LOSS] * 3,
        count=[wins, losses] * 3,
        **settings,
    )


@proves(Kind.WORKED, goodness_of_fit)
def test_a_perfect_cycle_by_hand():
    """Strengths are equal, each pair is expected even, and a third of each variance is left: 20:10 is 5 too many."""
    found = cycle(20, 10)
    pair = found.pairs[0]
    assert (pair.first, pair.second, pair.n) == (0, 1, 30)
    assert (pair.observed, pair.expected) == pytest.approx((2 / 3, 1 / 2))
    deviance = 2 * (20 * np.log(4 / 3) + 10 * np.log(2 / 3))
    assert pair.residual == pytest.approx(np.sqrt(3 * deviance))
    assert pair.p_value == pytest.approx(2 * student.sf(np.sqrt(3 * deviance), 89))
    assert pair.p_holm == pytest.approx(3 * pair.p_value)
    margin = student.ppf(0.975, 89) * np.sqrt(30 / 4 / 3) / 30
    assert (pair.excess_low, pair.excess_high) == pytest.approx((1 / 6 - margin, 1 / 6 + margin))
    assert [each.excess for each in found.pairs] == pytest.approx([1 / 6, -1 / 6, 1 / 6])
    assert found.missed == ((0, 1), (0, 2), (1, 2))
    assert found.p_value == pair.p_holm
    assert "miss 3 of 3 pairs" in found.reading
    # Each pair strays by 5 / (7.5 sqrt(1/3)) beyond a variance of 1 / 7.5.
    assert found.spread == pytest.approx(np.sqrt(4 / 3 - 1 / 7.5))


@proves(Kind.WORKED, goodness_of_fit)
def test_the_american_league_of_1987_is_described_by_strengths():
    """Agresti (2002, 10.6.2): G^2 = 15.74 with 15 degrees of freedom, 21 pairs and 7 teams: the model fits."""
    rows = ComparisonRows.from_counts(baseball())
    residuals = PairResiduals(fit_bradley_terry(rows.counts), rows)
    assert (residuals.signed_roots**2).sum() == pytest.approx(15.74, abs=0.005)
    assert residuals.left_over.sum() == pytest.approx(15)
    found = check(rows)
    assert found.missed == ()
    assert found.p_value > 0.2
    assert found.n_checked == len(found.pairs) == 21
    assert found.spread_low == 0


@proves(Kind.GOLDEN, goodness_of_fit)
def test_the_fit_stays_as_it_is():
    check_golden("boards/goodness_of_fit", check(simulated_rows()))


@proves(Kind.TWO_WAYS, goodness_of_fit)
def test_variances_are_those_of_whole_matrices():
    """M E'E M' with M the projection that a fit leaves, about the mean over clusters."""
    rows = simulated_rows()
    residuals = PairResiduals(fit_bradley_terry(rows.counts), rows)
    first, second = residuals.ends
    pairs = np.arange(15)
    contrasts = np.zeros((15, 6))
    contrasts[pairs, first], contrasts[pairs, second] = 1, -1
    weights = residuals.n * residuals.expected * (1 - residuals.expected)
    bread = np.linalg.pinv(contrasts.T * weights @ contrasts)
    left = np.eye(15) - weights[:, None] * (contrasts @ bread @ contrasts.T)
    np.testing.assert_allclose(left @ residuals.residuals, residuals.residuals, atol=1e-8)
    np.testing.assert_allclose(np.diag(left @ np.diag(weights) @ left.T), weights * residuals.left_over, atol=1e-9)
    for clusters in (rows.raters, rows.items, rows.cells):
        sums = np.zeros((clusters.n, 15))
        np.add.at(sums, (clusters.dense, residuals.pair), residuals.off)
        after = sums @ left.T
        whole = np.cov(after.T) * clusters.n * 599 / 595
        np.testing.assert_allclose(residuals.clustered_variances(clusters), np.diag(whole), atol=1e-9)


@pytest.mark.slow
@proves(Kind.TWO_WAYS, goodness_of_fit)
def test_residuals_vary_by_refitting_as_much_as_is_said():
    """Independent judgments from fitted probabilities, refitted 600 times: the spread of each pair's residual."""
    rows = ComparisonRows.from_counts(baseball())
    fit = fit_bradley_terry(rows.counts)
    residuals = PairResiduals(fit, rows)
    rng, drawn = np.random.default_rng(3), []
    first, second = residuals.ends
    for _ in range(600):
        won = rng.binomial(residuals.n.astype(int), residuals.expected)
        outcome = np.repeat([WIN, LOSS], 21)
        count = np.concatenate([won, residuals.n.astype(int) - won])
        again = ComparisonRows.from_arrays(
            n_competitors=7, first=np.tile(first, 2), second=np.tile(second, 2), outcome=outcome, count=count
        )
        drawn.append(PairResiduals(fit_bradley_terry(again.counts), again).residuals)
    np.testing.assert_allclose(np.var(drawn, axis=0) / residuals.independent_variances, 1, atol=0.25)
    assert np.mean(np.var(drawn, axis=0) / residuals.independent_variances) == pytest.approx(1, abs=0.05)


@proves(Kind.PROPERTY, goodness_of_fit)
@settings(deadline=None, max_examples=40)
@given(comparison_rows(), st.randoms(use_true_random=False))
def test_names_order_and_sides_carry_nothing(rows, random):
    found = check(rows)
    place, order = list(range(rows.n_competitors)), list(range(len(rows.first)))
    random.shuffle(place)
    random.shuffle(order)
    place, shuffled = np.array(place), rows.where(np.array(order))
    renamed = check(
        shuffled,
        first=place[shuffled.second],
        second=place[shuffled.first],
        outcome=np.array([1, 0, 2, 3])[shuffled.outcome],
        rater=-3 * shuffled.rater,
    )
    by_pair = {(pair.first, pair.second): pair for pair in renamed.pairs}
    for pair in found.pairs:
        ends = place[pair.first], place[pair.second]
        same = by_pair[min(ends), max(ends)]
        sign = 1 if ends[0] < ends[1] else -1
        assert same.n == pair.n
        assert same.excess == pytest.approx(sign * pair.excess, abs=1e-8)
        if pair.residual is not None:
            assert same.residual == pytest.approx(sign * pair.residual, rel=1e-4, abs=1e-5)
            assert same.p_holm == pytest.approx(pair.p_holm, rel=1e-3, abs=1e-5)
            assert pair.p_value <= pair.p_benjamini_hochberg <= pair.p_holm
            assert pair.excess_low < pair.excess < pair.excess_high


# What it finds


def study(rng, *, cycle=0.0, n_judgments=2000, n_raters=15, n_items=40):
    """Four competitors, three of them in a cycle of so many log-odds."""
    gaps = np.subtract.outer([0.4, 0.1, -0.1, -0.4], [0.4, 0.1, -0.1, -0.4])
    for one, two in ((0, 1), (1, 2), (2, 0)):
        gaps[one, two] += cycle
        gaps[two, one] -= cycle
    first = rng.integers(0, 4, n_judgments)
    second = (first + rng.integers(1, 4, n_judgments)) % 4
    return {
        "n_competitors": 4,
        "first": first,
        "second": second,
        "outcome": draw_outcomes(gap=gaps[first, second], tie_width=0.5, rng=rng),
        "rater": rng.integers(0, n_raters, n_judgments),
        "item": rng.integers(0, n_items, n_judgments),
    }


@pytest.mark.slow
@proves(Kind.RECOVERY, goodness_of_fit)
def test_a_cycle_is_found_and_no_cycle_is_not_imagined():
    rng, n_studies = np.random.default_rng(41), 120
    false_calls = sum(bool(goodness_of_fit(**study(rng)).missed) for _ in range(n_studies))
    assert binomtest(false_calls, n_studies, 0.05, alternative="greater").pvalue > 0.001
    caught = [goodness_of_fit(**study(rng, cycle=0.6)) for _ in range(40)]
    assert np.mean([len(set(found.missed) & {(0, 1), (1, 2), (0, 2)}) > 0 for found in caught]) > 0.9
    # Some pairs of four stray by .6, and some by nothing.
    assert np.mean([found.spread_low < 0.42 < found.spread_high for found in caught]) > 0.85


@pytest.mark.slow
@proves(Kind.RECOVERY, goodness_of_fit)
def test_many_small_pairs_seldom_call_an_upset_a_misfit():
    """20 competitors who met some ten times a pair, some of them hopeless: an upset alone refutes nothing."""
    rng, called = np.random.default_rng(42), 0
    for _ in range(60):
        columns, _, _ = sliced_study(rng, n_slices=1, n_judgments=2000, n_competitors=20, n_raters=200)
        worths = np.linspace(2.5, -2.5, 20)
        chance = expit(worths[columns["first"]] - worths[columns["second"]])
        columns["outcome"] = (rng.random(2000) > chance).astype(int)
        called += bool(goodness_of_fit(**columns).missed)
    assert binomtest(called, 60, 0.05, alternative="greater").pvalue > 0.001


def test_one_item_does_not_make_a_misfit():
    """Pair 0-1 was judged 30 times on one item where 0 fails, and never elsewhere: nothing is known of other items."""
    rng = np.random.default_rng(7)
    columns = study(rng)
    pair = np.minimum(columns["first"], columns["second"]) * 4 + np.maximum(columns["first"], columns["second"])
    kept = {name: codes[pair != 1] for name, codes in columns.items() if name != "n_competitors"}
    added = {"first": 0, "second": 1, "outcome": LOSS, "item": 7}
    with_item = {
        name: np.append(codes, np.full(30, added[name]) if name in added else np.arange(30) % 15)
        for name, codes in kept.items()
    }
    alone = goodness_of_fit(n_competitors=4, **{**with_item, "rater": None, "item": None})
    clustered = goodness_of_fit(n_competitors=4, **with_item)
    assert (0, 1) in alone.missed
    assert (0, 1) not in clustered.missed


# The edges


@proves(Kind.DEGENERATE, goodness_of_fit)
def test_pairs_that_nothing_else_checks_are_said_to_be_unchecked():
    chain = goodness_of_fit(n_competitors=3, first=[0, 0, 1, 1], second=[1, 1, 2, 2], outcome=[WIN, LOSS] * 2)
    assert chain.n_checked == 0
    assert (chain.p_value, chain.spread, chain.spread_low, chain.missed) == (None, None, None, ())
    assert "No pair can be checked" in chain.reading
    assert chain.pairs[0].residual is None
    assert chain.pairs[0].p_holm is None
    assert chain.pairs[0].excess == pytest.approx(0, abs=1e-9)
    tail = goodness_of_fit(
        n_competitors=4,
        first=[0, 0, 1, 1, 2, 2, 3, 3],
        second=[1, 1, 2, 2, 0, 0, 0, 0],
        outcome=[WIN, LOSS] * 4,
        count=[6, 3, 4, 5, 3, 3, 2, 3],
    )
    assert (tail.n_checked, len(tail.pairs)) == (3, 4)
    assert "1 more cannot be checked" in tail.reading
    assert [pair.p_value is None for pair in tail.pairs] == [False, False, True, False]


@proves(Kind.DEGENERATE, goodness_of_fit)
def test_nothing_but_ties_fits():
    found = goodness_of_fit(n_competitors=3, first=[0, 1, 2], second=[1, 2, 0], outcome=[TIE] * 3, count=[4, 5, 6])
    assert [pair.residual for pair in found.pairs] == pytest.approx([0, 0, 0], abs=1e-6)
    assert found.missed == ()
    assert all(pair.excess_low < -0.05 for pair in found.pairs)


@proves(Kind.DEGENERATE, goodness_of_fit)
def test_somebody_undefeated_is_checked_with_finite_strengths():
    found = goodness_of_fit(
        n_competitors=3, first=[0, 0, 1, 1], second=[1, 2, 2, 2], outcome=[WIN, WIN, WIN, LOSS], count=[8, 8, 5, 3]
    )
    assert found.penalised
    assert found.missed == ()
    assert all(np.isfinite(pair.residual) for pair in found.pairs)


@proves(Kind.DEGENERATE, goodness_of_fit)
def test_what_cannot_be_fitted_is_refused():
    with pytest.raises(DisconnectedComparisons, match="2 groups"):
        goodness_of_fit(n_competitors=4, first=[0, 2], second=[1, 3], outcome=[TIE, TIE])
    with pytest.raises(EmptyInput, match="decided or tied"):
        goodness_of_fit(n_competitors=2, first=[0], second=[1], outcome=[BAD])
    with pytest.raises(InvalidInput, match="confidence_level is 95"):
        cycle(2, 1, confidence_level=95)


def test_both_bad_is_left_out_unless_it_is_a_tie():
    rows = {"n_competitors": 2, "first": [0, 0, 0], "second": [1, 1, 1], "outcome": [WIN, LOSS, BAD]}
    assert goodness_of_fit(**rows).n_judgments == 2
    assert goodness_of_fit(**rows, both_bad_as_tie=True).pairs[0].n == 3
    assert goodness_of_fit(**rows, both_bad_as_tie=True).both_bad_as_tie


def test_ties_vary_less_and_count_so():
    """Half of the judgments tied: variances fall, and the same excess is further off."""
    decided = cycle(20, 10)
    tied = goodness_of_fit(
        n_competitors=3,
        first=[0, 0, 1, 1, 2, 2],
        second=[1, 1, 2, 2, 0, 0],
        outcome=[WIN, TIE] * 3,
        count=[10, 20] * 3,
    )
    assert tied.pairs[0].excess == pytest.approx(decided.pairs[0].excess)
    assert tied.pairs[0].residual > decided.pairs[0].residual


@proves(Kind.DEGENERATE, goodness_of_fit)
def test_an_upset_beyond_what_double_precision_tells_from_certainty_is_a_number():
    """Twice odds of 1e12 to 1: 1 less what 0 should earn from 2 is rounded to nothing, and its logarithm endless."""
    found = goodness_of_fit(
        n_competitors=3,
        first=[0, 0, 1, 1, 0, 0],
        second=[1, 1, 2, 2, 2, 2],
        outcome=[WIN, LOSS] * 3,
        count=[10**12, 1, 10**12, 1, 1, 1],
    )
    pairs = {(pair.first, pair.second): pair for pair in found.pairs}
    assert -20 < pairs[0, 2].residual < -5
