"""The leaderboard: the newest for the look in the address, and how to have it computed."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import signed_in
from apps.analysis.jobs import filters_of, start_leaderboard_job
from apps.analysis.selectors import latest_analysis, leaderboard_job_of, running_leaderboard_job
from apps.console.access import results_of

from .choices import filters_in, leaderboard_url
from .page import board_context


@never_cache
@login_required
@require_safe
def leaderboard(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """The newest leaderboard for the filters in the address; reading it is remembered for blindness."""
    found = results_of(request, workspace, study)
    filters = filters_in(request)
    context = board_context(
        found,
        filters,
        latest_analysis(found, filters),
        job=running_leaderboard_job(found, filters),
        style=request.GET.get("style") == "on",
    )
    return render(request, "console/board/page.html", context)


@login_required
@require_POST
def compute(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """Ask for a fresh leaderboard; the page then watches the job."""
    found = results_of(request, workspace, study)
    filters = filters_in(request)
    start_leaderboard_job(study=found, filters=filters, by=signed_in(request).uuid)
    return redirect(leaderboard_url(found, filters))


@never_cache
@login_required
@require_safe
def leaderboard_job(request: HttpRequest, workspace: str, study: str, job: str) -> HttpResponse:
    """The board's part of the page while a job runs, asked for every second."""
    found = results_of(request, workspace, study)
    running = leaderboard_job_of(found, job)
    filters = filters_of(running)
    style = request.GET.get("style") == "on"
    context = board_context(found, filters, latest_analysis(found, filters), job=running, style=style)
    return render(request, "console/board/page.html#board", context)
