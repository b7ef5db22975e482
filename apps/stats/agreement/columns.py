"""The columns that every measure over pairs of labels starts from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import IntArray, as_counts, as_integers, dense_codes, same_length


@dataclass(frozen=True, eq=False)
class PairColumns:
    """Checked pairs of labels: counted rows, clusters renumbered 0..n_clusters-1. [n_rows]"""

    first: IntArray
    second: IntArray
    count: IntArray
    cluster: IntArray
    n_clusters: int

    @property
    def n_pairs(self) -> int:
        """How many pairs the rows stand for."""
        return int(self.count.sum())


def pair_columns(
    first: npt.ArrayLike, second: npt.ArrayLike, count: npt.ArrayLike | None, cluster: npt.ArrayLike | None
) -> PairColumns:
    """Check the columns; without `cluster` every pair is one by itself, so counted rows are spread out."""
    one, two = as_integers("first", first), as_integers("second", second)
    counts = as_counts("count", count, len(one))
    same_length(first=one, second=two, count=counts)
    if cluster is None:
        one, two = np.repeat(one, counts), np.repeat(two, counts)
        return PairColumns(one, two, np.ones(len(one), dtype=np.int64), np.arange(len(one)), len(one))
    groups = as_integers("cluster", cluster)
    same_length(first=one, cluster=groups)
    keep = counts > 0
    codes, n_clusters = dense_codes(groups[keep])
    return PairColumns(one[keep], two[keep], counts[keep], codes, n_clusters)
