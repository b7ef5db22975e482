"""The longer answer: by hand, against a general optimiser, and where its lovers were planted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from apps.stats.errors import DisconnectedComparisons, EmptyInput, InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import ComparisonRows
from apps.stats.raters import length_preference
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.raters.rows_for_tests import judged_by, mirrored, single_rows, stored_rows, table

NUMBERS = (
    "coefficient", "low", "high", "others", "others_low", "others_high", "difference", "difference_low",
    "difference_high",
)  # fmt: skip


@proves(Kind.WORKED, length_preference)
def test_raters_whom_length_leaves_cold():
    """By hand: two raters let 0 win 12 of 16, the longer answer being 300 tokens longer as often among wins as among
    losses. Length pulls nobody, and by symmetry it shares no information with the rest: 16 * 3/16 = 3 for each rater.
    The prior adds 1 / .25 to a rater's 3 (variance 1/7), and 1 / 100 to the others' (1/3.01). The own estimate is
    drawn by (1/7) / .25 = 4/7 of whatever the others' is off.
    """
    groups = [(rater, 0, 1, outcome, count) for rater in (0, 1) for outcome, count in ((0, 6), (0, 6), (1, 2), (1, 2))]
    found = length_preference(table(2, *groups), [300, -300] * 4)
    assert found.scale == 300
    assert found.n.tolist() == [16, 16]
    np.testing.assert_allclose([found.coefficient, found.others, found.difference], 0, atol=1e-9)
    own, others, quantile = 1 / 7, 1 / 3.01, 1.959963985
    np.testing.assert_allclose(found.high, quantile * np.sqrt(own + (4 / 7) ** 2 * others), atol=1e-8)
    np.testing.assert_allclose(found.others_high, quantile * np.sqrt(others), atol=1e-8)
    np.testing.assert_allclose(found.difference_low, -quantile * np.sqrt(own + (3 / 7) ** 2 * others), atol=1e-8)
    assert "cannot be told from the" in found.readings[0]


@proves(Kind.GOLDEN, length_preference)
def test_stored_comparisons():
    check_golden("raters/length_preference", length_preference(*stored_rows()))


def posterior_top(earned, covariates, mean, sd):
    def loss(at):
        seen = covariates @ at
        return -(earned @ seen - np.logaddexp(0, seen).sum()) + (((at - mean) / sd) ** 2).sum() / 2

    return minimize(loss, mean, tol=1e-10).x


@proves(Kind.TWO_WAYS, length_preference)
def test_new_boards_and_new_regressions_without_each_rater_say_the_same():
    """Neither the boards nor the others' regressions by one step: all of them made anew."""
    rows, longer = stored_rows()
    found = length_preference(rows, longer)
    assert found.scale == pytest.approx(np.sqrt((longer**2).mean()))
    strengths = np.array([fit_bradley_terry(rows.where(rows.rater != r).counts).strengths for r in found.rater])
    gap = strengths[rows.rater, rows.first] - strengths[rows.rater, rows.second]
    covariates = np.column_stack([gap, np.ones(600), longer / found.scale])
    for rater in found.rater:
        mine = rows.rater == rater
        others = posterior_top(rows.earned[~mine], covariates[~mine], np.array([1.0, 0, 0]), np.full(3, 10.0))
        own = posterior_top(rows.earned[mine], covariates[mine], np.array([1, 0, others[2]]), np.array([0.5, 1, 0.5]))
        assert found.others[rater] == pytest.approx(others[2], abs=0.003)
        assert found.coefficient[rater] == pytest.approx(own[2], abs=0.005)


def lengths_for(rows, seed):
    """Length differences that are not all nothing."""
    return np.random.default_rng(seed).normal(0, 1, len(rows.first))


@proves(Kind.PROPERTY, length_preference)
@given(rows=comparison_rows(), seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_unit_sides_names_and_order_do_not_matter(rows, seed):
    """Words for tokens, sides exchanged, competitors renamed, one row a judgment in any order."""
    rng, longer = np.random.default_rng(seed), lengths_for(rows, seed)
    found = length_preference(rows, longer)
    single, origin = single_rows(mirrored(rows), rng)
    name = rng.permutation(rows.n_competitors)
    renamed = ComparisonRows.from_arrays(
        n_competitors=rows.n_competitors,
        first=name[single.first],
        second=name[single.second],
        outcome=single.outcome,
        rater=single.rater,
    )
    again = length_preference(renamed, -1000 * longer[origin])
    assert again.scale == pytest.approx(1000 * found.scale)
    for number in NUMBERS:
        np.testing.assert_allclose(getattr(again, number), getattr(found, number), atol=1e-6)


@proves(Kind.PROPERTY, length_preference)
@given(rows=comparison_rows(), seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_calling_the_shorter_longer_turns_the_sign(rows, seed):
    longer = lengths_for(rows, seed)
    found, turned = length_preference(rows, longer), length_preference(rows, -longer)
    np.testing.assert_allclose(turned.coefficient, -found.coefficient, atol=1e-6)
    np.testing.assert_allclose(turned.difference_low, -found.difference_high, atol=1e-6)


@proves(Kind.RECOVERY, length_preference)
@pytest.mark.slow
@pytest.mark.parametrize("n_each", [40, 150])
def test_intervals_hold_what_was_drawn(n_each):
    """1,000 raters drawn around a pool of .3 with the prior's spread: own coefficients, and differences from the mean
    of the others, within three binomial standard errors of 95 % and 1 % for strengths that are estimated too.
    """
    own_held = difference_held = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        length = rng.normal(0.3, 0.5, 25)
        rows, longer = judged_by(rng, rng.normal(0, 0.8, 12), n_each, slope=np.ones(25), length=length)
        found = length_preference(rows, longer)
        truth = length * found.scale
        difference = truth - (truth.sum() - truth) / 24
        own_held += ((found.low <= truth) & (truth <= found.high)).sum()
        difference_held += ((found.difference_low <= difference) & (difference <= found.difference_high)).sum()
    tolerance = 3 * np.sqrt(0.95 * 0.05 / 1000) + 0.01
    assert own_held / 1000 == pytest.approx(0.95, abs=tolerance)
    assert difference_held / 1000 == pytest.approx(0.95, abs=tolerance)


@proves(Kind.RECOVERY, length_preference)
def test_a_lover_of_length_stands_out_and_the_pool_is_not_blamed():
    """All lean to the longer a little; one rater leans far more, one the other way."""
    rng = np.random.default_rng(4)
    rows, longer = judged_by(rng, np.linspace(-1, 1, 8), 300, slope=np.ones(12), length=[0.3] * 10 + [1.5, -0.6])
    found = length_preference(rows, longer)
    assert (found.difference_low > 0).tolist() == [False] * 10 + [True, False]
    assert (found.difference_high < 0).tolist() == [False] * 11 + [True]
    assert found.low[:10].mean() > 0
    assert "is above the" in found.readings[10]
    assert "is below the" in found.readings[11]


def test_few_judgments_leave_a_rater_with_the_others():
    rows, longer = stored_rows()
    added = ComparisonRows.from_arrays(
        n_competitors=6,
        first=[*rows.first, 0],
        second=[*rows.second, 1],
        outcome=[*rows.outcome, 0],
        rater=[*rows.rater, 12],
    )
    found = length_preference(added, [*longer, 0.5])
    assert found.n[12] == 1
    assert abs(found.difference[12]) < 0.1
    assert found.difference_high[12] - found.difference_low[12] > 0.9 * 2 * 1.96 * 0.5


def test_the_spread_supposed_is_heard():
    rows, longer = stored_rows()
    tight = length_preference(rows, longer, prior_sd=0.001)
    assert np.abs(tight.difference).max() < 0.001
    wide = length_preference(rows, longer, prior_sd=5)
    assert np.abs(wide.difference).max() > np.abs(length_preference(rows, longer).difference).max()


def test_both_bad_enters_only_as_a_tie():
    rows = table(2, (0, 0, 1, 0, 6), (0, 0, 1, 1, 3), (1, 0, 1, 0, 4), (1, 0, 1, 1, 3), (1, 0, 1, 3, 5))
    longer = [1, -1, 1, -1, 7]
    assert length_preference(rows, longer).scale == 1
    as_tie = length_preference(rows, longer, both_bad_as_tie=True)
    assert as_tie.n.tolist() == [9, 12]
    assert as_tie.scale == pytest.approx(np.sqrt((16 + 5 * 49) / 21))


@proves(Kind.DEGENERATE, length_preference)
def test_a_rater_whom_nobody_joins_has_no_coefficient():
    found = length_preference(table(3, (0, 1, 2, 0, 4), (1, 0, 1, 0, 2), (2, 0, 1, 1, 2)), [1, 2, -1])
    assert found.n.tolist() == [0, 2, 2]
    assert np.isnan([getattr(found, number)[0] for number in NUMBERS]).all()
    assert "between systems that others compared too" in found.readings[0]


@proves(Kind.DEGENERATE, length_preference)
def test_malformed_requests_are_refused():
    rows = table(2, (0, 0, 1, 0, 3), (1, 0, 1, 1, 2))
    with pytest.raises(InvalidInput, match=r"equally long.*rows 2, length_difference 3"):
        length_preference(rows, [1, 2, 3])
    with pytest.raises(InvalidInput, match="missing or infinite"):
        length_preference(rows, [1, np.nan])
    with pytest.raises(InvalidInput, match="Every length difference is 0"):
        length_preference(rows, [0, 0])
    with pytest.raises(InvalidInput, match="prior_sd is 0"):
        length_preference(rows, [1, 2], prior_sd=0)
    with pytest.raises(InvalidInput, match="confidence_level is 95"):
        length_preference(rows, [1, 2], confidence_level=95)
    with pytest.raises(InvalidInput, match="do not say who judged"):
        length_preference(ComparisonRows.from_counts(rows.counts), [1, 2])
    with pytest.raises(DisconnectedComparisons, match="2 groups"):
        length_preference(table(3, (0, 0, 1, 0, 3)), [1])


@proves(Kind.DEGENERATE, length_preference)
def test_nothing_decided_is_not_called_equal_lengths():
    with pytest.raises(EmptyInput, match="decided or tied"):
        length_preference(table(2, (0, 0, 1, 3, 5)), [0.4])


@proves(Kind.DEGENERATE, length_preference)
def test_others_without_judgments_are_not_made_up_from_the_prior():
    """Rater 1 sees a pair that 2 joined through a third system; what 2 judged, nobody else did."""
    rows = table(
        3, (1, 0, 1, 0, 9), (1, 0, 1, 1, 7), (2, 0, 2, 0, 5), (2, 0, 2, 1, 5), (2, 2, 1, 0, 5), (2, 2, 1, 1, 5)
    )
    found = length_preference(rows, [1, -1, 0.5, -0.5, 0.3, -0.2])
    assert found.n.tolist() == [16, 0]
    assert np.isfinite(found.coefficient[0])
    assert np.isnan([found.others[0], found.others_high[0], found.difference[0], found.difference_low[0]]).all()
    assert "nobody to compare this rater with" in found.readings[0]
