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
from apps.stats.pairwise.likelihood import LikelihoodAt, capped, laplacian

_SMALLEST_STEP = 1e-11
_MOST_STEPS = 1000


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


def penalised_ascent(
    half_wins: FloatArray, start: FloatArray, held: tuple[int, float] | None = None
) -> PenalisedLikelihoodAt:
    """The top of the penalised likelihood; with `held`, of those where that competitor has that strength."""
    here = PenalisedLikelihoodAt(half_wins, _held_at(start, held))
    for _ in range(_MOST_STEPS):
        step = capped(_constrained_step(here.augmented, held))
        if np.abs(step).max() <= _SMALLEST_STEP:
            return here
        here = _climb(here, step)
    raise StatisticsError(
        "The penalised Bradley-Terry fit did not settle; collect comparisons between the undefeated or "
        "winless competitors and the others."
    )


def one_sided_bound(
    top: PenalisedLikelihoodAt, competitor: int, *, upwards: bool, quantile: float, design_effect: float
) -> float:
    """The end of a one-sided interval for one strength: where the penalised profile has fallen too far.

    The fall allowed is quantile**2 / 2, times the design effect by which clustered judgments carry less than
    independent ones. `upwards` seeks the upper end (for a winless competitor), else the lower.
    """
    allowed = quantile**2 / 2 * design_effect
    estimate = float(top.strengths[competitor])
    # Each profile starts where the last one ended: a short way, so a few steps.
    latest = [top.strengths]

    def excess(distance: float) -> float:
        strength = estimate + (distance if upwards else -distance)
        profile = penalised_ascent(top.half_wins, latest[0], held=(competitor, strength))
        latest[0] = profile.strengths
        return top.penalised_value - profile.penalised_value - allowed

    reach = math.sqrt(float(top.inverse_information[competitor, competitor])) * quantile
    while excess(reach) < 0:
        reach *= 2
    distance = brentq(excess, 0.0, reach, xtol=1e-10)
    return estimate + (distance if upwards else -distance)


def _held_at(start: FloatArray, held: tuple[int, float] | None) -> FloatArray:
    """Strengths of mean zero near the start, with the held one where it must be."""
    strengths: FloatArray = start - start.mean()
    if held is None:
        return strengths
    competitor, strength = held
    change = strength - strengths[competitor]
    strengths = strengths - change / (len(strengths) - 1)
    strengths[competitor] = strength
    return strengths


def _constrained_step(here: LikelihoodAt, held: tuple[int, float] | None) -> FloatArray:
    """A Newton step that keeps the mean at zero and the held strength where it is."""
    n = len(here.strengths)
    free = np.ones(n, dtype=bool)
    if held is not None:
        free[held[0]] = False
    n_free = int(free.sum())
    bordered = np.ones((n_free + 1, n_free + 1))
    bordered[:n_free, :n_free] = laplacian(here.weights)[np.ix_(free, free)]
    bordered[n_free, n_free] = 0.0
    step = np.zeros(n)
    step[free] = np.linalg.solve(bordered, np.append(here.gradient[free], 0.0))[:n_free]
    return step


def _climb(here: PenalisedLikelihoodAt, step: FloatArray) -> PenalisedLikelihoodAt:
    """The end of the step, or of the first half of it that does not lead down."""
    slack = 1e-12 * max(1.0, abs(here.penalised_value))
    for halving in range(12):
        there = PenalisedLikelihoodAt(here.half_wins, here.strengths + step / 2**halving)
        if there.penalised_value >= here.penalised_value - slack:
            return there
    return there
