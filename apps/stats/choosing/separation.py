"""How many judgments remain until gaps can be told from nothing."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.intervals import check_confidence_level, two_sided_quantile
from apps.stats.uncertainty.covariance import Covariance
from apps.stats.uncertainty.drawing import (
    check_strengths,
    check_tail,
    covering,
    draw_errors,
    draws_for,
    inverse_spreads,
)

# Gaps this small are rounding.
_NO_GAP = 1e-12
_MANY = 10_000_000


@dataclass(frozen=True)
class PairSeparation:
    """How far one pair is from being separated.

    `gap` is the strength of `stronger` minus that of `weaker` in log-odds, at least 0, with its `standard_error`
    and interval; `separated` says that the interval lies above 0. `n_needed` judgments of the whole study would
    separate a gap of this size, `n_remaining` of them are still to come: 0 where it is separated, both None where
    the gap is 0. `reading` says so in words.
    """

    stronger: int
    weaker: int
    gap: float
    standard_error: float
    low: float
    high: float
    separated: bool
    n_needed: int | None
    n_remaining: int | None
    reading: str


@dataclass(frozen=True)
class RemainingJudgments:
    """The pairs asked about, and what they were held against.

    `pairs` are neighbours in rank order, the best first, or the one pair named. `critical_value` is how many
    standard errors separate a pair, `n_judgments` how many judgments there are. `reading` sums up.
    """

    pairs: tuple[PairSeparation, ...]
    critical_value: float
    n_judgments: int
    confidence_level: float
    reading: str


def remaining_judgments(
    strengths: npt.ArrayLike,
    covariance: Covariance,
    n_judgments: int,
    *,
    rng: np.random.Generator,
    pair: tuple[int, int] | None = None,
    confidence_level: float = 0.95,
    n_draws: int | None = None,
) -> RemainingJudgments:
    """Which judgments remain until neighbours in rank order, or one pair named, are separated.

    A gap is separated where it exceeds c standard errors; a standard error shrinks with the root of the number of
    judgments, so N (c se / gap)^2 judgments separate a gap of the size it has now, N = `n_judgments` being those
    behind `strengths` [n] and their `covariance`. For a `pair` chosen beforehand c is the t quantile; for
    neighbours, which the results have chosen, it is the quantile of the largest |t| among all pairs, simulated with
    `n_draws` draws (Mogstad, Romano, Shaikh & Wilhelm 2024, Review of Economic Studies 91), so that with the
    confidence level no pair is separated by accident. The number counts judgments of the whole study, spread as so
    far. Raises InvalidInput or EmptyInput where shapes or numbers do not match, InvalidInput too where the draws are
    too few for the confidence level.
    """
    check_confidence_level(confidence_level)
    n_draws = draws_for(len(covariance.matrix), n_draws)
    theta = check_strengths(strengths, covariance, n_draws)
    _check(len(theta), n_judgments, pair)
    if pair is None:
        check_tail(confidence_level, n_draws)
        order = np.argsort(-theta, kind="stable")
        asked = list(zip(order[:-1].tolist(), order[1:].tolist(), strict=True))
        critical = _largest_of_all(covariance, rng, confidence_level, n_draws)
    else:
        asked = [pair if theta[pair[0]] >= theta[pair[1]] else pair[::-1]]
        critical = two_sided_quantile(confidence_level, covariance.degrees_of_freedom)
    errors = np.sqrt(covariance.difference_variances())
    found = tuple(
        _separation(one, other, float(theta[one] - theta[other]), float(errors[one, other]), critical, n_judgments)
        for one, other in asked
    )
    return RemainingJudgments(found, critical, n_judgments, confidence_level, _reading(found))


def _check(n: int, n_judgments: int, pair: tuple[int, int] | None) -> None:
    if n < 2:
        raise EmptyInput("There is one competitor and no pair to separate; give two or more.")
    if n_judgments < 1:
        raise EmptyInput(f"n_judgments is {n_judgments}; give the number of judgments behind the strengths.")
    if pair is not None and (pair[0] == pair[1] or not all(0 <= each < n for each in pair)):
        raise InvalidInput(f"`pair` is {pair}; name two different competitors between 0 and {n - 1}.")


def _largest_of_all(covariance: Covariance, rng: np.random.Generator, confidence_level: float, n_draws: int) -> float:
    """The quantile of the largest |t| among all pairs."""
    matrix = covering(covariance)
    inverse = inverse_spreads(matrix)
    errors = draw_errors(matrix, covariance.degrees_of_freedom, rng, n_draws)
    largest = np.zeros(n_draws)
    for one in range(len(matrix) - 1):
        differences = np.abs(errors[:, one, None] - errors[:, one + 1 :]) * inverse[one, one + 1 :]
        np.maximum(largest, differences.max(axis=1), out=largest)
    return float(np.quantile(largest, confidence_level))


def _separation(
    stronger: int, weaker: int, gap: float, error: float, critical: float, n_judgments: int
) -> PairSeparation:
    reach = critical * error
    needed = math.ceil(n_judgments * (reach / gap) ** 2) if gap > _NO_GAP else None
    remaining = None if needed is None else max(needed - n_judgments, 0)
    return PairSeparation(
        stronger=stronger,
        weaker=weaker,
        gap=gap,
        standard_error=error,
        low=gap - reach,
        high=gap + reach,
        separated=remaining == 0,
        n_needed=needed,
        n_remaining=remaining,
        reading=_pair_reading(stronger, weaker, gap, reach, remaining),
    )


def _pair_reading(stronger: int, weaker: int, gap: float, reach: float, remaining: int | None) -> str:
    if remaining is None:
        return f"{stronger} and {weaker} are exactly level: no number of judgments separates a gap of 0."
    told = f"{stronger} leads {weaker} by {gap:.3f} (+-{reach:.3f})"
    if not remaining:
        return f"{told}: separated."
    if remaining > _MANY:
        return f"{told}: not separable yet: more than ten million more judgments, if the gap is what it seems."
    return f"{told}: not separable yet: about {_rounded(remaining):,} more judgments, if the gap is what it seems."


def _rounded(number: int) -> int:
    """Two digits of a number, rounded up: more would promise what an estimated gap cannot hold."""
    unit: int = 10 ** max(len(str(number)) - 2, 0)
    return -(-number // unit) * unit


def _reading(found: tuple[PairSeparation, ...]) -> str:
    if len(found) == 1:
        return found[0].reading
    n_separated = sum(pair.separated for pair in found)
    told = f"{n_separated} of {len(found)} neighbours in rank order are separated."
    open_pairs = [pair for pair in found if pair.n_remaining]
    if not open_pairs:
        return told
    nearest = min(open_pairs, key=lambda pair: pair.n_remaining or 0)
    return f"{told} Nearest: {nearest.reading}"
