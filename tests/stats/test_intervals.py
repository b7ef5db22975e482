"""Intervals of shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.intervals import check_confidence_level, clustered_share, two_sided_quantile, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_examples_of_newcombe(successes, n, low, high):
    """Newcombe 1998, Statistics in Medicine 17, table I, method 3."""
    interval = wilson(successes, n, 0.95)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500), st.data())
def test_wilson_holds_the_share_and_mirrors(n, data):
    successes = data.draw(st.integers(0, n))
    interval, mirrored = wilson(successes, n), wilson(n - successes, n)
    assert 0 <= interval.low <= successes / n <= interval.high <= 1
    assert interval.low == pytest.approx(1 - mirrored.high, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "refusal", "told"),
    [
        ((0, 0), EmptyInput, "at least one trial"),
        ((3, 2), InvalidInput, "between 0 and n"),
        ((1, 2, 95), InvalidInput, "between 0 and 1"),
    ],
)
def test_wilson_refuses_in_a_sentence(arguments, refusal, told):
    with pytest.raises(refusal, match=told):
        wilson(*arguments)


@pytest.mark.parametrize(("freedom", "quantile"), [(None, 1.959964), (1, 12.7062), (10, 2.2281)])
def test_quantiles_of_the_tables(freedom, quantile):
    assert two_sided_quantile(0.95, freedom) == pytest.approx(quantile, abs=5e-5)


def share_of(success, cluster, count=None):
    success = np.asarray(success, dtype=float)
    count = np.ones(len(success), dtype=np.int64) if count is None else np.asarray(count)
    return clustered_share(success, count, np.asarray(cluster), int(np.max(cluster)) + 1, 0.95)


def test_clusters_that_agree_within_count_as_one_trial_each():
    """Ten clusters of five equal answers carry what ten answers carry, and no more."""
    success = np.repeat([1, 0, 1, 1, 0, 1, 1, 1, 0, 1], 5)
    whole, ten = share_of(success, np.repeat(np.arange(10), 5)), share_of(success[::5], np.arange(10))
    assert (whole.low, whole.high) == pytest.approx((ten.low, ten.high))
    assert (whole.n, whole.n_clusters) == (50, 10)


def test_the_interval_is_wilsons_at_the_effective_number_of_trials():
    """Four clusters of totals 4, 1, 3, 0 of 4: variance of the ratio, times G/(G-1), by hand."""
    success = np.array([1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0])
    found = share_of(success, np.repeat(np.arange(4), 4))
    variance = 4 / 3 * sum((total - 4 * 0.5) ** 2 for total in (4, 1, 3, 0)) / 16**2
    n_effective, quantile = 0.25 / variance, two_sided_quantile(0.95, 3)
    half = quantile * np.sqrt(0.25 / n_effective + (quantile / (2 * n_effective)) ** 2)
    assert found.high - found.low == pytest.approx(2 * half / (1 + quantile**2 / n_effective))


def test_a_variance_below_the_independent_one_is_not_believed():
    balanced = np.tile([1, 0], 20)
    inside = share_of(balanced, np.repeat(np.arange(20), 2))
    apart = wilson(20, 40)
    assert inside.low <= apart.low
    assert inside.high >= apart.high


def test_where_all_agree_each_cluster_is_one_trial():
    found = share_of(np.ones(30), np.repeat(np.arange(6), 5))
    assert found.high == 1
    assert found.low == pytest.approx(6 / (6 + two_sided_quantile(0.95, 5) ** 2))


def test_a_count_is_repetition_of_a_row():
    counted = share_of([1, 0, 1], [0, 0, 1], [3, 2, 4])
    spread = share_of([1, 1, 1, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1, 1, 1, 1])
    assert counted == spread


def test_a_single_cluster_still_has_an_interval():
    found = share_of([1, 1, 0, 1], [0, 0, 0, 0])
    assert 0 < found.low < 0.75 < found.high < 1


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.5, float("nan"), 1 - 2**-53])
def test_a_level_without_a_quantile_is_refused(level):
    with pytest.raises(InvalidInput, match="give a share between 0 and 1"):
        check_confidence_level(level)
