"""Who rates how, and how far raters agree: the newest figures, and how to have them computed."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import membership_of, signed_in
from apps.accounts.models import RUNS_STUDIES
from apps.console.access import results_of
from apps.core.models import Job
from apps.quality.jobs import start_figures_job
from apps.quality.selectors import enrolled_rater, figures_job, latest_figures, running_job
from apps.studies.models import Study

from .agreement_page import agreement_context
from .page import raters_context
from .place import Place
from .rater_page import Deciding, rater_context

RATERS, AGREEMENT = "raters", "agreement"
PAGES = {RATERS: "console/raters/page.html", AGREEMENT: "console/raters/agreement.html"}
CONTEXTS = {RATERS: raters_context, AGREEMENT: agreement_context}


@never_cache
@login_required
@require_safe
def raters(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """Every rater, and who needs a look first."""
    found = results_of(request, workspace, study)
    return _shown(request, found, RATERS, running_job(found, RATERS), PAGES[RATERS])


@never_cache
@login_required
@require_safe
def agreement(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """How far people agree, and each judge with them."""
    found = results_of(request, workspace, study)
    return _shown(request, found, AGREEMENT, running_job(found, AGREEMENT), PAGES[AGREEMENT])


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
    return _shown(request, found, kind, figures_job(found, kind, job), f"{PAGES[kind]}#figures")


def _shown(request: HttpRequest, study: Study, kind: str, job: Job | None, template: str) -> HttpResponse:
    place = Place(study, kind, latest_figures(study, kind))
    wanted = {name: request.GET.get(name, "") for name in ("sort", "page")}
    return render(request, template, CONTEXTS[kind](place, job, **wanted))


@never_cache
@login_required
@require_safe
def rater(request: HttpRequest, workspace: str, study: str, rater: UUID) -> HttpResponse:
    """One rater: her figures, her work over time, and why her standing is what it is."""
    found = results_of(request, workspace, study)
    person = enrolled_rater(found, rater)
    may_run = membership_of(request.user, workspace).role in RUNS_STUDIES
    place = Place(found, RATERS, latest_figures(found, RATERS))
    deciding = Deciding() if may_run and person.is_person else None
    context = rater_context(place, person, running_job(found, RATERS), deciding)
    return render(request, "console/raters/rater.html", context)
