"""Background work of analysis. A job takes ids, calls one service and is safe to run twice."""

from typing import Any
from uuid import UUID

from celery import shared_task

from apps.core.jobs import Tell, carry_out, start
from apps.core.models import Job
from apps.rating.models import Judgment
from apps.studies.models import Study, StudyState

from .filters import Filters
from .selectors import JOB_KIND, job_subject, latest_analysis
from .services import current_leaderboard

REFRESH_AFTER_JUDGMENTS = 10


def start_leaderboard_job(*, study: Study, filters: Filters, by: UUID | None) -> Job:
    """Have the leaderboard computed by a worker; the one under way is not started again."""
    job, _ = start(
        kind=JOB_KIND,
        workspace_id=study.workspace_id,
        subject=job_subject(study),
        arguments={"study": study.pk, "filters": filters.as_settings()},
        by=by,
        per_arguments=True,
    )
    return job


@shared_task(name="analysis.compute_leaderboard")
def compute_leaderboard_job(job_id: int) -> None:
    """Compute and freeze one leaderboard."""
    carry_out(job_id, _compute_leaderboard)


def _compute_leaderboard(job: Job, tell: Tell) -> dict[str, Any]:
    tell(20, "reading the judgments and fitting the board")
    study = Study.objects.get(pk=job.arguments["study"])
    analysis = current_leaderboard(study=study, filters=filters_of(job), by=job.by)
    return {"analysis": str(analysis.public_id)}


def filters_of(job: Job) -> Filters:
    """The filters a job was started with."""
    return Filters.from_settings(job.arguments["filters"])


@shared_task(name="analysis.sweep")
def sweep() -> None:
    """Find, from the rows alone, the boards that are behind their judgments. Lost jobs are found by core's sweep."""
    for study in Study.objects.filter(state=StudyState.OPEN):
        latest = latest_analysis(study, Filters())
        seen = latest.cut.last_judgment if latest else 0
        if Judgment.objects.filter(study=study, pk__gt=seen).count() >= REFRESH_AFTER_JUDGMENTS:
            start_leaderboard_job(study=study, filters=Filters(), by=None)
