"""Finite estimates where the likelihood has no top: Firth's penalty, and one-sided intervals by its profile.

Firth (1993, Biometrika 80) removes the first-order bias of the estimate by penalising the likelihood with the
square root of the information's determinant (Jeffreys' prior). For Bradley-Terry this is the same as adding
half a win to each side of every pair, weighted by the pair's leverage: n - 1 pseudo-comparisons in all.
Two competitors at 2:0 come out ln 5 apart. Intervals by profile: Heinze & Schemper (2002, Statistics in
Medicine 21).
"""

import math
from functools import cached_property

import numpy as np
from scipy.optimize import brentq

from apps.stats.arrays import FloatArray
from apps.stats.errors import StatisticsError
from apps.stats.models.likelihood import LikelihoodAt, capped, climb, solution

# Where a step is shorter, the strengths are at the top as far as double precision can tell.
_SMALLEST_STEP = 1e-10
_MOST_STEPS = 500
# A bound 15 log-odds from the estimate (one in three million) bounds nothing: the end is then open.
_FARTHEST = 15.0
_LITTLE_TO_CLIMB = 1e-11
_Held = tuple[int, float] | None


class PenalisedLikelihoodAt(LikelihoodAt):
    """The likelihood with Firth's penalty at one vector of strengths."""

    @cached_property
    def augmented(self) -> LikelihoodAt:
        """The likelihood on half-wins plus half the leverages: its gradient is the penalised one."""
        return LikelihoodAt(self.half_wins + self.leverages / 2, self.strengths)

    @cached_property
    def penalised_value(self) -> float:
        """Log likelihood plus half the log determinant of the information (up to a constant)."""
        n = len(self.strengths)
        # Adding 11'/n fills the null space with a constant: a factor that never varies.
        _, log_determinant = np.linalg.slogdet(self.information + np.ones((n, n)) / n)
        return self.value + float(log_determinant) / 2


def penalised_ascent(half_wins: FloatArray) -> PenalisedLikelihoodAt:
    """The top of the penalised likelihood: finite whatever the outcomes, as long as all are connected."""
    here = PenalisedLikelihoodAt(half_wins, np.zeros(len(half_wins)))
    for _ in range(_MOST_STEPS):
        step = capped(_constrained_step(here.augmented, None))
        if np.abs(step).max() <= _SMALLEST_STEP:
            return here
        here = _climb_penalised(here, step)
    raise StatisticsError(
        "The penalised Bradley-Terry fit did not settle; collect comparisons between the undefeated or "
        "winless competitors and the others."
    )


def one_sided_bound(
    top: PenalisedLikelihoodAt, competitor: int, *, upwards: bool, quantile: float, design_effect: float
) -> float | None:
    """The end of a one-sided interval for one strength: where the profile likelihood has fallen too far.

    The fall allowed is quantile**2 / 2, times the design effect by which clustered judgments carry less
    than independent ones. The likelihood is the one on the augmented half-wins, whose pseudo-comparisons
    are kept as they are at the top: for two competitors that is Firth's penalised likelihood itself.
    `upwards` seeks the upper end (for a winless competitor), else the lower. None where the end lies beyond
    all meaning.
    """
    allowed = quantile**2 / 2 * design_effect
    estimate = float(top.strengths[competitor])
    direction = 1.0 if upwards else -1.0

    def excess(distance: float) -> float:
        profile = _profile(top.augmented, (competitor, estimate + direction * distance))
        return top.augmented.value - profile.value - allowed

    reach = quantile * math.sqrt(float(top.inverse_information[competitor, competitor]))
    while reach < _FARTHEST and excess(reach) < 0:
        reach *= 1.5
    if reach >= _FARTHEST:
        reach = _FARTHEST
        if excess(reach) < 0:
            return None
    return estimate + direction * float(brentq(excess, 0.0, reach, xtol=1e-10))


def _profile(start: LikelihoodAt, held: tuple[int, float]) -> LikelihoodAt:
    """The highest likelihood among strengths that hold one of them."""
    here = LikelihoodAt(start.half_wins, _held_at(start.strengths, held))
    for _ in range(_MOST_STEPS):
        newton = _constrained_step(here, held)
        # What matters is the height, and half of this is what is left to climb.
        if here.gradient @ newton <= _LITTLE_TO_CLIMB:
            return here
        there = climb(here, capped(newton))
        if there is None:
            return here
        here = there
    raise StatisticsError(
        "The interval of an undefeated or winless competitor did not settle; collect more comparisons "
        "between it and the others."
    )


def _held_at(start: FloatArray, held: tuple[int, float]) -> FloatArray:
    """Strengths of mean zero near the start, with the held one where it must be."""
    competitor, strength = held
    change = strength - start[competitor]
    strengths: FloatArray = start - change / (len(start) - 1)
    strengths[competitor] = strength
    return strengths


def _constrained_step(here: LikelihoodAt, held: _Held) -> FloatArray:
    """A Newton step that keeps the mean at zero and the held strength where it is."""
    n = len(here.strengths)
    free = np.ones(n, dtype=bool)
    if held is not None:
        free[held[0]] = False
    n_free = int(free.sum())
    bordered = np.ones((n_free + 1, n_free + 1))
    bordered[:n_free, :n_free] = here.information[np.ix_(free, free)]
    bordered[n_free, n_free] = 0.0
    step = np.zeros(n)
    step[free] = solution(bordered, np.append(here.gradient[free], 0.0))[:n_free]
    return step


def _climb_penalised(here: PenalisedLikelihoodAt, step: FloatArray) -> PenalisedLikelihoodAt:
    """The end of the step, halved until it does not lead down; not Newton's, so a last short one is always taken."""
    slack = 1e-12 * max(1.0, abs(here.penalised_value))
    for halving in range(12):
        there = PenalisedLikelihoodAt(here.half_wins, here.strengths + step / 2**halving)
        if there.penalised_value >= here.penalised_value - slack:
            break
    return there
