"""The table of raters in the order that the address asks for. Estimates are sorted by an end, never by the middle."""

from collections.abc import Callable
from typing import Any

from .numbers import Row

LAST = float("inf")
DEFAULT = "look"


def _key(*path: str, descending: bool = False) -> Callable[[Row], float]:
    """By a number of the frozen row; raters without it come last."""

    def value(row: Row) -> float:
        found: Any = row["figures"]
        for name in path:
            found = None if found is None else found[name]
        if found is None:
            return LAST
        return float(-found if descending else found)

    return value


def _farthest_from_half(row: Row) -> float:
    """How far the nearer end of the left share is from one half: 0 where the interval holds it."""
    left = row["figures"] and row["figures"]["left"]
    if not left or left["low"] is None:
        return LAST
    return -float(max(left["low"] - 0.5, 0.5 - left["high"], 0.0))


def _most_serious(row: Row) -> float:
    """The weight of the first sign, and then how many there are."""
    signs = row["signs"]
    return signs[0]["weight"] - len(signs) / 100 if signs else LAST


# By the name in the address: the words of the heading, and the key.
SORTS: dict[str, tuple[str, Callable[[Row], Any]]] = {
    "name": ("rater", lambda row: row["name"].casefold()),
    DEFAULT: ("look", _most_serious),
    "judgments": ("judgments", _key("n", descending=True)),
    "pace": ("pace", _key("times", "per_hour", descending=True)),
    "time": ("time a task", _key("times", "median", "high")),
    "left": ("left", _farthest_from_half),
    "ties": ("ties", _key("ties", "share", "low", descending=True)),
    "gold": ("gold", _key("gold", "share", "high")),
    "again": ("same again", _key("again", "same", "high")),
    "agreement": ("with others, κ", _key("agreement", "kappa", "high")),
    "standing": ("standing", lambda row: row["standing"]),
}


def in_order(rows: list[Row], sort: str) -> list[Row]:
    """The rows by this key, then by name; by who needs a look where the key is unknown."""
    _, key = SORTS.get(sort, SORTS[DEFAULT])
    return sorted(rows, key=lambda row: (key(row), row["name"].casefold()))


def headings(address: str, sort: str) -> dict[str, Row]:
    """Each column's words, its address, and whether the table is in its order now."""
    chosen = sort if sort in SORTS else DEFAULT
    return {
        name: {"words": words, "url": f"{address}?sort={name}", "is_chosen": name == chosen}
        for name, (words, _) in SORTS.items()
    }
