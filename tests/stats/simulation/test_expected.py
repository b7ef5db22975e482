"""The strengths a board tends to, against arithmetic, quadrature of another kind, and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from apps.stats.errors import InvalidInput
from apps.stats.simulation import expected_strengths
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves


def logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


@proves(Kind.WORKED, expected_strengths)
def test_ties_pull_two_systems_together():
    """By hand: a gap of ln 4 and a tie width of 1 earn (2 + 1/2) of 3 1/2 half-wins, so a gap of ln 2.5."""
    high, low = expected_strengths([np.log(4), 0.0], tie_width=1.0)
    assert high - low == pytest.approx(np.log(2.5), abs=1e-10)


def test_without_ties_or_differences_the_truth_is_expected():
    expected = expected_strengths([1.5, 0.25, -1.0], tie_width=0.0)
    np.testing.assert_allclose(expected, np.array([1.5, 0.25, -1.0]) - 0.25, atol=1e-9)


@proves(Kind.TWO_WAYS, expected_strengths)
def test_adaptive_quadrature_gives_the_same():
    """Two systems: the average over tastes and leanings, by scipy's adaptive rule."""
    gap, spread = 0.9, np.sqrt(2 * (0.7**2 + 0.4**2))

    def earned(z: float) -> float:
        won, lost = np.exp((gap + spread * z) / 2), np.exp(-(gap + spread * z) / 2)
        return (won + 0.3) / (won + lost + 0.6) * norm.pdf(z)

    share = quad(earned, -12, 12, epsabs=1e-13)[0]
    high, low = expected_strengths([gap, 0.0], tie_width=0.6, rater_taste_sd=0.7, item_leaning_sd=0.4)
    assert high - low == pytest.approx(logit(share), abs=1e-7)


def test_raters_who_tire_are_averaged_over_their_time():
    """A skill that falls from 1 to 0 in a straight line, by many small steps."""
    skills = (np.arange(2000) + 0.5) / 2000
    share = np.mean(1 / (1 + np.exp(-skills * 1.2)))
    high, low = expected_strengths([1.2, 0.0], tie_width=0.0, skill=1.0, drift=-1.0)
    assert high - low == pytest.approx(logit(share), abs=1e-6)


def test_raters_count_by_their_load():
    share = 0.75 / (1 + np.exp(-2.0)) + 0.25 * 0.5
    high, low = expected_strengths([2.0, 0.0], tie_width=0.0, skill=[1.0, 0.0], load=[3.0, 1.0])
    assert high - low == pytest.approx(logit(share), abs=1e-10)


@proves(Kind.GOLDEN, expected_strengths)
def test_the_stored_expectation():
    expected = expected_strengths(
        [1.0, 0.2, -0.4, -0.8], tie_width=0.6, rater_taste_sd=0.5, item_leaning_sd=1.0, skill=[1.0, 0.4], left_bias=0.3
    )
    check_golden("simulation/expected_strengths", expected)


@given(
    strengths=st.lists(st.floats(-2, 2), min_size=2, max_size=6),
    taste=st.floats(0, 2),
    bias=st.floats(-2, 2),
    shift=st.floats(-5, 5),
)
@settings(deadline=None, max_examples=50)
@proves(Kind.PROPERTY, expected_strengths)
def test_order_is_kept_names_and_zero_do_not_matter(strengths, taste, bias, shift):
    """Noise draws strengths together and keeps their order; relabelling and mirroring carry over."""
    truth = np.array(strengths)
    expected = expected_strengths(truth + shift, rater_taste_sd=taste, left_bias=bias)
    np.testing.assert_allclose(
        expected_strengths(truth[::-1], rater_taste_sd=taste, left_bias=-bias), expected[::-1], atol=1e-7
    )
    np.testing.assert_allclose(expected_strengths(-truth, rater_taste_sd=taste, left_bias=bias), -expected, atol=1e-7)
    order = np.argsort(truth)
    assert (np.diff(expected[order]) >= -1e-9).all()
    assert np.ptp(expected) <= np.ptp(truth) + 1e-9


@proves(Kind.DEGENERATE, expected_strengths)
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"strengths": [1.0]}, "two or more finite numbers"),
        ({"strengths": [1.0, 0.0], "tie_width": -1}, "`tie_width` is -1"),
        ({"strengths": [1.0, 0.0], "rater_taste_sd": -1}, "`rater_taste_sd` is -1"),
        ({"strengths": [1.0, 0.0], "skill": [1.0, 0.5], "left_bias": [0.1, 0.2, 0.3]}, "`skill` has shape"),
        ({"strengths": [1.0, 0.0], "load": 0.0}, "`load` must be 0 or more"),
        ({"strengths": [80.0, 0.0, 1.0]}, "so far apart that one side would always win"),
        ({"strengths": [1500.0, 0.0]}, "so far apart"),
    ],
)
def test_expectations_of_no_study_are_refused(settings, told):
    with pytest.raises(InvalidInput, match=told):
        expected_strengths(**settings)


def test_a_bias_without_end_says_nothing():
    """The left side always wins, and every system stands left half the time."""
    np.testing.assert_allclose(expected_strengths([1.0, 0.0], left_bias=3000.0), 0.0, atol=1e-12)
