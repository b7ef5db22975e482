"""Repeats with swapped sides: by hand, and raters who remember, lean, or toss a coin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from apps.stats.errors import InvalidInput, UnknownOutcome
from apps.stats.intervals import wilson
from apps.stats.raters import self_consistency
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

unhurried = settings(deadline=None, max_examples=50)
LEFT, RIGHT, TIE, BOTH_BAD = range(4)
repeats = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)
MIRROR = np.array([RIGHT, LEFT, TIE, BOTH_BAD])


def drawn_twice(rng, n, *, remembers, left):
    """A rater who gives the same answer again with probability `remembers`, else a side, the left one by `left`."""
    first = np.where(rng.random(n) < left, LEFT, RIGHT)
    again = np.where(rng.random(n) < left, LEFT, RIGHT)
    return first, np.where(rng.random(n) < remembers, MIRROR[first], again)


@proves(Kind.WORKED, self_consistency)
def test_ten_repeats_by_hand():
    """5 of 10 same answers; of 7 with a side twice 3 are the same side, 2 of these left. Chance: see below.

    Undone, the second verdicts are left 4, right 4, tie 1, bad 1; the first are left 5, right 3, tie 1, bad 1: chance
    agrees in (20 + 12 + 1 + 1) / 100, so kappa is (.5 - .34) / .66.
    """
    first = [LEFT, LEFT, LEFT, LEFT, LEFT, RIGHT, RIGHT, RIGHT, TIE, BOTH_BAD]
    second = [RIGHT, RIGHT, RIGHT, LEFT, LEFT, LEFT, RIGHT, TIE, LEFT, BOTH_BAD]
    found = self_consistency(first, second)
    assert (found.same_answer.n_yes, found.same_answer.n) == (5, 10)
    undone = MIRROR[second]
    by_chance = (np.bincount(first, minlength=4) @ np.bincount(undone, minlength=4)) / 100
    assert by_chance == pytest.approx((5 * 4 + 3 * 4 + 1 * 1 + 1 * 1) / 100)
    assert found.kappa.value == pytest.approx((0.5 - 0.34) / 0.66)
    assert (found.same_side.n_yes, found.same_side.n) == (3, 7)
    assert (found.left.n_yes, found.left.n) == (2, 3)
    ends = wilson(5, 10)
    assert (found.same_answer.low, found.same_answer.high) == (ends.low, ends.high)


@proves(Kind.GOLDEN, self_consistency)
def test_a_rater_who_leans_as_stored():
    rng = np.random.default_rng(4)
    check_golden("raters/self_consistency", self_consistency(*drawn_twice(rng, 60, remembers=0.5, left=0.7)))


@proves(Kind.TWO_WAYS, self_consistency)
def test_counted_one_by_one_and_kappa_of_scikit_learn():
    rng = np.random.default_rng(6)
    first, second = rng.integers(0, 4, (2, 200))
    found = self_consistency(first, second)
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    again = {(LEFT, RIGHT), (RIGHT, LEFT), (TIE, TIE), (BOTH_BAD, BOTH_BAD)}
    assert found.same_answer.n_yes == sum(pair in again for pair in pairs)
    assert found.same_side.n_yes == pairs.count((LEFT, LEFT)) + pairs.count((RIGHT, RIGHT))
    assert found.same_side.n == found.same_side.n_yes + pairs.count((LEFT, RIGHT)) + pairs.count((RIGHT, LEFT))
    assert found.left.n_yes == pairs.count((LEFT, LEFT))
    assert found.kappa.value == pytest.approx(cohen_kappa_score(first, MIRROR[second]))


@proves(Kind.PROPERTY, self_consistency)
@unhurried
@given(repeats, st.randoms(use_true_random=False))
def test_order_exchange_and_mirrors(rows, random):
    first, second = np.array(rows).T
    found = self_consistency(first, second)
    shuffled = self_consistency(*np.array(random.sample(rows, len(rows))).T)
    assert (shuffled.same_answer, shuffled.same_side, shuffled.left) == (found.same_answer, found.same_side, found.left)
    # The second showing first: what was the left answer is then the right one, and kappa stays.
    exchanged = self_consistency(second, first)
    assert (exchanged.same_answer, exchanged.same_side) == (found.same_answer, found.same_side)
    # Seen in a mirror, she leans the other way.
    mirrored = self_consistency(MIRROR[first], MIRROR[second])
    assert (mirrored.same_answer, mirrored.same_side) == (found.same_answer, found.same_side)
    assert mirrored.left.n_yes == found.left.n - found.left.n_yes
    for other in (shuffled, exchanged, mirrored):
        assert (other.kappa.value is None) == (found.kappa.value is None)
        assert other.kappa.value == pytest.approx(found.kappa.value) or found.kappa.value is None


@pytest.mark.slow
@proves(Kind.RECOVERY, self_consistency)
@pytest.mark.parametrize(("remembers", "left"), [(0.0, 0.5), (0.6, 0.5), (0.3, 0.8), (0.9, 0.6)])
def test_the_intervals_hold_what_the_rater_is(remembers, left):
    """Same answer: remembered, or by luck on swapped sides (2 l (1 - l)); kappa is 0 where nothing is remembered."""
    rng = np.random.default_rng(11)
    by_luck = 2 * left * (1 - left)
    truth = remembers + (1 - remembers) * by_luck
    held, kappas = [], []
    for _ in range(300):
        found = self_consistency(*drawn_twice(rng, 60, remembers=remembers, left=left))
        held.append([found.same_answer.low <= truth <= found.same_answer.high, found.same_side.low <= 1 - truth])
        kappas.append(found.kappa.value)
    assert np.mean(held, axis=0)[0] > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 300)
    assert np.mean(held, axis=0)[1] > 0.975 - 4 * np.sqrt(0.975 * 0.025 / 300)
    if not remembers:
        assert np.mean(kappas) == pytest.approx(0.0, abs=4 * np.std(kappas) / np.sqrt(300) + 0.01)


@proves(Kind.DEGENERATE, self_consistency)
def test_without_repeats():
    found = self_consistency([], [])
    assert (found.n, found.same_answer.share, found.kappa.value, found.left.low) == (0, None, None, None)
    assert "No task was shown" in found.reading
    assert str(found.same_side) == "unknown"


@proves(Kind.DEGENERATE, self_consistency)
def test_only_ties():
    found = self_consistency([TIE] * 6, [TIE] * 6)
    assert found.same_answer.share == 1
    assert found.same_side.n == 0
    assert "No repeat named a side twice" in found.reading
    assert found.kappa.value is None
    assert "undefined" in found.kappa.reading


@proves(Kind.DEGENERATE, self_consistency)
@pytest.mark.parametrize(
    ("first", "second", "refused", "told"),
    [
        ([0, 1], [1], InvalidInput, "equally long"),
        ([0, 4], [1, 0], UnknownOutcome, "`first_verdict` holds 4"),
        ([0, 1], [1, -1], UnknownOutcome, "`second_verdict` holds -1"),
        ([0.5], [1], InvalidInput, "whole numbers"),
    ],
)
def test_columns_that_cannot_be_read(first, second, refused, told):
    with pytest.raises(refused, match=told):
        self_consistency(first, second)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ([LEFT] * 20, [LEFT] * 20, "follow the side"),
        ([LEFT] * 20, [LEFT] * 8 + [RIGHT] * 12, "mostly the left one"),
        ([RIGHT] * 20, [RIGHT] * 8 + [LEFT] * 12, "mostly the right one"),
        ([LEFT, RIGHT] * 10, [RIGHT, LEFT] * 10, "no leaning"),
    ],
)
def test_the_reading_names_the_side(first, second, told):
    assert told in self_consistency(first, second).reading


def test_sides_alone_are_no_consistency():
    """Always left: never the same answer, and chance-corrected exactly nothing."""
    found = self_consistency([LEFT] * 20, [LEFT] * 20)
    assert (found.same_answer.share, found.same_side.share, found.left.share) == (0, 1, 1)
    assert found.kappa.value == 0
