"""A study's home: how it stands, and what may be done now."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import membership_of, signed_in
from apps.accounts.models import RUNS_STUDIES
from apps.core.errors import NotFound, Refused
from apps.rating.outlook import gold_outlook
from apps.rating.selectors import candidates_for
from apps.rating.services import add_replacements, enrol_rater, open_study
from apps.studies.access import study_as_manager, study_as_reader
from apps.studies.models import StudyState
from apps.studies.services import change_state

from .forms import EnrolForm
from .live import live_context
from .page import replaced_sentence, study_context


@never_cache
@login_required
@require_safe
def study_home(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """How the study stands, and what may be done now."""
    found = study_as_reader(request.user, workspace, study)
    may_run = membership_of(request.user, workspace).role in RUNS_STUDIES
    context = study_context(found, may_run=may_run, page=request.GET.get("pairs"))
    return render(request, "console/study/page.html", context)


@never_cache
@login_required
@require_safe
def study_live(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """What changes while people rate, asked for every few seconds. Once the study is not open the page reloads."""
    found = study_as_reader(request.user, workspace, study)
    context = live_context(found, page=request.GET.get("pairs"))
    reply = render(request, "console/study/live.html", {"study": {"name": found.name}, **context})
    if found.state != StudyState.OPEN:
        reply["HX-Refresh"] = "true"
    return reply


@login_required
@require_POST
def change_study_state(request: HttpRequest, workspace: str, study: str, to: str) -> HttpResponse:
    """Open, pause or close the study."""
    found = study_as_manager(request.user, workspace, study)
    if to not in StudyState.values:
        raise NotFound("There is no such state.")
    by = signed_in(request).uuid
    try:
        changed = (
            open_study(study=found, by=by) if to == StudyState.OPEN else change_state(study_id=found.pk, to=to, by=by)
        )
        messages.success(request, f"The study is {changed.get_state_display()} now.")
        warning = gold_outlook(changed).sentence if to == StudyState.OPEN else None
        if warning:
            messages.warning(request, warning)
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect("console:study", workspace, study)


@login_required
@require_POST
def enrol(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """Let a member rate in this study."""
    found = study_as_manager(request.user, workspace, study)
    form = EnrolForm(request.POST)
    candidates = {user.pk: user for user in candidates_for(found)}
    if not form.is_valid() or form.cleaned_data["user"] not in candidates:
        messages.error(request, "Choose a member from the list; the target is a whole number or empty.")
        return redirect("console:study", workspace, study)
    sent = form.cleaned_data
    enrolment = enrol_rater(
        study=found,
        user=candidates[sent["user"]],
        by=signed_in(request).uuid,
        group=sent["group"],
        target=sent["target"],
    )
    messages.success(request, f"{enrolment.rater} can rate in this study now.")
    return redirect("console:study", workspace, study)


@login_required
@require_POST
def replace_set_aside(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """Have what quarantined raters judged drawn again, for others."""
    found = study_as_manager(request.user, workspace, study)
    try:
        plan = add_replacements(study=found, by=signed_in(request).uuid)
        messages.success(request, replaced_sentence((plan and plan.size) or 0))
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect("console:study", workspace, study)
