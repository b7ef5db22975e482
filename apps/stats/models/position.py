"""Whether what is shown first earns more for that alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from apps.stats.arrays import BoolArray, FloatArray
from apps.stats.errors import ConfoundedCovariates, EmptyInput
from apps.stats.intervals import check_confidence_level, two_sided_quantile
from apps.stats.models.cycles import has_negative_cycle
from apps.stats.models.joint import ascend, penalised_ascent
from apps.stats.models.logistic import Design, LogisticAt, first_confounded
from apps.stats.pairwise.connectivity import is_separated, require_one_island, unbounded
from apps.stats.pairwise.counts import Outcome, PairwiseCounts
from apps.stats.pairwise.rows import EARNED

_PENALISED = (
    " Somebody never lost or never won, or one place always did: the estimates are held finite by Firth's "
    "penalty and lean on it while there are few judgments."
)


@dataclass(frozen=True, eq=False)
class PositionEffect:
    """How much being shown first adds to the log-odds of winning, strengths allowed for.

    `effect` is in log-odds with its interval (`low`, `high`; None where the data set no end) and standard
    errors: the sandwich's for independent judgments (HC1), floored at the least that could be unknown, and the
    model's own. `strengths` [n] have mean zero; `covariance` (sandwich) and `model_covariance` [n, n] are
    theirs, rows summing to zero.
    `penalised`, `undefeated`, `winless` are as in fit_bradley_terry.
    """

    effect: float
    low: float | None
    high: float | None
    standard_error: float
    model_standard_error: float
    strengths: FloatArray
    covariance: FloatArray
    model_covariance: FloatArray
    n_judgments: int
    confidence_level: float
    both_bad_as_tie: bool
    penalised: bool
    undefeated: BoolArray
    winless: BoolArray
    reading: str

    @property
    def share_first(self) -> float:
        """What the one shown first earns where equals meet, a tie being half: .5 is no effect."""
        return float(expit(self.effect))


def fit_position_effect(
    counts: PairwiseCounts, *, both_bad_as_tie: bool = False, confidence_level: float = 0.95
) -> PositionEffect:
    """Fit strengths together with what is gained by being shown first (axis 0 of the counts).

    Bradley-Terry with an order effect, a tie being half a win (Davidson & Beaver 1977, Biometrics 33; Agresti
    2002, Categorical Data Analysis, 10.6, where it is the advantage of playing at home). Both-bad is left out
    unless it is to count as a tie. Judgments are taken as independent. Raises DisconnectedComparisons where
    not everyone can be ranked against everyone, ConfoundedCovariates where sides and competitors cannot be
    told apart (nobody was shown on both sides, for instance), EmptyInput for one competitor. Where the
    likelihood has no top the estimates are Firth's and flagged, and the open ends are None.
    """
    check_confidence_level(confidence_level)
    if counts.n_competitors == 1:
        raise EmptyInput("One competitor alone is never shown beside another; give comparisons between two or more.")
    require_one_island(counts, both_bad_as_tie=both_bad_as_tie)
    design = _design(counts, both_bad_as_tie)
    if first_confounded(design) is not None:
        raise ConfoundedCovariates(
            "What is shown first cannot be told from who is shown: show the same pairs on swapped sides too."
        )
    half_wins = counts.half_wins(both_bad_as_tie=both_bad_as_tie)
    bounds = _bounds(design)
    penalised = is_separated(half_wins) or not all(bounds)
    start = LogisticAt(design, np.zeros(counts.n_competitors + 1))
    top = penalised_ascent(start) if penalised else ascend(start)
    undefeated, winless = unbounded(half_wins)
    return PositionEffect(
        **_effect(top, bounds, counts.n_scored(both_bad_as_tie=both_bad_as_tie), penalised, confidence_level),
        strengths=top.strengths,
        both_bad_as_tie=both_bad_as_tie,
        undefeated=undefeated,
        winless=winless,
    )


def _effect(
    top: LogisticAt,
    bounds: tuple[bool, bool],
    n_judgments: int,
    penalised: bool,
    confidence_level: float,
) -> dict[str, Any]:
    """The fields that say how large the effect is and how far it could be otherwise."""
    sandwich, model = top.sandwich(n_judgments), top.inverse_information
    floors = [sandwich, top.least_covariance(), *([model] if penalised else [])]
    standard_error = float(np.sqrt(max(each[-1, -1] for each in floors)))
    margin = two_sided_quantile(confidence_level, max(n_judgments - 1, 1)) * standard_error
    effect = float(top.coefficients[0])
    ends = effect - margin if bounds[0] else None, effect + margin if bounds[1] else None
    return {
        "effect": effect,
        "low": ends[0],
        "high": ends[1],
        "standard_error": standard_error,
        "model_standard_error": float(np.sqrt(model[-1, -1])),
        "covariance": sandwich[:-1, :-1],
        "model_covariance": model[:-1, :-1],
        "n_judgments": n_judgments,
        "confidence_level": confidence_level,
        "penalised": penalised,
        "reading": _reading(effect, ends, n_judgments, confidence_level) + _PENALISED * penalised,
    }


def _design(counts: PairwiseCounts, both_bad_as_tie: bool) -> Design:
    """A row for each pair, order and outcome that occurs."""
    occurs = counts.counts > 0
    if not both_bad_as_tie:
        occurs[:, :, Outcome.BOTH_BAD] = False
    first, second, outcome = np.nonzero(occurs)
    weight, squares = (
        (table.counts if table.weights is None else table.weights)[first, second, outcome].astype(np.float64)
        for table in (counts, counts.of_squares())
    )
    earned = EARNED[outcome]
    ones = np.ones((1, len(first)))
    return Design(counts.n_competitors, first, second, earned, weight, squares, ones)


def _bounds(design: Design) -> tuple[bool, bool]:
    """Whether the data set the effect a lower end, and an upper one.

    A larger effect with a step delta to each strength fits every outcome at least as well if and only if
    delta_j - delta_i is at most 1 where i earned something from j standing first, and at most -1 where it did
    so standing second.
    """
    earned_first = design.by_pair(design.earned) > 0
    earned_second = design.by_pair(1 - design.earned).T > 0
    joined = earned_first | earned_second
    return (
        has_negative_cycle(joined, np.where(earned_first, -1.0, 1.0)),
        has_negative_cycle(joined, np.where(earned_second, -1.0, 1.0)),
    )


def _reading(effect: float, ends: tuple[float | None, float | None], n_judgments: int, confidence_level: float) -> str:
    low, high = (
        open_end if end is None else f"{100 * expit(end):.1f} %"
        for end, open_end in zip(ends, ("0 %", "100 %"), strict=True)
    )
    return (
        f"Where equals meet, what is shown first earns {100 * expit(effect):.1f} %, a tie being half "
        f"({100 * confidence_level:g} % interval: {low} to {high}; {n_judgments} judgments, taken as "
        "independent). 50 % is no effect of position."
    )
