"""How often each rater is right where the answer is known, alone and with what the other raters suggest."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv

from apps.stats.arrays import FloatArray, IntArray, as_counts, as_integers, same_length, totals
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.intervals import check_confidence_level
from apps.stats.raters.beta_pool import BetaPool, PoolFit, fit_beta_pool
from apps.stats.raters.plain_share import as_indicators

_JEFFREYS = 0.5
_FEWEST_RATERS = 3


@dataclass(frozen=True, eq=False)
class Accuracies:
    """Accuracy of each rater, its posterior interval, and the posterior probability of less than the threshold.

    All [n_raters]. A very lopsided posterior has its mean beyond its central interval, and the share lies beyond
    one of very low confidence: the end then reaches to the accuracy told.
    """

    accuracy: FloatArray
    low: FloatArray
    high: FloatArray
    probability_below: FloatArray

    @classmethod
    def reaching(cls, accuracy: FloatArray, low: FloatArray, high: FloatArray, below: FloatArray) -> "Accuracies":
        """With ends that do not leave the accuracy out."""
        return cls(accuracy, np.minimum(low, accuracy), np.maximum(high, accuracy), below)


@dataclass(frozen=True, eq=False)
class GoldAccuracy:
    """How often each rater gave the gold answer. Arrays are [n_raters], accuracies shares of 0..1.

    `rater` holds the codes, ascending; `n_correct` of `n` gold answers were right. `alone` rests on the rater's own
    answers only: the plain share with its Jeffreys interval. `pooled` is drawn towards the other raters, the more so
    the fewer her answers: the better guess for a rater with few. `pool` says how accuracy varies over raters; it and
    `pooled` are None with fewer than three raters. `readings` says each rater's numbers in words.
    """

    rater: IntArray
    n_correct: IntArray
    n: IntArray
    alone: Accuracies
    pooled: Accuracies | None
    pool: BetaPool | None
    threshold: float
    confidence_level: float
    readings: tuple[str, ...]


def gold_accuracy(
    rater: npt.ArrayLike,
    correct: npt.ArrayLike,
    count: npt.ArrayLike | None = None,
    *,
    threshold: float = 0.7,
    confidence_level: float = 0.95,
) -> GoldAccuracy:
    """Accuracy on gold: beta-binomial posteriors for each rater, alone and pooled over raters.

    `rater` holds integer codes and `correct` whether the gold answer was given (1 or True, else 0), one row a
    judgment or, by `count`, several alike. Alone: Beta(1/2, 1/2) before the data, hence Jeffreys' interval, with its
    end at 0 or 1 where no or every answer was right (Brown, Cai & DasGupta 2001, Statistical Science 16). Pooled: the
    beta distribution of accuracies (Skellam 1948, Journal of the Royal Statistical Society B 10) is estimated from all
    raters and is the prior of each (empirical Bayes; Morris 1983, Journal of the American Statistical Association 78).
    `threshold` is the accuracy that `probability_below` speaks of. Raters without an answer do not appear. Raises
    EmptyInput without an answer, InvalidInput for columns that do not match, and for more than a million answers of
    one of three raters or more.
    """
    check_confidence_level(confidence_level)
    if not 0 < threshold < 1:
        raise InvalidInput(f"`threshold` is {threshold:g}; give an accuracy between 0 and 1, as 0.7.")
    codes, n_correct, n = _tallied(rater, correct, count)
    right, wrong = n_correct.astype(np.float64), (n - n_correct).astype(np.float64)
    alone = _jeffreys(right, wrong, threshold, confidence_level)
    fit = fit_beta_pool(right, wrong, confidence_level) if len(codes) >= _FEWEST_RATERS else None
    pooled = None if fit is None else _pooled(fit, right, wrong, threshold, confidence_level)
    return GoldAccuracy(
        rater=codes,
        n_correct=n_correct,
        n=n,
        alone=alone,
        pooled=pooled,
        pool=None if fit is None else fit.pool,
        threshold=threshold,
        confidence_level=confidence_level,
        readings=_readings(n_correct, n, alone, pooled, threshold),
    )


def _tallied(
    rater: npt.ArrayLike, correct: npt.ArrayLike, count: npt.ArrayLike | None
) -> tuple[IntArray, IntArray, IntArray]:
    """Raters with an answer, ascending; how many of each one's were right; how many there are."""
    codes, yes = as_integers("rater", rater), as_indicators("correct", correct)
    counts = as_counts("count", count, len(codes))
    same_length(rater=codes, correct=yes, count=counts)
    known, place = np.unique(codes[counts > 0], return_inverse=True)
    if not known.size:
        raise EmptyInput("There is no gold answer; let raters judge tasks whose answer is known.")
    n, n_correct = (totals(place, each[counts > 0], len(known)).astype(np.int64) for each in (counts, counts * yes))
    return known, n_correct, n


def _jeffreys(right: FloatArray, wrong: FloatArray, threshold: float, confidence_level: float) -> Accuracies:
    a, b, tail = right + _JEFFREYS, wrong + _JEFFREYS, (1 - confidence_level) / 2
    low = np.where(right == 0, 0.0, betaincinv(a, b, tail))
    high = np.where(wrong == 0, 1.0, betaincinv(a, b, 1 - tail))
    return Accuracies.reaching(right / (right + wrong), low, high, np.asarray(betainc(a, b, threshold)))


def _pooled(
    fit: PoolFit, right: FloatArray, wrong: FloatArray, threshold: float, confidence_level: float
) -> Accuracies:
    # Raters with equal counts have equal posteriors, which are worked out once.
    counts, place = np.unique(np.column_stack([right, wrong]), axis=0, return_inverse=True)
    x, m, tail = counts[:, 0], counts[:, 1], (1 - confidence_level) / 2
    found = (
        fit.accuracy(x, m),
        fit.quantile(x, m, tail),
        fit.quantile(x, m, 1 - tail),
        fit.probability_below(x, m, np.full(len(x), threshold)),
    )
    return Accuracies.reaching(*(each[place] for each in found))


def _readings(
    n_correct: IntArray, n: IntArray, alone: Accuracies, pooled: Accuracies | None, threshold: float
) -> tuple[str, ...]:
    found = alone if pooled is None else pooled
    how = "from these answers alone" if pooled is None else "with what the other raters suggest"
    columns = (n_correct, n, found.accuracy, found.low, found.high, found.probability_below)
    return tuple(
        f"{right} of {total} gold answers are right; {how}, accuracy is {100 * accuracy:.0f} % ({100 * low:.0f} to "
        f"{100 * high:.0f} %), and below {100 * threshold:g} % with probability {below:.2f}."
        for right, total, accuracy, low, high, below in zip(*(column.tolist() for column in columns), strict=True)
    )
