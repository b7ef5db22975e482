"""The start of a study."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.choosing import balanced_pairs, start_progress
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.models import fit_bradley_terry
from tests.benchmarks.lockstep import kendall_taus
from tests.stats.choosing.counts_for_tests import both_bad, judged, level, nothing, renumbered, studies
from tests.stats.comparisons_for_tests import counts_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves


def apart_of(counts):
    return start_progress(counts).apart


@proves(Kind.WORKED, start_progress)
@pytest.mark.parametrize(("n", "missing"), [(2, 5), (4, 30), (5, 50), (7, 70), (8, 80), (20, 200)])
def test_five_a_pair_or_twenty_a_competitor(n, missing):
    """The cheaper one: 5 n (n - 1) / 2 judgments up to five competitors, 20 n / 2 from there on."""
    progress = start_progress(nothing(n))
    assert (progress.complete, progress.n_missing) == (False, missing)
    assert (progress.fewest_per_pair, progress.fewest_per_competitor) == (0, 0)


@proves(Kind.WORKED, start_progress)
def test_complete_by_pairs_and_by_competitors():
    by_pairs = start_progress(counts_of(3, (0, 1, 3, 2), (0, 2, 2, 3), (1, 2, 4, 1)))
    assert by_pairs.complete and by_pairs.apart == () and by_pairs.n_missing == 0
    # A ring: 15 judgments with each of two neighbours, other pairs none.
    ring = start_progress(counts_of(6, *((i, (i + 1) % 6, 8, 7) for i in range(6))))
    assert ring.complete and ring.fewest_per_pair == 0 and ring.fewest_per_competitor == 30
    assert "complete" in ring.reading


@proves(Kind.WORKED, start_progress)
def test_strong_connection_is_fords():
    """Who beat whom: 0 > 1 > 2 > 0 is the body, and 3 lost to it only: five a pair do not suffice."""
    cycle = [(0, 1, 5, 0), (1, 2, 5, 0), (2, 0, 5, 0)]
    counts = counts_of(4, *cycle, *((i, 3, 5, 0) for i in range(3)))
    waiting = start_progress(counts)
    assert (waiting.complete, waiting.apart) == (False, (3,))
    # Everybody was shown 15 times, and lacks 5: 10 judgments.
    assert waiting.n_missing == 10
    assert "waits" in waiting.reading and "3 only won, only lost" in waiting.reading
    assert apart_of(counts_of(4, *cycle, *((3, i, 5, 0) for i in range(3)))) == (3,)
    # One win of the last over the first closes all cycles.
    joined = start_progress(counts + counts_of(4, (3, 0, 1, 0)))
    assert joined.complete and joined.apart == ()


@proves(Kind.WORKED, start_progress)
def test_nobody_is_waited_for_beyond_twenty_judgments_of_everybody():
    """A strict ladder, everybody beating all below: five a pair are 15 a competitor, ten a pair 30."""
    ladder = [(i, j, 5, 0) for i in range(4) for j in range(i + 1, 4)]
    waiting = start_progress(counts_of(4, *ladder))
    assert (waiting.complete, waiting.n_missing, len(waiting.apart)) == (False, 10, 3)
    over = start_progress(counts_of(4, *ladder, *ladder))
    assert over.complete and len(over.apart) == 3
    assert "penalised" in over.reading


@proves(Kind.GOLDEN, start_progress)
def test_stored_progress():
    counts = counts_of(4, (0, 1, 4, 1), (0, 2, 3, 0), (1, 2, 0, 2, 1), (2, 3, 4, 0)) + both_bad(4, 0, 3, 2)
    check_golden("choosing/start_progress", start_progress(counts))


@proves(Kind.PROPERTY, start_progress)
@given(counts=studies(), seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=60)
def test_more_judgments_never_throw_the_start_back(counts, seed):
    rng = np.random.default_rng(seed)
    before = start_progress(counts)
    after = start_progress(counts + judged(balanced_pairs(counts, 3, rng=rng), np.zeros(counts.n_competitors), rng))
    assert after.fewest_per_pair >= before.fewest_per_pair
    assert before.n_missing == 0 or after.n_missing <= max(before.n_missing, 20 * counts.n_competitors // 2)
    order = rng.permutation(counts.n_competitors)
    other = start_progress(renumbered(counts, order))
    assert (other.complete, other.n_missing) == (before.complete, before.n_missing)
    assert len(other.apart) == len(before.apart)


@proves(Kind.TWO_WAYS, start_progress)
@pytest.mark.parametrize("n", [3, 6, 7, 8, 12])
def test_as_many_balanced_draws_as_missing_do_it(n):
    """Drawing and counting leads to the number that was told; on the way the number falls by one a draw."""
    rng = np.random.default_rng(n)
    told = start_progress(nothing(n)).n_missing
    draws = balanced_pairs(nothing(n), told + 1, rng=rng)
    ties = np.zeros((n, n, 4), dtype=np.int64)
    counts, left = nothing(n), []
    for first, second in zip(draws.first, draws.second, strict=True):
        left.append(start_progress(counts).n_missing)
        ties[first, second, 2] += 1
        counts = type(counts)(n, ties)
    assert left[0] == told
    assert left == sorted(left, reverse=True)
    assert start_progress(counts).complete


@proves(Kind.RECOVERY, start_progress)
def test_a_complete_start_can_tell_a_rough_order():
    """Twenty studies of eight competitors (sd .8): starts end at 80 to 100 judgments, and tau is above one half."""
    taus = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        truth = rng.normal(0, 0.8, 8)
        counts, n = nothing(8), 0
        while not start_progress(counts).complete:
            counts += judged(balanced_pairs(counts, 5, rng=rng), truth, rng)
            n += 5
        assert 80 <= n <= 100
        taus.append(kendall_taus(fit_bradley_terry(counts).strengths[None], truth[None])[0])
    assert np.mean(taus) > 0.5


@proves(Kind.DEGENERATE, start_progress)
def test_groups_that_can_never_meet_are_refused():
    allowed = np.zeros((4, 4), dtype=bool)
    allowed[0, 1] = allowed[1, 0] = allowed[2, 3] = allowed[3, 2] = True
    with pytest.raises(InvalidInput, match=r"never be compared: \{0, 1\}; \{2, 3\}"):
        start_progress(nothing(4), candidates=allowed)
    # Earlier judgments join them.
    assert start_progress(counts_of(4, (1, 2, 1, 1)), candidates=allowed).n_missing == 10


@proves(Kind.DEGENERATE, start_progress)
def test_one_competitor_cannot_start():
    with pytest.raises(EmptyInput, match="two competitors"):
        start_progress(nothing(1))


def test_a_newcomer_is_not_waited_for():
    counts = counts_of(4, (0, 1, 20, 20), (0, 2, 20, 20), (1, 2, 20, 20))
    assert start_progress(counts).complete
    early = counts_of(4, (0, 1, 2, 3), (0, 2, 3, 2), (1, 2, 2, 3), (0, 3, 1, 1), (1, 3, 1, 1))
    assert not start_progress(early).complete


def test_both_bad_judgments_count_but_join_nobody():
    counts = both_bad(3, 0, 1, 5) + both_bad(3, 0, 2, 5) + both_bad(3, 1, 2, 5)
    assert not start_progress(counts).complete
    assert start_progress(counts, both_bad_as_tie=True).complete
    assert start_progress(level(3, 3)).complete
