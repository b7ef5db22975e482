"""Intervals of coefficients under clustering: by hand, row by row, without covariates, and in simulated studies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from apps.stats.intervals import two_sided_quantile
from apps.stats.models import fit_bradley_terry, fit_covariates
from apps.stats.pairwise import ComparisonRows
from apps.stats.uncertainty import Clustering, marginal_rank_sets, robust_covariance, robust_covariate_covariance
from tests.stats.kinds import Kind, proves
from tests.stats.oracle_values import simulated_rows


def leaning_raters(**known):
    """Two competitors on both sides; rater 0 finds the first better three times of four, rater 1 once."""
    return ComparisonRows.from_arrays(
        n_competitors=2,
        first=[0, 0, 1, 1] * 2,
        second=[1, 1, 0, 0] * 2,
        outcome=[0, 0, 0, 1, 1, 1, 1, 0],
        **{"rater": np.repeat([0, 1], 4), **known},
    )


def position_of(rows):
    return fit_covariates(rows, np.ones((len(rows.first), 1)), names=["first"])


@proves(Kind.WORKED, robust_covariate_covariance)
def test_two_leaning_raters_by_hand():
    """All is even: information 8/4 = 2, the raters' scores are +1 and -1, so V = 2 / 2^2 * 2/1 * 7/6."""
    found = robust_covariate_covariance(position_of(leaning_raters()))
    assert found.joint.clustering is Clustering.RATER
    assert found.coefficients[0] == pytest.approx(0, abs=1e-9)
    assert found.standard_errors[0] ** 2 == pytest.approx(7 / 6)
    # One degree of freedom: t = 12.706.
    assert found.high[0] == pytest.approx(12.7062 * np.sqrt(7 / 6), rel=1e-5)
    assert "Items were not given" in found.readings[0]


@proves(Kind.TWO_WAYS, robust_covariate_covariance)
def test_the_sandwich_is_the_sum_over_clusters_of_scores():
    rows = simulated_rows()
    covariates = np.random.default_rng(6).normal(0, 1, (len(rows.first), 2))
    fit = fit_covariates(rows, covariates, names=["a", "b"])
    design = np.zeros((len(rows.first), 8))
    places = np.arange(len(rows.first))
    design[places, rows.first], design[places, rows.second], design[:, 6:] = 1, -1, covariates
    expected = expit(design @ np.concatenate([fit.strengths, fit.coefficients]))
    scores = (rows.earned - expected)[:, None] * design
    bread = np.linalg.pinv(design.T * (expected * (1 - expected)) @ design)

    def clustered(codes):
        totals = np.array([scores[codes == code].sum(axis=0) for code in np.unique(codes)])
        factor = len(totals) / (len(totals) - 1) * (len(rows.first) - 1) / (len(rows.first) - 7)
        return bread @ totals.T @ totals @ bread * factor

    two_way = clustered(rows.rater) + clustered(rows.item) - clustered(rows.rater * 1000 + rows.item)
    np.testing.assert_allclose(robust_covariate_covariance(fit).joint.matrix, two_way, atol=1e-9)


@proves(Kind.TWO_WAYS, robust_covariate_covariance)
def test_strengths_beside_a_covariate_without_effect_have_the_boards_covariance():
    """Each row twice, once with +1 and once with -1: the coefficient is zero and tells strengths nothing."""
    rows = simulated_rows()
    twice = rows.where(np.tile(np.arange(len(rows.first)), 2))
    signs = np.repeat([1.0, -1.0], len(rows.first))
    beside = robust_covariate_covariance(fit_covariates(twice, signs[:, None], names=["nothing"])).strengths
    alone = robust_covariance(fit_bradley_terry(twice.counts), twice)
    n = twice.n_judgments
    np.testing.assert_allclose(beside.matrix * (n - 6) / (n - 5), alone.matrix, atol=1e-9)
    assert (beside.degrees_of_freedom, beside.clustering) == (alone.degrees_of_freedom, alone.clustering)


@proves(Kind.PROPERTY, robust_covariate_covariance)
@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 10**6), st.integers(-99, 99))
def test_names_of_raters_and_items_and_the_order_of_rows_carry_nothing(seed, stretch, shift):
    rng, rows = np.random.default_rng(seed), simulated_rows()
    covariates = rng.normal(0, 1, (len(rows.first), 1))
    order = rng.permutation(len(rows.first))
    renamed = ComparisonRows.from_arrays(
        n_competitors=6,
        first=rows.first[order],
        second=rows.second[order],
        outcome=rows.outcome[order],
        rater=rows.rater[order] * stretch + shift,
        item=-rows.item[order] * stretch,
    )
    found = robust_covariate_covariance(fit_covariates(rows, covariates, names=["a"]))
    again = robust_covariate_covariance(fit_covariates(renamed, covariates[order], names=["a"]))
    np.testing.assert_allclose(again.joint.matrix, found.joint.matrix, atol=1e-8)
    np.testing.assert_allclose(found.joint.matrix[:6].sum(axis=0), 0, atol=1e-8)
    np.testing.assert_allclose(found.joint.matrix, found.joint.matrix.T)
    widest = max(found.joint.matrix[-1, -1], *(floor[-1, -1] for floor in found.joint.floors))
    assert found.standard_errors[0] == pytest.approx(np.sqrt(widest))
    assert found.low[0] < found.coefficients[0] < found.high[0]


@pytest.mark.slow
@proves(Kind.RECOVERY, robust_covariate_covariance)
def test_intervals_hold_a_taste_for_length_that_raters_share_only_on_average():
    """Raters' tastes for length spread with sd .4 about .3: judgments taken as independent promise far too much."""
    rng, n_studies = np.random.default_rng(21), 200
    strengths, held, alone = np.array([0.5, 0.1, -0.2, -0.4]), 0, 0
    # A logit averaged over a normal taste: .3 seen through it, from a study of a million judgments.
    seen = tasteful_fit(np.random.default_rng(0), strengths, 1_000_000, 10_000).coefficients[0]
    for _ in range(n_studies):
        fit = tasteful_fit(rng, strengths, 1500, 25)
        found = robust_covariate_covariance(fit)
        held += found.low[0] <= seen <= found.high[0]
        alone += fit.low[0] <= seen <= fit.high[0]
    assert held / n_studies > 0.95 - 3 * np.sqrt(0.95 * 0.05 / n_studies)
    assert alone / n_studies < 0.85


def tasteful_fit(rng, strengths, n_judgments, n_raters):
    first = rng.integers(0, 4, n_judgments)
    second = (first + rng.integers(1, 4, n_judgments)) % 4
    rater, item = rng.integers(0, n_raters, n_judgments), rng.integers(0, 60, n_judgments)
    length = rng.normal(0, 1, n_judgments)
    taste = rng.normal(0.3, 0.4, n_raters)
    chance = expit(strengths[first] - strengths[second] + taste[rater] * length)
    rows = ComparisonRows.from_arrays(
        n_competitors=4,
        first=first,
        second=second,
        outcome=(rng.random(n_judgments) > chance).astype(int),
        rater=rater,
        item=item,
    )
    return fit_covariates(rows, length[:, None], names=["length"])


# The edges


@proves(Kind.DEGENERATE, robust_covariate_covariance)
def test_one_rater_or_nobody_known_is_said():
    alone = robust_covariate_covariance(position_of(leaning_raters(rater=np.zeros(8, dtype=int))))
    assert alone.joint.clustering is Clustering.INDEPENDENT
    assert "not given" in alone.readings[0]
    by_item = leaning_raters(rater=np.zeros(8, dtype=int), item=np.arange(8) % 3)
    found = robust_covariate_covariance(position_of(by_item))
    assert found.joint.clustering is Clustering.ITEM
    assert found.joint.degrees_of_freedom == 2
    assert "one rater" in found.readings[0]


@proves(Kind.DEGENERATE, robust_covariate_covariance)
def test_raters_who_cancel_out_are_not_certainty():
    """Every rater finds the first better exactly half the time: rater totals are zero, the floors are not."""
    rows = ComparisonRows.from_arrays(
        n_competitors=2, first=[0, 0, 1, 1] * 3, second=[1, 1, 0, 0] * 3, outcome=[0, 1, 0, 1] * 3,
        rater=np.repeat([0, 1, 2], 4),
    )  # fmt: skip
    fit = position_of(rows)
    found = robust_covariate_covariance(fit)
    assert found.joint.matrix[-1, -1] == pytest.approx(0, abs=1e-15)
    assert found.standard_errors[0] >= fit.standard_errors[0] > 0


def test_a_board_with_covariates_allowed_for_has_rank_sets():
    rows = simulated_rows()
    covariates = np.random.default_rng(6).normal(0, 1, (len(rows.first), 2))
    fit = fit_covariates(rows, covariates, names=["a", "b"], confidence_level=0.9)
    found = robust_covariate_covariance(fit)
    ranks = marginal_rank_sets(fit.strengths, found.strengths, rng=np.random.default_rng(1), n_draws=500)
    assert (ranks.low <= ranks.high).all()
    assert found.n_judgments == 600
    margin = two_sided_quantile(0.9, 11) * found.standard_errors
    np.testing.assert_allclose(found.high - found.coefficients, margin)
    assert all("(90 % interval:" in reading for reading in found.readings)
