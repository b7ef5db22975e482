"""Background work of quality: freezing figures. A job takes ids, calls one service and is safe to run twice."""

from uuid import UUID

from celery import shared_task
from django.db import transaction

from apps.core.database.locks import lock
from apps.core.jobs import WAITING, report, send
from apps.core.models import Job, JobState
from apps.studies.models import Study

from .rater_figures import Report
from .selectors import job_subject, running_job
from .services import freeze_figures


@transaction.atomic
def start_figures_job(*, study: Study, kind: str, by: UUID | None) -> Job:
    """Have the figures computed by a worker; the job under way is not started again."""
    lock(f"{kind} job:{study.pk}")
    running = running_job(study, kind)
    if running is not None:
        return running
    job = Job.objects.create(
        kind=kind,
        workspace_id=study.workspace_id,
        subject=job_subject(study),
        arguments={"study": study.pk},
        by=by,
        message=WAITING,
    )
    send(job)
    return job


@shared_task(name="quality.compute_figures")
def compute_figures_job(job_id: int) -> None:
    """Compute and freeze one kind of figures, keeping its Job row up to date."""
    job = Job.objects.get(pk=job_id)
    if job.state == JobState.DONE:
        return
    report(job, JobState.RUNNING, 1, "taking note of the facts")
    try:
        study = Study.objects.get(pk=job.arguments["study"])
        frozen = freeze_figures(study=study, kind=job.kind, by=job.by, report=_progress_of(job))
    except Exception as error:
        report(job, JobState.FAILED, 100, f"It failed: {error}")
        raise
    job.result = {"figures": str(frozen.public_id)}
    report(job, JobState.DONE, 100, "done")


def _progress_of(job: Job) -> Report:
    return lambda percent, message: report(job, JobState.RUNNING, percent, message)
