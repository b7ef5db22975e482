"""First against last third: printed intervals, shuffling tried out, and intervals that hold."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.errors import InvalidInput
from apps.stats.raters import rater_drift
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

unhurried = settings(deadline=None, max_examples=50)


def judged(first, last, n):
    """n judgments of which `first` agree, n that are left out, and n of which `last` agree."""
    return rater_drift([1] * first + [0] * (n - first) + [0] * n + [1] * last + [0] * (n - last))


@proves(Kind.WORKED, rater_drift)
@pytest.mark.parametrize(
    ("last", "first", "n", "low", "high"),
    [
        (9, 3, 10, 0.1705, 0.8090),
        (6, 2, 7, 0.0582, 0.8062),
        (0, 0, 10, -0.2775, 0.2775),
        (10, 0, 10, 0.6075, 1.0),
    ],
)
def test_printed_intervals(last, first, n, low, high):
    """Newcombe 1998, Statistics in Medicine 17, 873-890, table 2, method 10."""
    found = judged(first, last, n)
    assert found.difference == pytest.approx((last - first) / n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert (found.first.n_yes, found.first.n, found.last.n_yes, found.last.n) == (first, n, last, n)


@proves(Kind.WORKED, rater_drift)
def test_the_tea_taster():
    """Fisher 1935, The Design of Experiments: 3 of 4 cups against 1 of 4, 34 in 70 either way."""
    assert judged(3, 1, 4).shuffled == pytest.approx(34 / 70)


@proves(Kind.GOLDEN, rater_drift)
def test_a_rater_who_tires_as_stored():
    agreed = np.random.default_rng(5).random(90) < np.linspace(0.95, 0.5, 90)
    check_golden("raters/rater_drift", rater_drift(agreed))


@proves(Kind.TWO_WAYS, rater_drift)
def test_shuffling_tried_in_full():
    """All ways of laying the agreements of both thirds out: how many are no likelier than the one seen."""
    found = judged(1, 4, 5)
    layouts = list(itertools.combinations(range(10), 5))
    in_last = np.array([sum(place >= 5 for place in layout) for layout in layouts])
    likely = np.bincount(in_last, minlength=6) / len(layouts)
    assert found.shuffled == pytest.approx(likely[likely <= likely[4] + 1e-12].sum())


@proves(Kind.TWO_WAYS, rater_drift)
def test_the_ends_are_those_of_both_score_tests():
    """Each share alone moved to where the score test just refutes it, found as roots; then by Pythagoras."""

    def refuted(n_yes, n):
        squared = 1.959963984540054**2
        return np.sort(np.roots([n + squared, -(2 * n_yes + squared), n_yes**2 / n]))

    found = judged(9, 5, 12)
    (low_first, high_first), (low_last, high_last) = refuted(9, 12), refuted(5, 12)
    assert found.low == pytest.approx(-4 / 12 - np.hypot(5 / 12 - low_last, high_first - 9 / 12))
    assert found.high == pytest.approx(-4 / 12 + np.hypot(high_last - 5 / 12, 9 / 12 - low_first))


@proves(Kind.PROPERTY, rater_drift)
@unhurried
@given(st.lists(st.booleans(), min_size=3, max_size=60))
def test_time_reversed_is_the_opposite(agreed):
    forth, back = rater_drift(agreed), rater_drift(agreed[::-1])
    opposite = rater_drift([not each for each in agreed])
    for other in (back, opposite):
        assert (other.difference, other.low, other.high) == pytest.approx((-forth.difference, -forth.high, -forth.low))
        assert other.shuffled == pytest.approx(forth.shuffled)
    assert -1 <= forth.low <= forth.difference <= forth.high <= 1
    assert 0 < forth.shuffled <= 1


@proves(Kind.PROPERTY, rater_drift)
@unhurried
@given(st.lists(st.booleans(), min_size=3, max_size=60), st.randoms(use_true_random=False))
def test_order_within_a_third_does_not_matter(agreed, random):
    third = len(agreed) // 3
    parts = [agreed[:third], agreed[third : len(agreed) - third], agreed[len(agreed) - third :]]
    for part in parts:
        random.shuffle(part)
    assert rater_drift([each for part in parts for each in part]) == rater_drift(agreed)


@proves(Kind.RECOVERY, rater_drift)
@pytest.mark.parametrize(("first", "last"), [(0.8, 0.8), (0.9, 0.6), (0.5, 0.97)])
def test_the_interval_holds_the_change(first, last):
    rng = np.random.default_rng(8)
    chance = np.repeat([first, (first + last) / 2, last], 20)
    held = [found.low <= last - first <= found.high for found in map(rater_drift, rng.random((400, 60)) < chance)]
    # Four standard errors of 400 trials at .95; the method is a little cautious where shares are extreme.
    assert np.mean(held) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 400)
    assert np.mean(held) < 0.995


@proves(Kind.DEGENERATE, rater_drift)
@pytest.mark.parametrize("agreed", [[], [1], [0, 1]])
def test_too_few_for_thirds(agreed):
    found = rater_drift(agreed)
    assert (found.difference, found.low, found.high, found.shuffled) == (None, None, None, None)
    assert (found.first.share, found.first.n, found.n) == (None, 0, len(agreed))
    assert "fewer than three" in found.reading


@proves(Kind.DEGENERATE, rater_drift)
@pytest.mark.parametrize(
    ("agreed", "told"), [([0, 1, 2], "other than 0 and 1"), ([0.5] * 3, "other than 0 and 1"), (["a"] * 3, "numbers")]
)
def test_not_yes_and_no(agreed, told):
    with pytest.raises(InvalidInput, match=told):
        rater_drift(agreed)
    with pytest.raises(InvalidInput, match="confidence_level is 95"):
        rater_drift([0, 1, 1], confidence_level=95)


@pytest.mark.parametrize(
    ("first", "last", "told"), [(2, 10, "agreement rose"), (10, 2, "agreement fell"), (6, 5, "no change can be told")]
)
def test_the_reading_says_which_way(first, last, told):
    reading = judged(first, last, 10).reading
    assert told in reading
    assert "In random order" in reading
