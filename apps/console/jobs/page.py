"""What the pages of background work show."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User, Workspace
from apps.core.jobs import KINDS, UNDER_WAY, UNFORESEEN, words_of
from apps.core.models import Job, JobState
from apps.studies.models import Study

from .results import result_of

PAGE_SIZE = 40
STATE_WORDS = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "running",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
}


def jobs_context(workspace: Workspace, *, before: int | None, may_run: bool) -> dict[str, Any]:
    """The newest jobs, or those before one; what is under way makes the list ask again."""
    jobs = Job.objects.filter(workspace_id=workspace.pk).order_by("-pk")
    found = list((jobs.filter(pk__lt=before) if before else jobs)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    cards = _cards(shown, workspace, may_run=may_run)
    address = reverse("console:jobs", args=[workspace.slug])
    return {
        "workspace": workspace,
        "jobs": cards,
        "is_live": any(card["is_under_way"] for card in cards),
        "n_under_way": sum(card["is_under_way"] for card in cards),
        "poll_url": f"{address}?before={before}" if before else address,
        "older_url": f"{address}?before={shown[-1].pk}" if len(found) > PAGE_SIZE else None,
        "newest_url": address if before else None,
    }


def job_context(job: Job, workspace: Workspace, *, may_run: bool) -> dict[str, Any]:
    """One job's own page."""
    return {"workspace": workspace, "job": _cards([job], workspace, may_run=may_run)[0]}


def _cards(jobs: list[Job], workspace: Workspace, *, may_run: bool) -> list[dict[str, Any]]:
    ids, slugs = {study_id_of(job) for job in jobs} - {None}, {_study_made(job) for job in jobs} - {None}
    found = Study.objects.select_related("workspace").filter(Q(pk__in=ids) | Q(slug__in=slugs), workspace=workspace)
    studies: dict[int | str | None, Study] = {study.pk: study for study in found}
    studies |= {study.slug: study for study in studies.values()}
    people = {user.uuid: str(user) for user in User.objects.filter(uuid__in={job.by for job in jobs if job.by})}
    return [
        job_card(
            job, workspace.slug, study=studies.get(study_id_of(job) or _study_made(job)), may_run=may_run, people=people
        )
        for job in jobs
    ]


def study_id_of(job: Job) -> int | None:
    """The study a job is about, from how it is filed."""
    word, _, number = job.subject.partition(":")
    return int(number) if word == "study" and number.isdigit() else None


def _study_made(job: Job) -> str | None:
    """The slug of the study that a job made, which is not known when it begins."""
    made = (job.result or {}).get("study")
    return made if isinstance(made, str) else None


def job_card(
    job: Job, workspace_slug: str, *, study: Study | None, may_run: bool, people: dict[UUID, str] | None = None
) -> dict[str, Any]:
    """A job as its row, its page and other pages show it."""
    args = [workspace_slug, job.public_id]
    return {
        "id": str(job.public_id),
        "words": words_of(job.kind),
        "study": study.name if study else "",
        "study_url": reverse("console:study", args=[workspace_slug, study.slug]) if study else None,
        "by": (people or {}).get(job.by, "a member") if job.by else "Touchstone itself",
        "state": STATE_WORDS[JobState(job.state)],
        "is_under_way": job.state in UNDER_WAY,
        "is_failed": job.state == JobState.FAILED,
        "percent": job.percent,
        # The pages say themselves that it failed.
        "message": job.message.removeprefix(UNFORESEEN),
        "created_at": job.created_at,
        "took": _took(job),
        "result": result_of(job, study, may_run=may_run) if study and job.state == JobState.DONE else None,
        "no_result": "There is nothing to open." if job.state == JobState.DONE else "",
        "url": reverse("console:job_page", args=args),
        "again_url": reverse("console:job_again", args=args) if _may_try_again(job, may_run) else None,
    }


def _may_try_again(job: Job, may_run: bool) -> bool:
    return may_run and job.state == JobState.FAILED and job.kind in KINDS


def _took(job: Job) -> str:
    """How long it ran, or has run so far, in words."""
    if job.started_at is None:
        return ""
    return duration_words((job.ended_at or timezone.now()) - job.started_at)


def duration_words(taken: timedelta) -> str:
    """Seconds under two minutes, then minutes, then hours and minutes."""
    seconds = max(0, round(taken.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
