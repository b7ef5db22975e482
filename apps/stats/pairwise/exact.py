"""Exact inference for one pair of competitors: intervals that hold whatever the truth, and the sign test."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import bdtr, betainc, betaincinv, gammaln, xlog1py, xlogy

from apps.stats.arrays import FloatArray
from apps.stats.intervals import Interval

# Of the error allowed at one end, this part is spent on not knowing how often the two tie.
_PART_FOR_TIES = 0.02
# The score varies most where ties are fewest: of many comparisons that decides, of few each number of ties counts.
_FEW = 2000
_TIE_PROBABILITIES_OF_FEW, _TIE_PROBABILITIES_OF_MANY = 25, 5
_DEVIATIONS = 7.0
_NEAR_ENOUGH = 1e-8


def clopper_pearson(successes: int, n: int, confidence_level: float) -> Interval:
    """The exact interval for a probability: no value outside it would give so few, or so many, more often than
    (1 - confidence_level) / 2 (Clopper & Pearson 1934, Biometrika 26)."""
    tail = (1 - confidence_level) / 2
    low = betaincinv(successes, n - successes + 1, tail) if successes else 0.0
    high = betaincinv(successes + 1, n - successes, 1 - tail) if successes < n else 1.0
    return Interval(float(low), float(high))


def sign_test(wins: int, losses: int) -> tuple[float, float]:
    """The two-sided p value that win and loss are equally likely, and the mid-p value.

    The mid-p value counts only half of the probability of what was seen (Lancaster 1961, Journal of the
    American Statistical Association 56): less cautious, and nearer to what it promises.
    """
    n, fewer = wins + losses, min(wins, losses)
    up_to = float(bdtr(fewer, n, 0.5))
    below = float(bdtr(fewer - 1, n, 0.5)) if fewer else 0.0
    return min(1.0, 2 * up_to), min(1.0, up_to + below)


def score_interval(wins: int, ties: int, losses: int, confidence_level: float) -> Interval:
    """An interval for the mean score (win 1, tie 1/2, loss 0) that holds at least as often as it promises.

    Each end is where the score seen would come about with probability (1 - confidence_level) / 2, at the tie
    probability that makes it most likely among those that the ties do not refute (Berger & Boos 1994, Journal
    of the American Statistical Association 89; a fiftieth of the error is spent on that set).
    """
    tail = (1 - confidence_level) / 2
    return Interval(_lowest(wins, ties, losses, tail), 1 - _lowest(losses, ties, wins, tail))


def _lowest(wins: int, ties: int, losses: int, tail: float) -> float:
    """The lowest mean score that does not make a score as high as this one too unlikely."""
    if wins + ties == 0:
        return 0.0
    n = wins + ties + losses
    score = (wins + ties / 2) / n
    excess = _excess(2 * wins + ties, n, clopper_pearson(ties, n, 1 - tail * _PART_FOR_TIES), tail)
    # At the score itself so high a one is more likely than not: the end lies below.
    return float(brentq(excess, 0.0, score, xtol=_NEAR_ENOUGH))


def _excess(twice_score: int, n: int, tie_range: Interval, tail: float) -> Callable[[float], float]:
    """By how much the probability of so high a score exceeds the error allowed, as a function of the mean."""

    def excess(mean: float) -> float:
        most_ties = min(tie_range.high, 2 * min(mean, 1 - mean))
        if most_ties < tie_range.low:
            return -tail * (1 - _PART_FOR_TIES)
        n_tried = _TIE_PROBABILITIES_OF_FEW if n <= _FEW else _TIE_PROBABILITIES_OF_MANY
        tie_probabilities = np.linspace(tie_range.low, most_ties, n_tried)
        worst = float(_at_least(twice_score, n, mean, tie_probabilities).max())
        return worst - tail * (1 - _PART_FOR_TIES)

    return excess


def _at_least(twice_score: int, n: int, mean: float, tie_probabilities: FloatArray) -> FloatArray:
    """The probability of 2 wins + ties >= twice_score among n, for each tie probability. [n_tie_probabilities]"""
    ties = _likely_ties(n, tie_probabilities)
    tie = tie_probabilities[:, None]
    win = np.clip((mean - tie / 2) / np.maximum(1 - tie, 1e-300), 0.0, 1.0)
    given = _binomial_tail(np.maximum(np.ceil((twice_score - ties) / 2), 0.0), n - ties, win)
    found: FloatArray = (_binomial(ties, n, tie) * given).sum(axis=1)
    return found


def _likely_ties(n: int, tie_probabilities: FloatArray) -> FloatArray:
    """All numbers of ties but those so unlikely that they add nothing."""
    spread = _DEVIATIONS * np.sqrt(n * tie_probabilities * (1 - tie_probabilities)) + 30
    fewest = max(int((n * tie_probabilities - spread).min()), 0)
    most = min(int((n * tie_probabilities + spread).max()), n)
    return np.arange(fewest, most + 1, dtype=np.float64)


def _binomial(successes: FloatArray, n: int, probability: FloatArray) -> FloatArray:
    """The probability of exactly so many successes."""
    ways = gammaln(n + 1) - gammaln(successes + 1) - gammaln(n - successes + 1)
    log_probability = ways + xlogy(successes, probability) + xlog1py(n - successes, -probability)
    return np.asarray(np.exp(log_probability))


def _binomial_tail(needed: FloatArray, n: FloatArray, probability: FloatArray) -> FloatArray:
    """The probability of at least so many successes."""
    possible = (needed >= 1) & (needed <= n)
    tail = betainc(np.where(possible, needed, 1.0), np.where(possible, n - needed + 1, 1.0), probability)
    return np.where(possible, tail, np.where(needed < 1, 1.0, 0.0))
