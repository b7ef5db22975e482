"""Background work of a workspace: what runs, what came of it, and a second try for what failed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import membership_of, signed_in
from apps.accounts.models import READS_RESULTS, RUNS_STUDIES
from apps.core.errors import NotFound, Refused
from apps.core.jobs import start_again
from apps.core.models import Job

from .page import job_context, jobs_context


@never_cache
@login_required
@require_safe
def jobs(request: HttpRequest, workspace: str) -> HttpResponse:
    """The workspace's jobs, newest first; the list asks for itself while something runs."""
    membership = membership_of(request.user, workspace, READS_RESULTS)
    context = jobs_context(
        membership.workspace, before=_number(request.GET.get("before")), may_run=membership.role in RUNS_STUDIES
    )
    template = "console/jobs/page.html#list" if getattr(request, "htmx", False) else "console/jobs/page.html"
    return render(request, template, context)


@never_cache
@login_required
@require_safe
def job_page(request: HttpRequest, workspace: str, job: str) -> HttpResponse:
    """One job: how far it is, what came of it. It can be left and come back to."""
    membership = membership_of(request.user, workspace, READS_RESULTS)
    found = _job_in(membership.workspace_id, job)
    context = job_context(found, membership.workspace, may_run=membership.role in RUNS_STUDIES)
    template = "console/jobs/job.html#job" if getattr(request, "htmx", False) else "console/jobs/job.html"
    return render(request, template, context)


@login_required
@require_POST
def start_job_again(request: HttpRequest, workspace: str, job: str) -> HttpResponse:
    """Have a failed job done once more."""
    membership = membership_of(request.user, workspace, RUNS_STUDIES)
    found = _job_in(membership.workspace_id, job)
    try:
        start_again(job=found, by=signed_in(request).uuid)
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect("console:job_page", workspace, job)


def _job_in(workspace_id: int, public_id: str) -> Job:
    found = Job.objects.filter(workspace_id=workspace_id, public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such job. The list of jobs shows all there are.")
    return found


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
