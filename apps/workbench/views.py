"""The rating desk: one page, one form, one task after another."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import Refused
from apps.rating.access import enrolment_of, own_assignment
from apps.rating.models import Assignment, Enrolment
from apps.rating.services import (
    AnsweredDifferently,
    give_assignment,
    mark_shown,
    record_judgment,
    skip_assignment,
)
from apps.studies.services.protocol import current_protocol

from .forms import AnswerForm, SkipForm
from .pages import desk_context, desk_url, study_context


@never_cache
@login_required
@require_safe
def desk(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """Her next task, or with `?change=` one of her last answers again."""
    enrolment = enrolment_of(request.user, workspace, study)
    change = request.GET.get("change")
    if change is not None:
        earlier = own_assignment(enrolment, _uuid(change))
        return render(request, "workbench/desk.html", desk_context(enrolment, earlier, changing=True))
    return _show_next(request, enrolment)


@never_cache
@login_required
@require_POST
def answer(request: HttpRequest, workspace: str, study: str) -> HttpResponseBase:
    """Store her choice and show the next task, in one request."""
    enrolment = enrolment_of(request.user, workspace, study)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Refused("That answer did not arrive whole. Go back, reload the page and choose again.")
    sent = form.cleaned_data
    try:
        record_judgment(
            enrolment=enrolment,
            assignment_id=sent["assignment"],
            submission=sent["submission"],
            choice=sent["choice"],
            shown_ms=sent["shown_ms"],
            comment=sent["comment"],
            supersedes=sent["supersedes"],
        )
    except AnsweredDifferently as conflict:
        return _show_next(request, enrolment, notice=conflict.sentence, status=409)
    return _go_on(request, enrolment)


@never_cache
@login_required
@require_POST
def skip(request: HttpRequest, workspace: str, study: str) -> HttpResponseBase:
    """Pass this task on and show the next."""
    enrolment = enrolment_of(request.user, workspace, study)
    form = SkipForm(request.POST)
    if not form.is_valid():
        raise Refused("Choose why you skip this task, with one of the reasons shown.")
    assignment = own_assignment(enrolment, form.cleaned_data["assignment"])
    skip_assignment(enrolment=enrolment, assignment=assignment, reason=form.cleaned_data["reason"])
    return _go_on(request, enrolment)


@login_required
@require_safe
def guideline(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """The guideline on a page of its own, for those without JavaScript."""
    enrolment = enrolment_of(request.user, workspace, study)
    context = study_context(enrolment, current_protocol(enrolment.study))
    return render(request, "workbench/guideline.html", {"study": context, "guideline_html": context["guideline_html"]})


def _go_on(request: HttpRequest, enrolment: Enrolment) -> HttpResponseBase:
    """The next task: as a fragment for htmx, by a redirect for a plain form, so that reload sends nothing."""
    if getattr(request, "htmx", False):
        return _show_next(request, enrolment)
    return redirect(desk_url(enrolment))


def _show_next(
    request: HttpRequest, enrolment: Enrolment, *, notice: str | None = None, status: int = 200
) -> HttpResponse:
    assignment = give_assignment(enrolment=enrolment)
    if assignment is not None:
        assignment = _painted(enrolment, assignment)
    template = "workbench/desk.html#desk" if getattr(request, "htmx", False) else "workbench/desk.html"
    return render(request, template, desk_context(enrolment, assignment, notice=notice), status=status)


def _painted(enrolment: Enrolment, assignment: Assignment) -> Assignment:
    mark_shown(assignment=assignment)
    return own_assignment(enrolment, assignment.public_id)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("That address is not complete. Open the study again from your home page.") from None
