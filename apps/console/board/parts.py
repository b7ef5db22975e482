"""Parts of a board that have pages of their own: all pairs, and one slice."""

from typing import Any

from apps.core.errors import NotFound

from .pairs import matrix_of, opponents_of
from .separation import separation_of
from .slices import slice_named, slice_rows, slices_of

Row = dict[str, Any]


def pairs_context(result: Row, address: list[str], system: str) -> Row:
    """The matrix, and the list of one system: the asked one, else the strongest."""
    if not result.get("pairs"):
        raise NotFound("This analysis holds no pairs: it is from before they were computed. Compute the board again.")
    names = [row["system"] for row in result["systems"]]
    if system and system not in names:
        raise NotFound("There is no such system on this board.")
    chosen = system or names[0]
    return {
        "chosen": chosen,
        "choices": [{"name": name, "selected": name == chosen} for name in sorted(names)],
        "opponents": opponents_of(result, chosen, address),
        "matrix": matrix_of(result, address),
        "separation": separation_of(result),
    }


def slice_context(result: Row, address: list[str], key: str, value: str) -> Row:
    """One slice with all its systems, and the way to the others."""
    found, slices = slice_named(result, key, value), slices_of(result, address)
    if found is None or slices is None:
        raise NotFound("There is no such slice in this analysis. Choose one on its leaderboard.")
    return {
        "slice": {**found, "label": f"{key} = {value}"},
        "baseline": slices["baseline"],
        "rows": slice_rows(found, slices["baseline"], address),
        "others": slices["rows"],
    }
