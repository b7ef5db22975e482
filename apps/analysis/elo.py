"""Elo ratings, as a ticker: what moved lately. Nothing is decided by them."""

from typing import Any

import numpy as np

from apps.stats.models import compute_elo
from apps.stats.pairwise import Outcome

from .comparisons import Comparisons

# Random orders are played through beside the order of storing, to say what the order alone does. So many judgments of
# all orders are played in about a second; below ten orders their spread says nothing.
_MOST_STEPS, _MOST_ORDERS, _ENOUGH_ORDERS = 2_000_000, 100, 10


def elo_of(comparisons: Comparisons, rng: np.random.Generator) -> dict[str, Any]:
    """The rating of each system that was ever decided or tied, after the judgments in the order of storing.

    `order_sd` is how far the same judgments in another order would have moved it; null where there are so many
    judgments that too few orders could be tried.
    """
    scored = comparisons.outcome != Outcome.BOTH_BAD
    n_scored = int(scored.sum())
    if not n_scored:
        return {"systems": [], "n_orders": 0}
    n_orders = max(2, min(_MOST_ORDERS, _MOST_STEPS // n_scored))
    ratings = compute_elo(
        n_competitors=len(comparisons.systems),
        first=comparisons.first,
        second=comparisons.second,
        outcome=comparisons.outcome,
        rng=rng,
        n_orders=n_orders,
    )
    spread = ratings.order_sd.tolist() if n_orders >= _ENOUGH_ORDERS else [None] * len(comparisons.systems)
    points = np.round(ratings.ratings, 9).tolist()
    played = np.union1d(comparisons.first[scored], comparisons.second[scored]).tolist()
    return {
        "systems": [
            {"system": comparisons.systems[place], "elo": points[place], "order_sd": spread[place]}
            for place in sorted(played, key=lambda place: (-points[place], place))
        ],
        "n_orders": n_orders if n_orders >= _ENOUGH_ORDERS else 0,
    }
