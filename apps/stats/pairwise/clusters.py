"""Rows that hang together: sums over clusters, and the pairs of rows inside them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array

from apps.stats.arrays import IntArray, dense_codes

# Rows are worked through so many at a time, so that what is gathered stays in the processor's cache.
_ROWS_AT_ONCE = 1 << 18
# Codes are counted in a table, so codes that do not occur cost room: this many for each row, and some.
_CODES_PER_ROW = 16
_CODES = 1 << 20


@dataclass(frozen=True, eq=False)
class Clusters:
    """Which cluster each row lies in: codes 0..n_codes-1, of which some may not occur. [n_rows]"""

    code: IntArray
    n_codes: int

    @classmethod
    def of(cls, codes: IntArray) -> "Clusters":
        """Clusters by any integer codes."""
        return cls(*dense_codes(codes))

    @cached_property
    def sizes(self) -> IntArray:
        """How many rows each code has. [n_codes]"""
        return np.bincount(self.code, minlength=self.n_codes)

    @cached_property
    def n(self) -> int:
        """How many clusters there are."""
        return int(np.count_nonzero(self.sizes))

    @property
    def n_pairs(self) -> int:
        """How many pairs of rows share a cluster."""
        return int(self.sizes @ (self.sizes - 1)) // 2

    @cached_property
    def dense(self) -> IntArray:
        """The codes renumbered without gaps: 0..n-1. [n_rows]"""
        return self.code if self.n == self.n_codes else dense_codes(self.code)[0]

    def across(self, other: "Clusters") -> "Clusters":
        """The clusters of rows that share both."""
        code, n_codes = self.code * other.n_codes + other.code, self.n_codes * other.n_codes
        return Clusters(code, n_codes) if n_codes <= _CODES_PER_ROW * len(code) + _CODES else Clusters.of(code)

    def pairs(self) -> Iterator[tuple[IntArray, Iterator[tuple[IntArray, IntArray]]]]:
        """Every unordered pair of rows in one cluster, some clusters at a time.

        Yields the row numbers of whole clusters, and pairs as two arrays of positions among them. What a pair
        needs of its rows is thus gathered once for the rows, and not for every pair.
        """
        cluster = self.code[self._order]
        ends = np.cumsum(self.sizes[self.sizes > 0])
        begin = 0
        while begin < len(cluster):
            enough = int(np.searchsorted(ends, begin + _ROWS_AT_ONCE))
            end = int(ends[min(enough, len(ends) - 1)])
            yield self._order[begin:end], _neighbours(cluster[begin:end])
            begin = end

    @cached_property
    def _order(self) -> IntArray:
        """The rows, cluster after cluster: a counting sort, linear in the rows. [n_rows]"""
        n_rows = len(self.code)
        places = (self.code, np.arange(n_rows))
        sorted_rows = coo_array((np.ones(n_rows, dtype=np.int8), places), shape=(self.n_codes, n_rows)).tocsr()
        return np.asarray(sorted_rows.indices)


def _neighbours(cluster: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Positions of all pairs with equal codes, the codes being ascending: first neighbours, then the next ones."""
    here, distance = np.arange(len(cluster)), 0
    while True:
        distance += 1
        here = here[: int(np.searchsorted(here, len(cluster) - distance))]
        here = here[cluster[here] == cluster[here + distance]]
        if not len(here):
            return
        yield here, here + distance
