"""Whether a rater prefers the longer answer, beyond what the systems' strengths explain, and more than others do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray, as_numbers, same_length
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.intervals import check_confidence_level
from apps.stats.pairwise.counts import Outcome
from apps.stats.pairwise.rows import ComparisonRows
from apps.stats.raters.leave_one_out import NOTHING_SHARED, choices_beside_others, rater_codes
from apps.stats.raters.logistic import (
    Coefficients,
    Ends,
    LogisticRows,
    NormalPrior,
    check_prior_sd,
    fit_each,
    likelihood_slopes,
    prior_for_all,
)

# Wide enough to say nothing to a pool, narrow enough to keep it finite.
_WIDE = (10.0, 10.0, 10.0)
_SLOPE_SD, _BIAS_SD = 0.5, 1.0
_NO_OTHERS = (
    "No comparison of anybody else is between systems that others compared too, so there is nobody to compare this "
    "rater with; let more raters judge the same pairs."
)


@dataclass(frozen=True, eq=False)
class LengthPreference:
    """Each rater's pull towards the longer answer, and the others'. All [n_raters]

    `rater` holds the codes, ascending. `coefficient` is in log-odds for a difference of `scale` (the root mean
    square of the length differences), with `low` and `high`: above 0 the rater leans to the longer. `others` is
    that of everybody else taken as one rater; `difference` the rater's minus the others'. `n` counts the judgments
    used; where it is 0 the numbers are nan, and where nobody else has any, those of the others. `readings` says how
    to read each rater's numbers.
    """

    rater: IntArray
    coefficient: FloatArray
    low: FloatArray
    high: FloatArray
    others: FloatArray
    others_low: FloatArray
    others_high: FloatArray
    difference: FloatArray
    difference_low: FloatArray
    difference_high: FloatArray
    n: IntArray
    scale: float
    confidence_level: float
    readings: tuple[str, ...]


def length_preference(
    rows: ComparisonRows,
    length_difference: npt.ArrayLike,
    *,
    both_bad_as_tie: bool = False,
    prior_sd: float = 0.5,
    confidence_level: float = 0.95,
) -> LengthPreference:
    """Each rater's c in logit P(first wins) = b + a (gap between the systems) + c (length difference / scale).

    `length_difference` [n_rows], for the rows as `rows` holds them, is how much longer the first answer is than the
    second, on whatever scale: (tokens of first - of second) / (their sum), say. Gaps are those of the Bradley-Terry
    board without the rater (a tie being half a win), which holds what length does between systems; c is what is left.
    The others' coefficient is from one regression over all, less one Newton step for the rater. The prior of c is
    normal around the others' with `prior_sd`, so that a rater with few judgments is taken to be like them; a and b
    have those of `rater_slopes`. Dubois et al. (2024, Length-Controlled AlpacaEval, COLM) regress a judge on the same
    covariates. Raises InvalidInput for columns that do not match or differences that are all 0,
    EmptyInput where nothing was decided or tied, DisconnectedComparisons where no common board exists.
    """
    check_confidence_level(confidence_level)
    check_prior_sd("prior_sd", prior_sd)
    raters = rater_codes(rows)
    longer, scale = _scaled(rows, as_numbers("length_difference", length_difference), both_bad_as_tie)
    table = choices_beside_others(rows, raters, both_bad_as_tie=both_bad_as_tie, beside=longer)
    others = _of_others(table)
    mean = np.column_stack([np.ones(len(raters)), np.zeros(len(raters)), others.estimates])
    found = fit_each(table, NormalPrior(mean, np.array([_SLOPE_SD, _BIAS_SD, prior_sd])))
    return _result(
        raters, table.n, _compare(found, others, prior_sd, table.n, confidence_level), scale, confidence_level
    )


def _scaled(rows: ComparisonRows, difference: FloatArray, both_bad_as_tie: bool) -> tuple[FloatArray, float]:
    """The differences over their root mean square among the rows that enter the fit; and that root mean square."""
    same_length(rows=rows.first, length_difference=difference)
    entering = rows.count * (both_bad_as_tie | (rows.outcome != Outcome.BOTH_BAD))
    if not entering.any():
        raise EmptyInput("No judgment was decided or tied; collect some before asking what length does.")
    scale = float(np.sqrt(difference**2 @ entering / entering.sum()))
    if scale == 0:
        raise InvalidInput("Every length difference is 0, so no preference can show; give differences that vary.")
    return difference / scale, scale


@dataclass(frozen=True, eq=False)
class _Pooled:
    """The length coefficient of everybody but each rater, and its standard error. [n_raters] both"""

    estimates: FloatArray
    deviations: FloatArray


def _of_others(table: LogisticRows) -> _Pooled:
    """One regression over all, less one Newton step for each rater."""
    wide = prior_for_all(1, (1.0, 0.0, 0.0), _WIDE)
    pooled = fit_each(table.of_one(), wide).estimates
    gradient, information = likelihood_slopes(table, np.repeat(pooled, table.n_raters, axis=0))
    inverse = np.linalg.inv(information.sum(axis=0) + np.diag(wide.precision) - information)
    step = (inverse @ gradient[:, :, None])[:, :, 0]
    return _Pooled(np.asarray(pooled[0, 2] - step[:, 2]), np.asarray(np.sqrt(inverse[:, 2, 2])))


@dataclass(frozen=True, eq=False)
class _Compared:
    own: Ends
    others: Ends
    difference: Ends


def _compare(found: Coefficients, others: _Pooled, prior_sd: float, n: IntArray, confidence_level: float) -> _Compared:
    """Own coefficients, the others', and the differences, what is unknown of the others being handed on."""
    own, deviation = found.estimates[:, 2], found.deviations[:, 2]
    n_others = n.sum() - n
    # By how much the own estimate moves with the others': 1 without data, 0 with endless ones.
    drawn = deviation**2 / prior_sd**2
    own_deviation = np.hypot(deviation, drawn * others.deviations)
    difference_deviation = np.hypot(deviation, (1 - drawn) * others.deviations)
    return _Compared(
        Ends.around(own, own_deviation, n, confidence_level),
        Ends.around(others.estimates, others.deviations, np.minimum(n, n_others), confidence_level),
        Ends.around(own - others.estimates, difference_deviation, np.minimum(n, n_others), confidence_level),
    )


def _result(
    raters: IntArray, n: IntArray, compared: _Compared, scale: float, confidence_level: float
) -> LengthPreference:
    own, others, difference = compared.own, compared.others, compared.difference
    told = zip(n.tolist(), own.middle.tolist(), others.middle.tolist(), difference.rows, strict=True)
    return LengthPreference(
        rater=raters,
        coefficient=own.middle,
        low=own.low,
        high=own.high,
        others=others.middle,
        others_low=others.low,
        others_high=others.high,
        difference=difference.middle,
        difference_low=difference.low,
        difference_high=difference.high,
        n=n,
        scale=scale,
        confidence_level=confidence_level,
        readings=tuple(_reading(*each) for each in told),
    )


def _reading(n: int, own: float, others: float, difference: Sequence[float]) -> str:
    if not n:
        return NOTHING_SHARED
    middle, low, high = difference
    if np.isnan(middle):
        return _NO_OTHERS
    compared = "cannot be told from"
    if not low <= 0 <= high:
        compared = "is above" if middle > 0 else "is below"
    return (
        f"Over {n} comparisons a typical difference in length adds {own:.2f} to the log-odds of the longer answer with "
        f"this rater, which {compared} the {others:.2f} with the others (difference {middle:.2f}, {low:.2f} to "
        f"{high:.2f}). Longer answers can be better: only the difference from the others speaks of the rater."
    )
