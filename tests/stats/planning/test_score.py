"""How many comparisons pin down a score."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, rv_discrete

from apps.stats.errors import InvalidInput
from apps.stats.planning import half_width_of_score, judgments_for_score
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.planning.plans_for_tests import effects, levels, near, tie_shares, unhurried

both = pytest.mark.parametrize("function", [judgments_for_score, half_width_of_score])


@proves(Kind.WORKED, judgments_for_score)
@pytest.mark.parametrize(
    ("half_width", "tie_share", "n"), [(0.05, 0, 385), (0.05, 0.3, 269), (0.02, 0, 2401), (0.02, 0.3, 1681)]
)
def test_the_sample_sizes_of_textbooks(half_width, tie_share, n):
    """Cochran (1977, Sampling Techniques, chapter 4): 1.96^2 (.25) / .05^2 = 384.1; ties take their share away."""
    assert judgments_for_score(half_width, tie_share=tie_share).n_judgments == n


@proves(Kind.WORKED, half_width_of_score)
def test_the_half_width_by_hand():
    """100 decided judgments at .5: 1.96 (.5) / 10; .6 with 40 % ties is w .4, l .2: variance (.6 - .04) / 4 = .14."""
    assert half_width_of_score(100).half_width == pytest.approx(0.0979982, abs=1e-7)
    uneven = half_width_of_score(100, expected_score=0.6, tie_share=0.4)
    assert uneven.half_width == pytest.approx(1.959964 * math.sqrt(0.14) / 10, abs=1e-7)


@proves(Kind.GOLDEN, judgments_for_score, half_width_of_score)
def test_results_as_stored():
    settings = {"tie_share": 0.25, "expected_score": 0.6, "design_effect": 1.7, "confidence_level": 0.9}
    check_golden("planning/judgments_for_score", judgments_for_score(0.04, n_already=120, **settings))
    check_golden("planning/half_width_of_score", half_width_of_score(500, **settings))


@proves(Kind.PROPERTY, judgments_for_score, half_width_of_score)
@unhurried
@given(st.floats(0.005, 0.3), tie_shares, st.floats(-0.15, 0.15), effects, levels)
def test_each_is_the_others_inverse_and_sides_do_not_matter(half_width, tie_share, lead, effect, level):
    given_ = {"tie_share": tie_share, "design_effect": effect, "confidence_level": level}
    n = judgments_for_score(half_width, expected_score=0.5 + lead, **given_).n_judgments
    assert n == judgments_for_score(half_width, expected_score=0.5 - lead, **given_).n_judgments
    assert half_width_of_score(n, expected_score=0.5 + lead, **given_).half_width <= half_width * (1 + 1e-8)
    if n > 1:
        assert half_width_of_score(n - 1, expected_score=0.5 + lead, **given_).half_width > half_width * (1 - 1e-8)
    # An even score without ties is the worst case; four times the judgments halve the width.
    assert n <= judgments_for_score(half_width, design_effect=effect, confidence_level=level).n_judgments
    fourfold = half_width_of_score(4 * n, **given_).half_width
    assert fourfold == pytest.approx(half_width_of_score(n, **given_).half_width / 2)


@proves(Kind.TWO_WAYS, judgments_for_score, half_width_of_score)
@pytest.mark.parametrize(("won", "tied", "lost"), [(0.5, 0, 0.5), (0.3, 0.5, 0.2), (0.7, 0.1, 0.2)])
def test_the_spread_of_the_three_outcomes_written_out(won, tied, lost):
    outcome = rv_discrete(values=([1, 0.5, 0], [won, tied, lost]))
    settings = {"expected_score": outcome.mean(), "tie_share": tied}
    low, high = norm.interval(0.95, scale=outcome.std() / math.sqrt(700))
    assert half_width_of_score(700, **settings).half_width == pytest.approx((high - low) / 2)
    first = next(n for n in range(1, 9999) if norm.ppf(0.975) * outcome.std() / math.sqrt(n) <= 0.06)
    assert judgments_for_score(0.06, **settings).n_judgments == first


@proves(Kind.RECOVERY, judgments_for_score, half_width_of_score)
@pytest.mark.parametrize(("expected_score", "tie_share"), [(0.5, 0.3), (0.65, 0.1)])
def test_simulated_scores_keep_within_the_half_width(expected_score, tie_share):
    n = judgments_for_score(0.05, expected_score=expected_score, tie_share=tie_share).n_judgments
    won = expected_score - tie_share / 2
    drawn = np.random.default_rng(1).multinomial(n, [won, tie_share, 1 - won - tie_share], size=20_000)
    score = drawn @ [1, 0.5, 0] / n
    assert near((np.abs(score - expected_score) < 0.05).mean(), 0.95, 20_000)
    promised = half_width_of_score(n, expected_score=expected_score, tie_share=tie_share).half_width
    assert 1.96 * score.std() == pytest.approx(promised, rel=0.03)


def test_what_is_there_already_counts():
    half_way = judgments_for_score(0.05, n_already=100)
    assert (half_way.n_judgments, half_way.n_more) == (385, 285)
    assert half_way.reading == (
        "About 385 comparisons put the score of A against B within 5 points, 19 times in 20. You have 100; 285 more "
        "are needed."
    )
    done = judgments_for_score(0.05, n_already=400)
    assert done.n_more == 0
    assert done.reading.endswith("You have 400, which is enough.")
    assert judgments_for_score(0.01, confidence_level=0.99).reading.endswith("within 1 point, 99 times in 100.")
    assert judgments_for_score(0.05, confidence_level=0.9).reading.endswith("9 times in 10.")


@proves(Kind.DEGENERATE, judgments_for_score, half_width_of_score)
@both
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"tie_share": 1.0}, "`tie_share` is 1; give a share from 0 to below 1"),
        ({"tie_share": -0.1}, "`tie_share` is -0.1"),
        ({"expected_score": 0.9, "tie_share": 0.5}, "A score of 0.9 with 0.5 ties cannot be"),
        ({"expected_score": float("nan")}, "A score of nan"),
        ({"expected_score": 1.0}, "At an expected score of 1 nothing varies"),
        ({"design_effect": 0}, "`design_effect` is 0; give a number above 0"),
        ({"confidence_level": 95}, "confidence_level is 95"),
    ],
)
def test_scores_that_cannot_be_are_refused(function, settings, told):
    with pytest.raises(InvalidInput, match=told):
        function(1 if function is half_width_of_score else 0.05, **settings)


@proves(Kind.DEGENERATE, judgments_for_score, half_width_of_score)
def test_numbers_that_are_none_are_refused():
    for half_width in (0.0, -0.1, float("nan"), float("inf")):
        with pytest.raises(InvalidInput, match="`half_width` is"):
            judgments_for_score(half_width)
    with pytest.raises(InvalidInput, match="`n_already` is -1; give a whole number, 0 or more"):
        judgments_for_score(0.05, n_already=-1)
    for n in (0, 2.5, 100.0, float("nan")):
        with pytest.raises(InvalidInput, match=r"`n_judgments` is .*; give a whole number, 1 or more"):
            half_width_of_score(n)
    assert half_width_of_score(np.int64(100)) == half_width_of_score(100)
