"""Cohen's kappa, plain and weighted, for two columns of labels."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.agreement.columns import PairColumns, pair_columns
from apps.stats.agreement.linearised import NO_SPREAD, around
from apps.stats.agreement.weights import (
    OWN_TABLE,
    Weights,
    WeightsLike,
    checked_categories,
    commonest_confusion,
    disagreement_weights,
    name_of,
)
from apps.stats.agreement.words import landis_koch
from apps.stats.arrays import FloatArray, IntArray, totals
from apps.stats.intervals import check_confidence_level

_NO_PAIRS = "There is no pair of labels, so agreement cannot be seen; let both raters label the same units."
_ONE_CATEGORY = (
    "Both sides gave one and the same label throughout, so chance alone would always agree and kappa is "
    "undefined; read the percentage of agreement."
)


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa: 1 is perfect agreement, 0 what the two sides' label shares would give by chance.

    `low` and `high` bound it at the confidence level; they and `standard_error` are None where there is only
    one cluster. `weights` names the disagreement weights. Where kappa is undefined the numbers are None and
    `reading` says why; else `reading` says how to read it.
    """

    value: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    n_pairs: int
    n_clusters: int
    confidence_level: float
    reading: str
    weights: str = Weights.NONE.value


def cohen_kappa(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    count: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
    symmetric: bool = False,
    weights: WeightsLike = Weights.NONE,
    categories: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> Kappa:
    """Kappa of two parallel columns of labels (Cohen 1960, Educational and Psychological Measurement 20).

    With weights it is Cohen's of 1968 (Psychological Bulletin 70).

    `first` and `second` are integer codes, one row a pair or, by `count`, several equal ones; `cluster`
    says which pairs hang together (None: every pair by itself). `symmetric` counts each pair in both
    orders, for raters who may stand on either side: both sides then share one set of label shares (which
    makes it Scott's pi, 1955), and the pair still counts once.

    `weights` says how bad a disagreement is: "none" (all alike), "linear" or "quadratic" in the distance of
    the two codes' places in ascending order, or a table [n_categories, n_categories] of Cohen's disagreement
    weights, `first` down and `second` across: 0 on the diagonal, otherwise 0 or more. `categories` names all
    codes that could have been given, where some never were: they have places too (None: those given).

    The value is scikit-learn's where the weights have a name. The standard error is the delta method's over
    clusters, which is that of Fleiss, Cohen & Everitt (1969, Psychological Bulletin 72) where every pair is
    a cluster; t quantile with n_clusters - 1 degrees of freedom. Where kappa shows no spread (no pair
    disagrees, or one side always says the same) the ends are taken as if two more pairs had disagreed
    crosswise, or agreed, on the two commonest labels. Raises InvalidInput for columns, weights or categories
    that do not match.
    """
    check_confidence_level(confidence_level)
    pairs, name = pair_columns(first, second, count, cluster), name_of(weights)
    table = _Confusion.of(pairs, weights, categories, symmetric=symmetric)
    if not pairs.n_pairs or not table.by_chance:
        why = _ONE_CATEGORY if pairs.n_pairs else _NO_PAIRS
        return Kappa(None, None, None, None, pairs.n_pairs, pairs.n_clusters, confidence_level, why, name)
    value = table.value
    standard_error = table.standard_error(pairs) if pairs.n_clusters > 1 else None
    low, high = _ends(pairs, table, value, standard_error, confidence_level)
    reading = _reading(value, pairs.n_pairs, name)
    return Kappa(value, low, high, standard_error, pairs.n_pairs, pairs.n_clusters, confidence_level, reading, name)


@dataclass(frozen=True, eq=False)
class _Confusion:
    """How often each label of one side met each of the other, and how bad that is. [n_labels, n_labels]"""

    labels: IntArray
    cells: FloatArray
    disagreement: FloatArray
    symmetric: bool
    name: str

    @classmethod
    def of(
        cls, pairs: PairColumns, weights: WeightsLike, categories: npt.ArrayLike | None, *, symmetric: bool
    ) -> "_Confusion":
        given = np.unique(np.concatenate([pairs.first, pairs.second]))
        labels = checked_categories(categories, given.astype(np.float64)).astype(np.int64)
        badness = disagreement_weights(weights, len(labels))
        empty = cls(
            labels, badness * 0, (badness + badness.T) / 2 if symmetric else badness, symmetric, name_of(weights)
        )
        return empty.filled(pairs)

    def filled(self, pairs: PairColumns) -> "_Confusion":
        """The same labels and weights with other pairs."""
        size = len(self.labels)
        one, two = self._places(pairs)
        cells = totals(one * size + two, pairs.count, size * size).reshape(size, size)
        cells = (cells + cells.T) / 2 if self.symmetric else cells
        return _Confusion(self.labels, cells, self.disagreement, self.symmetric, self.name)

    def _places(self, pairs: PairColumns) -> tuple[IntArray, IntArray]:
        return np.searchsorted(self.labels, pairs.first), np.searchsorted(self.labels, pairs.second)

    @property
    def shares(self) -> FloatArray:
        return np.asarray(self.cells / self.cells.sum())

    @property
    def by_chance(self) -> float:
        """The disagreement that the two sides' label shares would give; 0 without pairs."""
        total = float(self.cells.sum())
        return float(self.cells.sum(axis=1) @ self.disagreement @ self.cells.sum(axis=0)) / total**2 if total else 0.0

    def two_commonest(self) -> tuple[int, int]:
        """The two labels given most often."""
        given = self.cells.sum(axis=0) + self.cells.sum(axis=1)
        one, other = commonest_confusion(given, self.disagreement)
        return int(self.labels[one]), int(self.labels[other])

    @property
    def value(self) -> float:
        """By scikit-learn; from the sums where the weights are a table, which it does not take."""
        if self.name == OWN_TABLE:
            return 1 - float((self.shares * self.disagreement).sum()) / self.by_chance
        from sklearn.metrics import cohen_kappa_score

        size = len(self.labels)
        one, two = np.repeat(np.arange(size), size), np.tile(np.arange(size), size)
        known = None if self.name == Weights.NONE else self.name
        return float(cohen_kappa_score(one, two, weights=known, sample_weight=self.cells.ravel()))

    def standard_error(self, pairs: PairColumns) -> float:
        """The delta method over clusters: the root of the sum of squared cluster totals of the influence."""
        one, two = self._places(pairs)
        return float(np.sqrt(pairs.squared_totals(self._influence()[one, two]))) / pairs.n_pairs

    def _influence(self) -> FloatArray:
        """By how much a pair with these two labels pulls kappa. [n_labels, n_labels]"""
        shares, chance = self.shares, self.by_chance
        rows, columns = shares.sum(axis=1), shares.sum(axis=0)
        seen = float((shares * self.disagreement).sum())
        on_chance = (self.disagreement @ columns)[:, None] + (rows @ self.disagreement)[None, :] - 2 * chance
        return np.asarray((seen * on_chance - (self.disagreement - seen) * chance) / chance**2)


def _ends(
    pairs: PairColumns,
    table: _Confusion,
    value: float,
    standard_error: float | None,
    confidence_level: float,
) -> tuple[float | None, float | None]:
    if standard_error is None:
        return None, None
    if standard_error > NO_SPREAD:
        return around(value, standard_error, pairs.n_clusters, confidence_level)
    one, other = table.two_commonest()
    low, _ = _ends_with_two_more(pairs, (one, other), (other, one), table, confidence_level)
    _, high = _ends_with_two_more(pairs, (one, other), (one, other), table, confidence_level)
    return min(value, low), max(value, high)


def _ends_with_two_more(
    pairs: PairColumns,
    first: tuple[int, int],
    second: tuple[int, int],
    table: _Confusion,
    confidence_level: float,
) -> tuple[float, float]:
    """The ends if two more pairs, each in a cluster of its own, had these labels: where no spread is seen."""
    doubted = pairs.with_two_more(first, second)
    refilled = table.filled(doubted)
    return around(refilled.value, refilled.standard_error(doubted), doubted.n_clusters, confidence_level)


def _reading(value: float, n_pairs: int, name: str) -> str:
    plain = name == Weights.NONE
    kappa = "Kappa" if plain else f"Weighted kappa ({name if name != OWN_TABLE else 'own weights'})"
    return f"{kappa} is {value:.3f} over {n_pairs} pairs: by the words of Landis and Koch, {landis_koch(value)}."
