"""Covariances against closed forms, direct sums and one another."""

import numpy as np
import pytest

from apps.stats.errors import EmptyInput, InvalidInput, TooFewClusters
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
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves


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


@proves(Kind.TWO_WAYS, clustered_covariance)
@pytest.mark.parametrize("which", ["raters", "items", "cells"])
@pytest.mark.parametrize("largest_table", [10_000_000, 0])
def test_clustered_covariance_is_the_textbook_sum(monkeypatch, which, largest_table):
    monkeypatch.setattr(cluster_products, "_LARGEST_TABLE", largest_table)
    fit = fit_bradley_terry(ROWS.counts)
    clusters = getattr(SCORED, which)
    found = clustered_covariance(fit, SCORED, clusters)
    np.testing.assert_allclose(found, direct_covariance(fit, SCORED, clusters.code), atol=1e-12)


@proves(Kind.TWO_WAYS, independent_covariance)
def test_independent_covariance_is_the_textbook_sum():
    fit = fit_bradley_terry(ROWS.counts)
    found = independent_covariance(fit, ROWS.counts)
    np.testing.assert_allclose(found, direct_covariance(fit, SCORED, None), atol=1e-12)


@proves(Kind.WORKED, independent_covariance)
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


@proves(Kind.TWO_WAYS, robust_covariance)
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


@proves(Kind.DEGENERATE, clustered_covariance)
def test_a_single_cluster_is_refused():
    fit = fit_bradley_terry(ROWS.counts)
    with pytest.raises(TooFewClusters, match="at least 2 clusters and there is 1"):
        clustered_covariance(fit, SCORED, Clusters.of(np.zeros(len(SCORED.first), dtype=np.int64)))


@proves(Kind.DEGENERATE, clustered_covariance)
def test_clusters_are_of_the_rows_that_entered_the_fit():
    """Both-bad rows would count as ties, and clusters of other rows would be others' clusters."""
    fit = fit_bradley_terry(ROWS.counts)
    with pytest.raises(InvalidInput, match=r"both-bad, which the fit left out; give rows.scored"):
        clustered_covariance(fit, ROWS, ROWS.raters)
    with pytest.raises(InvalidInput, match="equally long"):
        clustered_covariance(fit, SCORED, ROWS.raters)


@proves(Kind.DEGENERATE, clustered_covariance, robust_covariance)
def test_the_rows_of_another_fit_are_refused():
    other = rows_of([(0, 1, 0, 3, 0, 0), (0, 1, 1, 2, 1, 1)], n_competitors=2)
    fit = fit_bradley_terry(ROWS.counts)
    with pytest.raises(InvalidInput, match="not that of these rows"):
        clustered_covariance(fit, other, other.raters)
    with pytest.raises(InvalidInput, match="not that of these rows"):
        robust_covariance(fit, other)


@proves(Kind.DEGENERATE, robust_covariance)
def test_nothing_scored_is_refused():
    rows = rows_of([(0, 1, 3, 2, 0, 0)], n_competitors=2)
    fit = fit_bradley_terry(counts_of(2, (0, 1, 1, 1)))
    with pytest.raises(EmptyInput, match="decided or tied"):
        robust_covariance(fit, rows)


@proves(Kind.WORKED, robust_covariance)
@pytest.mark.parametrize("n_ties", [1, 10])
def test_ties_alone_are_not_certainty(n_ties):
    """No residual varies, yet one decided judgment more would move the gap by 2/N."""
    rows = rows_of([(0, 1, 2, 1, rater, rater) for rater in range(n_ties)], n_competitors=2)
    found = robust_covariance(fit_bradley_terry(rows.counts), rows)
    assert np.sqrt(found.difference_variances()[0, 1]) == pytest.approx(2 / n_ties)


@proves(Kind.DEGENERATE, independent_covariance)
def test_ties_alone_leave_the_independent_covariance_nothing_to_see():
    """Every residual is zero, and so is the sandwich; robust_covariance has a floor for that."""
    counts = counts_of(2, (0, 1, 0, 0, 10))
    assert independent_covariance(fit_bradley_terry(counts), counts).tolist() == [[0, 0], [0, 0]]


@proves(Kind.WORKED, clustered_covariance)
def test_two_raters_who_contradict_each_other():
    """By hand: one says 3 to 1, the other 1 to 3. Scores 1 and -1, information 8/4 = 2 for the gap, and the

    factor G/(G-1) (N-1)/(N-n+1) = 2: the variance of the gap is 2 (1 + 1) / 2^2 = 1.
    """
    rows = rows_of([(0, 1, 0, 3, 0, 0), (0, 1, 1, 1, 0, 1), (0, 1, 0, 1, 1, 2), (0, 1, 1, 3, 1, 3)], n_competitors=2)
    found = clustered_covariance(fit_bradley_terry(rows.counts), rows, rows.raters)
    assert contrast_variances(found)[0, 1] == pytest.approx(1)


@proves(Kind.TWO_WAYS, independent_covariance, robust_covariance)
@pytest.mark.parametrize("n_old", [30_000, 300_000])
def test_a_newcomer_among_a_million_is_as_uncertain_as_its_own_few_judgments_say(n_old):
    """Two old competitors are known as good as exactly; a ridge that grows with N would halve this standard error."""
    few, opponents = 50, (0, 1)
    counts = counts_of(3, (0, 1, n_old, n_old), *((2, each, few // 2, few // 2) for each in opponents))
    fit = fit_bradley_terry(counts)
    one = np.sqrt(contrast_variances(independent_covariance(fit, counts))[2, 0])
    # Equal shares of 100 judgments: a log-odds with variance 1 / (N p (1 - p)).
    assert one == pytest.approx(np.sqrt(1 / (2 * few * 0.25)), rel=0.01)
    robust = robust_covariance(fit, ComparisonRows.from_counts(counts))
    assert np.sqrt(robust.difference_variances()[2, 0]) == pytest.approx(one)


@pytest.mark.parametrize("n_wins", [5, 40])
def test_the_undefeated_is_never_certain(n_wins):
    """Its residuals hardly vary, and a sandwich alone would call a strength without an upper end exact."""
    rows = rows_of(
        [(0, 1, 0, n_wins, 0, 0), (0, 2, 0, n_wins, 1, 1), (1, 2, 0, 9, 0, 1), (1, 2, 1, 8, 1, 0), (1, 2, 0, 3, 2, 2)]
    )
    fit = fit_bradley_terry(rows.counts)
    assert fit.undefeated.tolist() == [True, False, False]
    standard_errors = np.sqrt(robust_covariance(fit, rows).variances())
    assert standard_errors[0] > max(standard_errors[1:])
    assert standard_errors[0] > 0.8


@proves(Kind.GOLDEN, independent_covariance, clustered_covariance, robust_covariance)
def test_stored_covariances():
    fit = fit_bradley_terry(ROWS.counts)
    found = {
        "independent": independent_covariance(fit, ROWS.counts),
        "by_rater": clustered_covariance(fit, SCORED, SCORED.raters),
        "robust": robust_covariance(fit, ROWS),
    }
    check_golden("uncertainty/covariances", found)


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
