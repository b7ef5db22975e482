"""Simulated studies have the truth they say, and fits find it again."""

import numpy as np
import pytest

from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import Outcome, PairwiseCounts
from apps.stats.simulation import draw_outcomes, simulate_comparisons


def simulated(seed=1, **settings):
    study = {"strengths": [0.9, 0.1, -1.0], "n_raters": 10, "n_items": 30, "n_judgments": 30_000}
    return simulate_comparisons(**{**study, **settings}, rng=np.random.default_rng(seed))


def test_strengths_come_back_where_there_are_no_ties():
    study = simulated(tie_width=0.0)
    counts = PairwiseCounts.from_arrays(3, study.first, study.second, study.outcome)
    fit = fit_bradley_terry(counts)
    np.testing.assert_allclose(fit.strengths, [0.9, 0.1, -1.0], atol=0.06)
    assert (study.outcome != Outcome.TIE).all()


def test_outcomes_have_davidsons_shares():
    outcome = draw_outcomes(gap=np.full(200_000, 0.8), tie_width=0.7, rng=np.random.default_rng(1))
    odds = np.array([np.exp(0.4), np.exp(-0.4), 0.7])
    shares = np.bincount(outcome, minlength=4) / 200_000
    np.testing.assert_allclose(shares, [*(odds / odds.sum()), 0], atol=0.005)


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
