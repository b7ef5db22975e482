"""How few judgments decide an order: by hand, by trying all subsets, and where the answer was planted."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.errors import DisconnectedComparisons, InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import ComparisonRows, Outcome
from apps.stats.uncertainty import fewest_judgments_to_flip
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.uncertainty.covariances_for_tests import study_rows


def table(n_competitors, *columns):
    """Rows from (first, second, outcome, count)."""
    first, second, outcome, count = np.array(columns).T
    rater = np.arange(len(columns))
    return ComparisonRows.from_arrays(
        n_competitors=n_competitors, first=first, second=second, outcome=outcome, count=count, rater=rater
    )


def flipped(rows, **settings):
    return fewest_judgments_to_flip(fit_bradley_terry(rows.counts), rows, **settings)


def without(rows, found):
    """The rows that are left."""
    count = rows.count.copy()
    count[found.rows] -= found.n_dropped
    return ComparisonRows.from_arrays(
        n_competitors=rows.n_competitors, first=rows.first, second=rows.second, outcome=rows.outcome, count=count
    )


@proves(Kind.WORKED, fewest_judgments_to_flip)
def test_twelve_to_eight_is_level_without_four():
    """By hand: of 12 wins against 8 four have to go. Each is worth (1 - p) / (N p (1 - p)) = 1/12 of a logit, and
    the gap is log 1.5 = .405: the first order foretells five, for it does not see that N falls too.
    """
    found = flipped(table(2, (0, 1, 0, 12), (0, 1, 1, 8)))
    assert (found.leader, found.follower, found.n_judgments, found.n_predicted) == (0, 1, 4, 5)
    assert (found.share, found.n_scored, found.confirmed) == (0.2, 20, True)
    assert found.gap_before == pytest.approx(np.log(1.5))
    assert found.gap_after == pytest.approx(0, abs=1e-9)
    assert (found.rows.tolist(), found.n_dropped.tolist()) == ([0], [4])
    assert found.reading.startswith("4 of 20 judgments (20 %) decide that competitor 0 stands above competitor 1")


def fewest_of_all(rows, leader, follower, most):
    """Every way to leave out up to `most` judgments."""
    for n_judgments in range(most + 1):
        for dropped in product(*(range(count + 1) for count in rows.count)):
            if sum(dropped) != n_judgments:
                continue
            left = ComparisonRows.from_arrays(
                n_competitors=rows.n_competitors,
                first=rows.first,
                second=rows.second,
                outcome=rows.outcome,
                count=rows.count - np.array(dropped),
            )
            try:
                strengths = fit_bradley_terry(left.counts).strengths
            except DisconnectedComparisons:
                continue
            if strengths[leader] <= strengths[follower] + 1e-9:
                return n_judgments
    return None


@proves(Kind.TWO_WAYS, fewest_judgments_to_flip)
@pytest.mark.parametrize("seed", range(3))
def test_trying_all_subsets_finds_no_fewer(seed):
    rng = np.random.default_rng(seed)
    pairs = [(0, 1), (1, 2), (2, 0)]
    rows = table(3, *((i, j, end, int(rng.integers(2, 6))) for i, j in pairs for end in (0, 1)))
    found = flipped(rows)
    assert found.n_judgments == fewest_of_all(rows, found.leader, found.follower, found.n_judgments)


@proves(Kind.GOLDEN, fewest_judgments_to_flip)
def test_stored_judgments():
    rows = study_rows(np.linspace(-0.5, 0.5, 5), 400, np.random.default_rng(8))
    check_golden("uncertainty/fewest_judgments_to_flip", flipped(rows))


@proves(Kind.PROPERTY, fewest_judgments_to_flip)
@given(rows=comparison_rows(), seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_what_is_said_is_what_a_new_fit_shows(rows, seed):
    fit = fit_bradley_terry(rows.counts)
    found = fewest_judgments_to_flip(fit, rows)
    assert found.gap_before >= 0
    if found.n_judgments:
        assert found.n_dropped.sum() == found.n_judgments < found.n_scored / 2
        assert (rows.outcome[found.rows] != Outcome.BOTH_BAD).all()
        strengths = fit_bradley_terry(without(rows, found).counts).strengths
        assert strengths[found.leader] - strengths[found.follower] == pytest.approx(found.gap_after, abs=1e-8)
        assert found.gap_after <= 1e-9
    # One row a judgment, in any order, is the same table.
    order = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(rows.first)), rows.count))
    single = ComparisonRows.from_arrays(
        n_competitors=rows.n_competitors,
        first=rows.first[order],
        second=rows.second[order],
        outcome=rows.outcome[order],
        rater=order,
    )
    again = fewest_judgments_to_flip(fit, single, first=found.leader, second=found.follower)
    assert again.n_predicted == found.n_predicted


@proves(Kind.RECOVERY, fewest_judgments_to_flip)
@pytest.mark.parametrize("n_planted", [1, 5, 40])
def test_planted_judgments_are_found_to_be_enough(n_planted):
    """Two leaders made exactly level, each judgment mirrored; then some more wins for one of them."""
    rng = np.random.default_rng(n_planted)
    study = study_rows([1.0, 1.0, 0.0, -1.0], 3000, rng)
    swap = np.array([1, 0, 2, 3])
    mirrored = ComparisonRows.from_arrays(
        n_competitors=4,
        first=np.concatenate([study.first, swap[study.first], np.zeros(n_planted, dtype=int)]),
        second=np.concatenate([study.second, swap[study.second], np.full(n_planted, 2)]),
        outcome=np.concatenate([study.outcome, study.outcome, np.zeros(n_planted, dtype=int)]),
    )
    found = flipped(mirrored)
    assert (found.leader, found.confirmed) == (0, True)
    assert 1 <= found.n_judgments <= n_planted


def test_the_first_order_alone_takes_more_than_are_needed():
    """It foresees neither that wins weigh more as they become rarer, nor that fewer judgments are left."""
    rows = study_rows(np.linspace(-1, 1, 6), 3000, np.random.default_rng(1))
    found = flipped(rows, first=5, second=4)
    assert found.n_judgments < found.n_predicted
    # Where the gap is wide it sees no way at all.
    widest = flipped(rows, first=5, second=0)
    assert widest.n_judgments > 0
    assert widest.n_predicted is None


def test_one_competitor_named_meets_the_strongest_of_the_rest():
    rows = study_rows([2.0, 1.0, 0.0, -1.0], 2000, np.random.default_rng(2))
    assert (flipped(rows).leader, flipped(rows).follower) == (0, 1)
    named = flipped(rows, second=2)
    assert (named.leader, named.follower) == (0, 2)
    lowest = flipped(rows, first=3, second=2)
    assert (lowest.leader, lowest.follower) == (2, 3)


def test_both_bad_is_dropped_only_where_it_counts():
    rows = table(2, (0, 1, 3, 5), (0, 1, 0, 12), (0, 1, 1, 8))
    assert flipped(rows).rows.tolist() == [1]
    fit = fit_bradley_terry(rows.counts, both_bad_as_tie=True)
    assert fewest_judgments_to_flip(fit, rows).n_scored == 25


@proves(Kind.DEGENERATE, fewest_judgments_to_flip)
def test_the_level_need_nothing_dropped():
    found = flipped(table(2, (0, 1, 0, 3), (0, 1, 1, 3)))
    assert (found.n_judgments, found.share, found.confirmed, found.gap_after) == (0, 0.0, True, found.gap_before)
    assert "level" in found.reading


@proves(Kind.DEGENERATE, fewest_judgments_to_flip)
@pytest.mark.parametrize("wins", [(1, 0), (2, 0), (40, 2)])
def test_an_order_that_hangs_on_no_small_part_is_said_to(wins):
    """Fewer than half of 42 judgments leave 20 wins to 2 at best; a single judgment cannot be left out at all."""
    found = flipped(table(2, (0, 1, 0, wins[0]), (0, 1, 1, wins[1])))
    assert (found.n_judgments, found.share, found.confirmed, found.gap_after) == (None, None, False, None)
    assert len(found.rows) == len(found.n_dropped) == 0
    assert "does not hang on a small part" in found.reading


def test_leaving_out_the_only_bridge_is_no_answer():
    """Without it the two could not be ranked at all; the search goes on and ends in no."""
    rows = table(3, (0, 1, 0, 1), (1, 2, 0, 6), (1, 2, 1, 6))
    found = flipped(rows, first=0, second=1)
    assert found.n_judgments is None


@proves(Kind.DEGENERATE, fewest_judgments_to_flip)
@pytest.mark.parametrize("named", [{"first": 0, "second": 0}, {"first": 2}, {"second": -1}])
def test_two_different_competitors_are_needed(named):
    with pytest.raises(InvalidInput, match="two different competitors"):
        flipped(table(2, (0, 1, 0, 3), (0, 1, 1, 2)), **named)


@proves(Kind.DEGENERATE, fewest_judgments_to_flip)
def test_one_competitor_alone_is_refused():
    rows = ComparisonRows.from_arrays(n_competitors=1, first=[], second=[], outcome=[])
    with pytest.raises(InvalidInput, match="two or more"):
        flipped(rows)


@proves(Kind.DEGENERATE, fewest_judgments_to_flip)
@pytest.mark.parametrize("n_competitors", [2, 3])
def test_a_fit_of_other_judgments_is_refused(n_competitors):
    fit = fit_bradley_terry(table(2, (0, 1, 0, 3), (0, 1, 1, 2)).counts)
    with pytest.raises(InvalidInput, match="not that of these rows"):
        fewest_judgments_to_flip(fit, table(n_competitors, (0, 1, 0, 2), (0, 1, 1, 2)))
