"""How many comparisons show who is better."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import binom, norm

from apps.stats.errors import InvalidInput
from apps.stats.pairwise import Outcome
from apps.stats.planning import detectable_share, judgments_to_detect
from apps.stats.simulation import draw_outcomes
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.planning.plans_for_tests import effects, near, tie_shares, unhurried

PLANNED = {0.51: 19620, 0.52: 4904, 0.55: 783, 0.60: 194, 0.65: 85, 0.70: 47}


def significant(won, n):
    """The two-sided sign test at 5 %, by the normal."""
    return np.abs(won - n / 2) > 1.959964 * np.sqrt(n) / 2


@proves(Kind.WORKED, judgments_to_detect)
@pytest.mark.parametrize(("win_share", "n"), PLANNED.items())
def test_the_sample_sizes_of_the_sign_test(win_share, n):
    """Fleiss, Levin & Paik (2003, chapter 2). At .6: (.979982 + .841621 sqrt(.24))^2 / .01 = 193.9."""
    assert judgments_to_detect(win_share).n_judgments == n
    assert judgments_to_detect(1 - win_share).n_judgments == n


@proves(Kind.WORKED, judgments_to_detect)
def test_ties_and_clusters_make_it_more():
    """193.85 decided of which 30 % more are ties: 193.85 / .7 = 276.9; twice that where the variance is doubled."""
    tied = judgments_to_detect(0.6, tie_share=0.3)
    assert (tied.n_judgments, tied.n_decided) == (277, 194)
    assert judgments_to_detect(0.6, tie_share=0.3, design_effect=2).n_judgments == 554


@proves(Kind.WORKED, detectable_share)
@pytest.mark.parametrize(("win_share", "n"), PLANNED.items())
def test_the_same_table_read_backwards(win_share, n):
    assert detectable_share(n).win_share == pytest.approx(win_share, abs=0.001)


@proves(Kind.GOLDEN, judgments_to_detect, detectable_share)
def test_results_as_stored():
    settings = {"power": 0.9, "tie_share": 0.25, "design_effect": 1.5, "confidence_level": 0.99}
    check_golden("planning/judgments_to_detect", judgments_to_detect(0.4, n_already=300, **settings))
    check_golden("planning/detectable_share", detectable_share(400, **settings))


@proves(Kind.PROPERTY, judgments_to_detect, detectable_share)
@unhurried
@given(st.floats(0.51, 0.8), st.floats(0.5, 0.99), tie_shares, effects, st.floats(0.8, 0.99))
def test_each_is_the_others_inverse(win_share, power, tie_share, effect, level):
    settings = {"power": power, "tie_share": tie_share, "design_effect": effect, "confidence_level": level}
    plan = judgments_to_detect(win_share, **settings)
    assert plan.n_judgments >= plan.n_decided
    shown = detectable_share(plan.n_judgments, **settings).win_share
    assert 0.5 < shown <= win_share + 1e-9
    # One judgment fewer would not do, unless it is the clean sweep that is missing.
    fewer = detectable_share(plan.n_judgments - 1, **settings).win_share
    assert fewer is None or fewer > win_share - 1e-9
    assert judgments_to_detect(1 - win_share, **settings).n_judgments == plan.n_judgments
    assert judgments_to_detect(win_share + 0.05, **settings).n_judgments <= plan.n_judgments


@proves(Kind.TWO_WAYS, judgments_to_detect, detectable_share)
@pytest.mark.parametrize("n", [60, 400, 5000])
def test_a_root_finder_solves_the_same_equation(n):
    def shortfall(share):
        lost = norm.cdf((norm.ppf(0.975) / 2 - (share - 0.5) * math.sqrt(n)) / math.sqrt(share * (1 - share)))
        return lost - 0.2

    share = brentq(shortfall, 0.5 + 1e-6, 0.9, xtol=1e-13)
    assert detectable_share(n).win_share == pytest.approx(share)
    assert judgments_to_detect(share).n_judgments == n


@proves(Kind.TWO_WAYS, judgments_to_detect)
@pytest.mark.parametrize(("win_share", "n"), PLANNED.items())
def test_the_exact_binomial_has_about_that_power(win_share, n):
    won = np.arange(n + 1)
    power = binom.pmf(won, n, win_share)[significant(won, n)].sum()
    assert 0.77 < power < 0.815


@proves(Kind.RECOVERY, judgments_to_detect, detectable_share)
def test_simulated_comparisons_show_the_difference_as_often_as_planned():
    """Davidson's model: a gap of ln(p/(1-p)) among the decided, and about a quarter of ties on top."""
    rng, n_studies, win_share, width = np.random.default_rng(2), 2000, 0.6, 0.7
    gap = math.log(win_share / (1 - win_share))
    tie_share = width / (math.exp(gap / 2) + math.exp(-gap / 2) + width)
    n = judgments_to_detect(win_share, tie_share=tie_share).n_judgments
    drawn = draw_outcomes(gap=np.full(n_studies * n, gap), tie_width=width, rng=rng).reshape(n_studies, n)
    won, lost = ((drawn == side).sum(axis=1) for side in (Outcome.FIRST_WINS, Outcome.SECOND_WINS))
    power = significant(won, won + lost).mean()
    assert 0.77 < power < 0.83
    assert detectable_share(n, tie_share=tie_share).win_share == pytest.approx(win_share, abs=0.001)
    shown = detectable_share(300).win_share
    assert near(significant(rng.binomial(300, shown, 5000), 300).mean(), 0.8, 5000)


def test_readings():
    assert judgments_to_detect(0.55, tie_share=0.3, n_already=1000).reading == (
        "About 1,118 comparisons, 30 % of them ties, show with 80 % probability that A is better if A wins 55 % of the "
        "decided ones. You have 1,000; 118 more are needed."
    )
    assert "A is worse if A wins only 40 %" in judgments_to_detect(0.4).reading
    assert "with more than 99 % probability" in judgments_to_detect(0.6, power=0.999).reading
    assert "with less than 1 % probability" in judgments_to_detect(0.6, power=0.001).reading


@proves(Kind.DEGENERATE, judgments_to_detect, detectable_share)
def test_too_few_to_show_anything():
    """Five wins of five have a two-sided p of 1/16; six of six of 1/32."""
    nothing = detectable_share(5)
    assert nothing.win_share is None
    assert "too few: even if A won every decided one" in nothing.reading
    assert 0.9 < detectable_share(6).win_share <= 1
    assert judgments_to_detect(0.999, power=0.5).n_judgments == 6
    assert judgments_to_detect(0.999, power=0.5, confidence_level=0.99).n_judgments == 8


@proves(Kind.DEGENERATE, judgments_to_detect, detectable_share)
@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: judgments_to_detect(0.5), "`win_share` is 0.5, and no number of judgments shows"),
        (lambda: judgments_to_detect(1.0), "`win_share` is 1; give a number between 0 and 1"),
        (lambda: judgments_to_detect(float("nan")), "`win_share` is nan"),
        (lambda: judgments_to_detect(0.6, power=80), "`power` is 80; give a number between 0 and 1"),
        (lambda: judgments_to_detect(0.6, tie_share=1), "`tie_share` is 1"),
        (lambda: judgments_to_detect(0.6, design_effect=-1), "`design_effect` is -1"),
        (lambda: judgments_to_detect(0.6, confidence_level=1), "confidence_level is 1"),
        (lambda: judgments_to_detect(0.6, n_already=-5), "`n_already` is -5"),
        (lambda: detectable_share(0), "`n_judgments` is 0"),
        (lambda: detectable_share(100, power=0.3), r"`power` is 0.3; give a share from .5 to below 1"),
        (lambda: detectable_share(100, tie_share=1), "`tie_share` is 1"),
        (lambda: detectable_share(100, design_effect=0), "`design_effect` is 0"),
        (lambda: detectable_share(100, confidence_level=0), "confidence_level is 0"),
    ],
)
def test_what_cannot_be_is_refused(call, told):
    with pytest.raises(InvalidInput, match=told):
        call()
