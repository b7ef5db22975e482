"""What the desk shows: the one place that decides which facts reach a rater's page.

Nothing that tells the systems apart goes in: no names, no ids of systems, outputs or tasks, no lengths, no costs.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.core.errors import Refused
from apps.core.rendering import to_html
from apps.rating.choices import Choice, choice_of, choices_for
from apps.rating.models import Assignment, Enrolment, SkipReason
from apps.rating.selectors import current_judgment, last_answered, progress_of, why_no_task
from apps.studies.models import Output, ProtocolVersion
from apps.studies.services.protocol import current_protocol

KEYS = {Choice.LEFT: "1", Choice.TIE: "2", Choice.BOTH_BAD: "3", Choice.RIGHT: "4"}
LABELS = {
    Choice.LEFT: "A is better",
    Choice.TIE: "Tie",
    Choice.BOTH_BAD: "Both bad",
    Choice.RIGHT: "B is better",
}
ROLES = {"user": "User", "assistant": "Assistant", "system": "Instructions", "tool": "Tool"}


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One showing as the page prints it. The letters on screen are A for left and B for right."""

    public_id: UUID
    submission: UUID
    turns: list[dict[str, Any]]
    context_html: SafeString | None
    slices: list[str]
    left_html: SafeString
    right_html: SafeString
    left_is_empty: bool
    right_is_empty: bool
    choices: list[dict[str, str]]
    skip_reasons: list[dict[str, str]]
    expires_at: datetime | None
    chosen: str | None = None
    supersedes: UUID | None = None


def desk_context(
    enrolment: Enrolment, assignment: Assignment | None, *, changing: bool = False, notice: str | None = None
) -> dict[str, Any]:
    """The context of the desk, with a task or with the reason why there is none."""
    protocol = assignment.protocol if assignment else current_protocol(enrolment.study)
    progress, last = progress_of(enrolment), last_answered(enrolment)
    context = {
        "study": study_context(enrolment, protocol),
        "progress": progress,
        "saved_at": progress.last_saved_at,
        "notice": notice,
        "undo_url": f"{desk_url(enrolment)}?change={last.public_id}" if last and not changing else None,
    }
    if assignment is None:
        return {**context, "empty": why_no_task(enrolment)}
    return {**context, "task": _task(assignment, changing=changing)}


def study_context(enrolment: Enrolment, protocol: ProtocolVersion) -> dict[str, Any]:
    """What a rater may know of the study."""
    study = enrolment.study
    return {
        "name": study.name,
        "slug": study.slug,
        "workspace_slug": study.workspace.slug,
        "question": protocol.question,
        "guideline_html": to_html(protocol.guideline),
        "guideline_version": protocol.number,
        "invented": study.is_invented,
    }


def desk_url(enrolment: Enrolment) -> str:
    """The address of the rater's desk in this study."""
    return reverse("workbench:desk", args=[enrolment.study.workspace.slug, enrolment.study.slug])


def _task(assignment: Assignment, *, changing: bool) -> TaskPage:
    item, protocol = assignment.task.item, assignment.protocol
    left, right = _sides(assignment)
    earlier = current_judgment(assignment) if changing else None
    return TaskPage(
        public_id=assignment.public_id,
        submission=uuid4(),
        turns=[_turn(message) for message in item.messages],
        context_html=to_html(item.context) if item.context else None,
        slices=[str(value) for value in item.slices.values()] if protocol.shows_slices else [],
        left_html=_output_html(left),
        right_html=_output_html(right),
        left_is_empty=_is_empty(left),
        right_is_empty=_is_empty(right),
        choices=[
            {"value": choice, "label": LABELS[choice], "key": KEYS[choice]} for choice in choices_for(protocol.verdicts)
        ],
        skip_reasons=[{"value": value, "label": label} for value, label in SkipReason.choices],
        expires_at=assignment.expires_at,
        chosen=choice_of(earlier.verdict, a_on_left=bool(assignment.a_on_left))
        if earlier and earlier.verdict
        else None,
        supersedes=earlier.submission if earlier else None,
    )


def _sides(assignment: Assignment) -> tuple[Output, Output]:
    """The outputs as they stand on her screen: left, right."""
    a, b = assignment.task.output_a, assignment.task.output_b
    if b is None:
        raise Refused("The desk shows comparisons only; this task is a rubric.")
    return (a, b) if assignment.a_on_left else (b, a)


def _turn(message: dict[str, str]) -> dict[str, Any]:
    role = message["role"]
    return {"role": ROLES.get(role, role), "html": to_html(message["content"])}


def _output_html(output: Output) -> SafeString:
    """One text, or the turns of a conversation under one another, each rendered by itself."""
    if output.messages is None:
        return to_html(output.text or "")
    if len(output.messages) == 1:
        return to_html(output.messages[0]["content"])
    turns = ((turn["role"], turn["html"]) for turn in map(_turn, output.messages))
    return format_html_join("", '<section class="turn"><h3 class="turn-role">{}</h3>{}</section>', turns)


def _is_empty(output: Output) -> bool:
    return output.messages is None and not (output.text or "").strip()
