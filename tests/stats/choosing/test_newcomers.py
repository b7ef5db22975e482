"""Someone new in an established field gets the draws that let her catch up."""

import math

import numpy as np
import pytest

from apps.stats.choosing import PairReason, next_pairs, pair_probabilities, start_progress
from apps.stats.models import fit_bradley_terry
from tests.stats.choosing.counts_for_tests import both_bad, nothing
from tests.stats.choosing.fields_for_tests import as_table, chosen_study, level_field
from tests.stats.comparisons_for_tests import counts_of
from tests.stats.kinds import Kind, proves


def with_newcomers(n_established, n_new, *results):
    """A level field of 20 judgments a pair, and new competitors with the results given."""
    counts = nothing(n_established + n_new)
    counts.counts[:n_established, :n_established] = level_field(n_established).counts
    return counts + counts_of(n_established + n_new, *results)


@proves(Kind.WORKED, pair_probabilities, start_progress)
def test_a_newcomer_gets_half_of_what_is_beyond_the_floor():
    """Of 31 competitors one is new: her 30 of 465 pairs get .3 (30 / 465) + .7 (.5) = .369 of draws, not .065."""
    counts = with_newcomers(30, 1)
    policy = pair_probabilities(counts)
    assert policy.newcomers == (30,)
    assert as_table(policy, 31)[30].sum() == pytest.approx(0.3 * 30 / 465 + 0.35)
    assert policy.reason.count(PairReason.NEWCOMER) == 30
    assert "Newcomers: 1." in policy.reading
    # Nobody waits for her: the field goes on being chosen by results.
    assert start_progress(counts).complete


@proves(Kind.WORKED, pair_probabilities)
def test_two_newcomers_share_and_their_own_pair_counts_for_both():
    """Five established, two new: 6 pairs each, so each pair has 1 / 6 of one newcomer, 2 / 6 where both are."""
    policy = pair_probabilities(with_newcomers(5, 2), newcomer_share=0.6)
    table = as_table(policy, 7)
    assert policy.newcomers == (5, 6)
    assert table[5, :5] == pytest.approx([0.3 / 21 + 0.7 * 0.6 / 12] * 5)
    assert table[5, 6] == pytest.approx(0.3 / 21 + 0.7 * 0.6 * 2 / 12)
    assert math.fsum(policy.probability) == 1


@proves(Kind.WORKED, pair_probabilities)
def test_one_is_new_below_thirty_showings_and_a_quarter_of_the_others():
    """Five others with 80 showings each or a little more: 19 are less than a quarter of the median, 20 or 21 are not.

    With 200 showings of the others 29 are still new, 30 are not.
    """
    for results, wins, losses, new in [
        ([(5, 0, 10, 9)], 12, 8, True),
        ([(5, 0, 11, 10)], 12, 8, False),
        ([(5, 0, 15, 14)], 30, 20, True),
        ([(5, 0, 15, 15)], 30, 20, False),
    ]:
        counts = nothing(6)
        counts.counts[:5, :5] = level_field(5, wins, losses).counts
        assert pair_probabilities(counts + counts_of(6, *results)).newcomers == ((5,) if new else ())


@proves(Kind.WORKED, pair_probabilities)
def test_the_median_is_that_of_the_others():
    """The others were shown 133 and 105 times: a quarter of 119 is 29.75. With her own 28 it would be one of 105."""
    assert pair_probabilities(counts_of(3, (0, 1, 60, 45), (0, 2, 15, 13))).newcomers == (2,)


@proves(Kind.WORKED, pair_probabilities)
def test_many_showings_without_a_result_leave_one_a_newcomer_elsewhere():
    """Always both-bad against 0 and 1: those two pairs are given up, and the draws go to her other three."""
    counts = with_newcomers(5, 1) + both_bad(6, 5, 0, 25) + both_bad(6, 5, 1, 25)
    policy = pair_probabilities(counts)
    assert policy.newcomers == (5,)
    assert as_table(policy, 6)[5, :5] == pytest.approx([0.02, 0.02] + [0.02 + 0.35 / 3] * 3)


@proves(Kind.WORKED, pair_probabilities)
def test_newcomers_have_equal_parts_however_many_pairs_they_have_left():
    """Of 4 established and 2 new, 5 is always both-bad with 0 and 1: it spreads its half over 3 pairs, 4 over 5."""
    counts = with_newcomers(4, 2) + both_bad(6, 5, 0, 12) + both_bad(6, 5, 1, 12)
    table = as_table(pair_probabilities(counts), 6)
    assert table[4, :4] == pytest.approx([0.02 + 0.35 / 2 / 5] * 4)
    assert table[5, 2:4] == pytest.approx([0.02 + 0.35 / 2 / 3] * 2)
    assert table[4, 5] == pytest.approx(0.02 + 0.35 / 2 * (1 / 3 + 1 / 5))
    assert table[5, :2] == pytest.approx([0.02, 0.02])


@proves(Kind.DEGENERATE, pair_probabilities)
def test_a_newcomer_nobody_can_judge_is_given_up():
    counts = with_newcomers(3, 1)
    for other in range(3):
        counts += both_bad(4, 3, other, 25)
    policy = pair_probabilities(counts)
    assert policy.newcomers == ()
    assert as_table(policy, 4)[3, :3] == pytest.approx([0.05] * 3)


@proves(Kind.DEGENERATE, pair_probabilities)
def test_without_a_share_for_newcomers_they_have_the_floor():
    policy = pair_probabilities(with_newcomers(5, 1), newcomer_share=0)
    assert as_table(policy, 6)[5, :5] == pytest.approx([0.02] * 5)


@proves(Kind.RECOVERY, next_pairs, pair_probabilities)
def test_a_newcomer_finds_her_place():
    """A strong newcomer among twelve established, 300 judgments: she gets far more than the uniform 2 / 13 of them.

    Truly between third and fourth, she comes out among the first six.
    """
    rng = np.random.default_rng(6)
    truth = np.append(np.linspace(1, -1, 12), 0.8)
    gaps = np.subtract.outer(truth, truth)
    before = nothing(13)
    before.counts[:12, :12, 0] = rng.binomial(40, 1 / (1 + np.exp(-gaps[:12, :12]))) * np.triu(
        np.ones((12, 12), int), 1
    )
    before.counts[:12, :12, 1] = (40 - before.counts[:12, :12, 0]) * np.triu(np.ones((12, 12), int), 1)
    log = chosen_study(gaps, 15, 20, rng, counts=before)
    hers = (log.first == 12) | (log.second == 12)
    assert hers[:60].mean() > 0.3
    assert hers.sum() > 300 * 2 / 13
    strengths = fit_bradley_terry(log.counts).strengths
    assert (strengths > strengths[12]).sum() < 6
