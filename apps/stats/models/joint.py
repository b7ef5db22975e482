"""Likelihoods of strengths together with a few other numbers: a tie width, an effect of position, covariates.

The parameters are [n_strengths + n_others]: strengths theta first, then the others. Only differences of
strengths matter, so the information has the null vector u = (1, ..., 1, 0, ..., 0); it is taken out exactly
by adding c uu', never by a ridge, and strengths keep mean zero.
"""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Self, TypeVar

import numpy as np

from apps.stats.arrays import FloatArray
from apps.stats.errors import SeparatedComparisons, StatisticsError
from apps.stats.models.likelihood import capped, inverse, solution

# Newton's steps square themselves: after one this short the next would be below rounding.
_LAST_STEP = 1e-7
_MOST_STEPS = 200
_LAST_PENALISED_STEP = 1e-10
_MOST_PENALISED_STEPS = 500
# A step that long which gains so little moves where the data say nothing: the top is at infinity.
_LONG, _NO_GAIN = 1e-2, 1e-8
# Log-odds (of a covariate in units of its own size) that no number of judgments could tell from infinity.
_FARTHEST = 100.0
_RUNS_AWAY = (
    "Some outcome follows from the competitors and covariates without exception, so that an estimate would run to "
    "infinity. Leave out a covariate, or collect more judgments."
)


class JointLikelihoodAt(ABC):
    """Everything about a likelihood at one vector of parameters."""

    parameters: FloatArray

    @property
    @abstractmethod
    def n_strengths(self) -> int:
        """How many of the parameters are strengths."""

    @property
    @abstractmethod
    def value(self) -> float:
        """The log likelihood; minus infinity where the parameters are impossible."""

    @property
    @abstractmethod
    def gradient(self) -> FloatArray:
        """Its slope. [n_parameters]"""

    @property
    @abstractmethod
    def information(self) -> FloatArray:
        """Minus its second derivatives. [n_parameters, n_parameters]"""

    @property
    @abstractmethod
    def expected_information(self) -> FloatArray:
        """What the information would be on average, were the model true. [n_parameters, n_parameters]"""

    @property
    @abstractmethod
    def penalty_gradient(self) -> FloatArray:
        """The slope of half the log determinant of the expected information. [n_parameters]"""

    @abstractmethod
    def at(self, parameters: FloatArray) -> Self:
        """The same likelihood elsewhere."""

    def moved(self, step: FloatArray) -> Self:
        """The same likelihood a step further, strengths having mean zero again."""
        parameters = self.parameters + step
        parameters[: self.n_strengths] -= parameters[: self.n_strengths].mean()
        return self.at(parameters)

    @cached_property
    def inverse_information(self) -> FloatArray:
        """The inverse of the information among strengths of mean zero. Rows of strengths sum to zero."""
        return inverse_among_strengths(self.information, self.n_strengths)

    @cached_property
    def inverse_expected_information(self) -> FloatArray:
        """The same of the expected information."""
        return inverse_among_strengths(self.expected_information, self.n_strengths)

    @cached_property
    def penalised_value(self) -> float:
        """The log likelihood plus half the log determinant of the expected information (up to a constant)."""
        if not np.isfinite(self.value):
            return -np.inf
        direction = shift_direction(len(self.parameters), self.n_strengths)
        _, log_determinant = np.linalg.slogdet(self.expected_information + np.outer(direction, direction))
        return self.value + float(log_determinant) / 2


LikelihoodT = TypeVar("LikelihoodT", bound=JointLikelihoodAt)


def shift_direction(n_parameters: int, n_strengths: int) -> FloatArray:
    """The direction of unit length in which all strengths move together. [n_parameters]"""
    direction = np.zeros(n_parameters)
    direction[:n_strengths] = 1 / np.sqrt(n_strengths)
    return direction


def inverse_among_strengths(information: FloatArray, n_strengths: int) -> FloatArray:
    """The Moore-Penrose inverse of an information whose null vector is the shift of all strengths."""
    shift = _shift(information, n_strengths)
    scale = _scale(information)
    return inverse(information + shift * scale) - shift / scale


def _shift(information: FloatArray, n_strengths: int) -> FloatArray:
    """The projection on the null direction."""
    direction = shift_direction(len(information), n_strengths)
    return np.outer(direction, direction)


def _scale(information: FloatArray) -> float:
    """A number of the size of the information's own, to fill the null direction with."""
    return float(np.trace(information)) / len(information)


def _newton_step(here: JointLikelihoodAt) -> FloatArray:
    filled = here.information + _shift(here.information, here.n_strengths) * _scale(here.information)
    return solution(filled, here.gradient)


def ascend(start: LikelihoodT) -> LikelihoodT:
    """The exact top of a concave likelihood by Newton's steps, halved where they lead down."""
    here = start
    # Weights may be of any size, and with small ones every gain is small.
    no_gain = _NO_GAIN * min(1.0, _scale(start.information))
    for _ in range(_MOST_STEPS):
        step = capped(_newton_step(here))
        length = float(np.abs(step).max())
        if length <= _LAST_STEP:
            return here.moved(step)
        if length > _LONG and float(here.gradient @ step) < no_gain:
            raise SeparatedComparisons(_RUNS_AWAY)
        there = _climb(here, step)
        if there is None:
            break
        here = there
    if np.abs(here.parameters).max() > _FARTHEST:
        raise SeparatedComparisons(_RUNS_AWAY)
    raise StatisticsError(
        "The fit did not settle: the judgments are too lopsided for double precision. Look for a pair, or a "
        "covariate, with millions of judgments on one side and almost none on the other."
    )


def _climb(here: LikelihoodT, step: FloatArray) -> LikelihoodT | None:
    slack = 1e-13 * max(1.0, abs(here.value))
    for halving in range(40):
        there = here.moved(step / 2**halving)
        if there.value >= here.value - slack:
            return there
    return None


def penalised_ascent(start: LikelihoodT) -> LikelihoodT:
    """The top of the likelihood penalised by Jeffreys' prior: finite whatever the outcomes.

    Firth (1993, Biometrika 80). Each step is that of Fisher's scoring on the penalised slope.
    """
    here = start
    for _ in range(_MOST_PENALISED_STEPS):
        slope = here.gradient + here.penalty_gradient
        step = capped(np.asarray(here.inverse_expected_information @ slope))
        if np.abs(step).max() <= _LAST_PENALISED_STEP:
            return here
        here = _climb_penalised(here, step)
    raise StatisticsError(
        "The penalised fit did not settle; collect judgments that bring the undefeated or winless "
        "competitors together with the others."
    )


def _climb_penalised(here: LikelihoodT, step: FloatArray) -> LikelihoodT:
    """Halved until it does not lead down; a last short step is always taken, for it is not Newton's."""
    slack = 1e-12 * max(1.0, abs(here.penalised_value))
    for halving in range(12):
        there = here.moved(step / 2**halving)
        if there.penalised_value >= here.penalised_value - slack:
            break
    while not np.isfinite(there.penalised_value):
        halving += 1
        there = here.moved(step / 2**halving)
    return there
