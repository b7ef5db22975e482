"""The board without each rater: one Newton step for all against a new fit for each."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.errors import DisconnectedComparisons, InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.models.penalised import PenalisedLikelihoodAt
from apps.stats.pairwise import ComparisonRows, islands
from apps.stats.raters.leave_one_out import boards_without_each, choices_beside_others, rater_codes
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.raters.rows_for_tests import judged_by, single_rows, stored_rows, table


def without_each(rows):
    fit = fit_bradley_terry(rows.counts)
    raters = rater_codes(rows)
    return fit, raters, boards_without_each(fit, rows.scored(both_bad_as_tie=False), raters)


def one_step(fit, rows, rater):
    """The same step from whole matrices, solved directly."""
    here = fit.likelihood.augmented if isinstance(fit.likelihood, PenalisedLikelihoodAt) else fit.likelihood
    scored = rows.scored(both_bad_as_tie=False)
    mine = scored.where(scored.rater == rater)
    contrast = np.eye(rows.n_competitors)[mine.first] - np.eye(rows.n_competitors)[mine.second]
    expected = here.probabilities[mine.first, mine.second]
    score = contrast.T @ ((mine.earned - expected) * mine.count)
    left = here.information - (contrast.T * (expected * (1 - expected) * mine.count)) @ contrast
    return here.strengths - np.linalg.pinv(left, rcond=1e-9) @ score


@given(rows=comparison_rows())
@settings(deadline=None, max_examples=60)
def test_the_step_is_that_of_whole_matrices(rows):
    fit, raters, boards = without_each(rows)
    for place, rater in enumerate(raters):
        left = rows.where(rows.rater != rater)
        assert boards.in_one_piece[place] == (len(islands(left.counts)) == 1)
        expected = one_step(fit, rows, rater)
        if boards.in_one_piece[place] and np.abs(expected - fit.strengths).max() < 3:
            np.testing.assert_allclose(boards.strengths[place], expected - expected.mean(), atol=1e-8)


def test_one_step_is_near_a_new_fit():
    """20 raters with a twentieth each: the step goes all but a few hundredths of the way."""
    rows, _ = judged_by(np.random.default_rng(3), np.linspace(-1, 1, 8), 60, slope=np.ones(20))
    fit, raters, boards = without_each(rows)
    refits = np.array([fit_bradley_terry(rows.where(rows.rater != rater).counts).strengths for rater in raters])
    moved, missed = np.abs(refits - fit.strengths).max(), np.abs(boards.strengths - refits).max()
    assert moved > 0.05
    assert missed < 0.02 * moved


def test_what_is_missed_is_of_second_order():
    """With four times as many alike raters each moves the board by a quarter, and the step misses a sixteenth."""
    rows, _ = stored_rows()
    missed = []
    for times in (1, 4):
        more = ComparisonRows.from_arrays(
            n_competitors=6,
            first=np.tile(rows.first, times),
            second=np.tile(rows.second, times),
            outcome=np.tile(rows.outcome, times),
            rater=np.concatenate([rows.rater + 12 * copy for copy in range(times)]),
        )
        _, raters, boards = without_each(more)
        refit = fit_bradley_terry(more.where(more.rater != raters[0]).counts)
        missed.append(np.abs(boards.strengths[0] - refit.strengths).max())
    assert missed[1] < missed[0] / 12


def test_pseudo_comparisons_of_a_penalised_fit_stay():
    """Competitor 0 never lost: its strength is Firth's, and stays finite without either rater."""
    rows = table(3, (0, 0, 1, 0, 3), (1, 0, 2, 0, 4), (0, 1, 2, 0, 5), (1, 1, 2, 1, 5))
    fit, raters, boards = without_each(rows)
    assert fit.penalised
    for place, rater in enumerate(raters):
        expected = one_step(fit, rows, rater)
        np.testing.assert_allclose(boards.strengths[place], expected - expected.mean(), atol=1e-8)


def test_no_strength_runs_away():
    """Rater 0 saw 900 wins, rater 1 a single loss: Newton would go 900 log-odds down; each strength goes 3."""
    fit, _, boards = without_each(table(2, (0, 0, 1, 0, 900), (1, 0, 1, 1, 1)))
    np.testing.assert_allclose(boards.strengths[0], fit.strengths + np.array([-3, 3]), atol=1e-9)


def test_islands_are_those_the_others_leave():
    """Rater 0 alone joined competitor 2 to the rest; rater 1 judged nothing that others did not."""
    rows = table(3, (0, 1, 2, 2, 4), (1, 0, 1, 0, 2), (0, 0, 1, 1, 2))
    _, _, boards = without_each(rows)
    assert boards.island[0].tolist() == [0, 0, 1]
    assert boards.in_one_piece.tolist() == [False, True]


def test_choices_between_what_nobody_else_joined_are_left_out():
    rows = table(3, (0, 1, 2, 2, 4), (1, 0, 1, 0, 2), (0, 0, 1, 1, 2), (1, 0, 1, 3, 7))
    choices = choices_beside_others(rows, rater_codes(rows), both_bad_as_tie=False)
    assert choices.n.tolist() == [2, 2]
    assert choices.covariates.shape == (2, 2)
    as_tie = choices_beside_others(rows, rater_codes(rows), both_bad_as_tie=True, beside=np.arange(4.0))
    assert as_tie.n.tolist() == [2, 9]
    assert as_tie.covariates[:, 2].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("n_competitors", [1, 2])
def test_without_judgments_there_is_nothing_to_take_out(n_competitors):
    rows = ComparisonRows.from_arrays(n_competitors=n_competitors, first=[], second=[], outcome=[], rater=[])
    if n_competitors > 1:
        with pytest.raises(DisconnectedComparisons):
            without_each(rows)
        return
    _, raters, boards = without_each(rows)
    assert len(raters) == len(boards.strengths) == 0


def test_unknown_raters_are_refused():
    rows = ComparisonRows.from_arrays(n_competitors=2, first=[0], second=[1], outcome=[0])
    with pytest.raises(InvalidInput, match="do not say who judged"):
        rater_codes(rows)


@given(rows=comparison_rows(), seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=20)
def test_order_and_repetition_do_not_matter(rows, seed):
    single, _ = single_rows(rows, np.random.default_rng(seed))
    np.testing.assert_allclose(without_each(single)[2].strengths, without_each(rows)[2].strengths, atol=1e-8)
