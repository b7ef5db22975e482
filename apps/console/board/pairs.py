"""Systems against systems: a matrix of shares, and for one system the whole list."""

from itertools import pairwise
from math import ceil
from typing import Any

from django.urls import reverse

from apps.console.words import about, pair_of, percent_words, separations_of, share_interval_words

from .links import Reading

Row = dict[str, Any]
ON_THE_BOARD = 10  # wider matrices have a page of their own
WITH_INTERVALS = 16  # cells of wider ones hold a share and an n; the list of one system holds the rest
MOST_CELLS = 2_500  # a hundred systems against one another are 370 KB: columns of larger matrices come in parts


def pairs_of(result: Row, address: list[str], reading: Reading) -> Row | None:
    """The matrix where the board has room for it, else the way to its page; None for analyses without pairs."""
    if not result.get("pairs"):
        return None
    n_systems = len(result["systems"])
    return {
        "n_pairs": len(result["pairs"]),
        "url": reverse("console:pairs", args=address),
        "matrix": matrix_of(result, reading) if n_systems <= ON_THE_BOARD else None,
    }


def columns_of(n_systems: int) -> list[range]:
    """The parts of the columns of a matrix, each as wide as a page may hold, and all about equally wide."""
    n_parts = max(1, ceil(n_systems * n_systems / MOST_CELLS))
    edges = [round(part * n_systems / n_parts) for part in range(n_parts + 1)]
    return [range(begin, end) for begin, end in pairwise(edges)]


def matrix_of(result: Row, reading: Reading, columns: range | None = None) -> Row:
    """Each system against those in `columns` (all, if None), in the order of the board: the share that the row earned
    from the column."""
    names = [row["system"] for row in result["systems"]]
    others = names if columns is None else names[columns.start : columns.stop]
    known = _both_ways(result["pairs"])
    full = len(names) <= WITH_INTERVALS
    return {
        "names": others,
        "full": full,
        "rows": [
            {"system": one, "cells": [_cell(known.get((one, other)), one == other, reading, full) for other in others]}
            for one in names
        ],
    }


def opponents_of(result: Row, system: str, reading: Reading) -> list[Row]:
    """A row for every system that `system` met, with everything that is known of the two."""
    known, separations = _both_ways(result.get("pairs") or []), separations_of(result)
    rows = [
        known[(system, row["system"])] for row in result["systems"] if known.get((system, row["system"]), {}).get("n")
    ]
    return [_opponent(row, pair_of(separations, system, row["second"]), reading) for row in rows]


def _both_ways(pairs: list[Row]) -> dict[tuple[str, str], Row]:
    straight = {(row["first"], row["second"]): row for row in pairs}
    return {(row["second"], row["first"]): _turned(row) for row in pairs} | straight


def _turned(row: Row) -> Row:
    return {
        **row,
        "first": row["second"],
        "second": row["first"],
        "n_first": row["n_second"],
        "n_second": row["n_first"],
        "first_share": _other(row["first_share"]),
        "low": _other(row["high"]),
        "high": _other(row["low"]),
    }


def _other(share: float | None) -> float | None:
    return None if share is None else 1 - share


def _cell(row: Row | None, same: bool, reading: Reading, full: bool) -> Row:
    if row is None or not row["n"]:
        return {"same": same, "n": 0}
    share = row["first_share"]
    return {
        "same": False,
        "n": row["n"],
        "share": "–" if share is None else f"{share * 100:.0f}",
        "interval": _short_interval(row) if full else "",
        "leaning": _leaning(row),
        "url": reading.to(first=row["first"], second=row["second"]) if full else None,
        "first": row["first"],
        "second": row["second"],
    }


def _short_interval(row: Row) -> str:
    return "" if row["low"] is None or row["high"] is None else f"{row['low'] * 100:.0f}–{row['high'] * 100:.0f}"


def _leaning(row: Row) -> str:
    """Said only where the whole interval lies on one side of a half."""
    if row["low"] is not None and row["low"] > 0.5:
        return "ahead"
    return "behind" if row["high"] is not None and row["high"] < 0.5 else ""


def _opponent(row: Row, separation: Row | None, reading: Reading) -> Row:
    return {
        **{name: row[name] for name in ("second", "n", "n_first", "n_second", "n_tie", "n_both_bad")},
        "share_label": percent_words(row["first_share"]),
        "interval_label": share_interval_words(row["low"], row["high"]),
        "leaning": _leaning(row),
        "separation": _separation(separation),
        "url": reading.to(first=row["first"], second=row["second"]),
    }


def _separation(row: Row | None) -> str:
    if row is None:
        return "–"
    if row["separable"]:
        return "separable"
    return f"not yet: {about(row['n_more'])} more" if row["n_more"] else "not yet"
