"""Covariances against closed forms, direct sums and one another."""

import numpy as np
import pytest

from apps.stats.errors import EmptyInput, TooFewClusters
from apps.stats.models import fit_bradley_terry
from apps.stats.models.likelihood import contrast_variances
from apps.stats.pairwise import Clusters, ComparisonRows, cluster_products
from apps.stats.uncertainty import (
    Clustering,
    Covariance,
    clustered_covariance,
    independent_covariance,
    robust_covariance,
)
from apps.stats.uncertainty.covariance import design_effect
from tests.stats.comparisons_for_tests import counts_of


def rows_of(columns, n_competitors=3):
    first, second, outcome, count, rater, item = np.array(columns).T
    return ComparisonRows.from_arrays(
        n_competitors=n_competitors,
        first=first,
        second=second,
        outcome=outcome,
        count=count,
        rater=rater,
        item=item,
    )


# first, second, outcome, count, rater, item
ROWS = rows_of(
    [
        (0, 1, 0, 2, 0, 0),
        (0, 1, 1, 1, 0, 1),
        (1, 2, 0, 1, 0, 2),
        (1, 2, 2, 2, 1, 0),
        (2, 0, 0, 1, 1, 1),
        (2, 0, 1, 3, 1, 2),
        (0, 1, 2, 1, 2, 0),
        (2, 1, 0, 1, 2, 1),
        (0, 2, 3, 4, 2, 2),
    ]
)
SCORED = ROWS.scored(both_bad_as_tie=False)


def direct_covariance(fit, rows, cluster):
    """The textbook sum over clusters, one judgment at a time."""
    n = rows.n_competitors
    scores = {}
    for row in range(len(rows.first)):
        a, b = rows.first[row], rows.second[row]
        off = rows.earned[row] - fit.probabilities[a, b]
        for judgment in range(rows.count[row]):
            key = (row, judgment) if cluster is None else cluster[row]
            score = scores.setdefault(key, np.zeros(n))
            score[a] += off
            score[b] -= off
    meat = sum(np.outer(score, score) for score in scores.values())
    n_clusters, n_judgments = len(scores), rows.n_judgments
    factor = n_clusters / (n_clusters - 1) * (n_judgments - 1) / (n_judgments - n + 1)
    bread = np.linalg.pinv(fit.likelihood.information)
    return factor * bread @ meat @ bread


@pytest.mark.parametrize("which", ["raters", "items", "cells"])
@pytest.mark.parametrize("largest_table", [10_000_000, 0])
def test_clustered_covariance_is_the_textbook_sum(monkeypatch, which, largest_table):
    monkeypatch.setattr(cluster_products, "_LARGEST_TABLE", largest_table)
    fit = fit_bradley_terry(ROWS.counts)
    clusters = getattr(SCORED, which)
    found = clustered_covariance(fit, SCORED, clusters)
    np.testing.assert_allclose(found, direct_covariance(fit, SCORED, clusters.code), atol=1e-12)


def test_independent_covariance_is_the_textbook_sum():
    fit = fit_bradley_terry(ROWS.counts)
    found = independent_covariance(fit, ROWS.counts)
    np.testing.assert_allclose(found, direct_covariance(fit, SCORED, None), atol=1e-12)


def test_two_competitors_without_ties_have_the_binomial_variance():
    """Var(log odds) = 1 / (N p (1 - p)), the model's own where nothing is tied; HC1 is N/(N-1) of it."""
    counts = counts_of(2, (0, 1, 30, 10))
    fit = fit_bradley_terry(counts)
    difference = contrast_variances(independent_covariance(fit, counts))[0, 1]
    assert difference == pytest.approx(1 / (40 * 0.75 * 0.25) * 40 / 39)


def test_ties_vary_less_than_the_model_believes():
    counts = counts_of(2, (0, 1, 30, 30, 40))
    fit = fit_bradley_terry(counts)
    sandwich = contrast_variances(independent_covariance(fit, counts))[0, 1]
    model = contrast_variances(fit.likelihood.inverse_information)[0, 1]
    assert sandwich == pytest.approx(0.6 * model * 100 / 99)


def test_two_way_is_rater_plus_item_minus_both_before_the_floor():
    fit = fit_bradley_terry(ROWS.counts)
    found = robust_covariance(fit, ROWS)
    ways = (SCORED.raters, SCORED.items, SCORED.cells)
    parts = [clustered_covariance(fit, SCORED, clusters) for clusters in ways]
    np.testing.assert_allclose(found.matrix, parts[0] + parts[1] - parts[2], atol=1e-14)
    assert found.clustering is Clustering.RATER_AND_ITEM
    assert found.degrees_of_freedom == 2


def test_no_variance_is_below_any_of_its_parts():
    fit = fit_bradley_terry(ROWS.counts)
    found = robust_covariance(fit, ROWS)
    parts = [clustered_covariance(fit, SCORED, clusters) for clusters in (SCORED.raters, SCORED.items)]
    for part in (*parts, independent_covariance(fit, ROWS.counts)):
        assert (found.variances() >= np.diag(part)).all()
        assert (found.difference_variances() >= contrast_variances(part)).all()


def test_one_rater_falls_back_to_items_and_says_so():
    rows = rows_of([(0, 1, 0, 2, 0, 0), (0, 1, 1, 1, 0, 1), (1, 2, 0, 1, 0, 2), (1, 2, 1, 1, 0, 3)])
    found = robust_covariance(fit_bradley_terry(rows.counts), rows)
    assert (found.clustering, found.degrees_of_freedom) == (Clustering.ITEM, 3)
    assert "one rater" in found.reason


def test_one_item_falls_back_to_raters_and_says_so():
    rows = rows_of([(0, 1, 0, 2, 0, 5), (0, 1, 1, 1, 1, 5), (1, 2, 0, 1, 2, 5), (1, 2, 1, 1, 0, 5)])
    found = robust_covariance(fit_bradley_terry(rows.counts), rows)
    assert (found.clustering, found.degrees_of_freedom) == (Clustering.RATER, 2)
    assert "one item" in found.reason


def test_one_rater_on_one_item_is_taken_as_independent_and_says_so():
    rows = rows_of([(0, 1, 0, 2, 0, 5), (0, 1, 1, 1, 0, 5), (1, 2, 0, 1, 0, 5), (1, 2, 1, 1, 0, 5)])
    fit = fit_bradley_terry(rows.counts)
    found = robust_covariance(fit, rows)
    assert (found.clustering, found.degrees_of_freedom) == (Clustering.INDEPENDENT, 4)
    np.testing.assert_allclose(found.matrix, independent_covariance(fit, rows.counts))


def test_a_single_cluster_is_refused():
    fit = fit_bradley_terry(ROWS.counts)
    with pytest.raises(TooFewClusters, match="at least 2 clusters and there is 1"):
        clustered_covariance(fit, SCORED, Clusters.of(np.zeros(len(SCORED.first), dtype=np.int64)))


def test_nothing_scored_is_refused():
    rows = rows_of([(0, 1, 3, 2, 0, 0)], n_competitors=2)
    fit = fit_bradley_terry(counts_of(2, (0, 1, 1, 1)))
    with pytest.raises(EmptyInput, match="decided or tied"):
        robust_covariance(fit, rows)


@pytest.mark.parametrize("n_ties", [1, 10])
def test_ties_alone_are_not_certainty(n_ties):
    """No residual varies, yet one decided judgment more would move the gap by 2/N."""
    rows = rows_of([(0, 1, 2, 1, rater, rater) for rater in range(n_ties)], n_competitors=2)
    found = robust_covariance(fit_bradley_terry(rows.counts), rows)
    assert np.sqrt(found.difference_variances()[0, 1]) == pytest.approx(2 / n_ties)


def test_the_design_effect_is_the_median_widening_of_ordinary_competitors():
    """Raters who each always prefer one of two: their judgments carry what the raters carry."""
    rows = [(0, 1, rater % 2, 6, rater, 0) for rater in range(8)] + [(2, 0, 0, 4, 0, 1), (2, 1, 0, 4, 1, 2)]
    rows = rows_of(rows)
    fit = fit_bradley_terry(rows.counts)
    assert fit.undefeated.tolist() == [False, False, True]
    independent = independent_covariance(fit, rows.counts)
    plain = Covariance(independent, (), 7, Clustering.INDEPENDENT, "")
    assert design_effect(fit, plain, independent) == 1.0
    thrice = Covariance(3 * independent, (), 7, Clustering.INDEPENDENT, "")
    assert design_effect(fit, thrice, independent) == pytest.approx(3)
    found = robust_covariance(fit, rows)
    assert (found.variances() >= 2 * np.diag(fit.likelihood.inverse_information)).all()


def test_somebody_undefeated_is_at_least_as_uncertain_as_the_model_says():
    rows = rows_of([(0, 1, 0, 3, 0, 0), (0, 1, 0, 3, 1, 1), (0, 1, 0, 2, 2, 0)], n_competitors=2)
    fit = fit_bradley_terry(rows.counts)
    found = robust_covariance(fit, rows)
    assert (found.variances() >= np.diag(fit.likelihood.inverse_information) - 1e-15).all()
