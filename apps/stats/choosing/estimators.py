"""Whether choosing pairs by results bent the result: the fit that undoes the choice, beside the plain one.

Every model of strengths is a little wrong, and the best line through the pairs depends on which pairs are judged
most. Weighting each judgment with one over the probability of its pair answers for all pairs alike, whatever the
rule that chose them (Horvitz & Thompson 1952, Journal of the American Statistical Association 47).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, as_counts, as_integers, as_numbers, same_length
from apps.stats.errors import EmptyInput, InvalidInput, StatisticsError
from apps.stats.intervals import two_sided_quantile
from apps.stats.models.bradley_terry import BradleyTerryFit, fit_bradley_terry
from apps.stats.pairwise.counts import Outcome, PairwiseCounts
from apps.stats.uncertainty.covariance import independent_covariance, one_judgment_covariance

# Further apart than this many standard errors, the two fits do not say the same.
_TOO_FAR = 2.0
# A judgment that weighs so many times the mean, and makes up so large a part of all weight, moves a board alone.
_HEAVY, _HEAVY_PART = 5.0, 0.01
# What has so small a probability is not drawn, and the squares of its weights could not be added up.
_NEVER = 1e-100
_LOST = (
    "The weights differ so much that rounding drowns a variance; leave out judgments of pairs that were hardly ever "
    "drawn, or raise the floor."
)


@dataclass(frozen=True, eq=False)
class StrengthEstimates:
    """Strengths in log-odds with mean zero, their standard errors and intervals. All [n]

    `penalised` says that somebody never lost or never won: the strengths are Firth's, and an interval of such a
    competitor means little.
    """

    strengths: FloatArray
    standard_errors: FloatArray
    low: FloatArray
    high: FloatArray
    penalised: bool


@dataclass(frozen=True, eq=False)
class EstimatorComparison:
    """The weighted estimator beside the plain one.

    `standardised_differences` [n] are (plain - weighted) / standard error of the weighted; `largest_difference` is
    the largest of them, absolutely, and `differs` says that it is above 2. `effective_sample_size` is
    (sum w)^2 / sum w^2 over the `n_judgments` that entered the fits; `largest_weight` is the heaviest judgment's,
    the mean being 1. `reading` says which of the two to trust.
    """

    weighted: StrengthEstimates
    plain: StrengthEstimates
    standardised_differences: FloatArray
    largest_difference: float
    differs: bool
    n_judgments: int
    effective_sample_size: float
    largest_weight: float
    confidence_level: float
    reading: str


def compare_estimators(
    n_competitors: int,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    outcome: npt.ArrayLike,
    probability: npt.ArrayLike,
    n_candidates: npt.ArrayLike,
    count: npt.ArrayLike | None = None,
    *,
    both_bad_as_tie: bool = False,
    confidence_level: float = 0.95,
) -> EstimatorComparison:
    """Fit strengths with each judgment weighing 1 / (m P), and plainly, and say whether they differ.

    Parallel arrays, one row a judgment or, by `count`, several equal ones: competitors `first` and `second`,
    `outcome` codes, the `probability` P with which the pair was drawn and `n_candidates`, the number m of pairs it
    was drawn from (one number, or one a row). The weighted fit estimates the strengths that judging all pairs
    equally often would show, even where Bradley-Terry holds only roughly; its sandwich takes the squared weights,
    and is right for draws that depend on earlier results (a martingale). Intervals have t quantiles at the
    effective sample size; judgments are taken as independent. Both-bad is left out unless it counts as a tie.
    Raises InvalidInput for probabilities outside 0..1 or columns that do not match, EmptyInput without a decided
    or tied judgment, DisconnectedComparisons where not everyone can be ranked against everyone, StatisticsError where
    weights differ beyond double precision.
    """
    ended, weight = as_integers("outcome", outcome), _weights(probability, n_candidates)
    times = as_counts("count", count, len(weight))
    same_length(outcome=ended, probability=weight, count=times)
    plain = PairwiseCounts.from_arrays(n_competitors, first, second, ended, times)
    weighted = PairwiseCounts.from_arrays(n_competitors, first, second, ended, times, weight=weight)
    scored = (ended != Outcome.BOTH_BAD) | both_bad_as_tie
    size = _Sizes.of(weight[scored], times[scored])
    fits = (
        _estimates(weighted, size.effective, both_bad_as_tie, confidence_level),
        _estimates(plain, float(size.n), both_bad_as_tie, confidence_level),
    )
    return _comparison(*fits, size, confidence_level)


@dataclass(frozen=True)
class _Sizes:
    """How many judgments there are, how many equally weighing ones they are worth, the heaviest of a mean of 1."""

    n: int
    effective: float
    largest: float

    @classmethod
    def of(cls, weight: FloatArray, times: npt.NDArray[np.int64]) -> "_Sizes":
        n = int(times.sum())
        if not n:
            raise EmptyInput("No judgment was decided or tied; collect some before comparing estimators.")
        total = float(times @ weight)
        return cls(n, total**2 / float(times @ weight**2), float(weight[times > 0].max()) * n / total)


def _weights(probability: npt.ArrayLike, n_candidates: npt.ArrayLike) -> FloatArray:
    """1 / (m P). [n_rows]"""
    drawn = as_numbers("probability", probability)
    if drawn.size and not _NEVER < drawn.min() <= drawn.max() <= 1:
        raise InvalidInput(
            "`probability` holds a number outside 0..1, or 0 or as good as 0; give the probability with which the pair "
            "of each row was drawn, and leave out judgments of pairs that were not drawn by a logged probability."
        )
    pairs = as_integers("n_candidates", np.atleast_1d(np.asarray(n_candidates)))
    if len(pairs) != 1:
        same_length(probability=drawn, n_candidates=pairs)
    if pairs.size and pairs.min() < 1:
        raise InvalidInput("`n_candidates` holds a number below 1; give the number of pairs that could be drawn.")
    return 1 / (pairs * drawn)


def _estimates(
    counts: PairwiseCounts, effective: float, both_bad_as_tie: bool, confidence_level: float
) -> StrengthEstimates:
    fit = fit_bradley_terry(counts, both_bad_as_tie=both_bad_as_tie)
    variances = np.maximum(np.diag(independent_covariance(fit, counts)), _least_variances(fit, counts))
    if not (variances > 0).all():
        raise StatisticsError(_LOST)
    errors = np.sqrt(variances)
    reach = two_sided_quantile(confidence_level, max(int(effective) - 1, 1)) * errors
    return StrengthEstimates(fit.strengths, errors, fit.strengths - reach, fit.strengths + reach, fit.penalised)


def _least_variances(fit: BradleyTerryFit, counts: PairwiseCounts) -> FloatArray:
    """What one more judgment of each degree of freedom, of mean weight, could do: ten ties are not certainty. [n]"""
    mean_weight = counts.half_wins(both_bad_as_tie=fit.both_bad_as_tie).sum() / fit.n_judgments
    return np.asarray(np.diag(one_judgment_covariance(fit)) * mean_weight**2)


def _comparison(
    weighted: StrengthEstimates, plain: StrengthEstimates, size: _Sizes, confidence_level: float
) -> EstimatorComparison:
    gaps, errors = plain.strengths - weighted.strengths, weighted.standard_errors
    standardised = gaps / errors
    largest = float(np.abs(standardised).max())
    return EstimatorComparison(
        weighted,
        plain,
        standardised,
        largest,
        largest > _TOO_FAR,
        size.n,
        size.effective,
        size.largest,
        confidence_level,
        _reading(largest, size, weighted.penalised),
    )


def _reading(largest: float, size: _Sizes, penalised: bool) -> str:
    if largest > _TOO_FAR:
        verdict = (
            f"The two fits differ by up to {largest:.1f} standard errors: the strengths depend on which pairs were "
            "judged most, and the model holds only roughly. Report the weighted one."
        )
    else:
        verdict = (
            f"The two fits agree within {largest:.1f} standard errors of the weighted one: choosing pairs by results "
            "did no harm that shows. The plain one is the more precise."
        )
    told = [verdict, f"Weighted, {size.n} judgments are worth {size.effective:.0f} equally weighing ones."]
    if size.largest > max(_HEAVY, _HEAVY_PART * size.n):
        told.append(
            f"The heaviest judgment carries {100 * size.largest / size.n:.1f} % of all weight, for its pair was hardly "
            "ever drawn: raise the floor, or wait for more judgments of such pairs."
        )
    if penalised:
        told.append("Somebody never lost or never won: its interval means little in either fit.")
    return " ".join(told)
