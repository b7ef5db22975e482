"""Fitting a model that gives a tie a probability of its own: what Davidson's and Rao & Kupper's have in common."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeVar

import numpy as np
from scipy.optimize import brentq

from apps.stats.arrays import BoolArray, FloatArray
from apps.stats.errors import EmptyInput
from apps.stats.intervals import check_confidence_level, two_sided_quantile
from apps.stats.models.bradley_terry import BradleyTerryFit, fit_bradley_terry
from apps.stats.models.joint import ascend, penalised_ascent
from apps.stats.models.likelihood import laplacian
from apps.stats.models.tie_likelihood import Terms, TieLikelihoodAt, TieModel, bounds_tie_width
from apps.stats.pairwise.connectivity import is_separated, require_one_island, unbounded
from apps.stats.pairwise.counts import PairwiseCounts

_ALL = 1 - 1e-9
_PENALISED = (
    " Somebody never lost, or never won, or the ties could be ever wider: the estimates are held finite by "
    "Jeffreys' penalty and lean on it while there are few judgments."
)


@dataclass(frozen=True, eq=False)
class TieFit:
    """Strengths and a tie parameter t, with their covariances.

    `strengths` [n] are natural log-odds with mean zero. `tie_parameter` is the model's t with its interval
    (`tie_parameter_high` None where the data set no upper end; at no tie at all t is on its boundary, and
    the upper end is the t above which that would have had a probability below 1 - confidence_level).
    `joint_covariance` [n + 1, n + 1] is the sandwich for independent judgments (HC1), t last;
    `joint_model_covariance` is the model's own. Their rows of strengths sum to zero; those of t are zero
    where it is on its boundary. `penalised` says that the likelihood had no top and Jeffreys' penalty was
    used; `undefeated` and `winless` [n] name the competitors without an upper, or a lower, end.
    """

    model: ClassVar[TieModel]

    strengths: FloatArray
    tie_parameter: float
    tie_parameter_low: float
    tie_parameter_high: float | None
    joint_covariance: FloatArray
    joint_model_covariance: FloatArray
    n_judgments: int
    confidence_level: float
    both_bad_as_tie: bool
    penalised: bool
    undefeated: BoolArray
    winless: BoolArray
    reading: str

    @property
    def n_competitors(self) -> int:
        """How many competitors were ranked."""
        return len(self.strengths)

    @property
    def has_ties(self) -> bool:
        """Whether any judgment tied; without, the tie parameter is on its boundary."""
        return bool(self.joint_model_covariance[-1, -1] > 0)

    @property
    def covariance(self) -> FloatArray:
        """The sandwich of the strengths. [n, n], rows sum to zero"""
        return self.joint_covariance[:-1, :-1]

    @property
    def model_covariance(self) -> FloatArray:
        """The model's own covariance of the strengths, right if the model is. [n, n], rows sum to zero"""
        return self.joint_model_covariance[:-1, :-1]

    @property
    def gaps(self) -> FloatArray:
        """theta_i - theta_j. [n, n]"""
        return self.strengths[:, None] - self.strengths[None, :]

    @cached_property
    def terms(self) -> tuple[Terms, Terms]:
        """The log probabilities of win and tie for every pair, and their derivatives."""
        return self.model.terms(self.gaps, self.tie_parameter)

    def win_probabilities(self) -> FloatArray:
        """How probably i wins against j. [n, n]"""
        return np.exp(self.terms[0].value)

    def tie_probabilities(self) -> FloatArray:
        """How probably i and j tie. [n, n]"""
        return np.exp(self.terms[1].value)

    @property
    def probabilities(self) -> FloatArray:
        """What share of their comparisons i should earn from j, a tie being half. [n, n]"""
        return self.win_probabilities() + self.tie_probabilities() / 2


FitT = TypeVar("FitT", bound=TieFit)


def fit_ties(kind: type[FitT], counts: PairwiseCounts, *, both_bad_as_tie: bool, confidence_level: float) -> FitT:
    """The fit of one kind of model: maximum likelihood, penalised where that has no top."""
    check_confidence_level(confidence_level)
    if counts.n_competitors == 1:
        raise EmptyInput("One competitor alone ties with nobody; give comparisons between two or more.")
    require_one_island(counts, both_bad_as_tie=both_bad_as_tie)
    judged = _Judged(counts, both_bad_as_tie, confidence_level)
    return _with_ties(kind, judged) if judged.ties.any() else _without_ties(kind, judged)


@dataclass(frozen=True, eq=False)
class _Judged:
    """The judgments that enter a fit, and what is asked of it."""

    counts: PairwiseCounts
    both_bad_as_tie: bool
    confidence_level: float

    @cached_property
    def wins(self) -> FloatArray:
        return self.counts.wins()

    @cached_property
    def ties(self) -> FloatArray:
        return self.counts.ties(both_bad_as_tie=self.both_bad_as_tie)

    @cached_property
    def squares(self) -> tuple[FloatArray, FloatArray]:
        """Wins and ties, each judgment with its weight squared."""
        squares = self.counts.of_squares()
        return squares.wins(), squares.ties(both_bad_as_tie=self.both_bad_as_tie)

    @cached_property
    def n(self) -> int:
        return self.counts.n_scored(both_bad_as_tie=self.both_bad_as_tie)

    @property
    def quantile(self) -> float:
        return two_sided_quantile(self.confidence_level, max(self.n - 1, 1))

    def sandwich(self, bread: FloatArray, meat: FloatArray, n_free: int) -> FloatArray:
        """With HC1's factor N / (N - n_free)."""
        covariance = bread @ meat @ bread * (self.n / max(self.n - n_free, 1))
        return np.asarray((covariance + covariance.T) / 2)

    def told(self, penalised: bool) -> dict[str, Any]:
        """The fields of a fit that do not depend on where its top is."""
        undefeated, winless = unbounded(self.wins + self.ties)
        return {
            "n_judgments": self.n,
            "confidence_level": self.confidence_level,
            "both_bad_as_tie": self.both_bad_as_tie,
            "penalised": penalised,
            "undefeated": undefeated,
            "winless": winless,
        }


def _with_ties(kind: type[FitT], judged: _Judged) -> FitT:
    bounded = bounds_tie_width(judged.wins, judged.ties)
    penalised = is_separated(judged.wins + judged.ties) or not bounded
    top = _top(kind.model, judged, penalised)
    sandwich = judged.sandwich(top.inverse_information, top.meat(*judged.squares), judged.counts.n_competitors)
    variance = float(sandwich[-1, -1])
    if penalised:
        # The residuals of somebody who never lost hardly vary.
        variance = max(variance, float(top.inverse_information[-1, -1]))
    low, end = kind.model.interval(top.tie_parameter, float(np.sqrt(variance)), judged.quantile)
    # An end at which all comparisons of equals would tie bounds nothing.
    high = end if bounded and _share_of_equals(kind.model, end) < _ALL else None
    return kind(
        strengths=top.strengths,
        tie_parameter=top.tie_parameter,
        tie_parameter_low=low,
        tie_parameter_high=high,
        joint_covariance=sandwich,
        joint_model_covariance=top.inverse_information,
        reading=_reading(kind.model, (top.tie_parameter, low, high), judged) + _PENALISED * penalised,
        **judged.told(penalised),
    )


def _top(model: TieModel, judged: _Judged, penalised: bool) -> TieLikelihoodAt:
    tie_share = float(judged.ties.sum() / (2 * judged.wins + judged.ties).sum())
    # Equals, tying as often as all did; where nearly all did, short of the end of the scale.
    equals = np.append(np.zeros(judged.counts.n_competitors), model.start(min(tie_share, 0.9)))
    start = TieLikelihoodAt(model, judged.wins, judged.ties, equals)
    return penalised_ascent(start) if penalised else ascend(start)


def _without_ties(kind: type[FitT], judged: _Judged) -> FitT:
    """Bradley and Terry's fit, the tie parameter on its boundary."""
    plain = fit_bradley_terry(judged.counts, both_bad_as_tie=judged.both_bad_as_tie)
    model_covariance = plain.likelihood.inverse_information
    won = judged.squares[0] * plain.probabilities.T**2
    sandwich = judged.sandwich(model_covariance, laplacian(won + won.T), plain.n_competitors - 1)
    high = _highest_without_ties(kind.model, plain, judged)
    boundary = kind.model.from_logarithm(-np.inf)
    return kind(
        strengths=plain.strengths,
        tie_parameter=boundary,
        tie_parameter_low=boundary,
        tie_parameter_high=high,
        joint_covariance=np.pad(sandwich, (0, 1)),
        joint_model_covariance=np.pad(model_covariance, (0, 1)),
        reading=_reading_without_ties(kind.model, high, judged) + _PENALISED * plain.penalised,
        **judged.told(plain.penalised),
    )


def _highest_without_ties(model: TieModel, plain: BradleyTerryFit, judged: _Judged) -> float:
    """The tie parameter at which no tie among so many judgments has a probability of 1 - confidence_level."""
    unweighted = PairwiseCounts(judged.counts.n_competitors, judged.counts.counts).wins()
    gaps = plain.likelihood.gaps

    def excess(logarithm: float) -> float:
        win, _ = model.terms(gaps, model.from_logarithm(logarithm))
        return float((unweighted * np.logaddexp(win.value, win.value.T)).sum() - np.log1p(-judged.confidence_level))

    lowest, highest = -1.0, 1.0
    while excess(lowest) < 0:
        lowest *= 2
    while excess(highest) > 0:
        highest *= 2
    return model.from_logarithm(float(brentq(excess, lowest, highest, xtol=1e-12)))


def _share_of_equals(model: TieModel, tie_parameter: float) -> float:
    """How probably two equals tie."""
    return float(np.exp(model.terms(np.zeros((1, 1)), tie_parameter)[1].value[0, 0]))


def _reading(model: TieModel, found: tuple[float, float, float | None], judged: _Judged) -> str:
    share, low = (100 * _share_of_equals(model, each) for each in found[:2])
    high = "no upper end" if found[2] is None else f"{100 * _share_of_equals(model, found[2]):.1f} %"
    return (
        f"Two equals tie in {share:.1f} % of their comparisons ({100 * judged.confidence_level:g} % interval: "
        f"{low:.1f} % to {high}; {judged.n} judgments, taken as independent)."
    )


def _reading_without_ties(model: TieModel, high: float, judged: _Judged) -> str:
    return (
        f"None of {judged.n} judgments tied, so equals are taken never to tie; did they tie in more than "
        f"{100 * _share_of_equals(model, high):.1f} % of their comparisons, seeing no tie would have had a "
        f"probability below {100 * (1 - judged.confidence_level):.3g} %."
    )
