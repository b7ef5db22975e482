"""Slopes of raters: by hand, against a general optimiser on boards really refitted, and where coins were planted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import ndtr

from apps.stats.errors import DisconnectedComparisons, InvalidInput, StatisticsError
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import ComparisonRows
from apps.stats.raters import rater_slopes
from apps.stats.raters.logistic import LogisticRows, fit_each, prior_for_all
from apps.stats.simulation import simulate_comparisons
from tests.stats.comparisons_for_tests import comparison_rows, rows_of_study
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.raters.rows_for_tests import judged_by, mirrored, single_rows, stored_rows, table

NUMBERS = ("slope", "slope_low", "slope_high", "left_bias", "left_bias_low", "left_bias_high", "probability_unreliable")
THREE_OF_FOUR = [(rater, 0, 1, outcome, count) for rater in (7, 3) for outcome, count in ((0, 12), (1, 4))]


@proves(Kind.WORKED, rater_slopes)
def test_two_raters_of_one_mind():
    """By hand: both let 0 win 12 of 16, always on the left. The other's gap is L = ln 3, and slope 1 without bias
    explains all. The information is w (L^2 L / L 1) + diag(4, 1), w = 16 * 3/16 = 3, so that the variances are
    4 / (3 L^2 + 16) of the slope and (3 L^2 + 4) / (3 L^2 + 16) of the bias.
    """
    found = rater_slopes(table(2, *THREE_OF_FOUR))
    squared = np.log(3) ** 2
    sd = np.sqrt(4 / (3 * squared + 16))
    bias_sd = np.sqrt((3 * squared + 4) / (3 * squared + 16))
    assert found.rater.tolist() == [3, 7]
    assert found.n.tolist() == [16, 16]
    np.testing.assert_allclose(found.slope, 1, atol=1e-9)
    np.testing.assert_allclose(found.left_bias, 0, atol=1e-9)
    np.testing.assert_allclose(found.slope_high, 1 + 1.959963985 * sd, atol=1e-8)
    np.testing.assert_allclose(found.slope_low, 1 - 1.959963985 * sd, atol=1e-8)
    np.testing.assert_allclose(found.left_bias_high, 1.959963985 * bias_sd, atol=1e-8)
    np.testing.assert_allclose(found.probability_unreliable, ndtr(-0.5 / sd), atol=1e-8)
    assert not found.flagged.any()
    assert found.readings[0].startswith("Over 16 comparisons this rater follows the strengths that the others found")
    assert "No lean" in found.readings[0]
    assert "So few comparisons" in found.readings[0]


@proves(Kind.GOLDEN, rater_slopes)
def test_stored_comparisons():
    rows, _ = stored_rows()
    check_golden("raters/rater_slopes", rater_slopes(rows))


def by_optimiser(rows, rater):
    """Slope and bias from a new board without the rater, and a general optimiser."""
    mine = rows.where(rows.rater == rater)
    strengths = fit_bradley_terry(rows.where(rows.rater != rater).counts).strengths
    gap = strengths[mine.first] - strengths[mine.second]

    def loss(at):
        seen = at[1] + at[0] * gap
        return -mine.count @ (mine.earned * seen - np.logaddexp(0, seen)) + 2 * (at[0] - 1) ** 2 + at[1] ** 2 / 2

    return minimize(loss, [0.0, 0.0], tol=1e-10).x


@proves(Kind.TWO_WAYS, rater_slopes)
def test_refitting_without_each_rater_says_the_same():
    rows, _ = stored_rows()
    found = rater_slopes(rows)
    expected = np.array([by_optimiser(rows, rater) for rater in found.rater])
    np.testing.assert_allclose(found.slope, expected[:, 0], atol=0.005)
    np.testing.assert_allclose(found.left_bias, expected[:, 1], atol=0.005)
    # Far within what the slopes themselves leave open.
    assert np.abs(found.slope - expected[:, 0]).max() < 0.02 * (found.slope_high - found.slope_low).min()


@proves(Kind.PROPERTY, rater_slopes)
@given(rows=comparison_rows(), seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_names_order_and_repetition_do_not_matter(rows, seed):
    rng = np.random.default_rng(seed)
    found = rater_slopes(rows)
    name = rng.permutation(rows.n_competitors)
    single, _ = single_rows(rows, rng)
    renamed = ComparisonRows.from_arrays(
        n_competitors=rows.n_competitors,
        first=name[single.first],
        second=name[single.second],
        outcome=single.outcome,
        rater=100 - single.rater,
    )
    again = rater_slopes(renamed)
    assert again.rater.tolist() == (100 - found.rater[::-1]).tolist()
    assert again.n.tolist() == found.n[::-1].tolist()
    for number in NUMBERS:
        np.testing.assert_allclose(getattr(again, number)[::-1], getattr(found, number), atol=1e-7)


@proves(Kind.PROPERTY, rater_slopes)
@given(rows=comparison_rows())
@settings(deadline=None, max_examples=40)
def test_exchanging_sides_turns_the_bias_and_nothing_else(rows):
    found, turned = rater_slopes(rows), rater_slopes(mirrored(rows))
    np.testing.assert_allclose(turned.slope, found.slope, atol=1e-7)
    np.testing.assert_allclose(turned.left_bias, -found.left_bias, atol=1e-7)
    np.testing.assert_allclose(turned.left_bias_low, -found.left_bias_high, atol=1e-7)


def tolerance(share, *numbers):
    """Three standard errors of a share, or of a difference of two, and the rounding of printed figures."""
    clipped = np.clip(share, 0.01, 0.99)
    return 3 * np.sqrt(clipped * (1 - clipped) * sum(1 / n for n in numbers)) + 0.005


# Slopes put coins below honest raters (area under the curve), and flag them (power), as another implementation found.
@proves(Kind.RECOVERY, rater_slopes)
@pytest.mark.slow
@pytest.mark.parametrize(
    ("spread", "n_each", "area", "power"),
    [
        (0.6, 30, 0.88, 0.02),
        (0.6, 60, 0.98, 0.07),
        (0.6, 120, 0.99, 0.20),
        (0.6, 250, 1.0, 0.56),
        (1.0, 30, 0.96, 0.07),
        (1.0, 60, 1.0, 0.41),
        (1.0, 120, 1.0, 0.62),
        (1.0, 250, 1.0, 0.95),
    ],
)
def test_coins_are_ranked_early_and_flagged_late(spread, n_each, area, power):
    """60 studies of 10 competitors and 20 raters, 4 of them coins: 240 coins against 960 honest raters.

    Those figures rest on a number of coins not told; 100 is supposed for the power, which a few coins sway most.
    """
    areas, caught, wronged = [], 0, 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        study = simulate_comparisons(
            strengths=rng.normal(0, spread, 10),
            n_raters=20,
            n_items=1,
            n_judgments=20 * n_each,
            rng=rng,
            skill=np.arange(20) >= 4,
            tie_width=0.3,
        )
        found = rater_slopes(rows_of_study(study))
        areas.append((found.slope[4:, None] > found.slope[:4]).mean())
        caught += found.flagged[:4].sum()
        wronged += found.flagged[4:].sum()
    assert np.mean(areas) == pytest.approx(area, abs=tolerance(area, 240))
    assert caught / 240 == pytest.approx(power, abs=tolerance(power, 240, 100))
    assert wronged <= 960 * 0.002 + 3 * np.sqrt(960 * 0.002)


@proves(Kind.RECOVERY, rater_slopes)
@pytest.mark.slow
@pytest.mark.parametrize("n_each", [40, 150])
def test_intervals_hold_the_slopes_and_biases_drawn(n_each):
    """1,000 raters with slopes drawn from the prior: within three binomial standard errors of 95 %, and 1 % more for
    strengths that are themselves estimated, and for biases less spread than their prior.
    """
    slopes_held = biases_held = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        slope, bias = rng.normal(1, 0.5, 25), rng.normal(0, 0.3, 25)
        rows, _ = judged_by(rng, rng.normal(0, 0.8, 12), n_each, slope=slope, left_bias=bias)
        found = rater_slopes(rows)
        slopes_held += ((found.slope_low <= slope) & (slope <= found.slope_high)).sum()
        biases_held += ((found.left_bias_low <= bias) & (bias <= found.left_bias_high)).sum()
    assert slopes_held / 1000 == pytest.approx(0.95, abs=tolerance(0.95, 1000) + 0.01)
    assert biases_held / 1000 == pytest.approx(0.95, abs=tolerance(0.95, 1000) + 0.01)


def test_a_reversed_rater_and_a_leaner_are_told_apart():
    rng = np.random.default_rng(5)
    rows, _ = judged_by(rng, np.linspace(-1, 1, 8), 300, slope=[1, 1, 1, 1, 1, -1, 1], left_bias=[0] * 6 + [1.0])
    found = rater_slopes(rows)
    assert found.flagged.tolist() == [False] * 5 + [True, False]
    assert found.slope_high[5] < 0
    assert found.left_bias_low[6] > 0.5
    assert "Whatever stands on the left has its odds multiplied by" in found.readings[6]
    assert "So few" not in found.readings[6]
    assert "on the right" in rater_slopes(mirrored(rows)).readings[6]


def test_few_judgments_leave_a_rater_at_the_prior():
    """One comparison moves a slope little from 1, and its interval hardly narrows."""
    rows = table(2, *THREE_OF_FOUR, (9, 0, 1, 1, 1))
    found = rater_slopes(rows)
    assert 0.8 < found.slope[2] < 1
    assert found.slope_high[2] - found.slope_low[2] > 0.95 * 2 * 1.96 * 0.5


def test_the_settings_are_heard():
    rows, _ = stored_rows()
    usual = rater_slopes(rows)
    tight = rater_slopes(rows, prior_sd=0.01, bias_prior_sd=0.01)
    assert np.abs(tight.slope - 1).max() < 0.01
    assert np.abs(tight.left_bias).max() < 0.01
    strict = rater_slopes(rows, threshold=1.0, flag_above=0.6, confidence_level=0.8)
    assert (strict.probability_unreliable > usual.probability_unreliable).all()
    assert strict.flagged.sum() > usual.flagged.sum()
    assert (strict.slope_high - strict.slope_low < usual.slope_high - usual.slope_low).all()


@proves(Kind.DEGENERATE, rater_slopes)
def test_a_rater_whom_nobody_joins_has_no_slope():
    """Rater 0 alone judged competitor 2; rater 5 said nothing but both-bad."""
    found = rater_slopes(table(3, (0, 1, 2, 0, 4), (1, 0, 1, 0, 2), (2, 0, 1, 1, 2), (5, 0, 1, 3, 2)))
    assert found.n.tolist() == [0, 2, 2, 0]
    for place in (0, 3):
        assert np.isnan([getattr(found, number)[place] for number in NUMBERS]).all()
        assert not found.flagged[place]
        assert "between systems that others compared too" in found.readings[place]


@proves(Kind.DEGENERATE, rater_slopes)
def test_one_rater_alone_has_nobody_to_be_compared_with():
    found = rater_slopes(table(2, (0, 0, 1, 0, 3), (0, 0, 1, 1, 2)))
    assert found.n.tolist() == [0]


@proves(Kind.DEGENERATE, rater_slopes)
def test_always_left_is_finite():
    """Rater 1 chose the left 200 times of 200: the priors keep slope and bias finite."""
    rows = table(2, (0, 0, 1, 0, 20), (0, 1, 0, 0, 10), (1, 0, 1, 0, 100), (1, 1, 0, 0, 100))
    found = rater_slopes(rows)
    assert found.left_bias_low[1] > 1
    assert np.isfinite(found.slope).all()


@proves(Kind.DEGENERATE, rater_slopes)
@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"prior_sd": 0}, "prior_sd is 0"),
        ({"prior_sd": np.inf}, "prior_sd is inf"),
        ({"bias_prior_sd": -1.0}, r"bias_prior_sd is -1\.0"),
        ({"threshold": np.nan}, "threshold is nan"),
        ({"flag_above": 95}, "flag_above is 95"),
        ({"confidence_level": 95}, "confidence_level is 95"),
    ],
)
def test_settings_out_of_range_are_refused(wrong, match):
    with pytest.raises(InvalidInput, match=match):
        rater_slopes(table(2, *THREE_OF_FOUR), **wrong)


@proves(Kind.DEGENERATE, rater_slopes)
def test_what_cannot_be_compared_is_refused():
    nobody = ComparisonRows.from_arrays(n_competitors=2, first=[0], second=[1], outcome=[0])
    with pytest.raises(InvalidInput, match="do not say who judged"):
        rater_slopes(nobody)
    with pytest.raises(DisconnectedComparisons, match="2 groups"):
        rater_slopes(table(4, (0, 0, 1, 0, 1), (1, 2, 3, 0, 1)))


def test_covariates_of_absurd_scale_are_refused():
    """Squares of 1e300 overflow: no step can end, and that is said."""
    absurd = np.array([[1e300, 1.0], [-1e300, 1.0]])
    rows = LogisticRows(np.zeros(2, dtype=int), absurd, np.array([1.0, 1.0]), np.ones(2, dtype=int), 1)
    with pytest.raises(StatisticsError, match="did not settle"), np.errstate(all="ignore"):
        fit_each(rows, prior_for_all(1, (1.0, 0.0), (0.5, 1.0)))


@proves(Kind.DEGENERATE, rater_slopes)
@pytest.mark.parametrize("sd", [1e-170, 1e-9, 1e6, 1e170])
def test_priors_beyond_double_precision_are_refused(sd):
    """One so wide would leave a rater who always chose alike to rounding; one so narrow has an endless precision."""
    rows = table(2, (0, 0, 1, 0, 2), (1, 0, 1, 0, 2))
    with pytest.raises(InvalidInput, match=r"^prior_sd is"):
        rater_slopes(rows, prior_sd=sd)
    with pytest.raises(InvalidInput, match=r"^bias_prior_sd is"):
        rater_slopes(rows, bias_prior_sd=sd)
    assert np.isfinite(rater_slopes(rows, prior_sd=1000.0, bias_prior_sd=1000.0).slope).all()


def test_a_prior_lost_in_rounding_is_refused_by_name():
    """Two columns that are the same leave one direction to the prior, which beside 10^14 judgments is rounding."""
    who, same, earned, count = np.zeros(2, dtype=int), np.ones((2, 2)), np.array([1.0, 0.0]), np.full(2, 10**14)
    with pytest.raises(StatisticsError, match="did not settle"):
        fit_each(LogisticRows(who, same, earned, count, 1), prior_for_all(1, (1.0, 0.0), (1e3, 1e3)))
