"""What the pages of the desk show around the task: the study, her progress, her last answers, the empty desk."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString

from apps.core.errors import Refused
from apps.core.rendering import to_html
from apps.core.rendering.cached import rendered
from apps.rating.access import own_assignment
from apps.rating.answers import criteria_for, screen_value
from apps.rating.choices import choice_of
from apps.rating.models import Assignment, Enrolment, Flag, Gold, GoldUse, Judgment, Purpose, Standing
from apps.rating.selectors import (
    Progress,
    RecentAnswer,
    current_judgment,
    may_be_served,
    progress_of,
    recent_answers,
    showing_of,
    why_no_task,
)
from apps.rating.services import Qualification, qualification_of
from apps.rating.services.recording import UNDO_DEPTH
from apps.studies.models import Criterion, ProtocolVersion, StudyState
from apps.studies.services.protocol import current_protocol

from .tasks import LABELS, TaskPage, task_page

BREAK_EVERY = 10
BEATS_A_LEASE = 6
EXCERPT = 120
# Under one number an answer to another task is stored: nothing stands on this one, and nothing was stored now.
NUMBER_USED = "Your answer was not stored: its number belongs to another answer. Reload the page and answer again."


def zone_of(request: HttpRequest) -> ZoneInfo:
    """The time zone that her browser told us (a cookie), else UTC."""
    try:
        return ZoneInfo(unquote(request.COOKIES.get("tz", "UTC")))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def midnight_of(request: HttpRequest) -> datetime:
    """When her day began."""
    return timezone.now().astimezone(zone_of(request)).replace(hour=0, minute=0, second=0, microsecond=0)


# The study -------------------------------------------------------------------------------------------------


def study_context(enrolment: Enrolment, protocol: ProtocolVersion) -> dict[str, Any]:
    """What a rater may know of the study."""
    study = enrolment.study
    return {
        "name": study.name,
        "slug": study.slug,
        "workspace_slug": study.workspace.slug,
        "question": protocol.question,
        "guideline_html": _guideline(protocol),
        "guideline_version": protocol.number,
        "invented": study.is_invented,
        "compares": bool(protocol.verdicts),
    }


def _guideline(protocol: ProtocolVersion) -> SafeString:
    digest = hashlib.sha256(protocol.guideline.encode()).hexdigest()
    key = f"guideline:{digest}"
    return rendered({key: lambda: to_html(protocol.guideline)})[key]


def desk_url(enrolment: Enrolment, name: str = "desk") -> str:
    """The address of the rater's desk in this study, or of something on it."""
    return reverse(f"workbench:{name}", args=[enrolment.study.workspace.slug, enrolment.study.slug])


def change_url(enrolment: Enrolment, public_id: UUID) -> str:
    """Where an earlier answer of hers is open to be given again."""
    return f"{desk_url(enrolment)}?change={public_id}"


def urls_of(enrolment: Enrolment) -> dict[str, str]:
    """Where the page sends what."""
    desk = desk_url(enrolment)  # asked once: the others are its names, and reverse() is slow
    names = ("next", "answer", "skip", "beat", "leave", "recent", "guideline")
    return {"desk": desk, **{name: f"{desk}{name}" for name in names}}


def outbox_key(enrolment: Enrolment) -> str:
    """Under which name her browser keeps what waits for the network: hers alone, and telling nobody anything."""
    digest = salted_hmac("workbench.outbox", f"{enrolment.study_id}:{enrolment.rater.uuid}").hexdigest()
    return f"touchstone.{digest[:24]}"


# The desk --------------------------------------------------------------------------------------------------


def desk_context(request: HttpRequest, enrolment: Enrolment, given: int | None, **more: Any) -> dict[str, Any]:
    """The whole page: with a task, with the explanation of one (`feedback`), or with the reason why there is none."""
    protocol = current_protocol(enrolment.study)
    context = {
        "study": study_context(enrolment, protocol),
        "urls": urls_of(enrolment),
        "outbox_key": outbox_key(enrolment),
        "beat_seconds": max(15, protocol.lease_minutes * 60 // BEATS_A_LEASE),
        "login_url": reverse("account_login"),
        **progress_context(request, enrolment, with_pace=True),
        **more,
    }
    return {**context, **task_context(enrolment, given)} if "feedback" not in more else context


def reply_context(request: HttpRequest, enrolment: Enrolment, given: int | None, **more: Any) -> dict[str, Any]:
    """What one press of a key brings back: the task to hold ready, her progress, the receipt."""
    context = {
        "urls": urls_of(enrolment),
        "study": {"slug": enrolment.study.slug, "workspace_slug": enrolment.study.workspace.slug},
        **progress_context(request, enrolment),
        **more,
    }
    return context if more.get("nothing_more") else {**context, **task_context(enrolment, given)}


def task_context(enrolment: Enrolment, given: int | None) -> dict[str, Any]:
    """The task, or why there is none."""
    if given is None:
        return {"task": None, "empty": why_no_task(enrolment)}
    return {"task": task_page(showing_of(given))}


def earlier_context(enrolment: Enrolment, public_id: UUID) -> dict[str, Any]:
    """A task she has answered, open to be answered again; refused where her answer stands for good."""
    assignment = own_assignment(enrolment, public_id)
    said = current_judgment(assignment.pk)
    if said is None:
        raise Refused("This task has no answer that could be changed. Open the study again for your next one.")
    why_not = why_unchangeable(enrolment, assignment, said, progress_of(enrolment).n_done)
    if why_not:
        raise Refused(why_not)
    return {"task": task_page(showing_of(assignment.pk), said)}


def progress_context(request: HttpRequest, enrolment: Enrolment, *, with_pace: bool = False) -> dict[str, Any]:
    """How far she is. After every tenth answer of the day her eyes deserve a break, and her pace is taken anew."""
    progress = progress_of(enrolment, midnight=midnight_of(request), with_pace=with_pace)
    if not with_pace and progress.n_today % BREAK_EVERY == 0:
        progress = progress_of(enrolment, midnight=midnight_of(request), with_pace=True)
    return {
        "progress": progress,
        "is_break": progress.n_today > 0 and progress.n_today % BREAK_EVERY == 0,
        "saved_at": progress.last_saved_at,
    }


# Training --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Feedback:
    """A training task with its answer explained. Labels speak of her screen."""

    task: TaskPage
    right: bool
    given_label: str
    gold_label: str
    rationale_html: SafeString
    criteria: list[dict[str, Any]]
    n_done: int
    n_all: int
    result: dict[str, Any] | None


def feedback_on(enrolment: Enrolment, assignment: Assignment) -> Feedback | None:
    """What was right about her answer in training; None where there is nothing to explain, or not to her."""
    if assignment.purpose != Purpose.TRAINING:
        return None
    golds = Gold.objects.filter(task=assignment.task_id, use=GoldUse.TRAINING)
    gold = golds.order_by(F("retirement").asc(nulls_first=True), "-pk").first()  # the one she is measured by
    said = current_judgment(assignment.pk)
    if gold is None or said is None:
        return None
    criteria = _criteria_explained(assignment, gold, said.answers or {})
    verdict_is_right = gold.verdict is None or gold.verdict == said.verdict
    found = qualification_of(enrolment)
    return Feedback(
        task=task_page(showing_of(assignment.pk), said),
        right=verdict_is_right and all(row["right"] for row in criteria),
        given_label=_verdict_label(said.verdict, assignment.a_on_left),
        gold_label=_verdict_label(gold.verdict, assignment.a_on_left),
        rationale_html=to_html(gold.rationale),
        criteria=criteria,
        n_done=found.n_done,
        n_all=found.n_all,
        result=result_of(found),
    )


def result_of(found: Qualification) -> dict[str, Any] | None:
    """The qualification's result, once it is over."""
    if not found.is_over:
        return None
    return {"passed": found.passed, "n_right": found.n_right, "n_all": found.n_all, "needed": found.needed}


def _criteria_explained(assignment: Assignment, gold: Gold, given: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = gold.answers or {}
    return [
        {
            "question": criterion.question,
            "given_label": _anchor_label(criterion, given.get(criterion.key), assignment.a_on_left),
            "gold_label": _anchor_label(criterion, wanted[criterion.key], assignment.a_on_left),
            "right": given.get(criterion.key) == wanted[criterion.key],
        }
        for criterion in _criteria_of(assignment)
        if criterion.key in wanted
    ]


# In the words of her screen ----------------------------------------------------------------------------------


def _verdict_label(verdict: str | None, a_on_left: bool | None) -> str:
    """The button she pressed; nothing for a rubric."""
    return LABELS[choice_of(verdict, a_on_left=bool(a_on_left))] if verdict else ""


def _criteria_of(assignment: Assignment) -> list[Criterion]:
    """The questions this task asked her."""
    asked = Criterion.objects.filter(protocol=assignment.protocol_id).order_by("ordinal")
    return criteria_for(assignment.task.kind, list(asked))


def _anchor_label(criterion: Criterion, value: Any, a_on_left: bool | None) -> str:
    """The words she read beside this answer: those of a sided anchor belong to the side of the screen."""
    if value is None:
        return ""
    on_screen = screen_value(criterion, value, a_on_left=a_on_left)
    for anchor in criterion.anchors:
        if screen_value(criterion, anchor["value"], a_on_left=True) == on_screen:
            return str(anchor["label"])
    return str(value)


def _flag_labels(flags: list[str]) -> list[str]:
    return [Flag(flag).label for flag in flags if flag in Flag.values]


# Her own work ------------------------------------------------------------------------------------------------


def recent_context(enrolment: Enrolment) -> list[dict[str, Any]]:
    """Her last answers, in the words of her screen."""
    return [_recent(enrolment, answer) for answer in recent_answers(enrolment)]


def _recent(enrolment: Enrolment, answer: RecentAnswer) -> dict[str, Any]:
    return {
        "url": change_url(enrolment, answer.public_id) if answer.may_change else None,
        "public_id": answer.public_id,
        "item_excerpt": answer.item_excerpt,
        "said": _verdict_label(answer.verdict, answer.a_on_left) or "Rated",
        "at": answer.answered_at,
        "has_comment": answer.has_comment,
        "flags": _flag_labels(answer.flags),
        "n_changes": answer.revision - 1,
    }


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
    why_not = why_unchangeable(enrolment, assignment, said, n_done)
    return StandingAnswer(
        public_id=assignment.public_id,
        item_excerpt=assignment.task.item.messages[-1]["content"][:EXCERPT],
        said=_verdict_label(said.verdict, assignment.a_on_left),
        criteria=[
            {"question": asked.question, "label": _anchor_label(asked, answers[asked.key], assignment.a_on_left)}
            for asked in _criteria_of(assignment)
            if asked.key in answers
        ],
        flags=_flag_labels(said.flags),
        comment=said.comment.text if hasattr(said, "comment") else "",
        at=said.judged_at or said.created_at,
        change_url="" if why_not else change_url(enrolment, assignment.public_id),
        why_not=why_not,
    )


def why_unchangeable(enrolment: Enrolment, assignment: Assignment, said: Judgment, n_done: int) -> str:
    """Why what she `said` cannot be changed, in a sentence; empty where it can. Storing a change asks again."""
    if assignment.purpose == Purpose.TRAINING:
        return "An answer cannot be changed once its explanation was shown."
    if assignment.done_number is None or assignment.done_number <= n_done - UNDO_DEPTH:
        return f"Only your last {UNDO_DEPTH} answers can be changed."
    if enrolment.study.state == StudyState.CLOSED and said.study_state != StudyState.CLOSED:
        return "The study is closed: the answer you gave before stands."
    return ""


def own_studies(request: HttpRequest, enrolments: list[Enrolment]) -> list[dict[str, Any]]:
    """A card for each study she rates in, with her last answers there."""
    return [
        {**desk_card(request, enrolment), "recent": recent_context(enrolment), "urls": urls_of(enrolment)}
        for enrolment in enrolments
    ]


def desk_card(request: HttpRequest, enrolment: Enrolment) -> dict[str, Any]:
    """How she stands in one study, and whether there is something to do."""
    progress: Progress = progress_of(enrolment, midnight=midnight_of(request), with_pace=True)
    served = may_be_served(enrolment)
    training = enrolment.standing == Standing.TRAINING
    return {
        "workspace_slug": enrolment.study.workspace.slug,
        "study_slug": enrolment.study.slug,
        "study_name": enrolment.study.name,
        "desk_url": desk_url(enrolment),
        "n_done": progress.n_done,
        "n_today": progress.n_today,
        "target": progress.target,
        "percent": progress.percent,
        "seconds_per_task": progress.seconds_per_task,
        "minutes_left": progress.minutes_left,
        "state": StudyState(enrolment.study.state).label,
        "standing": Standing(enrolment.standing).label,
        "can_rate": served,
        "why_not": "" if served else why_no_task(enrolment).sentence,
        "qualification": _qualification(qualification_of(enrolment)) if training else None,
    }


def _qualification(found: Qualification) -> dict[str, Any]:
    return {
        "n_done": found.n_done,
        "n_all": found.n_all,
        "needed": found.needed,
        "passed": found.passed if found.is_over else None,
    }
