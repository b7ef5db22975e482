"""Rounds that cannot be: one competitor, groups that never meet, no floor; and the first round of all."""

import numpy as np
import pytest

from apps.stats.choosing import balanced_pairs, next_pairs, pair_probabilities, start_progress
from apps.stats.errors import EmptyInput, InvalidInput
from tests.stats.choosing.counts_for_tests import both_bad, nothing
from tests.stats.choosing.fields_for_tests import allowed_pairs, level_field
from tests.stats.comparisons_for_tests import counts_of
from tests.stats.kinds import Kind, proves

APART = allowed_pairs(4, (0, 1), (2, 3))


def rng():
    return np.random.default_rng(1)


@proves(Kind.DEGENERATE, next_pairs)
def test_an_empty_log_starts_balanced():
    found = next_pairs(nothing(3), 6, rng=rng())
    assert np.bincount(found.draws.pair).tolist() == [2, 2, 2]
    assert found.policy is None
    assert found.reading == found.start.reading


@proves(Kind.DEGENERATE, next_pairs)
def test_one_competitor_has_no_round():
    with pytest.raises(EmptyInput, match="no pair to draw"):
        next_pairs(nothing(1), 1, rng=rng())


@proves(Kind.DEGENERATE, next_pairs, start_progress)
def test_candidates_that_never_join_are_refused_until_results_do():
    for refuse in (lambda: next_pairs(nothing(4), 4, rng=rng(), candidates=APART), lambda: start(nothing(4))):
        with pytest.raises(InvalidInput, match=r"groups that can never be compared: \{0, 1\}; \{2, 3\}"):
            refuse()
    assert start(level_field(4)).complete


def start(counts):
    return start_progress(counts, candidates=APART)


@proves(Kind.DEGENERATE, next_pairs)
def test_no_floor_is_refused():
    """At once, not only when the start is over."""
    for counts in (nothing(3), level_field(3)):
        with pytest.raises(InvalidInput, match="without a floor"):
            next_pairs(counts, 5, rng=rng(), floor=0)


@proves(Kind.WORKED, start_progress)
def test_nobody_is_shown_to_herself():
    """Seven have 60 showings, the eighth 16, all against one: six pairs lack 30 judgments, and she lacks 4, not 2."""
    counts = nothing(8)
    counts.counts[:7, :7] = level_field(7, 5, 5).counts
    assert start_progress(counts + counts_of(8, (7, 0, 8, 8))).n_missing == 4


@proves(Kind.TWO_WAYS, next_pairs)
@pytest.mark.parametrize(
    "option",
    [
        {"floor": 0.2},
        {"newcomer_share": 0.9},
        {"margin": 0.6},
        {"margin": 0.6, "design_effect": 3.0},
        {"margin": 0.6, "confidence_level": 0.5},
        {"both_bad_as_tie": True},
        {"candidates": allowed_pairs(5, (0, 1), (1, 2), (2, 3), (3, 4))},
    ],
    ids=" ".join,
)
def test_every_option_is_handed_on(option):
    """Each makes a difference, the same one as to `pair_probabilities`."""
    counts = counts_of(5, (0, 1, 60, 50), (0, 2, 70, 50), (1, 2, 45, 40), (0, 3, 50, 30), (1, 3, 40, 30), (3, 4, 2, 1))
    counts += both_bad(5, 0, 3, 30)
    policy = next_pairs(counts, 5, rng=rng(), **option).policy
    assert policy is not None
    assert (policy.probability == pair_probabilities(counts, **option).probability).all()
    less = dict(list(option.items())[:-1])
    other = pair_probabilities(counts, **less).probability
    assert policy.probability.shape != other.shape or not np.allclose(policy.probability, other)


@proves(Kind.WORKED, next_pairs)
def test_the_start_too_is_told_what_both_bad_means():
    counts = level_field(3, 5, 0) + both_bad(3, 0, 2, 1)
    assert next_pairs(counts, 1, rng=rng()).policy is None
    assert next_pairs(counts, 1, rng=rng(), both_bad_as_tie=True).policy is not None


@proves(Kind.PROPERTY, next_pairs, balanced_pairs)
@pytest.mark.parametrize("counts", [counts_of(5), level_field(5)], ids=["start", "chosen"])
def test_only_candidates_are_drawn(counts):
    """A competitor without a candidate pair is neither drawn nor waited for."""
    candidates = allowed_pairs(5, (0, 1), (1, 2), (2, 3))
    draws = next_pairs(counts, 60, rng=rng(), candidates=candidates).draws
    assert candidates[draws.first, draws.second].all()
    assert draws.n_candidates == 3
    assert set(draws.pair.tolist()) == {0, 1, 2}
