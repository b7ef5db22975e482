"""Every pair of a frozen leaderboard as a table to download."""

from typing import Any

from apps.rating.exchange.downloads.formats import CsvWriter
from apps.rating.exchange.downloads.shape import Field, Kind

Row = dict[str, Any]
_COLUMNS = (
    ("first", Kind.TEXT, "a system"),
    ("second", Kind.TEXT, "another one, after it in the order of names"),
    ("n", Kind.WHOLE, "how often they met"),
    ("n_first", Kind.WHOLE, "how often the first was better"),
    ("n_second", Kind.WHOLE, "how often the second was better"),
    ("n_tie", Kind.WHOLE, "ties"),
    ("n_both_bad", Kind.WHOLE, "how often both were bad"),
    ("first_share", Kind.NUMBER, "the share the first earned of what was decided or tied; absent where nothing was"),
    ("low", Kind.NUMBER, "the lower end of its interval"),
    ("high", Kind.NUMBER, "the upper end"),
)
FIELDS = tuple(Field(name, kind, "", meaning) for name, kind, meaning in _COLUMNS)


def pairs_csv_of(pairs: list[Row]) -> bytes:
    """All pairs, also those that never met; names of systems cannot become formulas."""
    writer = CsvWriter(FIELDS)
    return writer.begin() + writer.rows([tuple(row[one.name] for one in FIELDS) for row in pairs])
