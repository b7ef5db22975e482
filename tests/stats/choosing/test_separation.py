"""How many judgments remain until gaps are separated."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from apps.stats.choosing import remaining_judgments
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import ComparisonRows, PairwiseCounts
from apps.stats.planning import judgments_to_separate
from apps.stats.uncertainty import robust_covariance
from tests.stats.comparisons_for_tests import counts_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.uncertainty.covariances_for_tests import centred, covariance_of

THREE = np.array([0.5, 0.1, -0.6])


def separate(strengths, covariance, n_judgments, **settings):
    settings = {"rng": np.random.default_rng(1)} | settings
    return remaining_judgments(np.asarray(strengths, dtype=float), covariance, n_judgments, **settings)


def board(counts):
    fit = fit_bradley_terry(counts)
    return fit.strengths, robust_covariance(fit, ComparisonRows.from_counts(counts))


@proves(Kind.WORKED, remaining_judgments)
@pytest.mark.parametrize(("error", "needed", "remaining"), [(0.25, 97, 0), (0.3, 139, 39), (0.5, 385, 285)])
def test_a_pair_named_beforehand_by_hand(error, needed, remaining):
    """A gap of .5 after 100 judgments: 100 (1.96 se / .5)^2, as 96.04, 138.3 and 384.1."""
    covariance = covariance_of(centred([error**2 / 2] * 2))
    found = separate([-0.25, 0.25], covariance, 100, pair=(0, 1))
    (pair,) = found.pairs
    assert (pair.stronger, pair.weaker, pair.gap) == (1, 0, 0.5)
    assert (pair.n_needed, pair.n_remaining, pair.separated) == (needed, remaining, remaining == 0)
    assert (pair.low > 0) is pair.separated
    assert found.critical_value == pytest.approx(1.959964, rel=1e-5)
    assert ("separated." in found.reading) is pair.separated


@proves(Kind.WORKED, remaining_judgments)
@pytest.mark.parametrize(("n", "tabled"), [(2, 2.772), (3, 3.314), (5, 3.858), (10, 4.474)])
def test_the_critical_value_of_all_pairs_is_tukeys(n, tabled):
    """Equal independent errors: Tukey's studentised range over root two, infinite degrees of freedom

    (Harter 1960, Annals of Mathematical Statistics 31: upper 5 % points).
    """
    found = separate(np.arange(n), covariance_of(centred([0.01] * n)), 100, n_draws=60_000)
    assert found.critical_value == pytest.approx(tabled / math.sqrt(2), rel=0.01)


@proves(Kind.GOLDEN, remaining_judgments)
def test_stored_remaining_judgments():
    strengths, covariance = board(counts_of(3, (0, 1, 30, 20, 5), (0, 2, 30, 10), (1, 2, 20, 15)))
    check_golden("choosing/remaining_judgments", separate(strengths, covariance, 130))


@proves(Kind.PROPERTY, remaining_judgments)
@given(seed=st.integers(0, 10**6), n=st.integers(2, 6), shift=st.integers(-3, 3))
@settings(deadline=None, max_examples=40)
def test_zero_and_unit_of_the_scale_do_not_matter(seed, n, shift):
    rng = np.random.default_rng(seed)
    strengths, matrix = rng.normal(0, 0.5, n), centred(rng.uniform(0.005, 0.05, n))
    found = separate(strengths, covariance_of(matrix, 30), 200, n_draws=400)
    moved = separate(4 * strengths + shift, covariance_of(16 * matrix, 30), 200, n_draws=400)
    assert [pair.n_needed for pair in moved.pairs] == pytest.approx([pair.n_needed for pair in found.pairs], rel=1e-6)
    ranked = [found.pairs[0].stronger, *(pair.weaker for pair in found.pairs)]
    assert ranked == np.argsort(-strengths).tolist()
    for pair in found.pairs:
        assert pair.separated == (pair.low > 0) == (pair.n_remaining == 0)
        assert pair.n_remaining == max(0, pair.n_needed - 200)
    # What is named beforehand needs no more than what is picked out of all pairs, but for the simulation.
    first = found.pairs[0]
    named = separate(strengths, covariance_of(matrix, 30), 200, pair=(first.stronger, first.weaker))
    assert named.pairs[0].n_needed <= 1.4 * first.n_needed


@proves(Kind.TWO_WAYS, remaining_judgments)
def test_with_so_many_judgments_of_the_same_kind_the_pair_is_separated():
    """Everything repeated until the number is reached, and fitted anew; and the planner's formula."""
    counts = counts_of(3, (0, 1, 33, 30), (0, 2, 36, 30), (1, 2, 33, 30))
    strengths, covariance = board(counts)
    found = separate(strengths, covariance, 192, pair=(0, 1))
    (pair,) = found.pairs
    for factor, separated in ((0.97, False), (1.03, True)):
        times = pair.n_needed / 192 * factor
        more = PairwiseCounts(3, np.rint(counts.counts * times * 1000).astype(np.int64))
        fit = fit_bradley_terry(more)
        # A thousandfold of the judgments has a thousandth of the variance, and rounds better.
        variances = robust_covariance(fit, ComparisonRows.from_counts(more)).difference_variances() * 1000
        gap = fit.strengths[0] - fit.strengths[1]
        assert (gap > 1.96 * np.sqrt(variances[0, 1])) is np.bool_(separated)
    plan = judgments_to_separate(pair.gap, pair.standard_error, 192, critical=found.critical_value)
    assert plan.n_needed == pytest.approx(pair.n_needed, abs=1)


@pytest.mark.slow
@proves(Kind.RECOVERY, remaining_judgments)
def test_the_number_told_separates_half_of_the_time():
    """3 to 2 after 60 judgments, if that is the truth: as many as told, 600 times; an even chance."""
    strengths, covariance = board(counts_of(2, (0, 1, 36, 24)))
    n = separate(strengths, covariance, 60, pair=(0, 1)).pairs[0].n_needed
    wins = np.random.default_rng(1).binomial(n, 0.6, 600)
    separated = 0
    for won in wins:
        strengths, covariance = board(counts_of(2, (0, 1, int(won), int(n - won))))
        (pair,) = separate(strengths, covariance, int(n), pair=(0, 1)).pairs
        separated += pair.separated and pair.stronger == 0
    assert binom.ppf(0.001, 600, 0.44) <= separated <= binom.ppf(0.999, 600, 0.56)


@proves(Kind.DEGENERATE, remaining_judgments)
def test_a_gap_of_nothing_has_no_number():
    found = separate([0.2, 0.2, -0.4], covariance_of(centred([0.001] * 3)), 50)
    level, apart = found.pairs
    assert level.n_needed is None and level.n_remaining is None and not level.separated
    assert "exactly level" in level.reading
    assert apart.separated
    assert found.reading == "1 of 2 neighbours in rank order are separated."


def test_readings_round_what_an_estimate_cannot_hold():
    covariance = covariance_of(centred([0.05, 0.05, 0.05]))
    found = separate(THREE, covariance, 100)
    assert found.reading.startswith("0 of 2 neighbours")
    assert "Nearest: 1 leads 2" in found.reading
    hardly = separate([0.0001, -0.0001], covariance_of(centred([0.5, 0.5])), 100, pair=(0, 1))
    assert "more than ten million" in hardly.reading


@proves(Kind.DEGENERATE, remaining_judgments)
@pytest.mark.parametrize(
    ("strengths", "n_judgments", "settings", "error", "says"),
    [
        ([0.0], 10, {}, EmptyInput, "one competitor"),
        (THREE, 0, {}, EmptyInput, "n_judgments is 0"),
        (THREE, 10, {"pair": (1, 1)}, InvalidInput, "two different"),
        (THREE, 10, {"pair": (0, 3)}, InvalidInput, "between 0 and 2"),
        (THREE, 10, {"confidence_level": 95}, InvalidInput, "between 0 and 1"),
        (THREE, 10, {"n_draws": 0}, InvalidInput, "n_draws"),
    ],
)
def test_what_cannot_be_asked_is_refused(strengths, n_judgments, settings, error, says):
    covariance = covariance_of(centred([0.1] * len(strengths)))
    with pytest.raises(error, match=says):
        separate(strengths, covariance, n_judgments, **settings)
