"""The likelihood of models that give a tie a probability of its own, on counts of wins and ties.

Every such model says, from the gap d = theta_i - theta_j and one tie parameter, how probable it is that i
wins and that they tie; j wins as i would at -d. `wins` W and `ties` T have shape [n, n], T being symmetric;
sums over judgments are sums over ordered pairs of W_ij (a win of i) and of T_ij / 2.
"""

from abc import abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, Self

import numpy as np

from apps.stats.arrays import FloatArray
from apps.stats.models.cycles import has_negative_cycle
from apps.stats.models.joint import JointLikelihoodAt
from apps.stats.models.likelihood import contrast_variances, laplacian


@dataclass(frozen=True, eq=False)
class Terms:
    """The log probability of an outcome, and its derivatives by the gap d and the tie parameter t. All [n, n]"""

    value: FloatArray
    d: FloatArray
    t: FloatArray
    dd: FloatArray
    dt: FloatArray
    tt: FloatArray


class TieModel(Protocol):
    """What a model says of one comparison."""

    @abstractmethod
    def terms(self, gaps: FloatArray, tie_parameter: float) -> tuple[Terms, Terms]:
        """That the first of a pair wins, and that the pair ties; `gaps` are antisymmetric."""

    @abstractmethod
    def is_possible(self, tie_parameter: float) -> bool:
        """Whether the tie parameter lies where the model is defined."""

    @abstractmethod
    def start(self, tie_share: float) -> float:
        """The tie parameter at which equals tie that often."""

    @abstractmethod
    def from_logarithm(self, logarithm: float) -> float:
        """The tie parameter from the logarithm of what it measures, which any number may be."""

    @abstractmethod
    def interval(self, tie_parameter: float, standard_error: float, quantile: float) -> tuple[float, float]:
        """So many standard errors each side, symmetric on the scale of that logarithm."""


@dataclass(frozen=True, eq=False)
class TieLikelihoodAt(JointLikelihoodAt):
    """Everything about the likelihood at strengths and a tie parameter: `parameters` [n + 1]."""

    model: TieModel
    wins: FloatArray
    ties: FloatArray
    parameters: FloatArray

    @property
    def n_strengths(self) -> int:
        return len(self.wins)

    @property
    def strengths(self) -> FloatArray:
        """[n], mean zero"""
        return self.parameters[:-1]

    @property
    def tie_parameter(self) -> float:
        """The last parameter: log nu for Davidson, the threshold for Rao & Kupper."""
        return float(self.parameters[-1])

    def at(self, parameters: FloatArray) -> Self:
        return replace(self, parameters=parameters)

    @cached_property
    def gaps(self) -> FloatArray:
        """theta_i - theta_j. [n, n]"""
        return self.strengths[:, None] - self.strengths[None, :]

    @cached_property
    def _terms(self) -> tuple[Terms, Terms]:
        return self.model.terms(self.gaps, self.tie_parameter)

    @property
    def win(self) -> Terms:
        """That the first of each ordered pair wins."""
        return self._terms[0]

    @property
    def tie(self) -> Terms:
        """That each pair ties."""
        return self._terms[1]

    @cached_property
    def value(self) -> float:
        if not self.model.is_possible(self.tie_parameter):
            return -np.inf
        return float((self.wins * self.win.value + self.ties / 2 * self.tie.value).sum())

    @cached_property
    def gradient(self) -> FloatArray:
        return bordered_vector(self._summed(self.win.d, self.tie.d), self._summed(self.win.t, self.tie.t))

    @cached_property
    def information(self) -> FloatArray:
        win, tie = self.win, self.tie
        return bordered_matrix(
            -self._summed(win.dd, tie.dd), -self._summed(win.dt, tie.dt), -self._summed(win.tt, tie.tt)
        )

    def _summed(self, win: FloatArray, tie: FloatArray) -> FloatArray:
        return self.wins * win + self.ties / 2 * tie

    def meat(self, wins: FloatArray, ties: FloatArray) -> FloatArray:
        """The sum of squared scores over so many wins and ties. [n + 1, n + 1]"""
        win, tie = self.win, self.tie
        return bordered_matrix(
            wins * win.d**2 + ties / 2 * tie.d**2,
            wins * win.d * win.t + ties / 2 * tie.d * tie.t,
            wins * win.t**2 + ties / 2 * tie.t**2,
        )

    @cached_property
    def _expected(self) -> tuple[FloatArray, FloatArray]:
        """How many wins and ties the model expects of the comparisons made. [n, n], [n, n]"""
        met = self.wins + self.wins.T + self.ties
        return met * np.exp(self.win.value), met * np.exp(self.tie.value)

    @cached_property
    def expected_information(self) -> FloatArray:
        return self.meat(*self._expected)

    @cached_property
    def penalty_gradient(self) -> FloatArray:
        """Half of the trace of inverse times derivative, the derivative being that of expected squared scores."""
        wins, ties = self._expected
        covariance = self.inverse_expected_information
        across = covariance[:-1, -1][:, None] - covariance[:-1, -1][None, :]
        blocks = contrast_variances(covariance[:-1, :-1]), across, float(covariance[-1, -1])
        win_d, win_t = _penalty_slopes(self.win, *blocks)
        tie_d, tie_t = _penalty_slopes(self.tie, *blocks)
        return bordered_vector(wins * win_d + ties / 2 * tie_d, wins * win_t + ties / 2 * tie_t) / 2


def _penalty_slopes(
    terms: Terms, gap_variance: FloatArray, across: FloatArray, tie_variance: float
) -> tuple[FloatArray, FloatArray]:
    """d/d(d) and d/d(t) of p s'Vs, over p: with s the score, s (s'Vs) + 2 (ds)'Vs. [n, n], [n, n]"""
    by_gap = gap_variance * terms.d + across * terms.t
    by_tie = across * terms.d + tie_variance * terms.t
    squared = by_gap * terms.d + by_tie * terms.t
    return (
        terms.d * squared + 2 * (by_gap * terms.dd + by_tie * terms.dt),
        terms.t * squared + 2 * (by_gap * terms.dt + by_tie * terms.tt),
    )


def bordered_vector(by_gap: FloatArray, by_tie: FloatArray) -> FloatArray:
    """Derivatives by the gaps of ordered pairs, as derivatives by strengths; the tie parameter's last. [n + 1]"""
    return np.append(by_gap.sum(axis=1) - by_gap.sum(axis=0), by_tie.sum())


def bordered_matrix(gap_gap: FloatArray, gap_tie: FloatArray, tie_tie: FloatArray) -> FloatArray:
    """The same for second derivatives. [n + 1, n + 1]"""
    n = len(gap_gap)
    matrix = np.empty((n + 1, n + 1))
    matrix[:n, :n] = laplacian(gap_gap + gap_gap.T)
    matrix[:n, n] = matrix[n, :n] = gap_tie.sum(axis=1) - gap_tie.sum(axis=0)
    matrix[n, n] = tie_tie.sum()
    return matrix


def bounds_tie_width(wins: FloatArray, ties: FloatArray) -> bool:
    """Whether some cycle of competitors has more wins than ties, without which ties could always be wider.

    With a step delta to each strength, a widening of ties fits every outcome at least as well if and only if
    delta_i - delta_j is 1 or more where i beat j and within -1..1 where they tied.
    """
    if (wins * wins.T > 0).any():
        return True
    return has_negative_cycle(wins + ties > 0, np.where(wins > 0, -1.0, 1.0))
