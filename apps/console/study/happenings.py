"""What changed in a study since yesterday, and which raters need a look, in words."""

from datetime import datetime
from typing import Any
from uuid import UUID

from apps.console.words import percent_words
from apps.rating.models import SkipReason, Standing
from apps.rating.selectors.study_changes import Change
from apps.rating.selectors.study_raters import QUICK_SECONDS, RecentWork, Remark
from apps.studies.models import Study, StudyState

from .addresses import address_of, rater_of, reading_of

Row = dict[str, Any]


def changes_in_words(study: Study, changes: list[Change], work: list[RecentWork]) -> list[Row]:
    """What people did to the study and what they judged, a row each: {at, words, url}."""
    rows = [_row(study, change) for change in changes] + _more_standings(study, changes)
    given = [(one.last_at, one.n_since_yesterday) for one in work if one.n_since_yesterday and one.last_at]
    if given:
        words = f"{_n(sum(n for _, n in given), 'judgment')} by {_n(len(given), 'rater')}"
        rows.append({"at": max(at for at, _ in given), "words": words, "url": reading_of(study, sort="newest")})
    return rows


def _row(study: Study, change: Change) -> Row:
    return {"at": change.at, "words": _words(change), "url": _url(study, change)}


def _url(study: Study, change: Change) -> str | None:
    """The rows behind a change, where a page shows them."""
    if change.rater is not None:
        return rater_of(study, change.rater)
    if change.kind == "withdrawn":
        return reading_of(study, disposition="withdrawn")
    return address_of(study, "raters") if change.kind in {"enrolled", "imported"} else None


def _more_standings(study: Study, changes: list[Change]) -> list[Row]:
    standings = [change for change in changes if change.kind == "standing"]
    n_more = standings[0].n - len(standings) if standings else 0
    if not n_more:
        return []
    words = f"{_n(n_more, 'earlier change')} of standing"
    return [{"at": min(change.at for change in standings), "words": words, "url": address_of(study, "raters")}]


def in_order(rows: list[Row]) -> list[Row]:
    """Newest first."""
    return sorted(rows, key=lambda row: row["at"], reverse=True)


def analyses_in_words(found: list[tuple[datetime, str]]) -> list[Row]:
    """Frozen since yesterday: one line, with the way to the newest."""
    if not found:
        return []
    at, url = max(found)
    return [{"at": at, "words": f"{_n(len(found), 'leaderboard')} computed", "url": url}]


def _words(change: Change) -> str:
    match change.kind:
        case "standing":
            return f"{change.name} is {Standing(change.about).label} now: {change.reason}"
        case "state":
            return f"The study became {StudyState(change.about).label}"
        case "skipped":
            return f"{_n(change.n, 'task')} skipped; last reason: {SkipReason(change.about).label}"
        case "planned":
            return f"{_n(change.n, 'draw')} planned"
        case _:
            return _counted(change)


def _counted(change: Change) -> str:
    nouns = {
        "enrolled": ("rater", "enrolled"),
        "imported": ("rater", "came with an import"),
        "gold": ("gold answer", "set"),
        "gold retired": ("gold answer", "retired"),
        "withdrawn": ("judgment", "withdrawn"),
        "rules": ("change", "of the exclusion rules"),
    }
    noun, verb = nouns[change.kind]
    return f"{_n(change.n, noun)} {verb}"


def remarks_in_words(study: Study, remarks: list[Remark], now: datetime) -> list[Row]:
    """One line a rater, with every remark on her and the way to her page."""
    by_rater: dict[UUID, Row] = {}
    for remark in remarks:
        row = by_rater.setdefault(
            remark.rater, {"name": remark.name, "url": rater_of(study, remark.rater), "words": []}
        )
        row["words"].append(_remark(remark, now))
    return [{**row, "words": "; ".join(row["words"])} for row in by_rater.values()]


def _remark(remark: Remark, now: datetime) -> str:
    if remark.since is not None:
        return f"no answer for {(now - remark.since).days} days"
    return f"{_SAID[remark.kind]}: {_share(remark)}"


_SAID = {
    "quick": f"most answers in under {QUICK_SECONDS} s",
    "left": "chooses the left side",
    "right": "chooses the right side",
}


def _share(remark: Remark) -> str:
    low, high = (remark.interval.low, remark.interval.high) if remark.interval else (None, None)
    return f"{percent_words(remark.share)} ({percent_words(low)} … {percent_words(high)}) of {remark.n:,}"


def _n(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
