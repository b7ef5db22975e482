"""Who rates how, how far raters agree, and what a manager decides about one of them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import membership_of, signed_in
from apps.accounts.models import RUNS_STUDIES
from apps.console.access import results_of
from apps.core.errors import Refused
from apps.quality.jobs import start_figures_job
from apps.quality.selectors import enrolled_rater, figures_job, latest_figures, running_job
from apps.rating.services import change_standing
from apps.studies.access import study_as_manager

from .agreement_page import agreement_context
from .forms import StandingForm
from .page import raters_context
from .rater_page import rater_context

RATERS, AGREEMENT = "raters", "agreement"
_TEMPLATES = {RATERS: "console/raters/page.html", AGREEMENT: "console/raters/agreement.html"}
_CONTEXTS = {RATERS: raters_context, AGREEMENT: agreement_context}


@never_cache
@login_required
@require_safe
def raters(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """Every rater, and who needs a look first."""
    return _figures_page(request, workspace, study, RATERS)


@never_cache
@login_required
@require_safe
def agreement(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """How far people agree, and each judge with them."""
    return _figures_page(request, workspace, study, AGREEMENT)


def _figures_page(request: HttpRequest, workspace: str, study: str, kind: str) -> HttpResponse:
    found = results_of(request, workspace, study)
    context = _CONTEXTS[kind](found, latest_figures(found, kind), running_job(found, kind), request.GET.get("sort", ""))
    return render(request, _TEMPLATES[kind], context)


@login_required
@require_POST
def compute(request: HttpRequest, workspace: str, study: str, kind: str) -> HttpResponse:
    """Ask for fresh figures; the page then watches the job."""
    found = results_of(request, workspace, study)
    start_figures_job(study=found, kind=kind, by=signed_in(request).uuid)
    return redirect(f"console:{kind}", workspace, study)


@never_cache
@login_required
@require_safe
def figures_progress(request: HttpRequest, workspace: str, study: str, job: UUID, kind: str) -> HttpResponse:
    """The part of the page that changes while a job runs, asked for every second."""
    found = results_of(request, workspace, study)
    context = _CONTEXTS[kind](
        found, latest_figures(found, kind), figures_job(found, kind, job), request.GET.get("sort", "")
    )
    return render(request, f"{_TEMPLATES[kind]}#figures", context)


@never_cache
@login_required
@require_safe
def rater(request: HttpRequest, workspace: str, study: str, rater: UUID) -> HttpResponse:
    """One rater: her figures, her work over time, and why her standing is what it is."""
    found = results_of(request, workspace, study)
    may_run = membership_of(request.user, workspace).role in RUNS_STUDIES
    enrolled = enrolled_rater(found, rater)
    form = StandingForm() if may_run and enrolled.is_person else None
    return render(request, "console/raters/rater.html", rater_context(found, enrolled, form=form))


@login_required
@require_POST
def set_standing(request: HttpRequest, workspace: str, study: str, rater: UUID) -> HttpResponse:
    """Give her another standing, with the reason."""
    found = study_as_manager(request.user, workspace, study)
    enrolled, form = enrolled_rater(found, rater), StandingForm(request.POST)
    if not enrolled.is_person:
        raise Refused("A judge has no standing: what it says is never on the board of people.")
    if not form.is_valid():
        results_of(request, workspace, study)
        context = rater_context(found, enrolled, form=form)
        return render(request, "console/raters/rater.html", context, status=400)
    if form.cleaned_data["standing"] == enrolled.standing:
        messages.info(request, f"{enrolled.name} has this standing already: nothing was changed.")
        return redirect("console:rater", workspace, study, rater)
    changed = change_standing(enrolment_id=enrolled.enrolment_id, by=signed_in(request).uuid, **form.cleaned_data)
    messages.success(request, f"{enrolled.name} is {changed.get_standing_display()} now. The reason is stored.")
    return redirect("console:rater", workspace, study, rater)
