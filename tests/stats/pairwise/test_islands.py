"""Who can be ranked against whom."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.errors import DisconnectedComparisons, EmptyInput
from apps.stats.pairwise import Outcome, PairwiseCounts, islands
from apps.stats.pairwise.connectivity import is_separated, require_one_island, unbounded
from apps.stats.simulation import draw_outcomes
from tests.stats.comparisons_for_tests import counts_of, golden_table
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

unhurried = settings(deadline=None, max_examples=60)
N = 6
meetings = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(1, N - 1), st.sampled_from(Outcome)).map(
        lambda drawn: (drawn[0], (drawn[0] + drawn[1]) % N, drawn[2])
    ),
    max_size=8,
)


def table(met, n=N):
    first, second, outcome = np.array(met, dtype=np.int64).reshape(-1, 3).T
    return PairwiseCounts.from_arrays(n, first, second, outcome)


def flooded(met, n=N):
    """The groups by hand: paint a competitor's group over that of everybody it meets, until nothing changes."""
    group = list(range(n))
    for one, other, outcome in met:
        if outcome != Outcome.BOTH_BAD:
            old, new = max(group[one], group[other]), min(group[one], group[other])
            group = [new if each == old else each for each in group]
    return tuple(tuple(i for i in range(n) if group[i] == each) for each in sorted(set(group)))


@proves(Kind.WORKED, islands)
def test_who_met_whom_by_hand():
    """0 and 3 were decided, 1 and 4 tied, 2 met 5 only in a both-bad: four groups, in the order of their first."""
    counts = counts_of(6, (0, 3, 2, 1), (1, 4, 0, 0, 6), (2, 5, 0, 0, 0, 9))
    assert islands(counts) == ((0, 3), (1, 4), (2,), (5,))
    assert islands(counts, both_bad_as_tie=True) == ((0, 3), (1, 4), (2, 5))


@proves(Kind.WORKED, islands)
def test_a_chain_is_one_island():
    assert islands(counts_of(4, (3, 1, 1, 0), (1, 2, 0, 1), (0, 2, 0, 0, 1))) == ((0, 1, 2, 3),)


@proves(Kind.GOLDEN, islands)
def test_islands_of_half_the_foods():
    _, counts, _ = golden_table("food")
    met = [(i, j, 0) for i, j in zip(*np.nonzero(np.triu(counts.half_wins() > 1)), strict=True)]
    check_golden("pairwise/islands", islands(table(met, counts.n_competitors)))


@proves(Kind.TWO_WAYS, islands)
@unhurried
@given(meetings)
def test_islands_are_what_painting_finds(met):
    assert islands(table(met)) == flooded(met)


@proves(Kind.PROPERTY, islands)
@unhurried
@given(meetings, st.permutations(range(N)))
def test_islands_move_with_the_names(met, place):
    moved = islands(table([(place[one], place[other], outcome) for one, other, outcome in met]))
    expected = [tuple(sorted(place[i] for i in group)) for group in islands(table(met))]
    assert set(moved) == set(expected)


@proves(Kind.PROPERTY, islands)
@unhurried
@given(meetings, meetings)
def test_more_comparisons_only_join(met, more):
    """Every competitor is in one island, and further comparisons never split one."""
    before, after = islands(table(met)), islands(table(met) + table(more))
    assert sorted(i for group in after for i in group) == list(range(N))
    assert all(any(set(group) <= set(larger) for larger in after) for group in before)


@proves(Kind.RECOVERY, islands)
def test_planted_groups_are_found():
    rng = np.random.default_rng(4)
    group = rng.permutation(np.repeat([0, 1, 2], 8))
    first, second = rng.integers(0, 24, (2, 600))
    inside = (group[first] == group[second]) & (first != second)
    outcome = draw_outcomes(gap=rng.normal(size=600), both_bad_probability=0.2, rng=rng)
    found = islands(PairwiseCounts.from_arrays(24, first[inside], second[inside], outcome[inside]))
    assert set(found) == {tuple(np.flatnonzero(group == each).tolist()) for each in range(3)}


@proves(Kind.DEGENERATE, islands)
def test_without_any_comparison_everybody_is_an_island():
    assert islands(table([], 3)) == ((0,), (1,), (2,))
    assert islands(table([], 1)) == ((0,),)
    with pytest.raises(EmptyInput, match="no competitor"):
        table([], 0)


@proves(Kind.DEGENERATE, islands)
def test_only_both_bad_joins_nobody():
    assert islands(table([(0, 1, Outcome.BOTH_BAD), (1, 2, Outcome.BOTH_BAD)], 3)) == ((0,), (1,), (2,))


def test_one_island_is_required_by_name():
    require_one_island(counts_of(2, (0, 1, 1, 0)))
    with pytest.raises(DisconnectedComparisons, match=r"2 groups.*\{0, 2\}; \{1\}") as refused:
        require_one_island(counts_of(3, (0, 2, 1, 0)))
    assert refused.value.islands == ((0, 2), (1,))


def test_a_round_of_wins_is_not_separated_and_a_chain_is():
    assert not is_separated(counts_of(3, (0, 1, 1, 0), (1, 2, 1, 0), (2, 0, 1, 0)).half_wins())
    assert is_separated(counts_of(3, (0, 1, 1, 0), (1, 2, 1, 0), (0, 2, 1, 0)).half_wins())


def test_the_main_body_is_neither_undefeated_nor_winless():
    half_wins = counts_of(4, (0, 1, 5, 0), (1, 2, 2, 2), (2, 3, 2, 2), (3, 1, 2, 2)).half_wins()
    undefeated, winless = unbounded(half_wins)
    assert undefeated.tolist() == [True, False, False, False]
    assert winless.tolist() == [False] * 4


@given(n=st.integers(1, 7), data=st.data())
@settings(deadline=None, max_examples=60)
def test_separation_is_what_following_every_road_finds(n, data):
    """The short search and the long one agree with Warshall's closure (1962) of "beat or tied"."""
    beat = np.array(data.draw(st.lists(st.booleans(), min_size=n * n, max_size=n * n))).reshape(n, n)
    np.fill_diagonal(beat, True)
    roads = beat.copy()
    for through in range(n):
        roads |= roads[:, through, None] & roads[None, through]
    np.fill_diagonal(beat, False)
    assert is_separated(beat * 1.0) == (not roads.all())
