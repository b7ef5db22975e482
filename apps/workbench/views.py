"""The rating desk: one page, one form, one task after another.

With `X-Desk: 1` a request comes from the page's script and is answered with a fragment: the task to hold ready.
Without, it is a plain form: the answer is a redirect, so that reloading sends nothing again.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from apps.accounts.access import signed_in
from apps.core.errors import Refused
from apps.rating.access import enrolment_of, own_assignment
from apps.rating.models import Enrolment
from apps.rating.selectors import enrolments_of
from apps.rating.services import (
    Exchange,
    answer_and_go_on,
    fetch_next,
    open_desk,
    release_assignment,
    renew_leases,
    skip_and_go_on,
)
from apps.studies.services.protocol import current_protocol

from .addresses import desk_url, urls_of
from .doors import at_her_desk
from .earlier_answers import conflict_context, earlier_context, recent_context
from .forms import LeaveForm, PaintedForm, SkipForm, held_in, read_answer
from .her_day import zone_of
from .own_studies import own_studies
from .pages import desk_context, reply_context, study_context
from .training import feedback_on


@never_cache
@login_required
@require_safe
def own_page(request: HttpRequest) -> HttpResponse:
    """Her studies, her progress, her last answers."""
    enrolments = enrolments_of(signed_in(request))
    return _in_her_zone(request, "workbench/own.html", {"desks": own_studies(request, enrolments)})


@never_cache
@login_required
@require_GET  # a HEAD shows nothing to anybody, and this page gives out work
@at_her_desk
def desk(request: HttpRequest, enrolment: Enrolment) -> HttpResponseBase:
    """Her task; with `?change=` one of her last answers again; with `?feedback=` what was right in training."""
    if "change" in request.GET:
        return _earlier(request, enrolment, _uuid(request.GET["change"]))
    if "feedback" in request.GET:
        return _feedback(request, enrolment, _uuid(request.GET["feedback"]))
    given = open_desk(enrolment=enrolment).given
    return render(request, "workbench/desk.html", desk_context(request, enrolment, given))


def _earlier(request: HttpRequest, enrolment: Enrolment, public_id: UUID) -> HttpResponse:
    earlier = earlier_context(enrolment, public_id)
    if _from_script(request):
        return _fragment(request, reply_context(request, enrolment, None, nothing_more=True, **earlier))
    return render(request, "workbench/desk.html", {**desk_context(request, enrolment, None, feedback=None), **earlier})


def _feedback(request: HttpRequest, enrolment: Enrolment, public_id: UUID) -> HttpResponseBase:
    explained = feedback_on(enrolment, own_assignment(enrolment, public_id))
    if explained is None:
        return redirect(desk_url(enrolment))
    return render(request, "workbench/desk.html", desk_context(request, enrolment, None, feedback=explained))


@never_cache
@login_required
@require_POST
@at_her_desk
def next_task(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """The task to hold ready behind the one on her screen."""
    exchange = fetch_next(enrolment=enrolment, painted=_painted(PaintedForm(request.POST)))
    return _fragment(request, reply_context(request, enrolment, exchange.given))


@never_cache
@login_required
@require_POST
@at_her_desk
def answer(request: HttpRequest, enrolment: Enrolment) -> HttpResponseBase:
    """Store her answer and bring the task after the next, in one request and one transaction."""
    sent = read_answer(request.POST)
    exchange = answer_and_go_on(
        enrolment=enrolment,
        answer=sent.answer,
        painted=sent.painted,
        wants_next=_from_script(request) and sent.answer.supersedes is None,
    )
    if _from_script(request):
        return _reply(request, enrolment, exchange, changed=sent.answer.supersedes is not None)
    if exchange.conflict is not None:
        context = desk_context(request, enrolment, open_desk(enrolment=enrolment).given)
        context |= conflict_context(enrolment, exchange.conflict.public_id, exchange.n_done)
        return render(request, "workbench/desk.html", context, status=409)
    if exchange.qualification is not None and exchange.receipt is not None:
        return redirect(f"{desk_url(enrolment)}?feedback={exchange.receipt.public_id}")
    return redirect(desk_url(enrolment))


@never_cache
@login_required
@require_POST
@at_her_desk
def skip(request: HttpRequest, enrolment: Enrolment) -> HttpResponseBase:
    """Pass this task on and show the next."""
    form = SkipForm(request.POST)
    if not form.is_valid():
        raise Refused("Choose why you skip this task, with one of the reasons shown.")
    assignment = own_assignment(enrolment, form.cleaned_data["assignment"])
    exchange = skip_and_go_on(
        enrolment=enrolment,
        skipped=assignment.public_id,
        reason=form.cleaned_data["reason"],
        painted=form.cleaned_data["painted"],
        wants_next=_from_script(request),
    )
    return _reply(request, enrolment, exchange) if _from_script(request) else redirect(desk_url(enrolment))


@never_cache
@login_required
@require_POST
@at_her_desk
def beat(request: HttpRequest, enrolment: Enrolment) -> JsonResponse:
    """The heartbeat: the leases she holds live on while her page is open."""
    state, until = renew_leases(enrolment=enrolment, holds=held_in(request.POST))
    return JsonResponse(
        {
            "now": timezone.now().isoformat(),
            "state": state.study_state,
            "standing": state.standing,
            "expires": {str(held): end and end.isoformat() for held, end in until.items()},
        }
    )


@never_cache
@login_required
@require_POST
@at_her_desk
def leave(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """She leaves the page: the task that was held ready, and that she has not seen, is free for others."""
    form = LeaveForm(request.POST)
    if not form.is_valid():
        raise Refused("Say which task goes back.")
    assignment = own_assignment(enrolment, form.cleaned_data["holds"])
    if assignment.shown_at is None:
        release_assignment(enrolment=enrolment, assignment=assignment, until=form.cleaned_data["until"])
    return HttpResponse(status=204)


@never_cache
@login_required
@require_safe
@at_her_desk
def recent(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Her last ten answers, each open to be changed."""
    answers = recent_context(enrolment)
    context = {
        "study": study_context(enrolment, current_protocol(enrolment.study)),
        "urls": urls_of(enrolment),
        "recent": answers,
        "may_change": any(row["url"] for row in answers),
    }
    return _in_her_zone(request, f"workbench/recent.html{'#recent' if _from_script(request) else ''}", context)


@login_required
@require_safe
def guideline(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """The guideline on a page of its own, for those without JavaScript."""
    enrolment = enrolment_of(request.user, workspace, study)
    context = study_context(enrolment, current_protocol(enrolment.study))
    return render(request, "workbench/guideline.html", {"study": context, "urls": urls_of(enrolment)})


# Answers to the page's script ----------------------------------------------------------------------------------


def _from_script(request: HttpRequest) -> bool:
    return "X-Desk" in request.headers


def _reply(request: HttpRequest, enrolment: Enrolment, exchange: Exchange, *, changed: bool = False) -> HttpResponse:
    more: dict[str, Any] = {}
    if exchange.receipt is not None:
        more["stored"] = {"at": exchange.receipt.saved_at, "submission": exchange.receipt.submission}
    if exchange.conflict is not None:
        more |= conflict_context(enrolment, exchange.conflict.public_id, exchange.n_done)
    if exchange.qualification is not None and exchange.receipt is not None:
        answered = own_assignment(enrolment, exchange.receipt.public_id)
        more["feedback"] = feedback_on(enrolment, answered)
    if changed or more.get("feedback"):
        more["nothing_more"] = True  # she goes back to the task she had before, or reads the explanation first
    return _fragment(
        request, reply_context(request, enrolment, exchange.given, **more), 409 if exchange.conflict else 200
    )


def _fragment(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "workbench/desk.html#reply", context, status=status)


def _in_her_zone(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Pages that run no script: their times are set in her zone here."""
    with timezone.override(zone_of(request)):
        return render(request, template, context)


def _painted(form: PaintedForm) -> UUID | None:
    if not form.is_valid():
        raise Refused("That request did not arrive whole. Reload the page.")
    painted: UUID | None = form.cleaned_data["painted"]
    return painted


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("That address is not complete. Open the study again from your home page.") from None
