"""The columns that every measure over pairs of labels starts from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray, as_counts, as_integers, dense_codes, same_length, totals
from apps.stats.errors import InvalidInput

# Beyond it two whole numbers may be one in double precision, and two labels would agree that do not.
_LARGEST_LABEL = 2**53


@dataclass(frozen=True, eq=False)
class PairColumns:
    """Checked pairs of labels: counted rows, clusters renumbered 0..n_clusters-1. [n_rows]

    `cluster` None: every pair is a cluster by itself, also those that one row counts.
    """

    first: IntArray
    second: IntArray
    count: IntArray
    cluster: IntArray | None
    n_clusters: int

    @property
    def n_pairs(self) -> int:
        """How many pairs the rows stand for."""
        return int(self.count.sum())

    def squared_totals(self, amount: FloatArray) -> float:
        """The sum over clusters of the squared total of what their pairs give, `amount` each pair of a row."""
        if self.cluster is None:
            return float(amount**2 @ self.count)
        by_cluster = totals(self.cluster, amount * self.count, self.n_clusters)
        return float(by_cluster @ by_cluster)

    def with_two_more(self, first: tuple[int, int], second: tuple[int, int]) -> "PairColumns":
        """The same and two more pairs, each in a cluster of its own."""
        own = (self.n_clusters, self.n_clusters + 1)
        return PairColumns(
            np.append(self.first, first),
            np.append(self.second, second),
            np.append(self.count, (1, 1)),
            None if self.cluster is None else np.append(self.cluster, own),
            self.n_clusters + 2,
        )


def pair_columns(
    first: npt.ArrayLike, second: npt.ArrayLike, count: npt.ArrayLike | None, cluster: npt.ArrayLike | None
) -> PairColumns:
    """Check the columns."""
    one, two = label_codes("first", first), label_codes("second", second)
    counts = as_counts("count", count, len(one))
    same_length(first=one, second=two, count=counts)
    keep = counts > 0
    if cluster is None:
        return PairColumns(one[keep], two[keep], counts[keep], None, int(counts.sum()))
    groups = as_integers("cluster", cluster)
    same_length(first=one, cluster=groups)
    codes, n_clusters = dense_codes(groups[keep])
    return PairColumns(one[keep], two[keep], counts[keep], codes, n_clusters)


def label_codes(name: str, values: npt.ArrayLike) -> IntArray:
    """Labels as whole numbers that double precision can tell apart."""
    codes = as_integers(name, values)
    worst = max(int(codes.max(initial=0)), int(codes.min(initial=0)), key=abs)
    if abs(worst) > _LARGEST_LABEL:
        raise InvalidInput(f"`{name}` holds {worst}; number labels within 2**53 of 0, as 0, 1, 2.")
    return codes
