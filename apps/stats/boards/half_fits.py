"""Some comparisons and the rest of them, each fitted by itself, and how their errors hang together.

The two halves share no judgment, but they share raters, and perhaps items: who is generous to a competitor in one
is so in the other. The covariance is therefore that of both halves at once, over 2n strengths: the competitors of
the second half are numbered n..2n-1, and a cluster's score reaches into both.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from apps.stats.arrays import BoolArray, FloatArray, IntArray
from apps.stats.models.bradley_terry import BradleyTerryFit, fit_bradley_terry
from apps.stats.pairwise.cluster_products import cluster_products
from apps.stats.pairwise.clusters import Clusters
from apps.stats.pairwise.connectivity import islands
from apps.stats.pairwise.rows import ComparisonRows
from apps.stats.uncertainty.covariance import (
    Clustering,
    Covariance,
    clustered_as_known,
    independent_covariance,
    one_judgment_covariance,
)

_REASONS = {
    Clustering.RATER_AND_ITEM: "Judgments that share a rater or an item are allowed to depend on each other.",
    Clustering.RATER: "Judgments that share a rater are allowed to depend on each other. Items are unknown, or there "
    "is one only on one side: the intervals say nothing about other items.",
    Clustering.ITEM: "Judgments that share an item are allowed to depend on each other. Raters are unknown, or there "
    "is one only on one side: the intervals say nothing about other raters.",
    Clustering.INDEPENDENT: "Judgments are taken as independent: raters and items are unknown, or there is one only "
    "on one side.",
}


@dataclass(frozen=True, eq=False)
class Half:
    """Comparisons that entered a fit, each island of two or more competitors ranked by itself.

    Arrays over all n competitors: `strengths` have mean zero on each island, and are 0 for a competitor alone, whose
    `island` is -1. Matrices [n, n] are zero across islands.
    """

    scored: ComparisonRows
    islands: tuple[tuple[int, ...], ...]
    fits: tuple[BradleyTerryFit, ...]

    @classmethod
    def of(cls, scored: ComparisonRows) -> "Half":
        found = tuple(group for group in islands(scored.counts, both_bad_as_tie=True) if len(group) > 1)
        # Both-bad is gone already unless it counts as a tie.
        fits = (fit_bradley_terry(scored.counts.among(group), both_bad_as_tie=True) for group in found)
        return cls(scored, found, tuple(fits))

    @cached_property
    def island(self) -> IntArray:
        """The island of each competitor. [n]"""
        return self._vector([np.full(len(group), place) for place, group in enumerate(self.islands)], -1).astype(int)

    @cached_property
    def strengths(self) -> FloatArray:
        return self._vector([fit.strengths for fit in self.fits])

    @cached_property
    def unbeaten(self) -> tuple[BoolArray, BoolArray]:
        """Who is undefeated, and who is winless. [n], [n]"""
        undefeated = self._vector([fit.undefeated.astype(np.float64) for fit in self.fits])
        winless = self._vector([fit.winless.astype(np.float64) for fit in self.fits])
        return undefeated > 0, winless > 0

    @property
    def penalised(self) -> bool:
        return any(fit.penalised for fit in self.fits)

    @cached_property
    def residual(self) -> FloatArray:
        """What the first of each row earned beyond what was expected, over all its judgments. [n_rows]"""
        expected = self._matrix([fit.probabilities for fit in self.fits])
        rows = self.scored
        return np.asarray((rows.earned - expected[rows.first, rows.second]) * rows.count)

    @cached_property
    def bread(self) -> FloatArray:
        """The inverse information. [n, n]"""
        return self._matrix([fit.likelihood.inverse_information for fit in self.fits])

    @cached_property
    def independent(self) -> FloatArray:
        """The sandwich for independent judgments. [n, n]"""
        counts = (self.scored.counts.among(group) for group in self.islands)
        return self._matrix([independent_covariance(fit, each) for fit, each in zip(self.fits, counts, strict=True)])

    @cached_property
    def least(self) -> FloatArray:
        """The least that could be unknown. [n, n]"""
        return self._matrix([one_judgment_covariance(fit) for fit in self.fits])

    @property
    def ordinary(self) -> BoolArray:
        """Who was both beaten and beating. [n]"""
        return ~(self.unbeaten[0] | self.unbeaten[1]) & (np.diag(self.independent) > 0)

    def small_sample(self, n_clusters: int) -> float:
        """G / (G - 1) (N - 1) / (N - p), p the strengths that were free."""
        n_judgments, n_free = self.scored.n_judgments, sum(len(group) - 1 for group in self.islands)
        return n_clusters / (n_clusters - 1) * (n_judgments - 1) / max(n_judgments - n_free, 1)

    def _vector(self, parts: list[FloatArray], nothing: float = 0.0) -> FloatArray:
        found = np.full(self.scored.n_competitors, nothing)
        for group, part in zip(self.islands, parts, strict=True):
            found[list(group)] = part
        return found

    def _matrix(self, parts: list[FloatArray]) -> FloatArray:
        n = self.scored.n_competitors
        found = np.zeros((n, n))
        for group, part in zip(self.islands, parts, strict=True):
            found[np.ix_(group, group)] = part
        return found


@dataclass(frozen=True, eq=False)
class Halves:
    """A half, the other one, and both at once."""

    one: Half
    other: Half

    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The competitors that were ranked together in both halves: each group shares an island in either."""
        together = list(zip(self.one.island.tolist(), self.other.island.tolist(), strict=True))
        kinds = sorted({pair for pair in together if min(pair) >= 0})
        found = (tuple(place for place, pair in enumerate(together) if pair == kind) for kind in kinds)
        return tuple(sorted(group for group in found if len(group) > 1))

    @cached_property
    def covariance(self) -> Covariance:
        """The covariance of the strengths of both halves. [2n, 2n]

        Clustered by rater, or by item, where both halves have several. The degrees of freedom are those of the half
        with fewer of them: the difference is no better known than its worse side.
        """
        joint = self._joint
        independent = _side_by_side(self.one.independent, self.other.independent)
        least = _side_by_side(self.one.least, self.other.least)
        found = clustered_as_known(joint, independent, self._clustered, least)
        freedom = max(min(self._n_drawn(found.clustering)) - 1, 1)
        floors = found.floors
        if self.one.penalised or self.other.penalised:
            floors = (*floors, self._model_floor(found, independent))
        return replace(found, floors=floors, degrees_of_freedom=freedom, reason=_REASONS[found.clustering])

    @cached_property
    def _joint(self) -> ComparisonRows:
        """The rows of both halves; without raters, or items, of which a half has not several."""
        one, other = self.one.scored, self.other.scored
        n = one.n_competitors
        return ComparisonRows(
            2 * n,
            np.concatenate([one.first, other.first + n]),
            np.concatenate([one.second, other.second + n]),
            np.concatenate([one.outcome, other.outcome]),
            np.concatenate([one.count, other.count]),
            _joined(one.rater, other.rater, (one.raters, other.raters)),
            _joined(one.item, other.item, (one.items, other.items)),
        )

    def _clustered(self, clusters: Clusters) -> FloatArray:
        """The sandwich of both halves by some clusters of their rows, each half with its own small-sample factor."""
        n_one = len(self.one.residual)
        sides = ((self.one, slice(None, n_one)), (self.other, slice(n_one, None)))
        scaled = np.concatenate(
            [
                half.residual * np.sqrt(half.small_sample(Clusters(clusters.code[side], clusters.n_codes).n))
                for half, side in sides
            ]
        )
        bread = _side_by_side(self.one.bread, self.other.bread)
        covariance = bread @ cluster_products(self._joint, scaled, -scaled, clusters) @ bread
        return np.asarray((covariance + covariance.T) / 2)

    def _n_drawn(self, clustering: Clustering) -> list[int]:
        """How many raters, items or judgments were drawn independently, in each half."""
        halves = (self.one.scored, self.other.scored)
        raters, items = [half.raters.n for half in halves], [half.items.n for half in halves]
        return {
            Clustering.RATER_AND_ITEM: raters + items,
            Clustering.RATER: raters,
            Clustering.ITEM: items,
            Clustering.INDEPENDENT: [half.n_judgments for half in halves],
        }[clustering]

    def _model_floor(self, found: Covariance, independent: FloatArray) -> FloatArray:
        """Residuals of someone who never lost hardly vary: the model's own covariance, as much wider as is typical."""
        ordinary = np.concatenate([self.one.ordinary, self.other.ordinary])
        ratios = found.variances()[ordinary] / np.diag(independent)[ordinary]
        widening = max(1.0, float(np.median(ratios))) if ordinary.any() else 1.0
        one, other = (half.bread if half.penalised else half.independent for half in (self.one, self.other))
        return _side_by_side(one, other) * widening


def _side_by_side(one: FloatArray, other: FloatArray) -> FloatArray:
    """A matrix of each half, zero between them. [2n, 2n]"""
    nothing = np.zeros_like(one)
    return np.block([[one, nothing], [nothing, other]])


def _joined(one: IntArray | None, other: IntArray | None, clusters: tuple[Clusters, Clusters]) -> IntArray | None:
    if one is None or other is None or min(each.n for each in clusters) < 2:
        return None
    return np.concatenate([one, other])
