"""Parts of a board that have pages of their own: all pairs, and one slice."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.core.errors import NotFound

from .links import Reading
from .pairs import columns_of, matrix_of, opponents_of
from .separation import separation_of
from .slices import slice_named, slice_rows, slices_of

Row = dict[str, Any]


def pairs_in(result: Row) -> list[Row]:
    """Every pair, as stored; an analysis from before there were any is refused."""
    if not result.get("pairs"):
        raise NotFound("This analysis holds no pairs: it is from before they were computed. Compute the board again.")
    return list(result["pairs"])


def pairs_context(result: Row, address: list[str], reading: Reading, *, system: str, part: str) -> Row:
    """The matrix, and the list of one system: the asked one, else the strongest. `part`: of a matrix that is too wide
    for a page, counted from 1."""
    pairs_in(result)
    names = [row["system"] for row in result["systems"]]
    if system and system not in names:
        raise NotFound("There is no such system on this board. Choose one from the list.")
    chosen, parts = system or names[0], columns_of(len(names))
    shown = _number(part, len(parts))
    return {
        "chosen": chosen,
        "shown_part": shown if shown > 1 else None,
        "choices": [{"name": name, "selected": name == chosen} for name in sorted(names)],
        "opponents": opponents_of(result, chosen, reading),
        "matrix": matrix_of(result, reading, parts[shown - 1]),
        "parts": _parts(parts, shown, names, chosen) if len(parts) > 1 else [],
        "separation": separation_of(result, reading),
        "csv_url": reverse("console:pairs_csv", args=address),
        "json_url": reverse("console:analysis_json", args=address),
    }


def _number(part: str, n_parts: int) -> int:
    if not part:
        return 1
    if not (part.isascii() and part.isdigit() and 1 <= int(part) <= n_parts):
        raise NotFound(f"The matrix has no such part. Choose one from 1 to {n_parts}.")
    return int(part)


def _parts(parts: list[range], shown: int, names: list[str], chosen: str) -> list[Row]:
    return [
        {
            "url": f"?{urlencode({'system': chosen, 'part': number})}#all-pairs",
            "words": f"{columns.start + 1}–{columns.stop}",
            "names": f"{names[columns.start]} to {names[columns.stop - 1]}",
            "is_shown": number == shown,
        }
        for number, columns in enumerate(parts, start=1)
    ]


def slice_context(result: Row, address: list[str], reading: Reading, key: str, value: str) -> Row:
    """One slice with all its systems, and the way to the others."""
    found, slices = slice_named(result, key, value), slices_of(result, address, reading)
    if found is None or slices is None:
        raise NotFound("There is no such slice in this analysis. Choose one on its leaderboard.")
    return {
        "slice": {**found, "label": f"{key} = {value}", "reading_url": reading.to((key, value))},
        "baseline": slices["baseline"],
        "rows": slice_rows(found, slices["baseline"], reading),
        "others": slices["rows"],
    }
