"""Background work of quality: freezing figures. A job takes ids, calls one service and is safe to run twice."""

from typing import Any
from uuid import UUID

from celery import shared_task

from apps.core.jobs import Tell, carry_out, start
from apps.core.models import Job
from apps.studies.models import Study

from .selectors import job_subject
from .services import freeze_figures


def start_figures_job(*, study: Study, kind: str, by: UUID | None) -> Job:
    """Have the figures computed by a worker; the job under way is not started again."""
    arguments = {"study": study.pk}
    return start(kind=kind, workspace_id=study.workspace_id, subject=job_subject(study), arguments=arguments, by=by)[0]


@shared_task(name="quality.compute_figures")
def compute_figures_job(job_id: int) -> None:
    """Compute and freeze one kind of figures."""
    carry_out(job_id, _freeze)


def _freeze(job: Job, tell: Tell) -> dict[str, Any]:
    tell(2, "taking note of the facts")
    study = Study.objects.get(pk=job.arguments["study"])
    frozen = freeze_figures(study=study, kind=job.kind, by=job.by, report=tell)
    return {"figures": str(frozen.public_id)}
