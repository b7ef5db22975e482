"""Counting for the reading room in the background: where a study gained more than anybody should wait for."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from apps.core.database.locks import lock
from apps.core.jobs import UNDER_WAY, WAITING, report, send
from apps.core.models import Job, JobState
from apps.studies.models import Study

from .models import TallyMark
from .reading_tallies import advance_tallies, behind

JOB_KIND = "reading tallies"
REST = timedelta(minutes=5)


@transaction.atomic
def tallies_for(*, study: Study, by: UUID | None) -> tuple[TallyMark | None, Job | None]:
    """What was counted, brought up to now if that is quick; else the job that is doing it."""
    missing = behind(study)
    if missing is None or not missing.is_much:
        return (advance_tallies(study=study) if missing else None) or _mark(study), None
    return _mark(study), start_tally_job(study=study, by=by)


@transaction.atomic
def start_tally_job(*, study: Study, by: UUID | None) -> Job:
    """Have the tallies advanced by a worker; one under way, or that failed just now, is not started again."""
    subject = f"study:{study.pk}"
    lock(f"tally job:{study.pk}")
    latest = Job.objects.filter(kind=JOB_KIND, subject=subject).order_by("-pk").first()
    if latest is not None and (latest.state in UNDER_WAY or _has_just_failed(latest)):
        return latest
    job = Job.objects.create(
        kind=JOB_KIND,
        workspace_id=study.workspace_id,
        subject=subject,
        arguments={"study": study.pk},
        by=by,
        message=WAITING,
    )
    send(job)
    return job


@shared_task(name="analysis.advance_tallies")
def advance_tallies_job(job_id: int) -> None:
    """Advance the tallies of one study, keeping its Job row up to date."""
    job = Job.objects.get(pk=job_id)
    if job.state == JobState.DONE:
        return
    report(job, JobState.RUNNING, 20, "counting what was said of each task")
    try:
        advance_tallies(study=Study.objects.get(pk=job.arguments["study"]))
    except Exception as error:
        report(job, JobState.FAILED, 100, f"It failed: {error}")
        raise
    report(job, JobState.DONE, 100, "done")


def _has_just_failed(job: Job) -> bool:
    """So that a page which looks each second does not start it each second."""
    return job.state == JobState.FAILED and job.ended_at is not None and job.ended_at > timezone.now() - REST


def _mark(study: Study) -> TallyMark | None:
    return TallyMark.objects.filter(study=study).first()
