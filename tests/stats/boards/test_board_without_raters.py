"""A board of judgments of which nobody knows who made them, or on what."""

import numpy as np
import pytest

from apps.stats.boards import fit_board
from apps.stats.intervals import two_sided_quantile
from apps.stats.models import fit_bradley_terry
from apps.stats.simulation import simulate_comparisons
from apps.stats.uncertainty import independent_covariance
from tests.stats.comparisons_for_tests import rows_of_study


@pytest.fixture(scope="module")
def study():
    return simulate_comparisons(
        strengths=[0.6, 0.2, -0.1, -0.7],
        n_raters=12,
        n_items=40,
        n_judgments=1500,
        both_bad_probability=0.1,
        rng=np.random.default_rng(3),
    )


def board_of(study, **known):
    columns = {"first": study.first, "second": study.second, "outcome": study.outcome}
    return fit_board(n_competitors=4, rng=np.random.default_rng(0), **columns, **known)


def test_judgments_are_then_taken_as_independent(study):
    board = board_of(study)
    fit = fit_bradley_terry(rows_of_study(study).counts)
    margin = two_sided_quantile(0.95, rows_of_study(study).scored(both_bad_as_tie=False).n_judgments - 1) * np.sqrt(
        np.diag(independent_covariance(fit, rows_of_study(study).counts))
    )
    np.testing.assert_allclose([row.strength for row in board.rows], fit.strengths, atol=1e-12)
    np.testing.assert_allclose([row.high - row.strength for row in board.rows], margin, rtol=1e-9)
    assert board.clustering == "independent"
    assert "was not given" in board.clustering_reason
    assert (board.n_raters, board.n_items, board.n_judgments) == (None, None, 1500)


def test_counts_and_shares_are_the_same_as_with_raters(study):
    with_raters, without = board_of(study, rater=study.rater, item=study.item), board_of(study)
    for one, other in zip(with_raters.rows, without.rows, strict=True):
        assert (one.n, one.n_scored) == (other.n, other.n_scored)
        assert (one.win_share, one.both_bad_share) == pytest.approx((other.win_share, other.both_bad_share))


@pytest.mark.parametrize(("known", "clustering"), [("rater", "rater"), ("item", "item")])
def test_one_of_both_is_allowed_for(study, known, clustering):
    board = board_of(study, **{known: getattr(study, known)})
    assert board.clustering == clustering
    assert "too narrow" in board.clustering_reason
