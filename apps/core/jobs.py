"""What every kind of background work has in common: its words, its state, a second try, and a sweep for what got lost.

A kind's task is named here as text, so that this room need not know the rooms above it.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from celery import current_app, shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.core import audit
from apps.core.errors import Refused

from .models import Job, JobState

LOST_AFTER = timedelta(minutes=5)
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
WAITING = "waiting for a worker"


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of work in words, and the Celery task that does it: it takes a job's id and is safe to run twice."""

    words: str
    task: str


KINDS = {
    "leaderboard": JobKind("Leaderboard", "analysis.compute_leaderboard"),
    "raters": JobKind("Figures of raters", "quality.compute_figures"),
    "agreement": JobKind("Agreement", "quality.compute_figures"),
    "reading tallies": JobKind("Counts for the reading room", "analysis.advance_tallies"),
    "reading a file": JobKind("Reading a file", "rating.upload"),
    "new study": JobKind("New study", "rating.upload"),
    "study_bundle": JobKind("Study as an archive", "rating.pack_study"),
}


def words_of(kind: str) -> str:
    """What a job does, for pages; also where its kind came with a later release."""
    known = KINDS.get(kind)
    return known.words if known else kind.replace("_", " ").capitalize()


def send(job: Job) -> None:
    """Hand the job to a worker once this transaction is committed."""
    work = current_app.signature(KINDS[job.kind].task, args=[job.pk])
    transaction.on_commit(work.apply_async)


def report(job: Job, state: JobState, percent: int, message: str) -> None:
    """Store how far the job is."""
    now = timezone.now()
    job.state, job.percent, job.message = state, percent, message
    job.started_at = job.started_at or now
    job.ended_at = now if state in {JobState.DONE, JobState.FAILED} else None
    job.save()


@transaction.atomic
def start_again(*, job: Job, by: UUID) -> Job:
    """Have a failed job done once more, from its beginning. What is stored twice is stored once."""
    held = Job.objects.select_for_update().get(pk=job.pk)
    if held.state != JobState.FAILED:
        raise Refused(f"This job is {held.get_state_display()}: only a failed one can be started again.")
    if held.kind not in KINDS:
        raise Refused("This kind of job cannot be started again from here. Start it from the page it belongs to.")
    held.state, held.percent, held.message, held.result = JobState.QUEUED, 0, WAITING, None
    held.created_at, held.started_at, held.ended_at = timezone.now(), None, None
    held.save()
    audit.record("start_job_again", f"job:{held.public_id}", by=by, workspace_id=held.workspace_id, kind=held.kind)
    send(held)
    return held


@shared_task(name="core.sweep_jobs")
def sweep_jobs() -> None:
    """Find, from the rows alone, jobs whose message got lost, and those whose worker was stopped."""
    now = timezone.now()
    for job in Job.objects.filter(kind__in=KINDS, state=JobState.QUEUED, created_at__lt=now - LOST_AFTER):
        send(job)
    # Past the limit its process was killed; before twice the limit the queue may still give it to another worker.
    overdue = now - timedelta(seconds=3 * settings.JOB_SECONDS)
    for job in Job.objects.filter(state=JobState.RUNNING, started_at__lt=overdue):
        minutes = settings.JOB_SECONDS // 60
        report(job, JobState.FAILED, 100, f"It was stopped: it ran longer than {minutes} minutes or its worker ended.")
