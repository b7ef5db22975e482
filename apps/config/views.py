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
from apps.accounts.models import READS_RESULTS, User
from apps.rating.models import Enrolment, Standing
from apps.rating.selectors import enrolments_of, may_be_served, progress_of, totals_of, why_no_task
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
        "studies": [_study(study) for study in _readable(user)],
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


def _study(study: Study) -> dict[str, Any]:
    totals = totals_of(study)
    return {
        "workspace_slug": study.workspace.slug,
        "study_slug": study.slug,
        "study_name": study.name,
        "state": study.get_state_display(),
        "n_judgments": totals.n_judgments,
        "n_raters": totals.n_raters,
        "n_items": totals.n_items,
        "n_systems": totals.n_systems,
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
