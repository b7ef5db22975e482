"""Elo ratings, and how far they depend on the order in which the judgments came."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.models.bradley_terry import fit_bradley_terry
from apps.stats.pairwise.connectivity import islands
from apps.stats.pairwise.counts import Outcome, PairwiseCounts, checked_comparisons
from apps.stats.pairwise.rows import EARNED

# So many places in orders are held at a time (80 MB), and so many judgments of all orders are looked up at once.
_LARGEST_TABLE = 10_000_000
_JUDGMENTS_AT_ONCE = 1024
# Settings beyond it, or a scale below one over it, would take ratings beyond what can be added up.
_LARGEST = 1e100


@dataclass(frozen=True, eq=False)
class EloRatings:
    """Ratings after the last judgment, and how they move with the order of the judgments.

    `ratings` [n] are after the order given; `order_mean` and `order_sd` [n] are over `n_orders` random orders
    of the same judgments. That spread says nothing of other judgments: sampling error comes on top of it.
    `bradley_terry_se` [n], in points too, is the standard error (the model's own) that Bradley-Terry strengths of
    the same judgments have, whatever their order; None where not everyone can be ranked against everyone.
    """

    ratings: FloatArray
    order_mean: FloatArray
    order_sd: FloatArray
    bradley_terry_se: FloatArray | None
    n_orders: int
    n_judgments: int
    reading: str


def compute_elo(
    *,
    n_competitors: int,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    outcome: npt.ArrayLike,
    rng: np.random.Generator,
    k_factor: float = 4.0,
    scale: float = 400.0,
    start: float = 1000.0,
    n_orders: int = 100,
    both_bad_as_tie: bool = False,
) -> EloRatings:
    """Elo ratings of judgments in the order given, one row a judgment, and their spread over random orders.

    Elo (1978, The Rating of Chessplayers). All begin at `start`; the winner of a judgment gains, and the loser
    loses, k_factor times what was earned beyond the expected 1 / (1 + 10^(-gap/scale)), a tie being half a
    win. Both-bad is left out unless it is to count as a tie. Elo forgets old judgments and depends on their
    order: it is a ticker, and fit_bradley_terry the number to trust (a gap of `scale` is ln 10 log-odds there).
    Raises InvalidInput, UnknownOutcome, EmptyInput. Equal bits for an equal `rng`. The time grows with the
    judgments and hardly with the orders.
    """
    if not (0 < k_factor < _LARGEST and 1 / _LARGEST < scale < _LARGEST and abs(start) < _LARGEST) or n_orders < 2:
        raise InvalidInput(
            "Give a k_factor above 0, a scale of 1e-100 or more, a finite start (all 1e100 at most), and 2 or more "
            "n_orders."
        )
    one, two, ended = checked_comparisons(n_competitors, first, second, outcome)
    scored = np.ones(len(ended), dtype=bool) if both_bad_as_tie else ended != Outcome.BOTH_BAD
    if not scored.any():
        raise EmptyInput("No judgment was decided or tied, so no rating ever moved; collect some first.")
    played = _Played(n_competitors, one[scored], two[scored], EARNED[ended[scored]], k_factor, math.log(10) / scale)
    movements = np.vstack([played.movements(orders) for orders in _orders(len(played.first), n_orders, rng)])
    moved, others = movements[0], movements[1:]
    order_sd = others.std(axis=0, ddof=1)
    sampling_se = _bradley_terry_se(n_competitors, one[scored], two[scored], ended[scored], scale / math.log(10))
    return EloRatings(
        ratings=start + moved,
        order_mean=start + others.mean(axis=0),
        order_sd=order_sd,
        bradley_terry_se=sampling_se,
        n_orders=n_orders,
        n_judgments=len(played.first),
        reading=_reading(order_sd, sampling_se, n_orders, len(played.first), k_factor),
    )


@dataclass(frozen=True, eq=False)
class _Played:
    """Judgments that move ratings: who met, what the first earned, and how much that moves."""

    n_competitors: int
    first: IntArray
    second: IntArray
    earned: FloatArray
    k_factor: float
    log_odds_per_point: float

    def movements(self, orders: list[IntArray]) -> FloatArray:
        """How far each order moves each rating from where it began. [n_orders, n]"""
        moved = np.zeros(len(orders) * self.n_competitors)
        own = np.arange(len(orders)) * self.n_competitors
        table = np.stack(orders, axis=1)
        for begin in range(0, len(table), _JUDGMENTS_AT_ONCE):
            part = table[begin : begin + _JUDGMENTS_AT_ONCE]
            self._play(moved, self.first[part] + own, self.second[part] + own, self.earned[part])
        return moved.reshape(len(orders), self.n_competitors)

    def _play(self, moved: FloatArray, first: IntArray, second: IntArray, earned: FloatArray) -> None:
        """Some judgments of every order, one after another. [n_judgments, n_orders]"""
        # A step so large that the next exponential overflows leaves nothing to expect of the weaker: 1 / inf is 0.
        with np.errstate(over="ignore"):
            for one, two, share in zip(first, second, earned, strict=True):
                expected = 1 / (1 + np.exp((moved[two] - moved[one]) * self.log_odds_per_point))
                gained = self.k_factor * (share - expected)
                moved[one] += gained
                moved[two] -= gained


def _orders(n_judgments: int, n_orders: int, rng: np.random.Generator) -> Iterator[list[IntArray]]:
    """The order given, then random ones, as many at a time as there is room for."""
    at_once = max(1, _LARGEST_TABLE // n_judgments)
    for begin in range(0, n_orders + 1, at_once):
        places = range(begin, min(begin + at_once, n_orders + 1))
        yield [rng.permutation(n_judgments) if place else np.arange(n_judgments) for place in places]


def _bradley_terry_se(
    n_competitors: int, first: IntArray, second: IntArray, outcome: IntArray, points_per_log_odds: float
) -> FloatArray | None:
    counts = PairwiseCounts.from_arrays(n_competitors, first, second, outcome)
    if len(islands(counts, both_bad_as_tie=True)) > 1:
        return None
    fit = fit_bradley_terry(counts, both_bad_as_tie=True)
    return np.sqrt(np.diag(fit.likelihood.inverse_information)) * points_per_log_odds


def _reading(
    order_sd: FloatArray, sampling_se: FloatArray | None, n_orders: int, n_judgments: int, k_factor: float
) -> str:
    sampling = "" if sampling_se is None else f" and have a standard error of about {_typical(sampling_se):.1f} points"
    return (
        f"The same {n_judgments} judgments in another order would move a rating by about {_typical(order_sd):.1f} "
        f"points (standard deviation over {n_orders} random orders, K = {k_factor:g}). Trust the Bradley-Terry "
        f"strengths, which do not depend on the order{sampling}."
    )


def _typical(amounts: FloatArray) -> float:
    """The root of the mean square."""
    return float(np.sqrt((amounts**2).mean()))
