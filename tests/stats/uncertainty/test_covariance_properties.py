"""Laws that every covariance of strengths obeys, on random tables of comparisons."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import Clusters, ComparisonRows, Outcome
from apps.stats.uncertainty import clustered_covariance, independent_covariance, robust_covariance
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.kinds import Kind, proves

_MIRRORED = np.array([Outcome.SECOND_WINS, Outcome.FIRST_WINS, Outcome.TIE, Outcome.BOTH_BAD])


def covariances(rows):
    """The three covariances; by rater only where there are two."""
    fit = fit_bradley_terry(rows.counts)
    scored = rows.scored(both_bad_as_tie=False)
    found = [independent_covariance(fit, rows.counts), robust_covariance(fit, rows).matrix]
    if scored.raters.n > 1:
        found.append(clustered_covariance(fit, scored, scored.raters))
    return found


def changed(rows, **columns):
    names = ("n_competitors", "first", "second", "outcome", "count", "rater", "item")
    return ComparisonRows.from_arrays(**({name: getattr(rows, name) for name in names} | columns))


@proves(Kind.PROPERTY, independent_covariance, clustered_covariance, robust_covariance)
@given(rows=comparison_rows(), seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_names_order_and_sides_do_not_matter(rows, seed):
    rng = np.random.default_rng(seed)
    order, names = rng.permutation(len(rows.first)), rng.permutation(rows.n_competitors)
    moved = ComparisonRows.from_arrays(
        n_competitors=rows.n_competitors,
        first=names[rows.second[order]],
        second=names[rows.first[order]],
        outcome=_MIRRORED[rows.outcome[order]],
        count=rows.count[order],
        rater=9 - 2 * rows.rater[order],
        item=rows.item[order] + 5,
    )
    for here, there in zip(covariances(rows), covariances(moved), strict=True):
        np.testing.assert_allclose(there[np.ix_(names, names)], here, atol=1e-9)


@proves(Kind.PROPERTY, independent_covariance, clustered_covariance, robust_covariance)
@given(rows=comparison_rows())
@settings(deadline=None, max_examples=40)
def test_rows_sum_to_zero_and_sides_are_symmetric(rows):
    for found in covariances(rows):
        np.testing.assert_allclose(found.sum(axis=1), 0, atol=1e-10)
        np.testing.assert_allclose(found, found.T)


@proves(Kind.PROPERTY, independent_covariance, clustered_covariance)
@given(rows=comparison_rows(), times=st.integers(2, 4))
@settings(deadline=None, max_examples=30)
def test_repeating_judgments_helps_only_where_they_are_independent(rows, times):
    """All judgments k times: the independent covariance shrinks k-fold, that of the same raters not at all."""
    scored = rows.scored(both_bad_as_tie=False)
    repeated = changed(scored, count=times * scored.count)
    fit, again = fit_bradley_terry(scored.counts), fit_bradley_terry(repeated.counts)
    n, few, many = rows.n_competitors, scored.n_judgments, repeated.n_judgments
    np.testing.assert_allclose(
        independent_covariance(again, repeated.counts) * times * (many - n + 1) / many,
        independent_covariance(fit, scored.counts) * (few - n + 1) / few,
        atol=1e-9,
    )
    if scored.raters.n > 1:
        np.testing.assert_allclose(
            clustered_covariance(again, repeated, repeated.raters) * (many - n + 1) / (many - 1),
            clustered_covariance(fit, scored, scored.raters) * (few - n + 1) / (few - 1),
            atol=1e-9,
        )


@proves(Kind.PROPERTY, clustered_covariance)
@given(rows=comparison_rows())
@settings(deadline=None, max_examples=30)
def test_one_cluster_a_judgment_is_the_independent_covariance(rows):
    scored = rows.scored(both_bad_as_tie=False)
    each = np.repeat(np.arange(len(scored.first)), scored.count)
    single = changed(
        scored,
        first=scored.first[each],
        second=scored.second[each],
        outcome=scored.outcome[each],
        count=None,
        rater=scored.rater[each],
        item=scored.item[each],
    )
    fit = fit_bradley_terry(single.counts)
    clusters = Clusters.of(np.arange(len(each)))
    np.testing.assert_allclose(
        clustered_covariance(fit, single, clusters), independent_covariance(fit, single.counts), atol=1e-10
    )
