"""Who is surely ahead of whom: neighbours in rank order, and everyone against the baseline."""

from typing import Any

from apps.console.words import about, interval_words, signed

from .links import Reading

Row = dict[str, Any]
ON_THE_BOARD = 24  # longer tables stand on the page of pairs only

TITLES = {
    "neighbours": "Neighbours in rank order, all allowed for at once",
    "baseline": "Each system against the baseline, chosen beforehand",
}


def separation_of(result: Row, reading: Reading) -> list[Row]:
    """The stored comparisons by their kind, in the stored order."""
    groups: dict[str, list[Row]] = {}
    for row in result.get("separation") or ():
        groups.setdefault(row.get("kind", "neighbours"), []).append(_row(row, reading))
    return [{"title": TITLES.get(kind, kind), "rows": rows} for kind, rows in groups.items()]


def _row(row: Row, reading: Reading) -> Row:
    return {
        "first": row["first"],
        "second": row["second"],
        "difference_label": signed(row["difference"]),
        "interval_label": interval_words(row["low"], row["high"]),
        "separable": row["separable"],
        "ahead": _ahead(row) if row["separable"] else "",
        "more_label": f"{about(row['n_more'])} more" if row["n_more"] else "–",
        "url": reading.to(first=row["first"], second=row["second"]),
    }


def _ahead(row: Row) -> str:
    return str(row["first"] if (row["difference"] or 0) > 0 else row["second"])
