"""The finishing date: its range holds what it promises, and says nothing where nothing can be said."""

from datetime import date, timedelta

import numpy as np
import pytest

from apps.analysis.finishing import OPEN_AFTER_DAYS, dispersion_of, finish_of

TODAY = date(2026, 7, 15)


def days_to(day: date | None) -> int:
    assert day is not None
    return (day - TODAY).days


def test_even_days_give_the_plain_quotient_and_a_narrow_range() -> None:
    """100 left at 10 a day: ten days. A simulation of a million gammas gives 7.34 and 13.54 days."""
    found = finish_of(100, [10] * 7, TODAY)
    assert found is not None
    assert (days_to(found.expected), found.per_day, found.n_days, found.dispersion) == (10, 10.0, 7, 1.0)
    assert days_to(found.low) < 10 < days_to(found.high)
    assert (days_to(found.low), days_to(found.high)) == (8, 14)


def test_uneven_days_widen_it() -> None:
    even, uneven = finish_of(100, [10] * 7, TODAY), finish_of(100, [20, 0, 20, 0, 10, 0, 20], TODAY)
    assert even is not None
    assert uneven is not None
    assert uneven.expected == even.expected
    assert uneven.low < even.low
    assert days_to(uneven.high) > days_to(even.high)
    assert uneven.dispersion > 5


def test_only_the_last_week_counts() -> None:
    assert finish_of(70, [1000, *[10] * 7], TODAY) == finish_of(70, [10] * 7, TODAY)


@pytest.mark.parametrize(("n_left", "daily"), [(0, [10]), (-1, [10]), (10, []), (10, [0, 0])])
def test_where_there_is_nothing_to_say_there_is_nothing(n_left: int, daily: list[int]) -> None:
    assert finish_of(n_left, daily, TODAY) is None


def test_beyond_two_years_the_range_is_open() -> None:
    found = finish_of(5_000, [0, 1, 0, 0, 0, 0, 1], TODAY)
    assert found is not None
    assert (found.expected, found.high) == (None, None)
    assert days_to(found.low) > 365


def test_dispersion_is_pearsons_and_never_below_one() -> None:
    assert dispersion_of([4, 4, 4]) == 1.0
    assert dispersion_of([7]) == 1.0
    assert dispersion_of([0, 0]) == 1.0
    assert dispersion_of([0, 8]) == pytest.approx(8.0)


@pytest.mark.slow
@pytest.mark.parametrize("spread", [1.0, 4.0])
def test_nineteen_of_twenty_ranges_hold_the_day(spread: float) -> None:
    """Days that are Poisson (1) or four times as variable; with seven days to go by, a little less is kept."""
    rng, kept, n = np.random.default_rng(5), 0, 1000
    for _ in range(n):
        draws = rng.poisson(20, 300) if spread == 1 else rng.negative_binomial(20 / (spread - 1), 1 / spread, 300)
        found = finish_of(150, [int(k) for k in draws[:7]], TODAY)
        assert found is not None
        truth = TODAY + timedelta(days=int(np.searchsorted(np.cumsum(draws[7:]), 150)) + 1)
        kept += found.low <= truth and (found.high is None or truth <= found.high)
    assert 0.9 <= kept / n <= 1.0, kept / n


def test_work_for_ages_ends_in_no_overflow() -> None:
    found = finish_of(10**12, [1], TODAY)
    assert found is not None
    assert (found.low, found.expected, found.high) == (TODAY + timedelta(days=OPEN_AFTER_DAYS), None, None)
