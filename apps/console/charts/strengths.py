"""Strengths with their intervals and rank ranges."""

from typing import Any

from apps.console.words import rank_words

from .drawing import finished, placed
from .look import Look, room_of, shortened

Row = dict[str, Any]
WIDE = 760
ROW, AROUND = 26, 64
DENSE_ROW = 18
MANY = 20
BELOW = 46  # the axis with its title
LABELS = (300, 150)  # most pixels for the names at the left, wide and narrow
BESIDE = 12  # between a name and its line
GAP = 3 * "\u00a0"  # ordinary spaces would be drawn as one; rarer ones are looked for in every font


def rows_of(result: Row) -> list[Row]:
    """The systems that can be drawn on one scale: the largest group of systems that met."""
    return [row for row in result["systems"] if row["island"] == 1 and row["strength"] is not None]


def size_of(result: Row, look: Look) -> tuple[int, int]:
    """Width and height of the plot."""
    rows = rows_of(result)
    return look.width(WIDE), AROUND + len(rows) * (DENSE_ROW if len(rows) > MANY else ROW)


def strengths_chart(result: Row, look: Look) -> dict[str, Any]:
    """A line for each system: its interval, its strength on it, and before its name the ranks it may have."""
    import altair as alt

    rows = rows_of(result)
    low, high = _domain(rows)
    drawn = [_drawn(row, place, low, high, look) for place, row in enumerate(rows)]
    x = alt.X("strength:Q", scale=alt.Scale(domain=[low, high], nice=False), title="strength (log-odds, mean 0)")
    ink, paper = look.colour("ink"), look.colour("sheet")
    base = alt.Chart(alt.NamedData("systems")).encode(y=alt.Y("place:O", axis=None))
    chart = alt.layer(
        _reference(look),
        base.mark_text(align="right", dx=-BESIDE, color=look.colour("ink-soft")).encode(x=alt.value(0), text="label:N"),
        base.mark_rule(strokeWidth=2, color=ink).encode(x="low:Q", x2="high:Q"),
        _arrows(base, "low", "triangle-left", ink),
        _arrows(base, "high", "triangle-right", ink),
        base.mark_point(filled=True, size=90, color=ink, stroke=paper, strokeWidth=2, opacity=1).encode(x=x),
    )
    width, height = size_of(result, look)
    data = {"systems": drawn, "reference": [{"at": _reference_of(rows)}]}
    left = round(max((room_of(row["label"]) for row in drawn), default=0.0)) + BESIDE
    return placed(finished(chart, look, data, width=width, height=height), left=left, bottom=BELOW)


def _label(row: Row, look: Look) -> str:
    return shortened(f"{rank_words(row['rank_low'], row['rank_high'])}{GAP}{row['system']}", LABELS[look.narrow])


def _domain(rows: list[Row]) -> tuple[float, float]:
    values = [row[name] for row in rows for name in ("low", "strength", "high") if row[name] is not None] or [0.0]
    margin = 0.06 * (max(values) - min(values) or 1.0)
    return min(values) - margin, max(values) + margin


def _drawn(row: Row, place: int, low: float, high: float, look: Look) -> Row:
    """An open end is drawn to the edge, with an arrow."""
    return {
        "place": place,
        "label": _label(row, look),
        "strength": row["strength"],
        "low": low if row["low"] is None else row["low"],
        "high": high if row["high"] is None else row["high"],
        "open_low": row["low"] is None,
        "open_high": row["high"] is None,
    }


def _arrows(base: Any, end: str, shape: str, colour: str) -> Any:
    marks = base.transform_filter(f"datum.open_{end}").mark_point(
        shape=shape, filled=True, size=50, color=colour, opacity=1
    )
    return marks.encode(x=f"{end}:Q")


def _reference_of(rows: list[Row]) -> float:
    return next((row["strength"] for row in rows if row["baseline"]), 0.0)


def _reference(look: Look) -> Any:
    """The dashed line: the baseline, or zero where there is none."""
    import altair as alt

    rule = alt.Chart(alt.NamedData("reference")).mark_rule(strokeDash=[2, 3], color=look.colour("gold-line"))
    return rule.encode(x="at:Q")
