"""What a system's outputs cost and how long they took, beside how strong it is."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.stats.intervals import clustered_share, two_sided_quantile

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Output = tuple[str, str, float | None, float | None]
Interval = tuple[float | None, float | None, float | None]

_NOTHING: Interval = (None, None, None)


def spending_of(
    outputs: Iterable[Output], ranked: list[dict[str, Any]], confidence_level: float
) -> list[dict[str, Any]]:
    """A row for each system of `ranked`, the leaderboard's, and of the outputs: system, group, cost, latency.

    Whether a system is on a front is null where its strength, or its cost or latency, is unknown.
    """
    by_system: dict[str, list[Output]] = {row["system"]: [] for row in ranked}
    for output in outputs:
        by_system.setdefault(output[0], []).append(output)
    found = [_system(name, each, confidence_level) for name, each in by_system.items()]
    # Without a single judgment nobody is ranked, and outputs cost what they cost.
    known = {row["system"]: (row["island"], row["strength"]) for row in ranked}
    strengths = [known.get(name, (0, None)) for name in by_system]
    for figure, front in (("mean_cost", "on_cost_front"), ("median_latency_ms", "on_latency_front")):
        for row, is_on in zip(found, on_front(strengths, [row[figure] for row in found]), strict=True):
            row[front] = is_on
    return found


def _system(name: str, outputs: list[Output], confidence_level: float) -> dict[str, Any]:
    costs, cost_groups = _known([(group, cost) for _, group, cost, _ in outputs])
    latencies, latency_groups = _known([(group, latency) for _, group, _, latency in outputs])
    mean, cost_low, cost_high = mean_interval(costs, cost_groups, confidence_level)
    median, latency_low, latency_high = median_interval(latencies, latency_groups, confidence_level)
    return {
        "system": name,
        "n_outputs": len(outputs),
        "n_with_cost": len(costs),
        "mean_cost": mean,
        "cost_low": cost_low,
        "cost_high": cost_high,
        "n_with_latency": len(latencies),
        "median_latency_ms": median,
        "latency_low": latency_low,
        "latency_high": latency_high,
    }


def _known(values: list[tuple[str, float | None]]) -> tuple[Floats, Integers]:
    """The values that are known, with dense codes of their groups."""
    known = [(group, value) for group, value in values if value is not None]
    codes: dict[str, int] = {}
    groups = [codes.setdefault(group, len(codes)) for group, _ in known]
    return np.array([value for _, value in known], dtype=np.float64), np.array(groups, dtype=np.int64)


def mean_interval(values: Floats, group: Integers, confidence_level: float) -> Interval:
    """The mean with its interval, groups being drawn independently (a ratio of their totals); never below 0.

    Without an interval where there is one group: nothing shows how another would differ.
    """
    if not len(values):
        return _NOTHING
    mean = float(values.mean())
    n_groups = int(group.max()) + 1
    if n_groups < 2:
        return mean, None, None
    off = np.bincount(group, weights=values - mean)
    error = float(np.sqrt(n_groups / (n_groups - 1) * (off @ off))) / len(values)
    margin = two_sided_quantile(confidence_level, n_groups - 1) * error
    return mean, max(0.0, mean - margin), mean + margin


def median_interval(values: Floats, group: Integers, confidence_level: float) -> Interval:
    """The median, between the values at the ends of the interval of the share that lies below it.

    Woodruff (1952, Journal of the American Statistical Association 47); half of what equals the median counts as below.
    """
    if not len(values):
        return _NOTHING
    median = float(np.median(values))
    n_groups = int(group.max()) + 1
    if n_groups < 2:
        return median, None, None
    below = (values < median) + 0.5 * (values == median)
    share = clustered_share(below, np.ones(len(values), dtype=np.int64), group, n_groups, confidence_level)
    low, high = np.quantile(values, [share.low, share.high], method="inverted_cdf")
    return median, min(float(low), median), max(float(high), median)


def on_front(strengths: list[tuple[int, float | None]], amounts: list[float | None]) -> list[bool | None]:
    """Whether no other system is at least as strong for at most as much, and better in one of the two.

    Strengths are (island, strength): only systems of one island can be compared.
    """
    points = [
        None if strength is None or amount is None else (island, round(strength, 9), round(amount, 9))
        for (island, strength), amount in zip(strengths, amounts, strict=True)
    ]
    known = [point for point in points if point is not None]
    return [None if point is None else not any(_beats(other, point) for other in known) for point in points]


def _beats(other: tuple[int, float, float], point: tuple[int, float, float]) -> bool:
    same_island = other[0] == point[0]
    return same_island and other[1] >= point[1] and other[2] <= point[2] and other[1:] != point[1:]
