"""Counting for the reading room in the background: where a study gained more than anybody should wait for."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from apps.core.jobs import UNDER_WAY, Tell, carry_out, start
from apps.core.models import Job, JobState
from apps.studies.models import Study

from .models import TallyMark
from .reading_tallies import advance_tallies, behind_briefly, count_missing

JOB_KIND = "reading tallies"
REST = timedelta(minutes=5)


def tallies_for(*, study: Study, by: UUID | None) -> tuple[TallyMark | None, Job | None]:
    """What was counted, brought up to now if that is quick; else the job that is doing it.

    Not one transaction: the cut inside is a moment of its own, so that no rater waits while tasks are counted.
    """
    running = _jobs(study).filter(state__in=UNDER_WAY).last()
    if running is not None:
        return _mark(study), running
    missing = behind_briefly(study)
    if missing is None:
        return _mark(study), None
    if missing.tasks is None:
        return _mark(study), start_tally_job(study=study, by=by)
    return count_missing(missing=missing), None


def start_tally_job(*, study: Study, by: UUID | None) -> Job:
    """Have the tallies advanced by a worker; one under way, or that failed just now, is not started again."""
    latest = _jobs(study).last()
    if latest is not None and _has_just_failed(latest):
        return latest
    subject, arguments = _subject(study), {"study": study.pk}
    return start(kind=JOB_KIND, workspace_id=study.workspace_id, subject=subject, arguments=arguments, by=by)[0]


@shared_task(name="analysis.advance_tallies")
def advance_tallies_job(job_id: int) -> None:
    """Advance the tallies of one study."""
    carry_out(job_id, _advance)


def _advance(job: Job, tell: Tell) -> None:
    tell(20, "counting what was said of each task")
    advance_tallies(study=Study.objects.get(pk=job.arguments["study"]))


def _subject(study: Study) -> str:
    return f"study:{study.pk}"


def _jobs(study: Study) -> QuerySet[Job]:
    return Job.objects.filter(kind=JOB_KIND, subject=_subject(study)).order_by("pk")


def _has_just_failed(job: Job) -> bool:
    """So that a page which looks each second does not start it each second."""
    return job.state == JobState.FAILED and job.ended_at is not None and job.ended_at > timezone.now() - REST


def _mark(study: Study) -> TallyMark | None:
    return TallyMark.objects.filter(study=study).first()
