"""Evidence for pausing a rater: by hand, by integration, and as often wrong as promised."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from apps.stats.errors import InvalidInput
from apps.stats.intervals import wilson
from apps.stats.raters import Advice, watch_rater
from apps.stats.raters.dropping import log_e_values
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

unhurried = settings(deadline=None, max_examples=50)
indicators = st.lists(st.integers(0, 1), min_size=1, max_size=60)
# Three labels of shares .4, .4 and .2: two raters who draw them by lot agree so often.
BY_CHANCE = 0.36
LEAST_SHARE = 0.4 + 0.6 * BY_CHANCE


@proves(Kind.WORKED, watch_rater)
def test_integrals_done_by_hand():
    """Nothing but disagreement: (1 - q^(n+1)) / ((n+1) p0 q^n), q = 1 - p0; nothing but agreement: 1 / (n+1)."""
    never = watch_rater([0] * 5, by_chance=1 / 3)
    by_hand = [(1 - 0.4 ** (n + 1)) / ((n + 1) * 0.6 * 0.4**n) for n in range(1, 6)]
    np.testing.assert_allclose(never.e_values, by_hand)
    np.testing.assert_allclose(by_hand[:2] + by_hand[3:], [1.75, 3.25, 12.8875, 27.015625])
    assert (never.advice, never.paused_after) == (Advice.PAUSE, 5)
    always = watch_rater([1] * 40, by_chance=1 / 3)
    np.testing.assert_allclose(always.e_values, 1 / np.arange(2, 42))
    assert (always.advice, always.paused_after, always.largest_e_value) == (Advice.NOTHING, None, 1.0)


@proves(Kind.WORKED, watch_rater)
def test_kappa_of_a_share_by_hand():
    """(.6 - 1/3) / (2/3) = .4, and the ends of the share likewise."""
    found, ends = watch_rater([1, 1, 1, 0, 0] * 4, by_chance=1 / 3), wilson(12, 20)
    assert found.kappa == pytest.approx(0.4)
    assert (found.low, found.high) == pytest.approx((1.5 * ends.low - 0.5, 1.5 * ends.high - 0.5))
    assert (found.n, found.n_agreed, found.e_value_needed) == (20, 12, 20)


@proves(Kind.GOLDEN, watch_rater)
@pytest.mark.parametrize(("name", "share"), [("nothing", 0.8), ("warn", 0.5), ("pause", 0.3)])
def test_one_of_each_as_stored(name, share):
    agreed = np.random.default_rng(3).random(40) < share
    found = watch_rater(agreed, by_chance=BY_CHANCE)
    assert found.advice == name
    check_golden(f"raters/watch_rater_{name}", found)


@proves(Kind.TWO_WAYS, watch_rater)
@pytest.mark.parametrize(("x", "m"), [(0, 0), (3, 9), (12, 8), (50, 5), (900, 100), (5, 50)])
def test_the_average_likelihood_ratio_by_integration(x, m):
    def ratio(p):
        return math.exp(x * math.log(p / LEAST_SHARE) + m * math.log((1 - p) / (1 - LEAST_SHARE)))

    top = x / max(x + m, 1)
    near = sorted({max(LEAST_SHARE - 0.02, 1e-6), min(max(top, 1e-6), LEAST_SHARE - 1e-6)})
    area, _ = quad(ratio, 1e-300, LEAST_SHARE, points=near, limit=500)
    found = log_e_values(np.array([x]), np.array([x + m]), LEAST_SHARE)
    assert found[0] == pytest.approx(math.log(area / LEAST_SHARE), abs=1e-7)


@proves(Kind.TWO_WAYS, watch_rater)
def test_the_series_far_above_the_bound_continues_the_beta_function():
    """What happens where the beta function vanishes: judged by a recursion that never leaves small numbers."""
    n = 3000
    ratio, expected = 1.0, []
    for _ in range(n):
        # E(x, m) follows from E(x, m + 1), and that of agreement alone is 1 / (n + 1).
        expected.append(ratio)
        ratio = ratio * (len(expected)) / (len(expected) + 1)
    agreed = np.arange(n)
    np.testing.assert_allclose(log_e_values(agreed, agreed, 0.6), np.log(expected), atol=1e-9)
    # E(x, m + 1) = ((m + 1) / (1 - p0) E(x, m) + 1) / (n + 2), by parts.
    many = log_e_values(np.full(500, 2500), 2500 + np.arange(500), 0.6)
    for m in range(499):
        by_parts = ((m + 1) / 0.4 * math.exp(many[m]) + 1) / (2500 + m + 2)
        assert math.exp(many[m + 1]) == pytest.approx(by_parts, rel=1e-9)


@proves(Kind.TWO_WAYS, watch_rater)
def test_the_probability_below_by_drawing():
    found = watch_rater([1, 0, 0, 1, 1, 0, 0, 1] * 3, by_chance=BY_CHANCE)
    drawn = np.random.default_rng(0).beta(12.5, 12.5, 200_000) < LEAST_SHARE
    assert found.probability_below == pytest.approx(drawn.mean(), abs=0.005)


@proves(Kind.PROPERTY, watch_rater)
@unhurried
@given(indicators, st.floats(0, 0.7), st.floats(0.1, 0.8))
def test_another_look_never_changes_what_was_seen(agreed, by_chance, least_kappa):
    settings_given = {"by_chance": by_chance, "least_kappa": least_kappa}
    whole = watch_rater(agreed, **settings_given)
    part = watch_rater(agreed[:-1], **settings_given)
    np.testing.assert_array_equal(part.e_values, whole.e_values[:-1])
    assert part.largest_e_value <= whole.largest_e_value
    assert part.advice is not Advice.PAUSE or whole.paused_after == part.paused_after


@proves(Kind.PROPERTY, watch_rater)
@unhurried
@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.05, 0.95))
def test_what_is_expected_at_the_bound_is_what_one_has(x, m, least_share):
    """A fair bet: E(x, m) = p0 E(x + 1, m) + (1 - p0) E(x, m + 1), and a better rater only lowers it."""
    now, agree, differ = np.exp(
        log_e_values(np.array([x, x + 1, x]), np.array([x + m, x + m + 1, x + m + 1]), least_share)
    )
    assert now == pytest.approx(least_share * agree + (1 - least_share) * differ, rel=1e-9)
    assert agree < differ


def watched(rng, kappa, n_raters, n=300):
    """Raters of this kappa, watched after every item: whether paused, and after how many."""
    agreed = rng.random((n_raters, n)) < kappa + (1 - kappa) * BY_CHANCE
    evidence = log_e_values(agreed.cumsum(axis=1), np.broadcast_to(np.arange(1, n + 1), agreed.shape), LEAST_SHARE)
    reached = evidence >= math.log(20)
    return agreed, reached.any(axis=1), reached.argmax(axis=1) + 1


@pytest.mark.slow
@proves(Kind.RECOVERY, watch_rater)
@pytest.mark.parametrize(
    ("kappa", "dropped", "median"),
    [(0.6, 0.001, None), (0.5, 0.007, None), (0.4, 0.026, None), (0.2, 0.95, 97), (0.0, 1.0, 22)],
)
def test_how_often_raters_are_paused_within_300_items(kappa, dropped, median):
    """Good raters nearly never, at the bound below 5 %, bad ones nearly always and soon; looking after every item."""
    n_raters = 4000
    agreed, paused, after = watched(np.random.default_rng(17), kappa, n_raters)
    # The figures to meet were simulated too, from a thousand raters: four standard errors of both together.
    tolerance = 4 * math.sqrt(max(dropped * (1 - dropped), 0.001) * (1 / 1000 + 1 / n_raters))
    assert paused.mean() == pytest.approx(dropped, abs=tolerance)
    if median is not None:
        assert np.median(after[paused]) == pytest.approx(median, rel=0.07)
    if kappa >= 0.4:
        assert paused.mean() < 0.05
    for rater in range(10):
        found = watch_rater(agreed[rater], by_chance=BY_CHANCE)
        assert (found.advice is Advice.PAUSE) == paused[rater]
        assert found.paused_after == (after[rater] if paused[rater] else None)


def exactly_paused(probability, n=300):
    """The probability of ever reaching 20, by following all the ways of counting."""
    alive, paused = np.array([1.0]), 0.0
    for k in range(1, n + 1):
        alive = np.append(alive * (1 - probability), 0.0) + np.append(0.0, alive * probability)
        out = log_e_values(np.arange(k + 1), np.full(k + 1, k), LEAST_SHARE) >= math.log(20)
        paused += alive[out].sum()
        alive[out] = 0.0
    return paused


@proves(Kind.RECOVERY, watch_rater)
def test_the_exact_probability_of_a_pause():
    """What the simulation estimates, computed; the e-process promises at most 5 % at the bound."""
    found = [exactly_paused(kappa + (1 - kappa) * BY_CHANCE) for kappa in (0.6, 0.5, 0.4, 0.2, 0.0)]
    assert found == pytest.approx([0.00155, 0.00636, 0.03167, 0.94503, 1.0], abs=1e-5)


@proves(Kind.DEGENERATE, watch_rater)
def test_without_a_judgment():
    found = watch_rater([], by_chance=1 / 3)
    assert (found.advice, found.n, found.kappa, found.low, found.high) == (Advice.NOTHING, 0, None, None, None)
    assert (found.probability_below, found.largest_e_value, found.paused_after) == (None, 1.0, None)
    assert "nothing can be said" in found.reading


@proves(Kind.DEGENERATE, watch_rater)
def test_evidence_beyond_all_numbers_is_cut():
    found = watch_rater(np.zeros(5000), by_chance=1 / 3)
    assert np.isfinite(found.e_values).all()
    assert "more than a million" in found.reading


@proves(Kind.DEGENERATE, watch_rater)
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"agreed": [0, 2]}, "something other than 0 and 1"),
        ({"agreed": [[0, 1]]}, "2 dimensions"),
        ({"by_chance": 1.0}, "`by_chance` is 1"),
        ({"by_chance": -0.1}, "`by_chance` is -0.1"),
        ({"least_kappa": 0.0}, "`least_kappa` is 0"),
        ({"least_kappa": 1 - 1e-16, "by_chance": 1 - 1e-16}, "agreement every time"),
        ({"false_alarm_rate": 1.0}, "`false_alarm_rate` is 1"),
        ({"warn_above": 80}, "`warn_above` is 80"),
        ({"warn_from": 0}, "`warn_from` is 0"),
        ({"confidence_level": 95}, "confidence_level is 95"),
    ],
)
def test_settings_out_of_range(change, told):
    with pytest.raises(InvalidInput, match=told):
        watch_rater(**({"agreed": [0, 1], "by_chance": 0.3} | change))


def test_a_warning_takes_enough_judgments_and_never_a_pause():
    half = [1, 0, 0] * 5
    found = watch_rater(half, by_chance=BY_CHANCE)
    assert found.advice is Advice.WARN
    assert found.probability_below > 0.8
    assert "not enough to pause" in found.reading
    assert watch_rater(half, by_chance=BY_CHANCE, warn_from=16).advice is Advice.NOTHING
    assert watch_rater(half, by_chance=BY_CHANCE, warn_above=0.999).advice is Advice.NOTHING


def test_evidence_once_reached_is_kept():
    """Five wrong ones in a row pause; agreeing ever after brings the evidence down, and not the advice."""
    found = watch_rater([0] * 5 + [1] * 50, by_chance=1 / 3)
    assert found.e_values[-1] < 1
    assert (found.advice, found.paused_after) == (Advice.PAUSE, 5)
    assert found.largest_e_value == pytest.approx(27.015625)
    assert "After 5 judgments" in found.reading
