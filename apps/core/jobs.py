"""What every kind of background work has in common: its words, its start, its one try at a time, a second try, a sweep.

A kind's task is named here as text, so that this room need not know the rooms above it. A kind is a service, a start
and a task of one line:

    def start_counting_job(*, study: Study, by: UUID | None) -> Job:
        subject, arguments = f"study:{study.pk}", {"study": study.pk}
        return start(kind="counting", workspace_id=study.workspace_id, subject=subject, arguments=arguments, by=by)[0]


    @shared_task(name="rooms.count")
    def counting_job(job_id: int) -> None:
        carry_out(job_id, _count)


    def _count(job: Job, tell: Tell) -> dict[str, Any]:
        tell(20, "counting the judgments")
        return {"n": count_judgments(study_id=job.arguments["study"])}
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import current_app, shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.core import audit
from apps.core.database.locks import alone, lock
from apps.core.errors import Refused

from .models import Job, JobState

LOST_AFTER = timedelta(minutes=5)
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
WAITING = "waiting for a worker"
UNFORESEEN = "It failed: "  # begins the message where no refusal says what is wrong
MOST_WORDS = 300  # of an error that nobody foresaw
Tell = Callable[[int, str], None]  # percent, what is being done
Work = Callable[[Job, Tell], dict[str, Any] | None]  # what it returns is the job's result


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of work in words, and the Celery task that does it: it takes a job's id and is safe to run twice."""

    words: str
    task: str


KINDS = {
    "leaderboard": JobKind("Leaderboard", "analysis.compute_leaderboard"),
    "gate": JobKind("Gate", "analysis.read_gate"),
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


@transaction.atomic
def start(
    *,
    kind: str,
    workspace_id: int,
    subject: str,
    arguments: dict[str, Any],
    by: UUID | None,
    per_arguments: bool = False,
    sends: bool = True,
) -> tuple[Job, bool]:
    """The job of this kind about the subject that is under way, or a new one; and whether it is new.

    With `per_arguments`, jobs about one subject with other arguments run beside it. Without `sends`, the caller does
    the new job himself (`run`).
    """
    lock(f"start:{kind}:{subject}")
    alike = Job.objects.filter(kind=kind, subject=subject, state__in=UNDER_WAY)
    running = (alike.filter(arguments=arguments) if per_arguments else alike).order_by("-pk").first()
    if running is not None:
        return running, False
    job = Job.objects.create(
        kind=kind, workspace_id=workspace_id, subject=subject, arguments=arguments, by=by, message=WAITING
    )
    if sends:
        send(job)
    return job, True


def send(job: Job) -> None:
    """Hand the job to a worker once this transaction is committed."""
    work = current_app.signature(KINDS[job.kind].task, args=[job.pk])
    transaction.on_commit(work.apply_async)


def carry_out(job_id: int, work: Work) -> None:
    """Do a job, in a worker: a second worker leaves while the first is at it, and what has ended stays as it ended."""
    with alone(f"job:{job_id}") as mine:
        job = Job.objects.get(pk=job_id)
        if mine and job.state in UNDER_WAY:
            run(job, work)


def run(job: Job, work: Work) -> None:
    """Do the work and keep the job's row up to date, to its end.

    A refusal ends the job in its sentence. Anything else ends it in words, too, and is raised for the worker's log.
    """
    report(job, JobState.RUNNING, 1, "beginning")
    try:
        job.result = work(job, lambda percent, message: report(job, JobState.RUNNING, percent, message))
    except Refused as refused:
        return report(job, JobState.FAILED, 100, _in_words(refused, refused.sentence))
    except Exception as error:
        report(job, JobState.FAILED, 100, _in_words(error, f"{UNFORESEEN}{_reason(error)}."))
        raise
    return report(job, JobState.DONE, 100, "done")


def _in_words(error: Exception, sentence: str) -> str:
    """What the work noted on its error (`add_note`) says what is stored already, and comes first."""
    return " ".join([*getattr(error, "__notes__", ()), sentence])


def _reason(error: Exception) -> str:
    """Its first line and its kind: further lines of a database's error show the row it was about."""
    kind, (line, *_) = type(error).__name__, [*str(error).splitlines(), ""]
    return f"{line[:MOST_WORDS].rstrip('. ')} ({kind})" if line.strip() else kind


def report(job: Job, state: JobState, percent: int, message: str) -> None:
    """Store how far the job is."""
    now = timezone.now()
    job.state, job.percent, job.message = state, percent, message
    job.started_at = job.started_at or now
    job.ended_at = now if state in {JobState.DONE, JobState.FAILED} else None
    job.save(update_fields=["state", "percent", "message", "result", "started_at", "ended_at"])


@transaction.atomic
def start_again(*, job: Job, by: UUID) -> Job:
    """Have a failed job done once more, from its beginning. What is stored twice is stored once.

    Its result stays: there a job notes what an earlier try has finished.
    """
    held = Job.objects.select_for_update().get(pk=job.pk)
    if held.state != JobState.FAILED:
        raise Refused(f"This job is {held.get_state_display()}: only a failed one can be started again.")
    if held.kind not in KINDS:
        raise Refused("This kind of job cannot be started again from here. Start it from the page it belongs to.")
    held.state, held.percent, held.message = JobState.QUEUED, 0, WAITING
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
    minutes = settings.JOB_SECONDS // 60
    why = f"It was stopped: it ran longer than {minutes} minutes or its worker ended."
    # One statement: a job that ends in this very moment keeps its end and its result.
    stopped = Job.objects.filter(state=JobState.RUNNING, started_at__lt=overdue)
    stopped.update(state=JobState.FAILED, percent=100, message=why, ended_at=now)
