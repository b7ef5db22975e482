"""Sums over clusters of products of their totals: what every cluster-robust variance is made of."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import BoolArray, FloatArray, IntArray, in_parts, totals
from apps.stats.pairwise.clusters import Clusters
from apps.stats.pairwise.rows import ComparisonRows

# Above this many numbers the totals per cluster are not held all at once (80 MB).
_LARGEST_TABLE = 10_000_000


def cluster_products(rows: ComparisonRows, first: FloatArray, second: FloatArray, clusters: Clusters) -> FloatArray:
    """G'G, G holding per cluster what its rows give each competitor. [n, n]

    Row k gives `first[k]` to the competitor it shows first and `second[k]` to the other. Few clusters are
    totalled in one table; where they are many, and therefore small, the pairs of rows inside them are fewer
    than the entries of that table, and their products are added up one by one.
    """
    if clusters.n * rows.n_competitors <= _LARGEST_TABLE:
        found = _totals(rows, first, second, clusters)
        return np.asarray(found.T @ found)
    return _of_rows(rows, first, second) + _of_pairs(rows, first, second, clusters)


def cluster_squares(rows: ComparisonRows, first: FloatArray, second: FloatArray, clusters: Clusters) -> FloatArray:
    """The diagonal of the same: per competitor the sum over clusters of its squared totals. [n]"""
    if clusters.n * rows.n_competitors <= _LARGEST_TABLE:
        return np.asarray((_totals(rows, first, second, clusters) ** 2).sum(axis=0))
    n = rows.n_competitors
    found = totals(rows.first, first**2, n) + totals(rows.second, second**2, n)
    for left, right, products in _pair_products(rows, first, second, clusters):
        same = left == right
        found += 2 * totals(left[same], products(same), n)
    return found


def _totals(rows: ComparisonRows, first: FloatArray, second: FloatArray, clusters: Clusters) -> FloatArray:
    """G. [n_clusters, n]"""
    n, size = rows.n_competitors, clusters.n * rows.n_competitors
    found = np.zeros(size)
    for part in in_parts(len(first), at_least=size):
        place = clusters.dense[part] * n
        found += totals(place + rows.first[part], first[part], size)
        found += totals(place + rows.second[part], second[part], size)
    return found.reshape(clusters.n, n)


def _of_rows(rows: ComparisonRows, first: FloatArray, second: FloatArray) -> FloatArray:
    """The products of each row with itself. [n, n]"""
    n = rows.n_competitors
    crossed, squares = np.zeros(n * n), np.zeros(n)
    for part in in_parts(len(first), at_least=n * n):
        one, other = rows.first[part], rows.second[part]
        crossed += totals(one * n + other, first[part] * second[part], n * n)
        squares += totals(one, first[part] ** 2, n) + totals(other, second[part] ** 2, n)
    table = crossed.reshape(n, n)
    return table + table.T + np.diag(squares)


def _of_pairs(rows: ComparisonRows, first: FloatArray, second: FloatArray, clusters: Clusters) -> FloatArray:
    """The products of each row with the others of its cluster. [n, n]"""
    n = rows.n_competitors
    found = np.zeros(n * n)
    for left, right, products in _pair_products(rows, first, second, clusters):
        found += totals(left * n + right, products(slice(None)), n * n)
    crossed = found.reshape(n, n)
    return crossed + crossed.T


def _pair_products(
    rows: ComparisonRows, first: FloatArray, second: FloatArray, clusters: Clusters
) -> Iterator[tuple[IntArray, IntArray, "_Products"]]:
    """For pairs of rows in one cluster: a competitor of each, and what the rows give them, multiplied."""
    for chosen, pairs in clusters.pairs():
        given = ((rows.first[chosen], first[chosen]), (rows.second[chosen], second[chosen]))
        for one, other in pairs:
            ones = [(competitor[one], amount[one]) for competitor, amount in given]
            others = [(competitor[other], amount[other]) for competitor, amount in given]
            for left, left_amount in ones:
                for right, right_amount in others:
                    yield left, right, _Products(left_amount, right_amount)


@dataclass(frozen=True, eq=False)
class _Products:
    """Products that are multiplied out only where they are wanted."""

    left: FloatArray
    right: FloatArray

    def __call__(self, wanted: slice | BoolArray) -> FloatArray:
        return np.asarray(self.left[wanted] * self.right[wanted])
