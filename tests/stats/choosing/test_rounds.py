"""A round of draws: balanced first, then by results."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.choosing import balanced_pairs, draw_pairs, next_pairs, pair_probabilities, start_progress
from apps.stats.errors import InvalidInput
from apps.stats.models import fit_bradley_terry
from tests.benchmarks.lockstep import kendall_taus
from tests.stats.choosing.counts_for_tests import judged, level, nothing, studies
from tests.stats.comparisons_for_tests import counts_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

LADDER = counts_of(4, (0, 1, 9, 6), (0, 2, 12, 3), (1, 2, 8, 7), (1, 3, 13, 1), (2, 3, 9, 4), (0, 3, 15, 1))


@proves(Kind.WORKED, next_pairs)
def test_the_first_round_shows_every_pair_once():
    found = next_pairs(nothing(4), 6, rng=np.random.default_rng(1))
    assert sorted(found.draws.pair) == list(range(6))
    assert found.policy is None and found.start.n_missing == 30
    assert "lacks at least 30" in found.reading


@proves(Kind.WORKED, next_pairs)
def test_level_pairs_are_drawn_alike_after_the_start():
    found = next_pairs(level(3, 3), 50, rng=np.random.default_rng(1))
    assert found.draws.probability == pytest.approx([1 / 3] * 50)
    assert found.policy is not None and found.reading == found.policy.reading


@proves(Kind.GOLDEN, next_pairs)
def test_stored_round():
    check_golden("choosing/next_pairs", next_pairs(LADDER, 6, rng=np.random.default_rng(3), floor=0.2))


@proves(Kind.PROPERTY, next_pairs)
@given(counts=studies(), n=st.integers(0, 20), floor=st.sampled_from([0.1, 0.3]))
@settings(deadline=None, max_examples=40)
def test_weights_are_never_above_one_over_the_floor(counts, n, floor):
    found = next_pairs(counts, n, rng=np.random.default_rng(n), floor=floor)
    assert len(found.draws.first) == n
    assert (found.draws.weight <= 1 / floor * (1 + 1e-12)).all()
    assert (found.draws.first != found.draws.second).all()


@proves(Kind.TWO_WAYS, next_pairs)
@pytest.mark.parametrize("counts", [LADDER, counts_of(4, (0, 1, 2, 1), (2, 3, 1, 1))])
def test_a_round_is_its_parts(counts):
    found = next_pairs(counts, 12, rng=np.random.default_rng(5), floor=0.2, margin=0.01)
    rng = np.random.default_rng(5)
    if start_progress(counts).complete:
        parts = draw_pairs(pair_probabilities(counts, floor=0.2, margin=0.01), 12, rng=rng)
    else:
        parts = balanced_pairs(counts, 12, rng=rng)
    assert (found.draws.first == parts.first).all() and (found.draws.second == parts.second).all()


@proves(Kind.RECOVERY, next_pairs)
def test_rounds_lead_to_the_order():
    """Ten studies of six competitors a half apart, 600 judgments in rounds of 30: hardly a pair is wrong."""
    truth = np.arange(6) * -0.5
    taus, adjacent = [], 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        counts = nothing(6)
        for _ in range(20):
            draws = next_pairs(counts, 30, rng=rng).draws
            counts += judged(draws, truth, rng)
        adjacent += (np.abs(draws.first - draws.second) == 1).sum()
        taus.append(kendall_taus(fit_bradley_terry(counts).strengths[None], truth[None])[0])
    assert np.mean(taus) > 0.96
    # Five of fifteen pairs are neighbours; at the end they have most of the draws.
    assert adjacent > 0.6 * 300


@proves(Kind.DEGENERATE, next_pairs)
def test_no_round_of_less_than_nothing():
    for counts in (LADDER, nothing(4)):
        with pytest.raises(InvalidInput, match="number of pairs"):
            next_pairs(counts, -1, rng=np.random.default_rng(1))
        with pytest.raises(InvalidInput, match="4 by 4"):
            next_pairs(counts, 1, rng=np.random.default_rng(1), candidates=np.ones((3, 3), dtype=bool))
