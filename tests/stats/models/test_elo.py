"""Elo by hand, by a plain loop, and against the strengths that do not depend on the order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.errors import EmptyInput, InvalidInput, UnknownOutcome
from apps.stats.models import compute_elo, fit_bradley_terry
from apps.stats.pairwise import Outcome, PairwiseCounts
from apps.stats.simulation import draw_outcomes
from apps.stats.uncertainty import independent_covariance
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

POINTS = 400 / np.log(10)


def elo_of(first, second, outcome, n_competitors, **settings):
    return compute_elo(
        n_competitors=n_competitors,
        first=first,
        second=second,
        outcome=outcome,
        **{"rng": np.random.default_rng(1), "n_orders": 5, **settings},
    )


def judgments(n_competitors, n_judgments, rng, tie_width=0.0, sd=0.5):
    strengths = rng.normal(0, sd, n_competitors)
    first = rng.integers(0, n_competitors, n_judgments)
    second = (first + rng.integers(1, n_competitors, n_judgments)) % n_competitors
    return (
        first,
        second,
        draw_outcomes(gap=strengths[first] - strengths[second], tie_width=tie_width, rng=rng),
        strengths,
    )


@proves(Kind.WORKED, compute_elo)
def test_three_judgments_by_hand():
    """K = 32. 1000 beats 1000: +16. 1016 ties 1000, of which .523 were expected. Then 984 beats 1015.264: +17.436."""
    found = elo_of([0, 0, 1], [1, 2, 0], [Outcome.FIRST_WINS, Outcome.TIE, Outcome.FIRST_WINS], 3, k_factor=32)
    expected = 1 / (1 + 10 ** (-16 / 400))
    assert expected == pytest.approx(0.52301, abs=5e-6)
    after_tie = 1016 + 32 * (0.5 - expected)
    upset = 1 / (1 + 10 ** ((after_tie - 984) / 400))
    by_hand = [after_tie - 32 * (1 - upset), 984 + 32 * (1 - upset), 1000 + 32 * (expected - 0.5)]
    np.testing.assert_allclose(found.ratings, by_hand, atol=1e-9)
    np.testing.assert_allclose(found.ratings, [997.828, 1001.436, 1000.736], atol=5e-4)


@proves(Kind.WORKED, compute_elo)
def test_the_textbook_gain_of_a_400_point_favourite():
    """Elo (1978): a favourite by 400 points is expected to earn 10/11."""
    found = elo_of([0] * 200, [1] * 200, [0] * 200, 2, k_factor=400)
    again = elo_of([0] * 201, [1] * 201, [0] * 201, 2, k_factor=400)
    gap = found.ratings[0] - found.ratings[1]
    assert again.ratings[0] - found.ratings[0] == pytest.approx(400 * (1 - 1 / (1 + 10 ** (-gap / 400))))
    one = elo_of([0], [1], [0], 2, k_factor=400)
    assert one.ratings.tolist() == [1200, 800]
    two = elo_of([0, 1], [1, 0], [0, 0], 2, k_factor=400)
    assert two.ratings[1] == pytest.approx(800 + 400 * 10 / 11)


@proves(Kind.GOLDEN, compute_elo)
def test_ratings_stay_as_they_are():
    first, second, outcome, _ = judgments(5, 300, np.random.default_rng(8), tie_width=0.5)
    check_golden("models/compute_elo", elo_of(first, second, outcome, 5, n_orders=20))


def plain_loop(first, second, outcome, order, k_factor):
    ratings = [1000.0] * (max(*first, *second) + 1)
    for place in order:
        one, two = first[place], second[place]
        gained = k_factor * ([1, 0, 0.5][outcome[place]] - 1 / (1 + 10 ** ((ratings[two] - ratings[one]) / 400)))
        ratings[one] += gained
        ratings[two] -= gained
    return ratings


@proves(Kind.TWO_WAYS, compute_elo)
def test_a_plain_loop_over_the_same_orders_finds_the_same():
    first, second, outcome, _ = judgments(4, 150, np.random.default_rng(9), tie_width=0.5)
    found = elo_of(first, second, outcome, 4, n_orders=7, k_factor=20, rng=np.random.default_rng(3))
    rng = np.random.default_rng(3)
    others = [plain_loop(first, second, outcome, rng.permutation(150), 20) for _ in range(7)]
    np.testing.assert_allclose(found.ratings, plain_loop(first, second, outcome, range(150), 20), atol=1e-8)
    np.testing.assert_allclose(found.order_mean, np.mean(others, axis=0), atol=1e-8)
    np.testing.assert_allclose(found.order_sd, np.std(others, axis=0, ddof=1), atol=1e-8)
    assert (found.n_orders, found.n_judgments) == (7, 150)


def test_orders_in_parts_are_the_same_orders(monkeypatch):
    first, second, outcome, _ = judgments(4, 50, np.random.default_rng(9))
    whole = elo_of(first, second, outcome, 4, n_orders=9)
    monkeypatch.setattr("apps.stats.models.elo._LARGEST_TABLE", 120)
    monkeypatch.setattr("apps.stats.models.elo._JUDGMENTS_AT_ONCE", 7)
    parts = elo_of(first, second, outcome, 4, n_orders=9)
    np.testing.assert_array_equal(parts.order_sd, whole.order_sd)
    np.testing.assert_array_equal(parts.ratings, whole.ratings)


@proves(Kind.PROPERTY, compute_elo)
@settings(deadline=None, max_examples=40)
@given(comparison_rows(), st.randoms(use_true_random=False), st.floats(-3000, 3000), st.floats(1, 60))
def test_names_sides_and_the_start_carry_nothing(rows, random, start, k_factor):
    n = rows.n_competitors
    found = elo_of(rows.first, rows.second, rows.outcome, n, k_factor=k_factor)
    assert found.ratings.mean() == pytest.approx(1000)
    place = list(range(n))
    random.shuffle(place)
    place = np.array(place)
    renamed = elo_of(place[rows.first], place[rows.second], rows.outcome, n, k_factor=k_factor)
    np.testing.assert_allclose(renamed.ratings[place], found.ratings, atol=1e-8)
    np.testing.assert_allclose(renamed.order_sd[place], found.order_sd, atol=1e-8)
    swapped = elo_of(rows.second, rows.first, np.array([1, 0, 2, 3])[rows.outcome], n, k_factor=k_factor)
    np.testing.assert_allclose(swapped.ratings, found.ratings, atol=1e-8)
    shifted = elo_of(rows.first, rows.second, rows.outcome, n, k_factor=k_factor, start=start)
    np.testing.assert_allclose(shifted.ratings - start, found.ratings - 1000, atol=1e-8)


@settings(deadline=None, max_examples=20)
@given(comparison_rows(), st.floats(0.1, 10))
def test_the_scale_is_a_unit(rows, factor):
    plain = elo_of(rows.first, rows.second, rows.outcome, rows.n_competitors)
    stretched = elo_of(
        rows.first, rows.second, rows.outcome, rows.n_competitors, scale=400 * factor, k_factor=4 * factor, start=0
    )
    np.testing.assert_allclose(stretched.ratings, factor * (plain.ratings - 1000), atol=1e-8)
    np.testing.assert_allclose(stretched.order_sd, factor * plain.order_sd, atol=1e-8)
    np.testing.assert_allclose(stretched.bradley_terry_se, factor * plain.bradley_terry_se, rtol=1e-9)


@pytest.mark.slow
@proves(Kind.RECOVERY, compute_elo)
def test_the_order_adds_twice_the_sampling_error_and_more_with_a_larger_k():
    """20 competitors, 20,000 judgments, a fifth of them ties."""
    rng = np.random.default_rng(5)
    first, second, outcome, strengths = judgments(20, 20_000, rng, tie_width=0.5)
    counts = PairwiseCounts.from_arrays(20, first, second, outcome)
    fit = fit_bradley_terry(counts)
    sampling = POINTS * np.sqrt(np.diag(independent_covariance(fit, counts)).mean())
    assert sampling == pytest.approx(6.6, abs=0.5)
    for k_factor, order in ((4, 13.4), (16, 29.8), (32, 43.7)):
        found = elo_of(first, second, outcome, 20, n_orders=60, k_factor=k_factor, rng=rng)
        assert np.sqrt((found.order_sd**2).mean()) == pytest.approx(order, rel=0.12)
        assert f"K = {k_factor}" in found.reading
    slow = elo_of(first, second, outcome, 20, n_orders=60, k_factor=1, rng=rng)
    # Averaged over orders Elo finds Bradley and Terry's gaps, and so the truth drawn from (ties draw it inwards).
    np.testing.assert_allclose(slow.order_mean - 1000, POINTS * fit.strengths, atol=15)
    assert np.corrcoef(slow.order_mean, strengths)[0, 1] > 0.99


def test_the_standard_error_beside_it_is_bradley_and_terrys():
    """Two equals, 100 judgments, no tie: the variance of a gap is 1 / (N/4), of a strength a quarter of that."""
    found = elo_of([0] * 100, [1] * 100, [0, 1] * 50, 2)
    np.testing.assert_allclose(found.bradley_terry_se, POINTS * np.sqrt(1 / 25 / 4))
    assert f"standard error of about {POINTS / 10:.1f} points" in found.reading


@proves(Kind.DEGENERATE, compute_elo)
def test_what_cannot_be_ranked_together_has_no_standard_error():
    found = elo_of([0, 2], [1, 3], [0, 1], 5)
    assert found.bradley_terry_se is None
    assert found.ratings[4] == 1000
    assert "standard error" not in found.reading


def test_an_undefeated_competitor_has_a_rating_and_a_finite_standard_error():
    found = elo_of([0, 0, 1], [1, 2, 2], [0, 0, 2], 3)
    assert found.ratings.argmax() == 0
    assert np.isfinite(found.bradley_terry_se).all()


@proves(Kind.DEGENERATE, compute_elo)
def test_both_bad_moves_nobody_unless_it_is_a_tie():
    found = elo_of([0, 0], [1, 1], [Outcome.FIRST_WINS, Outcome.BOTH_BAD], 2)
    assert found.n_judgments == 1
    assert found.ratings.tolist() == [1002, 998]
    as_tie = elo_of([0, 0], [1, 1], [Outcome.FIRST_WINS, Outcome.BOTH_BAD], 2, both_bad_as_tie=True)
    assert as_tie.n_judgments == 2
    assert as_tie.ratings[0] < 1002
    with pytest.raises(EmptyInput, match="no rating ever moved"):
        elo_of([0], [1], [Outcome.BOTH_BAD], 2)


@proves(Kind.DEGENERATE, compute_elo)
@pytest.mark.parametrize(
    "wrong", [{"k_factor": 0}, {"scale": -1}, {"scale": 1e-309}, {"start": np.nan}, {"n_orders": 1}]
)
def test_settings_without_meaning_are_refused(wrong):
    with pytest.raises(InvalidInput, match="above 0"):
        elo_of([0], [1], [0], 2, **wrong)


def test_wrong_columns_are_refused():
    with pytest.raises(UnknownOutcome):
        elo_of([0], [1], [7], 2)
    with pytest.raises(InvalidInput, match="equally long"):
        elo_of([0, 1], [1], [0], 2)
    with pytest.raises(EmptyInput, match="no competitor"):
        elo_of([], [], [], 0)


def test_equal_seeds_give_equal_bits():
    first, second, outcome, _ = judgments(4, 60, np.random.default_rng(2))
    one, other = (elo_of(first, second, outcome, 4) for _ in range(2))
    np.testing.assert_array_equal(one.order_sd, other.order_sd)
    assert one.reading == other.reading


@proves(Kind.DEGENERATE, compute_elo)
def test_steps_of_any_size_overflow_nothing():
    """After one step of half a million points the first is certain to win, and loses all of the next step."""
    found = elo_of([0, 0], [1, 1], [Outcome.FIRST_WINS, Outcome.SECOND_WINS], 2, k_factor=1e6)
    np.testing.assert_allclose(found.ratings, [1000 - 5e5, 1000 + 5e5])
    assert np.isfinite(found.order_sd).all()
    for settings_ in ({"k_factor": np.inf}, {"scale": np.inf}, {"start": 1e200}):
        with pytest.raises(InvalidInput, match="finite start"):
            elo_of([0], [1], [0], 2, **settings_)
