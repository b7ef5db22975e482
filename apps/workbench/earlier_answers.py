"""Answers she has given: the list of the last ones, one open to be changed, and what stands where two meet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.core.errors import Refused
from apps.rating.access import own_assignment
from apps.rating.models import Assignment, Enrolment, Judgment
from apps.rating.selectors import (
    RecentAnswer,
    current_judgment,
    progress_of,
    recent_answers,
    showing_of,
)
from apps.rating.selectors.own import undo_window

from .addresses import change_url
from .answer_words import anchor_label, flag_labels, questions_of, verdict_label
from .tasks import task_page

EXCERPT = 120
# Under one number an answer to another task is stored: nothing stands on this one, and nothing was stored now.
NUMBER_USED = "Your answer was not stored: its number belongs to another answer. Reload the page and answer again."


def recent_context(enrolment: Enrolment) -> list[dict[str, Any]]:
    """Her last answers, in the words of her screen."""
    return [_recent(enrolment, answer) for answer in recent_answers(enrolment)]


def undo_url(enrolment: Enrolment) -> str:
    """Where her last answer is open to be given again; empty where there is none that can be."""
    last = next(iter(recent_answers(enrolment, limit=1)), None)
    return change_url(enrolment, last.public_id) if last and last.may_change else ""


def _recent(enrolment: Enrolment, answer: RecentAnswer) -> dict[str, Any]:
    return {
        "url": change_url(enrolment, answer.public_id) if answer.may_change else None,
        "public_id": answer.public_id,
        "item_excerpt": answer.item_excerpt,
        "said": verdict_label(answer.verdict, answer.a_on_left) or "Rated",
        "at": answer.answered_at,
        "has_comment": answer.has_comment,
        "flags": flag_labels(answer.flags),
        "n_changes": answer.revision - 1,
    }


def earlier_context(enrolment: Enrolment, public_id: UUID) -> dict[str, Any]:
    """A task she has answered, open to be answered again; refused where her answer stands for good."""
    assignment = own_assignment(enrolment, public_id)
    said = current_judgment(assignment.pk)
    if said is None:
        raise Refused("This task has no answer that could be changed. Open the study again for your next one.")
    why_not = _why_not(enrolment, assignment, said, progress_of(enrolment).n_done)
    if why_not:
        raise Refused(why_not)
    # From here it is the list that leads further back.
    return {"task": task_page(showing_of(assignment.pk), said), "undo_url": ""}


@dataclass(frozen=True, slots=True)
class StandingAnswer:
    """What is stored where another answer to the same task arrived. Labels speak of her screen."""

    public_id: UUID
    item_excerpt: str
    said: str
    criteria: list[dict[str, str]]
    flags: list[str]
    comment: str
    at: datetime
    change_url: str
    why_not: str


def conflict_context(enrolment: Enrolment, public_id: UUID, n_done: int) -> dict[str, Any]:
    """What the page says to an answer that met another one, which stands."""
    assignment = own_assignment(enrolment, public_id)
    said = current_judgment(assignment.pk)
    if said is None:
        return {"notice": NUMBER_USED}
    return {"stands": _standing(enrolment, assignment, said, n_done)}


def _standing(enrolment: Enrolment, assignment: Assignment, said: Judgment, n_done: int) -> StandingAnswer:
    answers = said.answers or {}
    why_not = _why_not(enrolment, assignment, said, n_done)
    return StandingAnswer(
        public_id=assignment.public_id,
        item_excerpt=assignment.task.item.messages[-1]["content"][:EXCERPT],
        said=verdict_label(said.verdict, assignment.a_on_left),
        criteria=[
            {"question": asked.question, "label": anchor_label(asked, answers[asked.key], assignment.a_on_left)}
            for asked in questions_of(assignment)
            if asked.key in answers
        ],
        flags=flag_labels(said.flags),
        comment=said.comment.text if hasattr(said, "comment") else "",
        at=said.judged_at or said.created_at,
        change_url="" if why_not else change_url(enrolment, assignment.public_id),
        why_not=why_not,
    )


def _why_not(enrolment: Enrolment, assignment: Assignment, said: Judgment, n_done: int) -> str:
    """Why what she `said` cannot be changed, in a sentence; empty where it can."""
    return undo_window(enrolment, n_done).why_not(
        purpose=assignment.purpose, done_number=assignment.done_number, study_state=said.study_state
    )
