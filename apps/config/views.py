"""Pages of the assembly itself: the home page, the health check, the demo's sign-in."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import signed_in
from apps.accounts.models import READS_RESULTS, RUNS_STUDIES, Membership, User
from apps.rating.models import Enrolment, Standing
from apps.rating.selectors import enrolments_of, may_be_served, progress_of, why_no_task
from apps.rating.selectors.figures import StudySummary, summaries_of
from apps.studies.models import Study

from .demo.people import is_demo_person


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this person can rate, and whose results she can read."""
    user = signed_in(request)
    context = {
        "desks": [_desk(enrolment) for enrolment in enrolments_of(user)],
        "studies": _studies(_readable(user)),
        "workspaces": [_workspace(membership) for membership in _reads_results_in(user)],
    }
    return render(request, "home.html", context)


def _desk(enrolment: Enrolment) -> dict[str, Any]:
    progress, served = progress_of(enrolment), may_be_served(enrolment)
    return {
        "workspace_slug": enrolment.study.workspace.slug,
        "study_slug": enrolment.study.slug,
        "study_name": enrolment.study.name,
        "n_done": progress.n_done,
        "target": progress.target,
        "state": enrolment.study.get_state_display(),
        "standing": Standing(enrolment.standing).label,
        "can_rate": served,
        "why_not": "" if served else why_no_task(enrolment).sentence,
    }


def _readable(user: User) -> list[Study]:
    studies = Study.objects.filter(workspace__memberships__user=user, workspace__memberships__role__in=READS_RESULTS)
    return list(studies.select_related("workspace").order_by("-created_at", "-pk"))


def _reads_results_in(user: User) -> list[Membership]:
    memberships = Membership.objects.filter(user=user, role__in=READS_RESULTS).select_related("workspace")
    return list(memberships.order_by("workspace__name", "pk"))


def _workspace(membership: Membership) -> dict[str, Any]:
    """The pages that belong to no single study."""
    return {
        "slug": membership.workspace.slug,
        "name": membership.workspace.name,
        "may_run": membership.role in RUNS_STUDIES,
    }


def _studies(studies: list[Study]) -> list[dict[str, Any]]:
    summaries = summaries_of(studies)
    return [_study(study, summaries[study.pk]) for study in studies]


def _study(study: Study, summary: StudySummary) -> dict[str, Any]:
    return {
        "workspace_slug": study.workspace.slug,
        "study_slug": study.slug,
        "study_name": study.name,
        "state": study.get_state_display(),
        "n_judgments": summary.n_judged,
        "n_filled": summary.n_filled,
        "n_wanted": summary.n_wanted,
        "n_raters": summary.n_raters,
        "n_items": summary.n_items,
        "last_judged_at": summary.last_judged_at,
        "is_demo": study.is_invented,
    }


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Whether the program and its database answer; for load balancers and for whoever started it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's invented people, without a password; outside the demo this is no page."""
    email = request.POST.get("email", "")
    if not settings.DEMO or not is_demo_person(email):
        raise Http404
    user = User.objects.get(email=email)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("home")
