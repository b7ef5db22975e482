"""One small logistic regression for each rater, all at once, with a normal prior.

The prior is what keeps a rater with five judgments finite; with hundreds it is forgotten. Estimates are the top
of the posterior and their spread is that of its curvature there (Laplace's approximation).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from apps.stats.arrays import FloatArray, IntArray, totals
from apps.stats.errors import InvalidInput, StatisticsError
from apps.stats.intervals import two_sided_quantile

_SMALLEST_STEP = 1e-10
_MOST_STEPS = 200
# Beyond these a prior settles everything, or no longer keeps lopsided choices finite.
_NARROWEST, _WIDEST = 1e-6, 1e3


@dataclass(frozen=True, eq=False)
class NormalPrior:
    """Independent normal priors of the coefficients: means [n_raters, p], standard deviations [p]."""

    mean: FloatArray
    sd: FloatArray

    @property
    def precision(self) -> FloatArray:
        """One over the variances. [p]"""
        return self.sd**-2.0


@dataclass(frozen=True, eq=False)
class LogisticRows:
    """Rows of all raters: whose (0..n_raters-1), covariates, share earned (0..1), how many alike."""

    who: IntArray
    covariates: FloatArray
    earned: FloatArray
    count: IntArray
    n_raters: int

    def of_one(self) -> "LogisticRows":
        """The same rows as if one rater had judged them all."""
        return LogisticRows(np.zeros(len(self.who), dtype=np.int64), self.covariates, self.earned, self.count, 1)

    @property
    def n(self) -> IntArray:
        """How many judgments each rater's rows stand for. [n_raters]"""
        return totals(self.who, self.count, self.n_raters).astype(np.int64)

    def sums(self, amounts: FloatArray) -> FloatArray:
        """Sums over each rater's rows. [n_raters]"""
        return totals(self.who, amounts * self.count, self.n_raters)


@dataclass(frozen=True, eq=False)
class Coefficients:
    """The top of each rater's posterior [n_raters, n_coefficients] and the standard deviations around it."""

    estimates: FloatArray
    deviations: FloatArray


@dataclass(frozen=True, eq=False)
class Ends:
    """A number of each rater with its interval; nan where a rater had nothing to see. [n_raters] each"""

    middle: FloatArray
    low: FloatArray
    high: FloatArray

    @classmethod
    def around(cls, middle: FloatArray, deviation: FloatArray, n: IntArray, confidence_level: float) -> "Ends":
        """Normal intervals; `n` counts what each rater saw."""
        seen = np.where(n > 0, middle, np.nan)
        margin = two_sided_quantile(confidence_level) * deviation
        return cls(seen, seen - margin, seen + margin)

    @property
    def rows(self) -> list[list[float]]:
        """Middle, low and high of each rater."""
        ends: list[list[float]] = np.column_stack([self.middle, self.low, self.high]).tolist()
        return ends


def check_prior_sd(name: str, sd: float) -> None:
    """Refuse what is no standard deviation, or too far from all use for double precision."""
    if not _NARROWEST <= sd <= _WIDEST:
        raise InvalidInput(f"{name} is {sd}; give a finite number above 0 (1e-6 to 1000), as 0.5.")


def prior_for_all(n_raters: int, mean: tuple[float, ...], sd: tuple[float, ...]) -> NormalPrior:
    """The same prior for every rater."""
    return NormalPrior(np.tile(np.array(mean), (n_raters, 1)), np.array(sd))


def fit_each(rows: LogisticRows, prior: NormalPrior) -> Coefficients:
    """Newton's steps for all raters together, each halved for those whom it leads down."""
    here = prior.mean
    height = _heights(rows, prior, here)
    for _ in range(_MOST_STEPS):
        gradient, information = _slopes(rows, prior, here)
        try:
            step = np.asarray(np.linalg.solve(information, gradient[:, :, None])[:, :, 0], dtype=np.float64)
        except np.linalg.LinAlgError:
            # A wide prior beside very many judgments is lost in rounding, and then some direction has no end.
            break
        if np.abs(step).max(initial=0.0) <= _SMALLEST_STEP:
            spread = np.sqrt(np.diagonal(np.linalg.inv(information), axis1=1, axis2=2))
            return Coefficients(here, spread)
        here, height = _climb(rows, prior, here, height, step)
    raise StatisticsError("A rater's logistic regression did not settle; look for covariates of very different scale.")


def _climb(
    rows: LogisticRows, prior: NormalPrior, here: FloatArray, height: FloatArray, step: FloatArray
) -> tuple[FloatArray, FloatArray]:
    slack = 1e-12 * np.maximum(1.0, np.abs(height))
    for _ in range(30):
        there = here + step
        reached = _heights(rows, prior, there)
        down = reached < height - slack
        if not down.any():
            break
        step = np.where(down[:, None], step / 2, step)
    return there, reached


def _heights(rows: LogisticRows, prior: NormalPrior, coefficients: FloatArray) -> FloatArray:
    """The log posterior of each rater. [n_raters]"""
    seen = _linear(rows, coefficients)
    likelihood = rows.sums(rows.earned * seen - np.logaddexp(0.0, seen))
    return np.asarray(likelihood - ((coefficients - prior.mean) ** 2 @ prior.precision) / 2)


def _slopes(rows: LogisticRows, prior: NormalPrior, coefficients: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gradient [n_raters, p] and information [n_raters, p, p] of the log posteriors."""
    gradient, information = likelihood_slopes(rows, coefficients)
    return gradient - (coefficients - prior.mean) * prior.precision, information + np.diag(prior.precision)


def likelihood_slopes(rows: LogisticRows, coefficients: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The same of the log likelihoods, without a prior."""
    p = rows.covariates.shape[1]
    expected = expit(_linear(rows, coefficients))
    surplus, weight = rows.earned - expected, expected * (1 - expected)
    gradient = np.stack([rows.sums(surplus * rows.covariates[:, k]) for k in range(p)], axis=1)
    information = np.empty((rows.n_raters, p, p))
    for k in range(p):
        for m in range(k + 1):
            entry = rows.sums(weight * rows.covariates[:, k] * rows.covariates[:, m])
            information[:, k, m] = information[:, m, k] = entry
    return gradient, information


def _linear(rows: LogisticRows, coefficients: FloatArray) -> FloatArray:
    return np.asarray((rows.covariates * coefficients[rows.who]).sum(axis=1))
