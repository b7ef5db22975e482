"""Strengths with covariates of the comparison allowed for: style, position, whatever differs between two outputs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from apps.stats.arrays import FloatArray
from apps.stats.errors import ConfoundedCovariates, EmptyInput, InvalidInput, SeparatedComparisons
from apps.stats.intervals import check_confidence_level, two_sided_quantile
from apps.stats.models.bradley_terry import fit_bradley_terry
from apps.stats.models.joint import ascend
from apps.stats.models.logistic import Design, LogisticAt, first_confounded
from apps.stats.pairwise.connectivity import is_separated, require_one_island, unbounded
from apps.stats.pairwise.counts import Outcome
from apps.stats.pairwise.rows import ComparisonRows

# Beyond it, or below one over it, what a unit does has no variance that double precision can hold.
_LARGEST = 1e100
_INDEPENDENT = "Judgments are taken as independent."


@dataclass(frozen=True, eq=False)
class CovariateFit:
    """Strengths and coefficients, with covariances and intervals for independent judgments.

    `coefficients` [k] say by how much the log-odds that the first wins rise with a unit of each covariate;
    `low`, `high` and `standard_errors` [k] are from the sandwich (HC1), floored at `least_covariance`, the
    least that could be unknown; `readings` say them in words. `strengths` [n] have mean zero and are those of
    competitors alike in every covariate. The joint covariances [n + k, n + k] hold strengths first; rows of
    strengths sum to zero. `rows` and `covariates` [k, n_rows] are the judgments that entered the fit.
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    low: FloatArray
    high: FloatArray
    standard_errors: FloatArray
    strengths: FloatArray
    joint_covariance: FloatArray
    joint_model_covariance: FloatArray
    least_covariance: FloatArray
    n_judgments: int
    confidence_level: float
    both_bad_as_tie: bool
    readings: tuple[str, ...]
    rows: ComparisonRows
    covariates: FloatArray

    @property
    def n_competitors(self) -> int:
        """How many competitors were ranked."""
        return len(self.strengths)

    @property
    def covariance(self) -> FloatArray:
        """The sandwich of the strengths. [n, n], rows sum to zero"""
        n = self.n_competitors
        return self.joint_covariance[:n, :n]

    @cached_property
    def expected(self) -> FloatArray:
        """What the first of each row should earn. [n_rows]"""
        gaps = self.strengths[self.rows.first] - self.strengths[self.rows.second]
        return np.asarray(expit(gaps + self.coefficients @ self.covariates))


def fit_covariates(
    rows: ComparisonRows,
    covariates: npt.ArrayLike,
    *,
    names: Sequence[str],
    both_bad_as_tie: bool = False,
    confidence_level: float = 0.95,
) -> CovariateFit:
    """Fit strengths together with coefficients of covariates, by maximum likelihood without any shrinking.

    `covariates` [n_rows, k] belong to the rows of `rows` (from_arrays leaves out rows that count nothing) and
    are differences: what is shown first minus what is shown second. A column of ones is the effect of
    position. The log-odds that the first wins are theta_first - theta_second + coefficients'x, a tie being
    half a win (Springall 1973, Applied Statistics 22). Both-bad is left out unless it is to count as a tie.
    The fit's own intervals take judgments as independent; robust_covariate_covariance allows for raters and
    items. Raises InvalidInput, EmptyInput, DisconnectedComparisons, ConfoundedCovariates where a covariate
    follows from the competitors or the covariates before it, and SeparatedComparisons where an estimate would
    run to infinity.
    """
    check_confidence_level(confidence_level)
    table = _checked(rows, covariates, names)
    scored, table = _scored(rows, table, both_bad_as_tie)
    _require_finite_strengths(scored)
    scales = np.sqrt((table**2).mean(axis=1))
    design = _design(scored, table, np.where(scales > 0, scales, 1.0))
    _require_distinct(design, names)
    start = fit_bradley_terry(scored.counts, both_bad_as_tie=True).strengths
    top = ascend(LogisticAt(design, np.append(start, np.zeros(len(table)))))
    told = _in_units(top, scales, scored.n_judgments, confidence_level)
    return CovariateFit(
        **told,
        names=tuple(names),
        strengths=top.strengths,
        n_judgments=scored.n_judgments,
        confidence_level=confidence_level,
        both_bad_as_tie=both_bad_as_tie,
        readings=coefficient_readings(
            names, told["coefficients"], told["low"], told["high"], confidence_level, _INDEPENDENT
        ),
        rows=scored,
        covariates=table,
    )


def _checked(rows: ComparisonRows, covariates: npt.ArrayLike, names: Sequence[str]) -> FloatArray:
    """The covariates as [k, n_rows]."""
    table = np.asarray(covariates)
    n_rows = len(rows.first)
    if table.ndim != 2 or len(table) != n_rows or not table.shape[1]:
        raise InvalidInput(
            f"`covariates` has shape {table.shape}; give [{n_rows}, k], one row for each row of comparisons and "
            "one column for each of k covariates."
        )
    if len(names) != table.shape[1] or len(set(names)) != len(names):
        raise InvalidInput(f"`names` holds {len(names)} names for {table.shape[1]} covariates; give each its own.")
    if table.dtype.kind not in "iufb":
        raise InvalidInput(f"`covariates` holds {table.dtype}; give numbers.")
    table = np.ascontiguousarray(table.T, dtype=np.float64)
    for name, column in zip(names, table, strict=True):
        if not np.isfinite(column).all():
            raise InvalidInput(f"`{name}` holds a missing or infinite number; leave such rows out.")
        largest = float(np.abs(column).max(initial=0.0))
        if largest and not 1 / _LARGEST < largest < _LARGEST:
            raise InvalidInput(f"`{name}` reaches {largest:.3g}, which cannot be squared; give it in another unit.")
    return table


def _scored(rows: ComparisonRows, table: FloatArray, both_bad_as_tie: bool) -> tuple[ComparisonRows, FloatArray]:
    """The rows that enter the fit, and their covariates."""
    scored = rows.scored(both_bad_as_tie=both_bad_as_tie)
    if not scored.n_judgments:
        raise EmptyInput("No judgment was decided or tied; collect some before fitting covariates.")
    if scored is rows:
        return rows, table
    kept = rows.outcome != Outcome.BOTH_BAD
    return scored, np.ascontiguousarray(table[:, kept])


def _require_finite_strengths(scored: ComparisonRows) -> None:
    require_one_island(scored.counts, both_bad_as_tie=True)
    half_wins = scored.counts.half_wins(both_bad_as_tie=True)
    if is_separated(half_wins):
        undefeated, winless = (np.flatnonzero(flags).tolist() for flags in unbounded(half_wins))
        raise SeparatedComparisons(
            f"Nobody outside ever beat or tied {undefeated}, and {winless} never beat or tied anybody outside, so "
            "their strengths would run to infinity. Rank them with fit_bradley_terry, and leave them out here."
        )


def _design(scored: ComparisonRows, table: FloatArray, scales: FloatArray) -> Design:
    """The rows with each covariate divided by its scale, so that none drowns in another's units."""
    count = scored.count.astype(np.float64)
    covariates = table / scales[:, None]
    return Design(scored.n_competitors, scored.first, scored.second, scored.earned, count, count, covariates)


def _require_distinct(design: Design, names: Sequence[str]) -> None:
    place = first_confounded(design)
    if place is None:
        return
    if not design.covariates[place].any():
        raise ConfoundedCovariates(f"`{names[place]}` is 0 throughout: it distinguishes nothing. Leave it out.")
    before = "".join(f" and `{name}`" for name in names[:place])
    raise ConfoundedCovariates(
        f"`{names[place]}` follows from which competitors meet{before}, so that its effect cannot be told from "
        "theirs. Leave it out."
    )


def _in_units(top: LogisticAt, scales: FloatArray, n_judgments: int, confidence_level: float) -> dict[str, Any]:
    """Coefficients, covariances and ends for the covariates as they were given."""
    n = top.n_strengths
    units = 1 / np.concatenate([np.ones(n), scales])
    sandwich, model, least = (
        each * np.outer(units, units)
        for each in (
            top.sandwich(n_judgments),
            top.inverse_information,
            top.least_covariance(),
        )
    )
    coefficients = top.coefficients * units[n:]
    standard_errors = np.sqrt(np.maximum(np.diag(sandwich), np.diag(least))[n:])
    margin = two_sided_quantile(confidence_level, max(n_judgments - 1, 1)) * standard_errors
    return {
        "coefficients": coefficients,
        "low": coefficients - margin,
        "high": coefficients + margin,
        "standard_errors": standard_errors,
        "joint_covariance": sandwich,
        "joint_model_covariance": model,
        "least_covariance": least,
    }


def coefficient_readings(
    names: Sequence[str],
    coefficients: FloatArray,
    low: FloatArray,
    high: FloatArray,
    confidence_level: float,
    what_was_allowed_for: str,
) -> tuple[str, ...]:
    """A sentence for each coefficient."""
    with np.errstate(over="ignore"):
        odds = np.exp([coefficients, low, high]).T
    return tuple(
        f"One unit more of `{name}` multiplies the odds of winning by {value:.3g} "
        f"({100 * confidence_level:g} % interval: {start:.3g} to {end:.3g}); 1 is no effect. "
        f"{what_was_allowed_for}"
        for name, (value, start, end) in zip(names, odds, strict=True)
    )
