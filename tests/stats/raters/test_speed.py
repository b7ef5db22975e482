"""Medians and fast judgments: by hand, by numpy without the rater, and intervals that hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from apps.stats.errors import InvalidInput
from apps.stats.intervals import wilson
from apps.stats.raters import rater_speed
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

unhurried = settings(deadline=None, max_examples=50)
seconds = st.one_of(st.just(np.nan), st.integers(0, 20).map(float))
timed = st.lists(st.tuples(st.integers(0, 3), seconds), min_size=1, max_size=50)
NUMBERS = ["median", "median_low", "median_high", "fast_below", "fast_share", "fast_low", "fast_high", "n", "n_missing"]


def numbers(found):
    return np.column_stack([getattr(found, name) for name in NUMBERS])


@proves(Kind.WORKED, rater_speed)
def test_nine_times_by_hand():
    """The 2nd and 8th of nine times: 2 (1 + 9) / 512 = 3.9 % lie outside. Others' 5th percentile: between 1st and 2nd.

    The other rater has 21 times, 10 to 30: the 5th percentile is the second, 11. Three of nine are below.
    """
    found = rater_speed([2] * 9 + [5] * 21, [3, 1, 4, 11, 12, 13, 20, 30, 40, *range(10, 31)])
    assert (found.median[0], found.median_low[0], found.median_high[0]) == (12, 3, 30)
    assert found.fast_below[0] == 11
    assert found.fast_share[0] == pytest.approx(3 / 9)
    ends = wilson(3, 9)
    assert (found.fast_low[0], found.fast_high[0]) == pytest.approx((ends.low, ends.high))
    assert found.rater.tolist() == [2, 5]
    assert found.median[1] == 20


@proves(Kind.WORKED, rater_speed)
def test_ranks_by_the_binomial():
    """The 6th and 15th of 20, the 2nd and 9th of 10: 2 P(Bin(20, 1/2) <= 5) = .0414, 2 P(Bin(10, 1/2) <= 1) = .0215."""
    found = rater_speed([0] * 20 + [1] * 10, [*range(1, 21), *range(1, 11)])
    assert found.median_low.tolist() == [6, 2]
    assert found.median_high.tolist() == [15, 9]


@proves(Kind.GOLDEN, rater_speed)
def test_three_raters_as_stored():
    rng = np.random.default_rng(7)
    rater = np.repeat([1, 2, 3], 40)
    taken = rng.gamma(3, 8, 120) * np.repeat([1.0, 0.4, 1.2], 40)
    taken[rng.random(120) < 0.05] = np.nan
    check_golden("raters/rater_speed", rater_speed(rater, taken))


@proves(Kind.TWO_WAYS, rater_speed)
def test_percentiles_of_everybody_else_by_numpy():
    rng = np.random.default_rng(1)
    rater, taken = rng.integers(0, 12, 700), np.round(rng.gamma(2, 10, 700), 1)
    taken[rater == 3] /= 5
    taken[rng.random(700) < 0.1] = np.nan
    found = rater_speed(rater, taken)
    for r in range(12):
        own, others = taken[(rater == r) & ~np.isnan(taken)], taken[(rater != r) & ~np.isnan(taken)]
        assert found.median[r] == pytest.approx(np.median(own))
        assert found.fast_below[r] == pytest.approx(np.quantile(others, 0.05))
        assert found.fast_share[r] == pytest.approx((own < np.quantile(others, 0.05)).mean())
        assert (found.n[r], found.n_missing[r]) == (len(own), (rater == r).sum() - len(own))


@proves(Kind.TWO_WAYS, rater_speed)
@pytest.mark.parametrize("confidence_level", [0.5, 0.8, 0.95, 0.99])
def test_ends_of_the_median_by_the_binomial(confidence_level):
    """The widest cut at each end that a binomial leaves out with half of the error at most, for every n to 60."""
    sizes = np.arange(1, 61)
    rater, taken = np.repeat(sizes, sizes), np.concatenate([np.arange(n) for n in sizes])
    found = rater_speed(rater, taken, confidence_level=confidence_level)
    for n, low, high in zip(sizes, found.median_low, found.median_high, strict=True):
        allowed = [j for j in range(n) if binom.cdf(j, n, 0.5) <= (1 - confidence_level) / 2 + 1e-12]
        if not allowed:
            assert np.isnan([low, high]).all()
        else:
            assert (low, high) == (max(allowed), n - 1 - max(allowed))


@proves(Kind.PROPERTY, rater_speed)
@unhurried
@given(timed, st.randoms(use_true_random=False))
def test_order_names_and_the_unit_of_time(rows, random):
    rater, taken = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    found = rater_speed(rater, taken)
    order = random.sample(range(len(rows)), len(rows))
    np.testing.assert_allclose(numbers(rater_speed(rater[order], taken[order])), numbers(found))
    np.testing.assert_allclose(numbers(rater_speed(-2 * rater, taken))[::-1], numbers(found))
    in_halves = numbers(rater_speed(rater, taken / 2))
    in_halves[:, :4] *= 2
    np.testing.assert_allclose(in_halves, numbers(found))


@proves(Kind.PROPERTY, rater_speed)
@unhurried
@given(timed)
def test_missing_times_are_only_counted(rows):
    rater, taken = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    more = rater_speed(np.append(rater, rater), np.append(taken, np.full(len(taken), np.nan)))
    found = rater_speed(rater, taken)
    np.testing.assert_allclose(numbers(more)[:, :-1], numbers(found)[:, :-1])
    assert (more.n_missing == found.n_missing + np.bincount(rater)[found.rater]).all()


@proves(Kind.RECOVERY, rater_speed)
def test_intervals_hold_the_truth_of_raters_alike():
    """Of 600 raters alike, 95 % of the medians' intervals hold the true median, and 5 % of all times are fast."""
    rng = np.random.default_rng(3)
    found = rater_speed(np.repeat(np.arange(600), 40), rng.lognormal(3, 0.7, 600 * 40))
    held = (found.median_low <= np.exp(3)) & (np.exp(3) <= found.median_high)
    # 2 P(Binomial(40, 1/2) <= 13) = 3.8 % is the nearest below 5 %.
    assert held.mean() == pytest.approx(0.962, abs=4 * np.sqrt(0.962 * 0.038 / 600))
    assert found.fast_share.mean() == pytest.approx(0.05, abs=0.005)
    usual = (found.fast_low <= 0.05) & (found.fast_high >= 0.05)
    assert usual.mean() > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 600)


@proves(Kind.RECOVERY, rater_speed)
def test_a_rater_who_clicks_through_is_found():
    rng = np.random.default_rng(9)
    taken = rng.lognormal(3, 0.5, (20, 60))
    taken[4, :30] = rng.uniform(1, 3, 30)
    found = rater_speed(np.repeat(np.arange(20), 60), taken.ravel())
    assert (found.fast_low > 0.2).nonzero()[0].tolist() == [4]
    assert "look at these judgments" in found.readings[4]
    assert "look at these judgments" not in found.readings[3]


@proves(Kind.DEGENERATE, rater_speed)
def test_raters_without_times_or_company():
    found = rater_speed([1, 1, 2], [np.nan, np.nan, 5.0])
    assert (found.n.tolist(), found.n_missing.tolist()) == ([0, 1], [2, 0])
    assert np.isnan(found.median[0]) and found.median[1] == 5.0
    assert np.isnan(numbers(found)[0, :7]).all()
    assert "No judgment of this rater has a time" in found.readings[0]
    assert "too few for an interval" in found.readings[1]
    assert "Nobody else has a time" in found.readings[1]
    assert rater_speed([], []).readings == ()


@proves(Kind.DEGENERATE, rater_speed)
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seconds": [1.0]}, "equally long"),
        ({"seconds": [1.0, -1.0]}, "negative or infinite"),
        ({"seconds": [1.0, np.inf]}, "negative or infinite"),
        ({"seconds": ["1", "2"]}, "array of numbers"),
        ({"seconds": [[1.0], [2.0]]}, "array of numbers"),
        ({"rater": [0.5, 1.0]}, "whole numbers"),
        ({"fast_quantile": 5}, "`fast_quantile` is 5"),
        ({"confidence_level": 1.0}, "confidence_level is 1"),
    ],
)
def test_columns_that_cannot_be_read(change, told):
    with pytest.raises(InvalidInput, match=told):
        rater_speed(**({"rater": [1, 2], "seconds": [3.0, 4.0]} | change))
