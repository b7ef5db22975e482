"""Frozen estimates in words, for the tables of these pages."""

from typing import Any

from apps.console.words import percent_words

Row = dict[str, Any]
NO_CELL = {"label": "–", "under": "", "is_none": True}


def decimal(value: float | None) -> str:
    """A coefficient to two decimals."""
    return "–" if value is None else f"{value:z.2f}".replace("-", "−")


def seconds(value: float | None) -> str:
    """A time: tenths below ten seconds, whole seconds above, minutes from two minutes on."""
    if value is None:
        return "–"
    if value < 10:
        return f"{value:.1f} s"
    return f"{value:.0f} s" if value < 120 else f"{value / 60:.1f} min"


def share_cell(found: Row | None) -> Row:
    """A share with its interval and n."""
    if not found or found["share"] is None:
        return NO_CELL
    return _cell(percent_words(found["share"]), _between(found, percent_words), n_words(found["n"]))


def estimate_cell(found: Row | None, n: str, *, as_share: bool = False) -> Row:
    """A coefficient, or a share, with its interval and what it rests on."""
    if not found or found["value"] is None:
        return NO_CELL
    words = percent_words if as_share else decimal
    return _cell(words(found["value"]), _between(found, words), n)


def seconds_cell(times: Row | None) -> Row:
    """The median time with its interval and n."""
    return seconds_estimate(times["median"], times["n"]) if times else NO_CELL


def seconds_estimate(median: Row, n: int) -> Row:
    """A median of so many times."""
    if median["value"] is None:
        return NO_CELL
    return _cell(seconds(median["value"]), _between(median, seconds), n_words(n))


def points_words(difference: Row) -> str:
    """A difference of two shares in points, with its interval."""
    if difference["value"] is None:
        return "–"
    low, high = (_points(difference[end]) for end in ("low", "high"))
    return f"{_points(difference['value'])} points ({low} … {high})"


def _points(share: float) -> str:
    return f"{100 * share:+z.0f}".replace("-", "−")


def pace_cell(times: Row | None) -> Row:
    """Answers an hour, and the hours that they were given in: a count, hence without an interval."""
    if not times or times["per_hour"] is None:
        return NO_CELL
    hours = times["hours"]
    spent = f"{60 * hours:.0f} min" if hours < 1 else f"{hours:.1f} h"
    return _cell(f"{times['per_hour']:,.0f} / h", f"{times['n']:,} in {spent}")


def gold_cell(gold: Row) -> Row:
    """Right of how many, and the interval of the share."""
    if not gold["n"]:
        return NO_CELL
    return _cell(f"{gold['n_right']} of {gold['n']}", _between(gold["share"], percent_words))


def again_cell(share: Row) -> Row:
    """The same answer of how many, and the interval of the share."""
    if not share["n"]:
        return NO_CELL
    return _cell(f"{share['n_yes']} of {share['n']}", _between(share, percent_words))


def pairs_words(n: int) -> str:
    """How many pairs."""
    return f"{n:,} pair{'' if n == 1 else 's'}"


def count_words(n: int | None) -> str:
    """A count; a dash where it was not counted."""
    return "–" if n is None else f"{n:,}"


def n_words(n: int) -> str:
    """How many, where the column says of what."""
    return f"n {n:,}"


def _cell(label: str, *under: str) -> Row:
    return {"label": label, "under": " · ".join(part for part in under if part), "is_none": False}


def _between(found: Row, words: Any) -> str:
    if found["low"] is None or found["high"] is None:
        return "no interval"
    low, high = words(found["low"]), words(found["high"])
    for unit in (" %", " s", " min"):
        if low.endswith(unit) and high.endswith(unit):
            low = low.removesuffix(unit)
    return f"{low} … {high}"
