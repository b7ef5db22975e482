"""Quality against what it costs, how long it takes, and how often nothing is good: plots with their table."""

from decimal import Decimal
from typing import Any

from apps.console.charts import scatter
from apps.console.charts.plots import picture_of
from apps.console.words import signed

from .links import Reading

Row = dict[str, Any]


def spending_of(result: Row, address: list[str], reading: Reading) -> Row | None:
    """The plots that have something to show, and one table under them; None for analyses without spending."""
    if not result.get("spending"):
        return None
    plots = [
        _plot("cost", scatter.COST, "cost", result, address),
        _plot("latency", scatter.LATENCY, "latency", result, address),
    ]
    shown = [plot for plot in plots if plot]
    strengths = {row["system"]: row["strength"] for row in result["systems"]}
    rows = [_row(row, strengths, reading) for row in result["spending"]]
    return {"plots": shown, "rows": rows} if shown else None


def both_bad_picture(result: Row, address: list[str]) -> Row | None:
    """Strength says who is better, the both-bad share whether that is good enough: one against the other."""
    points = scatter.points_of(result, scatter.BOTH_BAD)
    if not points:
        return None
    worst = max(points, key=lambda point: point["x"])
    words = f"Strength against the share of showings where both outputs were bad, {len(points)} systems."
    alt = (
        f"{words} Most often bad: {worst['system']}, {worst['x'] * 100:.0f} %. The table of strengths has all numbers."
    )
    return picture_of("both-bad", address, result, alt=alt)


def _plot(name: str, axis: scatter.Axis, words: str, result: Row, address: list[str]) -> Row | None:
    points = scatter.points_of(result, axis)
    if not points:
        return None
    front = [point["system"] for point in points if point["front"]]
    told = f"{len(front)} of {len(points)} systems are" if len(front) > 6 else f"{', '.join(front) or 'nobody is'}"
    alt = f"Strength against {words}, {len(points)} systems. On the front: {told}. The table below has all numbers."
    return {"title": f"Quality against {words}", "picture": picture_of(name, address, result, alt=alt)}


def _row(row: Row, strengths: dict[str, float | None], reading: Reading) -> Row:
    return {
        "system": row["system"],
        "url": reading.to(first=row["system"]),
        "n": row["n_outputs"],
        "n_with_cost": row["n_with_cost"],
        "n_with_latency": row["n_with_latency"],
        "strength_label": signed(strengths.get(row["system"])),
        "cost_label": _figure(row["mean_cost"]),
        "cost_interval_label": _interval(row["cost_low"], row["cost_high"]),
        "latency_label": _milliseconds(row["median_latency_ms"]),
        "latency_interval_label": _interval(row["latency_low"], row["latency_high"]),
        "on_cost_front": row["on_cost_front"],
        "on_latency_front": row["on_latency_front"],
    }


def _figure(value: float | None) -> str:
    """Three figures, never as a power of ten: outputs cost hundredths of cents, and are read beside dollars."""
    return "–" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{Decimal(f'{value:.3g}'):f}"


def _milliseconds(value: float | None) -> str:
    return "–" if value is None else f"{_figure(value)} ms"


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{_figure(low)} … {_figure(high)}"
