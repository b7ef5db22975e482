"""Confidence sequences: the mixture behind them, their best moment, and what peeking does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.intervals import two_sided_quantile
from apps.stats.uncertainty import confidence_sequence
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves


def half_width(n, most_useful_n=1000, confidence_level=0.95):
    found = confidence_sequence(0.0, 1.0, n, most_useful_n=most_useful_n, confidence_level=confidence_level)
    return found.high


@proves(Kind.WORKED, confidence_sequence)
@pytest.mark.parametrize("confidence_level", [0.9, 0.95, 0.99])
def test_at_its_end_the_normal_mixture_has_grown_to_one_over_a(confidence_level):
    """By hand: Robbins' mixture (x + 1)^(-1/2) exp(z^2 x / (2 (x + 1))), both signs of z in it, starts at 1 and
    exceeds 1/a with probability at most a (Ville); the interval ends where it equals 1/a.
    """
    a = 1 - confidence_level
    # At the most useful n, u = x + 1 solves u - log u = 1 - 2 log a.
    u = 10.0
    for _ in range(100):
        u = 1 - 2 * np.log(a) + np.log(u)
    x, z = u - 1, half_width(1000, confidence_level=confidence_level)[0]
    assert np.exp(z**2 * x / (2 * u)) / np.sqrt(u) == pytest.approx(1 / a)


@proves(Kind.WORKED, confidence_sequence)
def test_the_price_at_the_best_moment():
    """By hand at 95 %: u = 9.211968, half width sqrt(u/(u-1) (log u + 5.991465)) = 3.0351 against 1.9600."""
    found = confidence_sequence(0.4, 0.1, 500, most_useful_n=500)
    assert found.high[0] - 0.4 == pytest.approx(0.30351224, abs=1e-7)
    assert found.price[0] == pytest.approx(3.0351224 / 1.9599640, abs=1e-6)


@proves(Kind.TWO_WAYS, confidence_sequence)
@pytest.mark.parametrize("confidence_level", [0.5, 0.95, 0.999])
def test_a_search_finds_no_better_tuning(confidence_level):
    """The interval at n = 1000 as a function of the n it is tuned for: smallest where they agree."""

    def width(log_most_useful):
        return half_width(1000, np.exp(log_most_useful), confidence_level)[0]

    found = minimize_scalar(width, bounds=(0, 14), method="bounded", options={"xatol": 1e-9})
    assert np.exp(found.x) == pytest.approx(1000, rel=1e-3)
    assert width(np.log(1000)) <= found.fun + 1e-12


@proves(Kind.GOLDEN, confidence_sequence)
def test_stored_sequence():
    found = confidence_sequence([0.5, 0.4, 0.45], [0.2, 0.1, 0.05], [100, 400, 1600], most_useful_n=800)
    check_golden("uncertainty/confidence_sequence", found)


@proves(Kind.PROPERTY, confidence_sequence)
@given(
    estimate=st.floats(-5, 5),
    error=st.floats(0.01, 10),
    n=st.integers(1, 10**6),
    most_useful_n=st.integers(1, 10**6),
    factor=st.floats(0.1, 10),
)
@settings(deadline=None, max_examples=60)
def test_units_do_not_matter_and_looking_has_a_price(estimate, error, n, most_useful_n, factor):
    found = confidence_sequence(estimate, error, n, most_useful_n=most_useful_n)
    moved = confidence_sequence(factor * estimate + 1, factor * error, n * factor, most_useful_n=most_useful_n * factor)
    np.testing.assert_allclose(moved.low, factor * found.low + 1, atol=1e-9)
    np.testing.assert_allclose(moved.high, factor * found.high + 1, atol=1e-9)
    least = confidence_sequence(estimate, error, n, most_useful_n=n)
    assert found.price[0] >= least.price[0] - 1e-12
    assert least.price[0] > 1
    stricter = confidence_sequence(estimate, error, n, most_useful_n=n, confidence_level=0.99)
    assert stricter.high[0] > least.high[0]


@proves(Kind.RECOVERY, confidence_sequence)
def test_fifty_looks_keep_their_promise_where_fixed_intervals_do_not():
    """Shares of 5,000 coin tosses, looked at after every 100: held at all looks by 95 of 100 studies, or more."""
    rng, n_studies = np.random.default_rng(1), 1000
    looks = np.arange(100, 5001, 100)
    shares = rng.binomial(100, 0.3, (n_studies, 50)).cumsum(axis=1) / looks
    errors = np.sqrt(shares * (1 - shares) / looks)
    always = [
        not confidence_sequence(*study, looks, most_useful_n=1000).excludes(0.3).any()
        for study in zip(shares, errors, strict=True)
    ]
    fixed = (np.abs(shares - 0.3) <= two_sided_quantile(0.95) * errors).all(axis=1)
    assert np.mean(always) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / n_studies)
    assert np.mean(fixed) < 0.8


def test_a_value_outside_is_excluded():
    found = confidence_sequence([0.1, 2.0, -2.0], [0.1, 0.1, 0.1], [500, 500, 500], most_useful_n=500)
    assert found.excludes(0).tolist() == [False, True, True]
    assert "1.55 times as wide" in found.reading


@proves(Kind.DEGENERATE, confidence_sequence)
@pytest.mark.parametrize(
    ("estimate", "error", "n", "changes", "kind", "message"),
    [
        (0.0, 0.0, 10, {}, InvalidInput, "cannot be watched"),
        (0.0, -1.0, 10, {}, InvalidInput, "cannot be watched"),
        (0.0, 1.0, 0, {}, InvalidInput, "positive, finite"),
        (0.0, 1.0, 10, {"most_useful_n": 0}, InvalidInput, "positive, finite"),
        (0.0, 1.0, 10, {"most_useful_n": np.nan}, InvalidInput, "positive, finite"),
        (0.0, 1.0, 10, {"most_useful_n": np.inf}, InvalidInput, "positive, finite"),
        (0.0, 1.0, 10, {"confidence_level": 95}, InvalidInput, "between 0 and 1"),
        (np.nan, 1.0, 10, {}, InvalidInput, "missing or infinite"),
        ([0.0, 1.0], [1.0, 1.0], [10], {}, InvalidInput, "equally long"),
        ([], [], [], {}, EmptyInput, "no look"),
    ],
)
def test_what_cannot_be_watched_is_refused(estimate, error, n, changes, kind, message):
    with pytest.raises(kind, match=message):
        confidence_sequence(estimate, error, n, **({"most_useful_n": 100} | changes))
