"""Simulated studies have the truth they say, and fits find it again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.models import fit_bradley_terry, fit_davidson
from apps.stats.pairwise import Outcome, PairwiseCounts
from apps.stats.simulation import draw_outcomes, expected_strengths, simulate_comparisons
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves


def counts_of_study(study):
    return PairwiseCounts.from_arrays(study.n_competitors, study.first, study.second, study.outcome)


def simulated(seed=1, **settings):
    study = {"strengths": [0.9, 0.1, -1.0], "n_raters": 10, "n_items": 30, "n_judgments": 30_000}
    return simulate_comparisons(**{**study, **settings}, rng=np.random.default_rng(seed))


@proves(Kind.RECOVERY, simulate_comparisons, draw_outcomes)
def test_strengths_come_back_where_there_are_no_ties():
    study = simulated(tie_width=0.0)
    fit = fit_bradley_terry(counts_of_study(study))
    np.testing.assert_allclose(fit.strengths, [0.9, 0.1, -1.0], atol=0.06)
    assert (study.outcome != Outcome.TIE).all()


@proves(Kind.WORKED, draw_outcomes, simulate_comparisons)
def test_outcomes_have_davidsons_shares():
    """Davidson (1970): a gap of ln 4 and a tie width of 1 give odds 2 : 1 : 1/2, so 4/7, 2/7 and 1/7."""
    outcome = draw_outcomes(gap=np.full(200_000, np.log(4)), tie_width=1.0, rng=np.random.default_rng(1))
    shares = np.bincount(outcome, minlength=4)[[Outcome.FIRST_WINS, Outcome.TIE, Outcome.SECOND_WINS]] / 200_000
    np.testing.assert_allclose(shares, [4 / 7, 2 / 7, 1 / 7], atol=0.005)
    study = simulated(strengths=[np.log(4), 0.0], tie_width=1.0, n_judgments=100_000)
    won = study.outcome[study.first == 0] == Outcome.FIRST_WINS
    assert won.mean() == pytest.approx(4 / 7, abs=0.01)


@proves(Kind.TWO_WAYS, draw_outcomes, simulate_comparisons)
def test_davidsons_fit_finds_the_tie_width_too():
    """The likelihood of the model, maximised over the draws, stands where they were drawn from."""
    study = simulated(tie_width=0.8, n_judgments=60_000)
    fit = fit_davidson(counts_of_study(study))
    np.testing.assert_allclose(fit.strengths, study.strengths, atol=0.04)
    assert fit.tie_width == pytest.approx(0.8, abs=0.03)
    gap = study.strengths[study.first] - study.strengths[study.second]
    drawn_apart = draw_outcomes(gap=gap, tie_width=0.8, rng=np.random.default_rng(9))
    shares, again = (np.bincount(each, minlength=4) / len(gap) for each in (study.outcome, drawn_apart))
    np.testing.assert_allclose(shares, again, atol=0.01)


@proves(Kind.GOLDEN, draw_outcomes, simulate_comparisons)
def test_the_streams_of_random_numbers_stay_as_they_are():
    """A demonstration shows the same study in every version."""
    study = simulated(
        n_raters=3, n_items=4, n_judgments=20, skill=[1, 0.5, 0], left_bias=0.3, both_bad_probability=0.1,
        rater_taste_sd=0.5, item_leaning_sd=0.5,
    )  # fmt: skip
    check_golden("simulation/simulate_comparisons", study)
    drawn = draw_outcomes(gap=np.linspace(-3, 3, 20), both_bad_probability=0.1, rng=np.random.default_rng(3))
    check_golden("simulation/draw_outcomes", drawn)


@given(shift=st.floats(-5, 5), seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=30)
@proves(Kind.PROPERTY, simulate_comparisons)
def test_only_gaps_between_strengths_count(shift, seed):
    """Adding a number to every strength changes no judgment, and nobody meets herself."""
    one = simulated(seed, n_judgments=200)
    other = simulated(seed, n_judgments=200, strengths=np.array([0.9, 0.1, -1.0]) + shift)
    np.testing.assert_array_equal(one.outcome, other.outcome)
    np.testing.assert_allclose(one.strengths, other.strengths, atol=1e-12)
    assert (one.first != one.second).all()


@given(gaps=st.lists(st.floats(-30, 30), min_size=1, max_size=30), more=st.floats(0, 5), seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=50)
@proves(Kind.PROPERTY, draw_outcomes)
def test_a_wider_gap_never_turns_a_win_into_less(gaps, more, seed):
    """With the same luck the left output does at least as well where it is better."""
    goodness = np.array([2, 0, 1])
    first, wider = (draw_outcomes(gap=np.array(gaps) + extra, rng=np.random.default_rng(seed)) for extra in (0.0, more))
    assert (goodness[wider] >= goodness[first]).all()


@proves(Kind.RECOVERY, expected_strengths)
@pytest.mark.slow
def test_boards_of_very_many_raters_stand_where_expected():
    """Two million judgments of endless raters and items, whose tastes, skills and biases all differ."""
    rng = np.random.default_rng(11)
    skill, bias = rng.uniform(0.3, 1.5, 4000), rng.normal(0.0, 0.5, 4000)
    study = simulated(
        n_raters=4000, n_items=4000, n_judgments=2_000_000, skill=skill, left_bias=bias, rater_taste_sd=0.6,
        item_leaning_sd=0.8,
    )  # fmt: skip
    expected = expected_strengths(study.strengths, rater_taste_sd=0.6, item_leaning_sd=0.8, skill=skill, left_bias=bias)
    np.testing.assert_allclose(fit_bradley_terry(counts_of_study(study)).strengths, expected, atol=0.05)
    assert np.abs(expected - study.strengths).max() > 0.2


def test_skill_zero_flips_coins_and_bias_leans_left():
    blind = draw_outcomes(gap=np.full(100_000, 3.0), skill=0, tie_width=0, rng=np.random.default_rng(1))
    assert (blind == Outcome.FIRST_WINS).mean() == pytest.approx(0.5, abs=0.01)
    leaning = draw_outcomes(gap=np.zeros(100_000), left_bias=np.log(2), tie_width=0, rng=np.random.default_rng(1))
    assert (leaning == Outcome.FIRST_WINS).mean() == pytest.approx(2 / 3, abs=0.01)


def test_a_rater_keeps_her_own_skill_and_bias():
    study = simulated(skill=[3.0] + [0.0] * 9, left_bias=[0.0] * 9 + [2.0], tie_width=0.0)
    left = study.outcome == Outcome.FIRST_WINS
    sharp = (study.rater == 0) & (study.first == 0) & (study.second == 2)
    assert left[sharp].mean() > 0.97
    assert left[study.rater == 5].mean() == pytest.approx(0.5, abs=0.04)
    assert left[study.rater == 9].mean() == pytest.approx(1 / (1 + np.exp(-2)), abs=0.04)


def test_both_bad_by_item_and_by_pair():
    by_item = simulated(n_items=2, both_bad_probability=[0.0, 0.5])
    bad = by_item.outcome == Outcome.BOTH_BAD
    assert bad[by_item.item == 0].sum() == 0
    assert bad[by_item.item == 1].mean() == pytest.approx(0.5, abs=0.02)
    table = np.zeros((1, 3, 3))
    table[0, 0, 1] = 1.0
    by_pair = simulated(n_items=1, both_bad_probability=table)
    hopeless = (by_pair.first == 0) & (by_pair.second == 1)
    np.testing.assert_array_equal(by_pair.outcome == Outcome.BOTH_BAD, hopeless)


def test_pairs_raters_and_items_are_uniform():
    study = simulated()
    pairs = np.bincount(study.first * 3 + study.second, minlength=9).reshape(3, 3)
    assert np.diag(pairs).tolist() == [0, 0, 0]
    np.testing.assert_allclose(pairs[~np.eye(3, dtype=bool)] / 30_000, 1 / 6, atol=0.01)
    np.testing.assert_allclose(np.bincount(study.rater) / 30_000, 0.1, atol=0.01)
    np.testing.assert_allclose(np.bincount(study.item) / 30_000, 1 / 30, atol=0.01)


def test_tastes_make_judgments_of_a_rater_alike():
    """With strong tastes one rater's win shares differ from another's by more than chance."""
    study = simulated(strengths=[0, 0], tie_width=0, rater_taste_sd=1.0)
    won = (study.outcome == Outcome.FIRST_WINS) == (study.first == 0)
    shares = np.array([won[study.rater == rater].mean() for rater in range(10)])
    assert shares.std() > 5 * 0.5 / np.sqrt(3000)


def test_equal_seeds_give_equal_studies():
    one, other, third = simulated(4), simulated(4), simulated(5)
    np.testing.assert_array_equal(one.outcome, other.outcome)
    np.testing.assert_array_equal(one.item, other.item)
    assert (one.outcome != third.outcome).any()


def test_extreme_gaps_are_certain_not_overflowing():
    outcome = draw_outcomes(gap=[1e300, -1e300], rng=np.random.default_rng(1))
    assert outcome.tolist() == [Outcome.FIRST_WINS, Outcome.SECOND_WINS]


@proves(Kind.DEGENERATE, draw_outcomes)
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"gap": [np.nan]}, "missing or infinite"),
        ({"gap": [1.0, 2.0, 3.0], "skill": [1.0, 2.0]}, "There are 3 gaps"),
        ({"gap": [1.0], "left_bias": np.inf}, "missing or infinite"),
        ({"gap": [1.0], "tie_width": -0.1}, "`tie_width` is negative or endless"),
        ({"gap": [1.0], "both_bad_probability": -0.1}, r"outside 0\.\.1"),
    ],
)
def test_draws_that_cannot_be_are_refused(settings, told):
    with pytest.raises(InvalidInput, match=told):
        draw_outcomes(**settings, rng=np.random.default_rng(1))


@proves(Kind.DEGENERATE, simulate_comparisons)
@pytest.mark.parametrize(
    ("settings", "refusal", "told"),
    [
        ({"strengths": [1.0]}, InvalidInput, "two or more finite numbers"),
        ({"strengths": [1.0, np.inf]}, InvalidInput, "two or more finite numbers"),
        ({"n_raters": 0}, EmptyInput, "at least one rater"),
        ({"skill": [1.0, 2.0]}, InvalidInput, r"`skill` has shape \(2,\)"),
        ({"tie_width": -1.0}, InvalidInput, "`tie_width` is negative"),
        ({"both_bad_probability": 1.5}, InvalidInput, r"outside 0\.\.1"),
        ({"both_bad_probability": [0.1, 0.2]}, InvalidInput, r"`both_bad_probability` has shape \(2,\)"),
    ],
)
def test_a_study_that_cannot_be_is_refused(settings, refusal, told):
    with pytest.raises(refusal, match=told):
        simulated(**settings)


@proves(Kind.DEGENERATE, draw_outcomes)
def test_skill_times_gap_may_overflow():
    outcome = draw_outcomes(gap=[1e300, -1e300], skill=1e300, left_bias=5.0, rng=np.random.default_rng(1))
    assert outcome.tolist() == [Outcome.FIRST_WINS, Outcome.SECOND_WINS]
