"""Rows that hang together: which, how many, and the sums over them."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.pairwise import Clusters, clusters
from apps.stats.pairwise import cluster_products as module
from apps.stats.pairwise.cluster_products import cluster_products, cluster_squares
from tests.stats.comparisons_for_tests import comparison_rows

unhurried = settings(deadline=None, max_examples=60)
codes = st.lists(st.integers(0, 6), max_size=30)


def pairs_of(found):
    return [
        frozenset((int(rows[one]), int(rows[other])))
        for rows, pairs in found.pairs()
        for ones, others in pairs
        for one, other in zip(ones, others, strict=True)
    ]


@unhurried
@given(codes, st.integers(1, 5))
def test_pairs_are_all_pairs_with_equal_codes_once_each(given_codes, at_once):
    wanted = {
        frozenset(pair) for pair in combinations(range(len(given_codes)), 2) if len({given_codes[k] for k in pair}) == 1
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "_ROWS_AT_ONCE", at_once)
        found = Clusters.of(np.array(given_codes, dtype=np.int64))
        pairs = pairs_of(found)
    assert len(pairs) == len(set(pairs)) == found.n_pairs
    assert set(pairs) == wanted


@unhurried
@given(codes)
def test_codes_with_gaps_are_renumbered(given_codes):
    found = Clusters(np.array(given_codes, dtype=np.int64), 7)
    assert found.n == len(set(given_codes))
    assert sorted(set(found.dense.tolist())) == list(range(found.n))


@unhurried
@given(comparison_rows())
def test_many_clusters_are_summed_as_few_are(rows):
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, len(rows.first)))
    totals = np.zeros((rows.cells.n, rows.n_competitors))
    np.add.at(totals, (rows.cells.dense, rows.first), first)
    np.add.at(totals, (rows.cells.dense, rows.second), second)
    for largest in (module._LARGEST_TABLE, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_LARGEST_TABLE", largest)
            products = cluster_products(rows, first, second, rows.cells)
            squares = cluster_squares(rows, first, second, rows.cells)
        np.testing.assert_allclose(products, totals.T @ totals, atol=1e-12)
        np.testing.assert_allclose(squares, (totals**2).sum(axis=0), atol=1e-12)


def test_raters_by_items_that_hardly_ever_meet_take_no_room():
    """300,000 raters and as many items, each once: a table of all their cells would hold 90 thousand million."""
    many = Clusters.of(np.arange(300_000))
    cells = many.across(Clusters.of(np.arange(300_000)[::-1]))
    assert cells.n == cells.n_codes == 300_000
    assert cells.n_pairs == 0
