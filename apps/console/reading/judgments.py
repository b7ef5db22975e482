"""Judgments of one task as the page prints them: in the names of the systems, with the sides of their showing."""

from typing import Any

from apps.analysis.reading_filters import INSERTED, UNBLINDED, ReadingFilters
from apps.rating.dispositions import meaning_of
from apps.rating.models import Purpose
from apps.rating.selectors.reading import Said, Showing
from apps.studies.models import About, Criterion, Study, Verdict

from .rows import Naming, flag_words

KEPT_BACK = "shown to measure the rater, not the systems"
Criteria = dict[tuple[int, str], Criterion]


def judgment_rows(
    study: Study, naming: Naming, showings: list[Showing], filters: ReadingFilters | None, *, tells_inserted: bool
) -> list[dict[str, Any]]:
    """Current judgments, each with those it superseded folded behind it; those that the reader asked for first.

    Without `tells_inserted`, gold, retests and training are not told apart.
    """
    criteria = _criteria(study) if any(showing.current.answers for showing in showings) else {}
    rows = [
        _row(one, naming, criteria)
        | {"is_asked": _is_asked(one.current, filters), **_became(one.current, tells_inserted=tells_inserted)}
        for one in showings
    ]
    return sorted(rows, key=lambda row: not row["is_asked"])


def _is_asked(said: Said, filters: ReadingFilters | None) -> bool:
    """Whether a list of judgments by this rater, of this disposition, brought the reader here."""
    if filters is None or not filters.asks_for_judgments or said.disposition is None:
        return False
    if filters.rater not in (None, said.rater_uuid):
        return False
    if filters.disposition == UNBLINDED:
        return said.unblinded and said.disposition in ("used", f"rule:{UNBLINDED}")
    return filters.disposition in (None, said.disposition)


def _criteria(study: Study) -> Criteria:
    asked = Criterion.objects.filter(protocol__study=study).order_by("ordinal")
    return {(criterion.protocol_id, criterion.key): criterion for criterion in asked}


def _row(showing: Showing, naming: Naming, criteria: Criteria) -> dict[str, Any]:
    said = showing.current
    return {
        "rater": said.rater,
        "is_judge": said.is_judge,
        "sides": _sides(said, naming),
        **_said(said, naming, criteria),
        "earlier": [_said(one, naming, criteria) for one in showing.earlier],
    }


def _became(said: Said, *, tells_inserted: bool) -> dict[str, Any]:
    """What became of a judgment, and why its task was shown where that says more."""
    if said.disposition in INSERTED and not tells_inserted:
        return {"disposition": "inserted", "meaning": KEPT_BACK, "is_used": False, "purpose": ""}
    says_more = tells_inserted and said.purpose not in (Purpose.BASE, said.disposition)
    return {
        "disposition": said.disposition or "",
        "meaning": meaning_of(said.disposition) if said.disposition else "",
        "is_used": said.disposition in ("used", "judge"),
        "purpose": said.purpose if says_more else "",
    }


def _said(said: Said, naming: Naming, criteria: Criteria) -> dict[str, Any]:
    """What a revision says."""
    return {
        "revision": said.revision,
        "verdict": _verdict(said, naming),
        "answers": [_answer(said, key, value, naming, criteria) for key, value in _in_order(said, criteria)],
        "flags": flag_words(said.flags),
        "comment": said.comment,
        "at": said.judged_at,
        "seconds": None if said.shown_ms is None else round(said.shown_ms / 1000),
        "is_inconsistent": said.is_inconsistent,
    }


def _verdict(said: Said, naming: Naming) -> str:
    if said.verdict is None:
        return "" if said.answers else "its answer could not be read"
    return naming.verdict_words(said.verdict)


def _sides(said: Said, naming: Naming) -> list[dict[str, str]]:
    """Which system stood where on the rater's screen; none for a rubric, or where nobody knows."""
    if said.a_on_left is None or naming.system_b is None:
        return []
    a, b = naming.system_a, naming.system_b
    left, right = (a, b) if said.a_on_left else (b, a)
    return [{"letter": "A", "side": "left", "system": left}, {"letter": "B", "side": "right", "system": right}]


def _in_order(said: Said, criteria: Criteria) -> list[tuple[str, Any]]:
    def ordinal(answer: tuple[str, Any]) -> tuple[int, str]:
        criterion = criteria.get((said.protocol_id, answer[0]))
        return (criterion.ordinal if criterion else 0, answer[0])

    return sorted(said.answers.items(), key=ordinal)


def _answer(said: Said, key: str, value: Any, naming: Naming, criteria: Criteria) -> dict[str, str]:
    criterion = criteria.get((said.protocol_id, key))
    if criterion is None:
        return {"question": key, "answer": str(value)}
    if criterion.about == About.COMPARISON and value in (Verdict.A, Verdict.B):
        return {"question": criterion.question, "answer": naming.system_of(value)}
    labels = {str(anchor["value"]): anchor["label"] for anchor in criterion.anchors}
    return {"question": criterion.question, "answer": labels.get(str(value), str(value))}
