"""Draws of pairs: independent ones from a policy, and balanced ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, chisquare

from apps.stats.choosing import balanced_pairs, draw_pairs, pair_probabilities
from apps.stats.errors import EmptyInput, InvalidInput
from tests.stats.choosing.counts_for_tests import both_bad, level, nothing, studies
from tests.stats.comparisons_for_tests import counts_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

LOPSIDED = counts_of(4, (0, 1, 9, 6), (0, 2, 28, 3), (1, 2, 15, 5), (1, 3, 27, 1), (2, 3, 36, 34), (0, 3, 30, 1))


def shown(draws):
    return np.bincount(draws.pair, minlength=draws.n_candidates)


@proves(Kind.WORKED, draw_pairs)
def test_weights_by_hand():
    """A hopeless pair has the floor, .3 / 3 = .1, and weighs 1 / (3 * .1); the others .45, and 1 / (3 * .45)."""
    policy = pair_probabilities(level(3, 10) + both_bad(3, 0, 1, 40))
    draws = draw_pairs(policy, 200, rng=np.random.default_rng(1))
    hopeless = draws.first + draws.second == 1
    assert draws.probability[hopeless] == pytest.approx(0.1)
    assert draws.weight[hopeless] == pytest.approx(10 / 3)
    assert draws.weight[~hopeless] == pytest.approx(1 / 1.35)
    assert 0 < hopeless.sum() < 200


@proves(Kind.WORKED, balanced_pairs)
def test_a_tournament_comes_out_round_by_round():
    """Four competitors, six pairs: two draws show everybody once, six show every pair once."""
    draws = balanced_pairs(nothing(4), 6, rng=np.random.default_rng(1))
    assert sorted([*draws.first[:2], *draws.second[:2]]) == [0, 1, 2, 3]
    assert sorted(draws.pair) == [0, 1, 2, 3, 4, 5]
    assert (draws.probability == 1 / 6).all() and (draws.weight == 1).all()


@proves(Kind.WORKED, balanced_pairs)
def test_what_is_behind_catches_up():
    """Of three pairs one lacks four judgments: the next four are its, the fifth is anybody's."""
    counts = counts_of(3, (0, 1, 4, 2), (0, 2, 1, 1), (1, 2, 3, 3))
    draws = balanced_pairs(counts, 4, rng=np.random.default_rng(1))
    assert {(min(pair), max(pair)) for pair in zip(draws.first, draws.second, strict=True)} == {(0, 2)}


@proves(Kind.GOLDEN, draw_pairs, balanced_pairs)
def test_stored_draws():
    draws = draw_pairs(pair_probabilities(LOPSIDED), 8, rng=np.random.default_rng(1))
    check_golden("choosing/draw_pairs", draws)
    check_golden("choosing/balanced_pairs", balanced_pairs(LOPSIDED, 8, rng=np.random.default_rng(1)))


@proves(Kind.PROPERTY, draw_pairs, balanced_pairs)
@given(counts=studies(), n=st.integers(0, 40), seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=60)
def test_draws_name_their_pair_and_balance_levels(counts, n, seed):
    policy = pair_probabilities(counts)
    draws = draw_pairs(policy, n, rng=np.random.default_rng(seed))
    balanced = balanced_pairs(counts, n, rng=np.random.default_rng(seed))
    for each in (draws, balanced):
        assert np.sort(np.column_stack([each.first, each.second])).tolist() == policy.pairs[each.pair].tolist()
        assert each.weight == pytest.approx(1 / (each.n_candidates * each.probability))
    assert (draws.probability == policy.probability[draws.pair]).all()
    judged = counts.counts.sum(axis=2)
    before = (judged + judged.T)[tuple(policy.pairs.T)]
    after = before + shown(balanced)
    # Whoever was drawn is never ahead of a pair that was not.
    assert after[shown(balanced) > 0].max(initial=0) <= after.min() + 1
    again = draw_pairs(policy, n, rng=np.random.default_rng(seed))
    assert (again.first == draws.first).all() and (again.second == draws.second).all()


@proves(Kind.TWO_WAYS, draw_pairs, balanced_pairs)
def test_pairs_come_as_often_as_told():
    """Counting draws leads back to the probabilities, and for balanced draws to a full round-robin table."""
    policy = pair_probabilities(LOPSIDED)
    draws = draw_pairs(policy, 20_000, rng=np.random.default_rng(2))
    assert chisquare(shown(draws), 20_000 * policy.probability).pvalue > 0.001
    following = np.bincount(draws.pair[:-1] * 6 + draws.pair[1:], minlength=36)
    independent = np.outer(policy.probability, policy.probability).ravel()
    assert chisquare(following, 19_999 * independent).pvalue > 0.001
    assert shown(balanced_pairs(nothing(6), 150, rng=np.random.default_rng(3))).tolist() == [10] * 15


@proves(Kind.RECOVERY, draw_pairs)
def test_weights_undo_the_choice():
    """The mean over all pairs of any figure is recovered by weighing: 95 % intervals hold it 95 times in 100."""
    policy = pair_probabilities(LOPSIDED, floor=0.1)
    rng = np.random.default_rng(4)
    figure = np.array([3.0, -1.0, 4.0, 1.0, -5.0, 9.0])
    held = 0
    for _ in range(400):
        draws = draw_pairs(policy, 600, rng=rng)
        weighed = draws.weight * figure[draws.pair]
        held += abs(weighed.mean() - figure.mean()) <= 1.96 * weighed.std() / np.sqrt(600)
    assert binom.sf(held - 1, 400, 0.95) < 0.9995 and binom.cdf(held, 400, 0.95) > 0.0005


@proves(Kind.RECOVERY, draw_pairs, balanced_pairs)
def test_sides_are_a_coins():
    drawn = draw_pairs(pair_probabilities(LOPSIDED), 4000, rng=np.random.default_rng(6))
    balanced = balanced_pairs(nothing(5), 1000, rng=np.random.default_rng(5))
    for draws in (drawn, balanced):
        lower_first = (draws.first < draws.second).sum()
        assert abs(lower_first - len(draws.first) / 2) < 3.5 * np.sqrt(len(draws.first)) / 2


def test_only_candidates_are_drawn():
    allowed = np.zeros((4, 4), dtype=bool)
    for i, j in ((0, 1), (1, 2), (2, 3)):
        allowed[i, j] = allowed[j, i] = True
    draws = balanced_pairs(level(4, 3), 30, rng=np.random.default_rng(1), candidates=allowed)
    assert draws.n_candidates == 3
    assert shown(draws).tolist() == [10, 10, 10]
    drawn = np.sort(np.column_stack([draws.first, draws.second]))
    assert np.unique(drawn, axis=0).tolist() == [[0, 1], [1, 2], [2, 3]]


@proves(Kind.DEGENERATE, draw_pairs, balanced_pairs)
def test_no_draw_and_less():
    rng = np.random.default_rng(1)
    policy = pair_probabilities(LOPSIDED)
    assert len(draw_pairs(policy, 0, rng=rng).first) == len(balanced_pairs(LOPSIDED, 0, rng=rng).first) == 0
    with pytest.raises(InvalidInput, match="number of pairs to draw"):
        draw_pairs(policy, -1, rng=rng)
    with pytest.raises(InvalidInput, match="number of pairs to draw"):
        balanced_pairs(LOPSIDED, -1, rng=rng)


@proves(Kind.DEGENERATE, balanced_pairs)
@pytest.mark.parametrize(
    ("candidates", "error", "says"),
    [
        (np.ones((3, 3), dtype=bool), InvalidInput, "4 by 4"),
        (np.ones((4, 4)), InvalidInput, "holds float64"),
        (np.triu(np.ones((4, 4), dtype=bool)), InvalidInput, "not symmetric"),
        (np.eye(4, dtype=bool), EmptyInput, "allows no pair"),
    ],
)
def test_candidates_that_are_no_table_are_refused(candidates, error, says):
    with pytest.raises(error, match=says):
        balanced_pairs(LOPSIDED, 1, rng=np.random.default_rng(1), candidates=candidates)


@proves(Kind.DEGENERATE, balanced_pairs)
def test_one_competitor_has_nobody_to_meet():
    with pytest.raises(EmptyInput, match="two competitors or more"):
        balanced_pairs(nothing(1), 1, rng=np.random.default_rng(1))
