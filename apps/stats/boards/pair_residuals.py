"""What each pair earned beyond what its strengths let expect, and how far that may stray by chance.

A fit takes part of every residual away: r = M e, e what the pairs earned beyond the truth, M = I - W A H+ A', with A
[m, n] the pairs' contrasts and W = N p (1 - p). By clusters, each of which gives the pairs e_g and the competitors
the score A'e_g, the variance of a residual is the sum of

    (e_g - w (q_i - q_j))^2 = e_g^2 - 2 w e_g (q_i - q_j) + w^2 (q_i - q_j)^2,    q = H+ A'e_g,

of which every part is a product of sparse tables: no matrix of pairs by pairs is ever built.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array
from scipy.special import rel_entr

from apps.stats.arrays import FloatArray, IntArray, dense_codes, totals
from apps.stats.models.bradley_terry import BradleyTerryFit
from apps.stats.models.likelihood import contrast_variances
from apps.stats.pairwise.clusters import Clusters
from apps.stats.pairwise.rows import ComparisonRows

# Below this part of a variance nothing is left: the fit follows the pair wherever it goes.
_NOTHING_LEFT = 1e-9


@dataclass(frozen=True, eq=False)
class PairResiduals:
    """The m pairs that met, those of `scored` rows, and the fit to them. Each pair has the smaller code first."""

    fit: BradleyTerryFit
    scored: ComparisonRows

    @cached_property
    def pair(self) -> IntArray:
        """The pair of each row. [n_rows]"""
        one, other = self.scored.first, self.scored.second
        return dense_codes(np.minimum(one, other) * self.scored.n_competitors + np.maximum(one, other))[0]

    @cached_property
    def ends(self) -> tuple[IntArray, IntArray]:
        """The two competitors of each pair. [m], [m]"""
        met = self.fit.likelihood.half_wins + self.fit.likelihood.half_wins.T
        first, second = np.nonzero(np.triu(met))
        return first, second

    @property
    def n_pairs(self) -> int:
        return len(self.ends[0])

    @cached_property
    def n(self) -> FloatArray:
        """How often each pair met. [m]"""
        return totals(self.pair, self.scored.count, self.n_pairs)

    @cached_property
    def expected(self) -> FloatArray:
        """The share that the first of each pair should earn. [m]"""
        return self.fit.probabilities[self.ends]

    @cached_property
    def observed(self) -> FloatArray:
        """The share that it earned, a tie being half. [m]"""
        return self.fit.likelihood.half_wins[self.ends] / self.n

    @cached_property
    def weights(self) -> FloatArray:
        """w = N p (1 - p). [m]"""
        return self.fit.likelihood.weights[self.ends]

    @cached_property
    def off(self) -> FloatArray:
        """What each row earned the first of its pair beyond the share expected, over its judgments. [n_rows]"""
        earned = np.where(self.scored.first < self.scored.second, self.scored.earned, 1 - self.scored.earned)
        return np.asarray((earned - self.expected[self.pair]) * self.scored.count)

    @cached_property
    def residuals(self) -> FloatArray:
        """r = N (observed - expected). [m]"""
        return self.n * (self.observed - self.expected)

    @cached_property
    def left_over(self) -> FloatArray:
        """1 - leverage: the part of each pair's variance that the fit leaves; 0 where nothing else checks it. [m]"""
        found = 1 - self.fit.likelihood.leverages[self.ends]
        return np.where(found > _NOTHING_LEFT, found, 0.0)

    @cached_property
    def signed_roots(self) -> FloatArray:
        """The root of each pair's deviance, with the sign of its residual. [m]

        In a small or lopsided pair it is nearer to normal than the residual (Pierce & Schafer 1986, Journal of the
        American Statistical Association 81): one upset where 1 in 50 is expected counts 2.8, not 7.
        """
        # What the second earned and should, each by itself: 1 less a share near 1 would be rounded to nothing.
        first, second = self.ends
        other = self.fit.likelihood.half_wins[second, first] / self.n, self.fit.probabilities[second, first]
        entropy = rel_entr(self.observed, self.expected) + rel_entr(*other)
        # Where nothing is off, rounding may leave less than nothing.
        return np.asarray(np.sign(self.residuals) * np.sqrt(2 * self.n * np.maximum(entropy, 0.0)))

    @cached_property
    def independent_variances(self) -> FloatArray:
        """The variance of each residual if judgments are independent. [m]"""
        return np.asarray(self._dispersion * self.weights * self.left_over)

    @property
    def _dispersion(self) -> float:
        """The variance of a judgment over p (1 - p): 1 without ties, less with them."""
        tied = self.scored.earned == 0.5
        if not tied.any():
            return 1.0
        # The variance of a score y is p (1 - p) less the mean of y (1 - y), a quarter for each tie.
        return max(1 - float(self.scored.count[tied].sum()) / (4 * float(self.weights.sum())), 0.0)

    @property
    def least_variances(self) -> FloatArray:
        """The least that could be unknown: what one judgment of each pair varies. [m]"""
        return np.asarray(self.weights / self.n * self.left_over)

    def clustered_variances(self, clusters: Clusters) -> FloatArray:
        """The variance of each residual with clusters drawn independently, G / (G - 1) (N - 1) / (N - n + 1). [m]"""
        given = csr_array((self.off, (clusters.dense, self.pair)), shape=(clusters.n, self.n_pairs))
        scores = given @ self._contrasts
        bread = self.fit.likelihood.inverse_information
        across = bread[self.ends[0]] - bread[self.ends[1]]
        along = ((given.T @ scores).toarray() * across).sum(axis=1)
        common = contrast_variances(bread @ (scores.T @ scores).toarray() @ bread)[self.ends]
        squares = given.power(2).sum(axis=0) - 2 * self.weights * along + self.weights**2 * common
        # About their mean, which is r / G: a pair that the model misses must not hide behind its own size.
        found = squares - self.residuals**2 / clusters.n
        n_judgments = self.scored.n_judgments
        small_sample = (n_judgments - 1) / max(n_judgments - self.fit.n_competitors + 1, 1)
        return np.asarray(np.maximum(found, 0.0) * (clusters.n / (clusters.n - 1) * small_sample))

    @cached_property
    def _contrasts(self) -> csr_array:
        """A: +1 at the first of each pair, -1 at the second. [m, n]"""
        places = np.repeat(np.arange(self.n_pairs), 2)
        signs = np.tile([1.0, -1.0], self.n_pairs)
        shape = (self.n_pairs, self.fit.n_competitors)
        return csr_array((signs, (places, np.column_stack(self.ends).ravel())), shape=shape)
