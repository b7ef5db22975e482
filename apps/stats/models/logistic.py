"""Bradley-Terry's likelihood on rows, with covariates beside the strengths.

The log-odds that the first of a row wins are eta = theta_first - theta_second + beta'x; a tie is half a win.
Sums over rows run through a table of pairs [n, n], so that a row costs a few additions however many
competitors there are, and no table of rows by competitors is ever built.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from apps.stats.arrays import FloatArray, IntArray, totals
from apps.stats.models.joint import JointLikelihoodAt, inverse_among_strengths
from apps.stats.models.likelihood import contrast_variances, laplacian

# A share of its squares so small is rounding: the rest of the covariate follows from the others.
_NOTHING_LEFT = 1e-10
_ROWS_AT_ONCE = 1 << 16


@dataclass(frozen=True, eq=False)
class Design:
    """Rows of comparisons with covariates: parallel arrays [n_rows], and one row of `covariates` a covariate.

    `earned` is what the first earned (1, 1/2, 0), `weight` how many judgments the row counts, or the sum of
    their weights, `squares` the sum of the squares of these; `covariates` has shape [n_covariates, n_rows].
    """

    n_competitors: int
    first: IntArray
    second: IntArray
    earned: FloatArray
    weight: FloatArray
    squares: FloatArray
    covariates: FloatArray

    @cached_property
    def parts(self) -> tuple["Design", ...]:
        """The rows, so many at a time that what is worked out for them stays in the processor's cache."""
        at_once = max(_ROWS_AT_ONCE, 4 * self.n_competitors**2)
        return tuple(self._part(slice(start, start + at_once)) for start in range(0, len(self.first), at_once))

    def _part(self, rows: slice) -> "Design":
        return Design(
            self.n_competitors,
            self.first[rows],
            self.second[rows],
            self.earned[rows],
            self.weight[rows],
            self.squares[rows],
            self.covariates[:, rows],
        )

    @cached_property
    def pair(self) -> IntArray:
        """The place of each row in the table of pairs. [n_rows]"""
        return self.first * self.n_competitors + self.second

    def by_pair(self, amounts: FloatArray) -> FloatArray:
        """Amounts of rows summed for each ordered pair. [n, n]"""
        n = self.n_competitors
        return totals(self.pair, amounts, n * n).reshape(n, n)

    def vector(self, amounts: FloatArray) -> FloatArray:
        """The sum over rows of the amount times (e_first - e_second, x). [n + k]"""
        found = self.by_pair(amounts)
        return np.concatenate([found.sum(axis=1) - found.sum(axis=0), self.covariates @ amounts])

    def matrix(self, amounts: FloatArray) -> FloatArray:
        """The sum over rows of the amount times the outer product of (e_first - e_second, x). [n + k, n + k]"""
        n, k = self.n_competitors, len(self.covariates)
        matrix = np.empty((n + k, n + k))
        found = self.by_pair(amounts)
        matrix[:n, :n] = laplacian(found + found.T)
        for place, covariate in enumerate(self.covariates, start=n):
            weighed = covariate * amounts
            found = self.by_pair(weighed)
            matrix[:n, place] = matrix[place, :n] = found.sum(axis=1) - found.sum(axis=0)
            matrix[n:, place] = self.covariates @ weighed
        return matrix

    def quadratic(self, form: FloatArray) -> FloatArray:
        """For each row z'Fz, z = (e_first - e_second, x) and F the form [n + k, n + k]. [n_rows]"""
        n = self.n_competitors
        found = contrast_variances(form[:n, :n]).ravel()[self.pair]
        for covariate, row in zip(self.covariates, form[n:], strict=True):
            found += covariate * (2 * (row[self.first] - row[self.second]) + row[n:] @ self.covariates)
        return found


@dataclass(frozen=True, eq=False)
class _Rows:
    """Some of the rows at given parameters: what their first should earn, and their share of the likelihood."""

    design: Design
    expected: FloatArray
    value: float

    @classmethod
    def at(cls, design: Design, parameters: FloatArray) -> "_Rows":
        n = design.n_competitors
        gaps = parameters[:n, None] - parameters[None, :n]
        log_odds = gaps.ravel()[design.pair] + parameters[n:] @ design.covariates
        shrunk = np.exp(-np.abs(log_odds))
        ahead = log_odds >= 0
        # log(1 + exp(eta)), and 1 / (1 + exp(-eta)), by the exponential that cannot overflow.
        softplus = np.log(1 + shrunk) + np.where(ahead, log_odds, 0.0)
        expected = np.where(ahead, 1.0, shrunk) / (1 + shrunk)
        return cls(design, expected, float(design.weight @ (design.earned * log_odds - softplus)))

    @property
    def residual(self) -> FloatArray:
        """What the first earned beyond what it should. [n_rows]"""
        return self.design.earned - self.expected

    @cached_property
    def variance(self) -> FloatArray:
        """p (1 - p): how much one judgment varies. [n_rows]"""
        return self.expected * (1 - self.expected)

    def leverages(self, inverse_information: FloatArray) -> FloatArray:
        """How much each row decides by itself: over all rows they sum to n - 1 + k. [n_rows]"""
        return self.design.weight * self.variance * self.design.quadratic(inverse_information)


@dataclass(frozen=True, eq=False)
class LogisticAt(JointLikelihoodAt):
    """Everything about the likelihood at strengths and coefficients: `parameters` [n + k]."""

    design: Design
    parameters: FloatArray

    @property
    def n_strengths(self) -> int:
        return self.design.n_competitors

    def at(self, parameters: FloatArray) -> Self:
        return replace(self, parameters=parameters)

    @property
    def strengths(self) -> FloatArray:
        """[n], mean zero"""
        return self.parameters[: self.n_strengths]

    @property
    def coefficients(self) -> FloatArray:
        """[k]"""
        return self.parameters[self.n_strengths :]

    def _parts(self) -> Iterator[_Rows]:
        return (_Rows.at(part, self.parameters) for part in self.design.parts)

    @cached_property
    def _sums(self) -> tuple[float, FloatArray, FloatArray]:
        """Value, gradient and information, in one reading of the rows."""
        value, gradient, information = 0.0, np.zeros(()), np.zeros(())
        for rows in self._parts():
            part = rows.design
            value += rows.value
            gradient = gradient + part.vector(part.weight * rows.residual)
            information = information + part.matrix(part.weight * rows.variance)
        return value, gradient, information

    @property
    def value(self) -> float:
        return self._sums[0]

    @property
    def gradient(self) -> FloatArray:
        return self._sums[1]

    @property
    def information(self) -> FloatArray:
        return self._sums[2]

    @property
    def expected_information(self) -> FloatArray:
        return self.information

    @cached_property
    def penalty_gradient(self) -> FloatArray:
        # Half a win more on both sides of each row, by its leverage.
        bread = self.inverse_information
        added = [rows.design.vector(rows.leverages(bread) * (0.5 - rows.expected)) for rows in self._parts()]
        return np.asarray(sum(added))

    def sandwich(self, n_judgments: int) -> FloatArray:
        """For independent judgments, HC1. [n + k, n + k]"""
        meat = sum(rows.design.matrix(rows.design.squares * rows.residual**2) for rows in self._parts())
        factor = n_judgments / max(n_judgments - len(self.parameters) + 1, 1)
        return self._between_breads(np.asarray(meat) * factor)

    def least_covariance(self) -> FloatArray:
        """The least that could be unknown: as if each degree of freedom had one more judgment, a coin's."""
        bread = self.inverse_information
        meat = sum(rows.design.matrix(rows.leverages(bread) * rows.variance) for rows in self._parts())
        return self._between_breads(np.asarray(meat))

    def _between_breads(self, meat: FloatArray) -> FloatArray:
        covariance = self.inverse_information @ meat @ self.inverse_information
        return np.asarray((covariance + covariance.T) / 2)


def first_confounded(design: Design) -> int | None:
    """The first covariate that strengths and the covariates before it determine; None where there is none."""
    n = design.n_competitors
    matrix = design.matrix(np.ones(len(design.first)))
    for place in range(n, len(matrix)):
        across, alone = matrix[:place, place], float(matrix[place, place])
        left = alone - across @ inverse_among_strengths(matrix[:place, :place], n) @ across
        if left <= _NOTHING_LEFT * alone:
            return place - n
    return None
