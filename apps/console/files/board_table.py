"""The rows of a frozen leaderboard as a table to download."""

import json

from apps.analysis.models import Analysis
from apps.rating.exchange.downloads.shape import Batches, Field, Kind

NAME, TITLE = "leaderboard", "Leaderboard"
MEANING = "The systems of the newest leaderboard for these filters: strength, interval, ranks, shares."
_COLUMNS = (
    ("system", Kind.TEXT, "the system"),
    ("rank_low", Kind.WHOLE, "the best rank it may have"),
    ("rank_high", Kind.WHOLE, "the worst rank it may have"),
    ("strength", Kind.NUMBER, "its strength, in log-odds; absent where there is none"),
    ("low", Kind.NUMBER, "the lower end of the interval; absent where it is open"),
    ("high", Kind.NUMBER, "the upper end; absent where it is open"),
    ("n", Kind.WHOLE, "judgments it is in"),
    ("win_share", Kind.NUMBER, "the share of its comparisons it won, ties counted half"),
    ("win_share_low", Kind.NUMBER, "the lower end of its interval"),
    ("win_share_high", Kind.NUMBER, "the upper end"),
    ("both_bad_share", Kind.NUMBER, "the share of its comparisons in which both were bad"),
    ("both_bad_low", Kind.NUMBER, "the lower end of its interval"),
    ("both_bad_high", Kind.NUMBER, "the upper end"),
    ("undefeated", Kind.YES_NO, "true where it never lost"),
    ("winless", Kind.YES_NO, "true where it never won"),
    ("island", Kind.WHOLE, "the group of systems that met; strengths compare inside it only"),
    ("baseline", Kind.YES_NO, "true for the study's baseline"),
)
FIELDS = tuple(Field(name, kind, "", meaning) for name, kind, meaning in _COLUMNS)


def batches_of(analysis: Analysis) -> Batches:
    """All systems in one batch: there are hundreds at most."""
    systems = json.loads(analysis.result)["systems"]
    yield [tuple(row[one.name] for one in FIELDS) for row in systems]
