"""Strength against something else that each system has: what it costs, how long it takes, how often it is bad."""

from dataclasses import dataclass
from typing import Any

from .drawing import finished
from .look import Look, shortened

Row = dict[str, Any]
WIDE, HEIGHT = 520, 360
LABELLED = 12  # so many names fit beside their points; on fuller plots only those that matter are named
LOGARITHMIC_FROM = 20.0


@dataclass(frozen=True, slots=True)
class Axis:
    """What is drawn against strength: its title, its columns, and the column that says who is on the front."""

    title: str
    value: str
    low: str
    high: str
    front: str | None
    format: str


COST = Axis("US dollars an output costs, mean", "mean_cost", "cost_low", "cost_high", "on_cost_front", "~g")
LATENCY = Axis(
    "milliseconds to an output, median", "median_latency_ms", "latency_low", "latency_high", "on_latency_front", "~s"
)
BOTH_BAD = Axis("share of showings where both were bad", "both_bad_share", "both_bad_low", "both_bad_high", None, ".0%")


def points_of(result: Row, axis: Axis) -> list[Row]:
    """The systems of the largest group that have both: strength, with its interval, and the other one, with its."""
    others = {row["system"]: row for row in (result.get("spending") or () if axis.front else result["systems"])}
    return [
        _point(row, others[row["system"]], axis)
        for row in result["systems"]
        if row["island"] == 1
        and row["strength"] is not None
        and others.get(row["system"], {}).get(axis.value) is not None
    ]


def _point(row: Row, other: Row, axis: Axis) -> Row:
    value = other[axis.value]
    low, high = other.get(axis.low), other.get(axis.high)
    return {
        "system": row["system"],
        "strength": row["strength"],
        "low": row["low"],
        "high": row["high"],
        "x": value,
        "x_low": value if low is None else low,
        "x_high": value if high is None else high,
        "front": bool(axis.front and other.get(axis.front)),
        "baseline": row["baseline"],
    }


def size_of(_result: Row, look: Look) -> tuple[int, int]:
    """Width and height of the plot."""
    return look.width(WIDE), HEIGHT


def scatter_chart(result: Row, axis: Axis, look: Look) -> dict[str, Any]:
    """A point for each system with both its intervals; those that nobody beats on both are joined by the front."""
    import altair as alt

    points = _dressed(points_of(result, axis), axis, look)
    base = alt.Chart(alt.NamedData("points"))
    # Browsers may have wider letters than were measured here: few labels, none pushed towards the others.
    below = alt.Axis(format=axis.format, grid=False, tickCount=4, labelFlush=False)
    x = alt.X("x:Q", title=axis.title, scale=_scale(points), axis=below)
    y = alt.Y("strength:Q", title="strength", scale=alt.Scale(zero=False), axis=alt.Axis(grid=False))
    dot = base.mark_point(filled=True, size=70, opacity=1, stroke=look.colour("sheet"), strokeWidth=1.5)
    layers = [
        *([_front(base, look)] if axis.front else []),
        *_intervals(base, look),
        dot.encode(x=x, y=y, color=alt.Color("colour:N", scale=None)),
        *_names(base),
    ]
    width, height = size_of(result, look)
    return finished(alt.layer(*layers), look, {"points": points}, width=width, height=height)


def _intervals(base: Any, look: Look) -> list[Any]:
    thin = {"strokeWidth": 1, "color": look.colour("edge"), "opacity": 0.7}
    closed = base.transform_filter("datum.low !== null && datum.high !== null")
    return [
        base.mark_rule(**thin).encode(x="x_low:Q", x2="x_high:Q", y="strength:Q"),
        closed.mark_rule(**thin).encode(x="x:Q", y="low:Q", y2="high:Q"),
    ]


def _front(base: Any, look: Look) -> Any:
    """In steps: between two systems of the front nothing can be had that is better than the cheaper one."""
    line = base.transform_filter("datum.front").mark_line(
        interpolate="step-after", strokeWidth=2, color=look.colour("gold-line")
    )
    return line.encode(x="x:Q", y="strength:Q", order="x:Q")


def _names(base: Any) -> list[Any]:
    """Beside the points, on the side where there is room."""
    sides = (("!datum.far", "left", 8), ("datum.far", "right", -8))
    return [
        base.transform_filter(where).mark_text(align=align, dx=dx, dy=-9).encode(x="x:Q", y="strength:Q", text="name:N")
        for where, align, dx in sides
    ]


def _dressed(points: list[Row], axis: Axis, look: Look) -> list[Row]:
    """With the colour, the name where there is room for it, and the side it stands on."""
    name_all = len(points) <= LABELLED
    ink, faint = look.colour("ink"), look.colour("ink-faint")
    values = sorted(point["x"] for point in points)
    middle = (values[0] + values[-1]) / 2 if values else 0.0
    return [
        {
            **point,
            "name": shortened(point["system"], 150) if name_all or point["front"] or point["baseline"] else "",
            "colour": ink if point["front"] or axis.front is None else faint,
            "far": point["x"] > middle,
        }
        for point in points
    ]


def _scale(points: list[Row]) -> Any:
    import altair as alt

    values = [point["x"] for point in points]
    lows = [point["x_low"] for point in points]
    if values and min(lows) > 0 and max(values) / min(values) >= LOGARITHMIC_FROM:
        return alt.Scale(type="log")
    return alt.Scale(zero=False)
