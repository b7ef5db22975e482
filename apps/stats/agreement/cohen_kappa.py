"""Cohen's kappa for two columns of labels."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.agreement.columns import PairColumns, pair_columns
from apps.stats.arrays import FloatArray, IntArray, totals
from apps.stats.intervals import two_sided_quantile

_NO_PAIRS = "There is no pair of labels, so agreement cannot be seen; let both raters label the same units."
_ONE_CATEGORY = (
    "Both sides gave one and the same label throughout, so chance alone would always agree and kappa is "
    "undefined; read the percentage of agreement."
)

# A standard error below this is rounding: the pairs show no spread.
_NO_SPREAD = 1e-12


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa: 1 is perfect agreement, 0 what the two sides' label shares would give by chance.

    `low` and `high` bound it at the confidence level; None where a single cluster shows no spread. Where
    kappa is undefined the numbers are None and `reading` says why; else `reading` says how to read it.
    """

    value: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    n_pairs: int
    n_clusters: int
    confidence_level: float
    reading: str


def cohen_kappa(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    count: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
    symmetric: bool = False,
    confidence_level: float = 0.95,
) -> Kappa:
    """Kappa of two parallel columns of labels (Cohen 1960, Educational and Psychological Measurement 20).

    `first` and `second` are integer codes, one row a pair or, by `count`, several equal ones; `cluster`
    says which pairs hang together (None: every pair by itself). `symmetric` counts each pair in both
    orders, for raters who may stand on either side: both sides then share one set of label shares (which
    makes it Scott's pi, 1955), and the pair still counts once. The value is scikit-learn's. The standard
    error is the delta method's over clusters, which is that of Fleiss, Cohen & Everitt (1969, Psychological
    Bulletin 72) where every pair is a cluster; t quantile with n_clusters - 1 degrees of freedom. Where kappa
    shows no spread (no pair disagrees, or one side always says the same) the ends are taken as if two more
    pairs had disagreed crosswise, or agreed, on the two commonest labels.
    """
    pairs = pair_columns(first, second, count, cluster)
    if not pairs.n_pairs:
        return _undefined(pairs, confidence_level, _NO_PAIRS)
    table = _Confusion.of(pairs, symmetric)
    if len(table.labels) < 2:
        return _undefined(pairs, confidence_level, _ONE_CATEGORY)
    value = table.package_kappa()
    standard_error = table.standard_error(pairs) if pairs.n_clusters > 1 else None
    low, high = _ends(pairs, table, value, standard_error, confidence_level)
    return Kappa(
        value,
        low,
        high,
        standard_error,
        pairs.n_pairs,
        pairs.n_clusters,
        confidence_level,
        _reading(value, pairs.n_pairs),
    )


def _undefined(pairs: PairColumns, confidence_level: float, reading: str) -> Kappa:
    return Kappa(None, None, None, None, pairs.n_pairs, pairs.n_clusters, confidence_level, reading)


@dataclass(frozen=True, eq=False)
class _Confusion:
    """How often each label of one side met each of the other. [n_labels, n_labels]"""

    labels: IntArray
    cells: FloatArray
    symmetric: bool

    @classmethod
    def of(cls, pairs: PairColumns, symmetric: bool) -> "_Confusion":
        labels = np.unique(np.concatenate([pairs.first, pairs.second]))
        one, two = np.searchsorted(labels, pairs.first), np.searchsorted(labels, pairs.second)
        size = len(labels)
        flat = totals(one * size + two, pairs.count, size * size)
        cells = flat.reshape(size, size)
        return cls(labels, (cells + cells.T) / 2 if symmetric else cells, symmetric)

    @property
    def shares(self) -> FloatArray:
        return np.asarray(self.cells / self.cells.sum())

    @property
    def by_chance(self) -> float:
        """The share of agreement that the two sides' label shares would give."""
        shares = self.shares
        return float(shares.sum(axis=1) @ shares.sum(axis=0))

    def two_commonest(self) -> tuple[int, int]:
        """The two labels given most often."""
        given = self.cells.sum(axis=0) + self.cells.sum(axis=1)
        one, other = self.labels[np.argsort(-given, kind="stable")[:2]]
        return int(one), int(other)

    def package_kappa(self) -> float:
        from sklearn.metrics import cohen_kappa_score

        size = len(self.labels)
        one, two = np.repeat(np.arange(size), size), np.tile(np.arange(size), size)
        return float(cohen_kappa_score(one, two, sample_weight=self.cells.ravel()))

    def standard_error(self, pairs: PairColumns) -> float:
        """The delta method over clusters: the root of the sum of squared cluster totals of the influence."""
        influence = self._influence()
        one, two = np.searchsorted(self.labels, pairs.first), np.searchsorted(self.labels, pairs.second)
        each = influence[one, two] * pairs.count
        by_cluster = totals(pairs.cluster, each, pairs.n_clusters)
        return float(np.sqrt(by_cluster @ by_cluster)) / pairs.n_pairs

    def _influence(self) -> FloatArray:
        """By how much a pair with these two labels pulls kappa. [n_labels, n_labels]"""
        shares = self.shares
        rows, columns = shares.sum(axis=1), shares.sum(axis=0)
        seen, chance = float(np.trace(shares)), self.by_chance
        on_seen = np.eye(len(shares)) - seen
        on_chance = columns[:, None] + rows[None, :] - 2 * chance
        influence: FloatArray = (on_seen * (1 - chance) - (1 - seen) * on_chance) / (1 - chance) ** 2
        return influence


def _ends(
    pairs: PairColumns,
    table: _Confusion,
    value: float,
    standard_error: float | None,
    confidence_level: float,
) -> tuple[float | None, float | None]:
    if standard_error is None:
        return None, None
    if standard_error > _NO_SPREAD:
        margin = two_sided_quantile(confidence_level, pairs.n_clusters - 1) * standard_error
        return max(value - margin, -1.0), min(value + margin, 1.0)
    one, other = table.two_commonest()
    low, _ = _ends_with_two_more(pairs, (one, other), (other, one), table.symmetric, confidence_level)
    _, high = _ends_with_two_more(pairs, (one, other), (one, other), table.symmetric, confidence_level)
    return min(value, low), max(value, high)


def _ends_with_two_more(
    pairs: PairColumns,
    first: tuple[int, int],
    second: tuple[int, int],
    symmetric: bool,
    confidence_level: float,
) -> tuple[float, float]:
    """The ends if two more pairs, each in a cluster of its own, had these labels: where no spread is seen."""
    doubted = PairColumns(
        np.append(pairs.first, first),
        np.append(pairs.second, second),
        np.append(pairs.count, (1, 1)),
        np.append(pairs.cluster, (pairs.n_clusters, pairs.n_clusters + 1)),
        pairs.n_clusters + 2,
    )
    table = _Confusion.of(doubted, symmetric)
    value = table.package_kappa()
    margin = two_sided_quantile(confidence_level, doubted.n_clusters - 1) * table.standard_error(doubted)
    return max(value - margin, -1.0), min(value + margin, 1.0)


def _reading(value: float, n_pairs: int) -> str:
    """The bands of Landis & Koch (1977, Biometrics 33), named as the convention they are."""
    bands = (
        (0.81, "almost perfect"),
        (0.61, "substantial"),
        (0.41, "moderate"),
        (0.21, "fair"),
        (0.0, "slight"),
    )
    word = next((name for least, name in bands if value >= least), "poor: less than chance would give")
    return f"Kappa is {value:.3f} over {n_pairs} pairs: by the words of Landis and Koch, {word}."
