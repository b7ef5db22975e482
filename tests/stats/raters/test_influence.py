"""What the board would be without a rater: by hand, against new fits, and where a partisan was planted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.errors import InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import ComparisonRows, PairwiseCounts, competition_ranks
from apps.stats.raters import rater_influence
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.raters.rows_for_tests import judged_by, single_rows, stored_rows, table


def influence(rows, **settings):
    return rater_influence(fit_bradley_terry(rows.counts, **settings), rows)


@proves(Kind.WORKED, rater_influence)
def test_a_rater_who_made_the_winner():
    """By hand: 12 to 8, of which rater 1 gave 4 to 0. The gap is ln 1.5, p = .6; a step takes 4 (1 - p) = 1.6 from the
    score, and 4 p (1 - p) = .96 from the information 4.8: the gap falls by 1.6 / 3.84 to -.011, and the order turns.
    """
    found = influence(table(2, (0, 0, 1, 0, 8), (0, 0, 1, 1, 8), (1, 0, 1, 0, 4)))
    assert found.rater.tolist() == [0, 1]
    assert found.n.tolist() == [16, 4]
    np.testing.assert_allclose(found.strength_change[1], [-1.6 / 3.84 / 2, 1.6 / 3.84 / 2], atol=1e-9)
    assert found.rank_change[1].tolist() == [1, -1]
    assert found.largest_rank_change[1] == 1
    assert found.largest_strength_change[1] == pytest.approx(1.6 / 3.84 / 2)
    assert found.readings[1].startswith(
        "Without the 4 judgments of this rater some system moves by 1 place and some strength by 0.21 log-odds."
    )


@proves(Kind.GOLDEN, rater_influence)
def test_stored_comparisons():
    rows, _ = stored_rows()
    check_golden("raters/rater_influence", influence(rows))


@proves(Kind.TWO_WAYS, rater_influence)
def test_new_fits_without_each_rater_say_the_same():
    rows, _ = stored_rows()
    fit = fit_bradley_terry(rows.counts)
    found = rater_influence(fit, rows)
    for place, rater in enumerate(found.rater):
        refit = fit_bradley_terry(rows.where(rows.rater != rater).counts)
        np.testing.assert_allclose(found.strength_change[place], refit.strengths - fit.strengths, atol=0.005)
        moved = competition_ranks(refit.strengths) - competition_ranks(fit.strengths)
        assert found.rank_change[place].tolist() == moved.tolist()
        assert found.largest_rank_change[place] == np.abs(moved).max()


@proves(Kind.PROPERTY, rater_influence)
@given(rows=comparison_rows(), seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_names_order_and_repetition_do_not_matter(rows, seed):
    rng = np.random.default_rng(seed)
    found = influence(rows)
    name = rng.permutation(rows.n_competitors)
    single, _ = single_rows(rows, rng)
    renamed = ComparisonRows.from_arrays(
        n_competitors=rows.n_competitors,
        first=name[single.first],
        second=name[single.second],
        outcome=single.outcome,
        rater=single.rater,
    )
    again = influence(renamed)
    assert again.needed.tolist() == found.needed.tolist()
    np.testing.assert_allclose(again.strength_change[:, name], found.strength_change, atol=1e-7)
    np.testing.assert_allclose(found.strength_change.sum(axis=1)[~found.needed], 0, atol=1e-7)
    assert np.isnan(found.strength_change[found.needed]).all()


@proves(Kind.RECOVERY, rater_influence)
def test_the_partisan_is_the_most_influential():
    """One of 20 raters, no busier than the others, lets the weakest of 6 win whenever it is shown."""
    caught = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        rows, _ = judged_by(rng, np.linspace(1, -1, 6), 80, slope=np.ones(20))
        partisan = rows.rater == 7
        outcome = np.where(partisan & (rows.first == 5), 0, np.where(partisan & (rows.second == 5), 1, rows.outcome))
        bent = ComparisonRows.from_arrays(
            n_competitors=6, first=rows.first, second=rows.second, outcome=outcome, rater=rows.rater
        )
        found = influence(bent)
        caught += found.largest_strength_change.argmax() == 7 and found.strength_change[7].argmin() == 5
    assert caught >= 57


def test_a_rater_of_nothing_that_counts_changes_nothing():
    rows = table(2, (0, 0, 1, 0, 5), (0, 0, 1, 1, 3), (1, 0, 1, 3, 4))
    found = influence(rows)
    assert found.n.tolist() == [8, 0]
    assert found.largest_strength_change[1] == found.largest_rank_change[1] == 0
    assert "no comparison" in found.readings[1]
    assert influence(rows, both_bad_as_tie=True).n.tolist() == [8, 4]


def test_a_rater_like_all_others_moves_no_rank():
    found = influence(table(2, (0, 0, 1, 0, 6), (0, 0, 1, 1, 3), (1, 0, 1, 0, 6), (1, 0, 1, 1, 3)))
    np.testing.assert_allclose(found.strength_change, 0, atol=1e-9)
    assert "no system changes rank and no strength moves by more than 0.00" in found.readings[0]


@proves(Kind.DEGENERATE, rater_influence)
def test_without_a_needed_rater_there_is_no_board():
    found = influence(table(3, (0, 1, 2, 2, 4), (1, 0, 1, 0, 2), (0, 0, 1, 1, 2)))
    assert found.needed.tolist() == [True, False]
    assert np.isnan([*found.strength_change[0], *found.rank_change[0], found.largest_rank_change[0]]).all()
    assert "never have been compared" in found.readings[0]


@proves(Kind.DEGENERATE, rater_influence)
def test_one_competitor_without_judgments_is_an_empty_table():
    found = influence(ComparisonRows.from_arrays(n_competitors=1, first=[], second=[], outcome=[], rater=[]))
    assert found.strength_change.shape == (0, 1)
    assert found.readings == ()


@proves(Kind.DEGENERATE, rater_influence)
def test_a_fit_of_other_judgments_is_refused():
    rows = table(2, (0, 0, 1, 0, 5), (1, 0, 1, 1, 3))
    for other in (table(2, (0, 0, 1, 0, 4), (1, 0, 1, 1, 3)), table(3, (0, 0, 1, 0, 4), (1, 1, 2, 1, 3))):
        with pytest.raises(InvalidInput, match="not that of these rows"):
            rater_influence(fit_bradley_terry(other.counts), rows)
    weighted = PairwiseCounts.from_arrays(2, [0, 0], [1, 1], [0, 1], [5, 3], weight=[2.0, 1.0])
    with pytest.raises(InvalidInput, match="unweighted"):
        rater_influence(fit_bradley_terry(weighted), rows)
    unknown = ComparisonRows.from_counts(rows.counts)
    with pytest.raises(InvalidInput, match="do not say who judged"):
        rater_influence(fit_bradley_terry(unknown.counts), unknown)


def test_one_judgment_is_told_as_one():
    rows = table(2, (0, 0, 1, 0, 3), (1, 0, 1, 1, 1), (2, 0, 1, 1, 2000))
    told = rater_influence(fit_bradley_terry(rows.counts), rows).readings
    assert told[1].startswith("Without the 1 judgment of this rater")
    assert told[2].startswith("Without the 2,000 judgments of this rater")


def test_a_rater_on_whom_a_place_hangs_is_said_to_move_it_far():
    """Without the 200 wins that rater 0 saw, the first would stand behind: one step goes 3 log-odds, not further."""
    rows = ComparisonRows.from_arrays(
        n_competitors=2, first=[0, 0], second=[1, 1], outcome=[0, 1], count=[200, 10], rater=[0, 1]
    )
    found = rater_influence(fit_bradley_terry(rows.counts), rows)
    assert "moves by 3 log-odds or more" in found.readings[0]
    assert "no strength moves by more than 0.53" in found.readings[1]
