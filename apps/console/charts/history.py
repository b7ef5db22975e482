"""How strengths came to be what they are, from analysis to analysis."""

from collections.abc import Sequence
from typing import Any

from apps.analysis.history import Moment

from .drawing import finished
from .look import Look, shortened

Row = dict[str, Any]
WIDE, HEIGHT = 1040, 340
SHOWN = 8  # more lines than that cannot be told apart
LABEL_ROOM = 15  # pixels between the names at the right
NAMES = (220, 110)  # most pixels for one of them, wide and narrow


def shown_systems(moments: Sequence[Moment]) -> list[str]:
    """The systems whose history is drawn: the strongest of the newest analysis, and the baseline."""
    if not moments:
        return []
    ranked = [row for row in moments[-1].systems if row["island"] == 1 and row["strength"] is not None]
    first = [row["system"] for row in ranked[:SHOWN]]
    return first + [row["system"] for row in ranked[SHOWN:] if row["baseline"]]


def series_of(moments: Sequence[Moment]) -> list[Row]:
    """A row for each shown system at each analysis that ranked it."""
    wanted = set(shown_systems(moments))
    return [
        {
            "n": moment.n_judgments,
            "moment": place,
            **{key: row[key] for key in ("system", "strength", "low", "high", "baseline")},
        }
        for place, moment in enumerate(moments)
        for row in moment.systems
        if row["system"] in wanted and row["island"] == 1 and row["strength"] is not None
    ]


def size_of(_moments: Sequence[Moment], look: Look) -> tuple[int, int]:
    """Width and height of the plot."""
    return look.width(WIDE), HEIGHT


def history_chart(moments: Sequence[Moment], look: Look) -> dict[str, Any]:
    """A line for each system over the judgments that its board stood on; the baseline dashed.

    Only the strongest system and the baseline have their intervals as bands: more bands would hide one another.
    """
    import altair as alt

    series = series_of(moments)
    base = alt.Chart(alt.NamedData("series"))
    x = alt.X("n:Q", title="judgments on the board", scale=alt.Scale(zero=False, nice=False))
    y = alt.Y("strength:Q", title="strength")
    ink, gold = look.colour("ink"), look.colour("gold-line")
    plain, dashed = base.transform_filter("!datum.baseline"), base.transform_filter("datum.baseline")
    banded = _banded(series, ink, gold)
    layers = [
        *(_band(system, colour) for system, colour in banded),
        plain.mark_line(strokeWidth=1.5, color=ink).encode(x=x, y=y, detail="system:N"),
        dashed.mark_line(strokeWidth=2, strokeDash=[5, 3], color=gold).encode(x=x, y=y),
        base.mark_point(filled=True, size=22, color=ink, opacity=1).encode(x=x, y=y),
        _names(look),
    ]
    data = {"series": series, "names": _placed(series, NAMES[look.narrow])}
    data |= {_band_of(system): _closed(series, system) for system, _ in banded}
    width, height = size_of(moments, look)
    return finished(alt.layer(*layers), look, data, width=width, height=height)


def _banded(series: list[Row], ink: str, gold: str) -> list[tuple[str, str]]:
    ends = _ends(series)
    leader = [(ends[-1]["system"], ink)] if ends and not ends[-1]["baseline"] else []
    return leader + [(row["system"], gold) for row in ends if row["baseline"]]


def _band(system: str, colour: str) -> Any:
    import altair as alt

    base = alt.Chart(alt.NamedData(_band_of(system)))
    return base.mark_area(opacity=0.13, color=colour).encode(x="n:Q", y="low:Q", y2="high:Q")


def _band_of(system: str) -> str:
    return f"band of {system}"


def _closed(series: list[Row], system: str) -> list[Row]:
    """A band where both ends are known."""
    return [row for row in series if row["system"] == system and None not in (row["low"], row["high"])]


def _ends(series: list[Row]) -> list[Row]:
    """The newest rows, the weakest first."""
    last = max((row["moment"] for row in series), default=0)
    return sorted((row for row in series if row["moment"] == last), key=lambda row: row["strength"])


def _names(look: Look) -> Any:
    import altair as alt

    text = alt.Chart(alt.NamedData("names")).mark_text(align="left", dx=8, color=look.colour("ink"))
    return text.encode(x="n:Q", y="y:Q", text="name:N")


def _placed(series: list[Row], most: float) -> list[Row]:
    """The names at the ends of their lines, moved apart where they would cover one another."""
    values = [value for row in series for value in (row["low"], row["strength"], row["high"]) if value is not None]
    room = LABEL_ROOM * (max(values) - min(values) if values else 1.0) / (HEIGHT - 70)
    placed: list[Row] = []
    for row in _ends(series):
        lowest = placed[-1]["y"] + room if placed else row["strength"]
        name = shortened(row["system"], most)
        placed.append({"name": name, "n": row["n"], "at": row["strength"], "y": max(row["strength"], lowest)})
    # Moving apart went upwards only: all go half of the way back.
    pushed = sum(row["y"] - row["at"] for row in placed) / (len(placed) or 1)
    return [{**row, "y": row["y"] - pushed} for row in placed]
