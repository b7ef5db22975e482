"""How a probability varies over raters: a beta distribution, estimated from each rater's successes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaln, digamma, expit, log_expit, logit

from apps.stats.arrays import FloatArray
from apps.stats.errors import InvalidInput
from apps.stats.intervals import two_sided_quantile

_NEAR = 1e-5
# The uncertainty of the pool is summed over a square of points, so many standard errors to each side.
_STANDARD_ERRORS, _POINTS = 3.5, 9
_HALVINGS = 40
# A mean nearer to 0 or 1 than this many log-odds is rounded to it, and would then leave no doubt.
_FARTHEST = 30.0
# With ten times as many answers of a rater the curvature drowns in rounding.
_MOST_ANSWERS = 1_000_000


@dataclass(frozen=True)
class BetaPool:
    """A beta distribution of accuracies over raters: its mean with ends, and how closely raters lie around it.

    `worth` is what the pool counts for beside a rater's own answers: that many answers. A small one (with its ends)
    means that raters differ much, a large one that they are alike. `sd` is the standard deviation over raters.
    """

    mean: float
    mean_low: float
    mean_high: float
    worth: float
    worth_low: float
    worth_high: float
    n_raters: int

    @property
    def sd(self) -> float:
        """The standard deviation of accuracy over raters."""
        return float(np.sqrt(self.mean * (1 - self.mean) / (self.worth + 1)))


@dataclass(frozen=True, eq=False)
class PoolFit:
    """A pool, and the pools around it that the raters allow too, with their weights. [n_points] each

    A rater's posterior is the mixture of the beta posteriors under each of them: taking the likeliest pool alone
    would make the intervals too narrow.
    """

    pool: BetaPool
    means: FloatArray
    worths: FloatArray
    weights: FloatArray

    def accuracy(self, right: FloatArray, wrong: FloatArray) -> FloatArray:
        """The posterior mean of each rater. [n_raters]"""
        mean = (right[:, None] + self.means * self.worths) / ((right + wrong)[:, None] + self.worths)
        return np.asarray(mean @ self.weights)

    def probability_below(self, right: FloatArray, wrong: FloatArray, bound: FloatArray) -> FloatArray:
        """The posterior probability of an accuracy below each rater's bound. [n_raters]"""
        a = right[:, None] + self.means * self.worths
        b = wrong[:, None] + (1 - self.means) * self.worths
        return np.asarray(betainc(a, b, bound[:, None]) @ self.weights)

    def quantile(self, right: FloatArray, wrong: FloatArray, probability: float) -> FloatArray:
        """The accuracy below which each rater lies with this posterior probability, by halving. [n_raters]"""
        low, high = np.zeros(len(right)), np.ones(len(right))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            above = self.probability_below(right, wrong, middle) < probability
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return (low + high) / 2


def fit_beta_pool(right: FloatArray, wrong: FloatArray, confidence_level: float) -> PoolFit:
    """The top of the marginal posterior of (mean, worth), with ends from its curvature there.

    The mean has a Jeffreys prior and the worth w the density t / (t + w)^2, t being the median number of answers of a
    rater: the share by which a typical rater is drawn to the mean, w / (w + t), is then uniform (Christiansen & Morris
    1997, Journal of the American Statistical Association 92). Without them raters who do not visibly differ would have
    an infinite worth.
    """
    from scipy.optimize import minimize

    answers = right + wrong
    if answers.max() > _MOST_ANSWERS:
        raise InvalidInput(
            f"A rater has {answers.max():.0f} answers, too many to tell how raters vary; give {_MOST_ANSWERS} at most."
        )
    typical = float(np.median(answers))
    start = np.array([logit((right.sum() + 0.5) / (right.sum() + wrong.sum() + 1)), np.log(typical)])

    def downhill(where: FloatArray) -> tuple[float, FloatArray]:
        height, slope = _log_posterior(where, right, wrong, typical)
        return -height, -slope

    def curvature(where: FloatArray) -> FloatArray:
        return _curvature(downhill, where)

    # Steps of 2 at most (the default is 1000): where raters are all right or all wrong a long one overflows.
    found = minimize(
        downhill, start, jac=True, hess=curvature, method="trust-exact", options={"gtol": 1e-7, "max_trust_radius": 2.0}
    )
    top = np.asarray(found.x)
    covariance = np.linalg.inv(curvature(top))
    points = top + _square() @ np.linalg.cholesky(covariance).T
    points[:, 0] = np.clip(points[:, 0], -_FARTHEST, _FARTHEST)
    heights = np.array([-downhill(point)[0] for point in points])
    weights = np.exp(heights - heights.max())
    margin = two_sided_quantile(confidence_level) * np.sqrt(np.diag(covariance))
    pool = _pool(top, margin, len(right))
    return PoolFit(pool, expit(points[:, 0]), np.exp(points[:, 1]), weights / weights.sum())


def _pool(top: FloatArray, margin: FloatArray, n_raters: int) -> BetaPool:
    middle_low_high = top + margin * np.array([[0.0], [-1.0], [1.0]])
    mean, mean_low, mean_high = expit(middle_low_high[:, 0]).tolist()
    worth, worth_low, worth_high = np.exp(middle_low_high[:, 1]).tolist()
    return BetaPool(mean, mean_low, mean_high, worth, worth_low, worth_high, n_raters)


def _square() -> FloatArray:
    """Points of a square around 0. [n_points, 2]"""
    along = np.linspace(-_STANDARD_ERRORS, _STANDARD_ERRORS, _POINTS)
    return np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)


def _log_posterior(where: FloatArray, right: FloatArray, wrong: FloatArray, typical: float) -> tuple[float, FloatArray]:
    """Its height and slope at (logit of the mean, log of the worth), as a density on that scale."""
    mean, rest, worth = float(expit(where[0])), float(expit(-where[0])), float(np.exp(where[1]))
    a, b = mean * worth, rest * worth
    height = (betaln(right + a, wrong + b) - betaln(a, b)).sum()
    height += 0.5 * float(log_expit(where[0]) + log_expit(-where[0])) + where[1] - 2 * np.log(typical + worth)
    common = digamma(worth) - digamma(right + wrong + worth)
    by_a = (digamma(right + a) - digamma(a) + common).sum()
    by_b = (digamma(wrong + b) - digamma(b) + common).sum()
    by_mean = (by_a - by_b) * a * rest + 0.5 * (rest - mean)
    by_worth = by_a * a + by_b * b + 1 - 2 * worth / (typical + worth)
    return float(height), np.array([by_mean, by_worth])


def _curvature(slope_at: Callable[[FloatArray], tuple[float, FloatArray]], top: FloatArray) -> FloatArray:
    """The second derivatives, from slopes on either side. [2, 2]"""
    sides = [(slope_at(top + step)[1] - slope_at(top - step)[1]) / (2 * _NEAR) for step in _NEAR * np.eye(2)]
    found = np.array(sides)
    return np.asarray((found + found.T) / 2)
