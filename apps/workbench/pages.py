"""What the desk shows around the task: the study, her progress, and the reason where there is no task."""

import hashlib
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from apps.core.rendering import to_html
from apps.core.rendering.cached import rendered
from apps.rating.models import Enrolment
from apps.rating.selectors import progress_of, showing_of, why_no_task
from apps.studies.models import ProtocolVersion
from apps.studies.services.protocol import current_protocol

from .addresses import outbox_key, urls_of
from .earlier_answers import undo_url
from .her_day import midnight_of
from .tasks import task_page

BREAK_EVERY = 10
BEATS_A_LEASE = 6


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


def desk_context(request: HttpRequest, enrolment: Enrolment, given: int | None, **more: Any) -> dict[str, Any]:
    """The whole page: with a task, with the explanation of one (`feedback`), or with the reason why there is none."""
    protocol = current_protocol(enrolment.study)
    context = {
        "study": study_context(enrolment, protocol),
        "urls": urls_of(enrolment),
        "outbox_key": outbox_key(enrolment),
        "beat_seconds": max(15, protocol.lease_minutes * 60 // BEATS_A_LEASE),
        "login_url": reverse("account_login"),
        "undo_url": undo_url(enrolment),  # the script asks when somebody undoes, and who has none needs the link
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
