"""Reading an upload and making a study of it: at once where that is quick, else by a worker that says how far it is."""

from time import monotonic
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from apps.core.database.locks import alone, lock
from apps.core.errors import NotFound, Refused
from apps.core.jobs import UNDER_WAY, WAITING, send
from apps.core.models import Job, JobState
from apps.rating.exchange.documents import study_document
from apps.studies.uploads import Upload

from .services.new_studies import Wish, make_study, read_upload, terms_from, upload_of

READING, MAKING = "reading a file", "new study"
AT_ONCE_BYTES = 512 * 1024
AT_ONCE_TASKS = 2_000
SAVED_EACH = 0.5  # seconds


def subject_of(upload: Upload) -> str:
    """What the jobs of an upload work on."""
    return f"upload:{upload.public_id}"


def start_reading(*, upload: Upload, by: UUID) -> Job | None:
    """Read the upload; None where that was done at once, else the job that does it."""
    if upload.n_bytes <= AT_ONCE_BYTES:
        read_upload(upload=upload)
        return None
    return _start(READING, upload, {"upload": upload.pk, "name": upload.name}, by)


def start_making(*, upload: Upload, wish: Wish, by: UUID) -> Job:
    """Make the study; done when this returns where that is quick. The one under way is not started again."""
    arguments = {
        "upload": upload.pk,
        "name": wish.terms.name,
        "slug": wish.slug,
        "terms": study_document(wish.terms),
        "raters": list(wish.raters),
        "opens": wish.opens,
    }
    return _start(MAKING, upload, arguments, by, at_once=_is_quick(upload))


def _is_quick(upload: Upload) -> bool:
    found = upload.found or {}
    return (
        upload.n_bytes <= AT_ONCE_BYTES and found.get("n_comparisons", 0) + found.get("n_rubrics", 0) <= AT_ONCE_TASKS
    )


def _start(kind: str, upload: Upload, arguments: dict[str, Any], by: UUID, *, at_once: bool = False) -> Job:
    with transaction.atomic():
        lock(f"job:{subject_of(upload)}")
        running = job_of(upload, kind)
        if running is not None and running.state in UNDER_WAY:
            return running
        job = Job.objects.create(
            kind=kind,
            workspace_id=upload.workspace_id,
            subject=subject_of(upload),
            arguments=arguments,
            by=by,
            message=WAITING,
        )
        if not at_once:
            send(job)
    if at_once:
        run(job)
    return job


def job_of(upload: Upload, kind: str) -> Job | None:
    """The newest job of this kind about the upload."""
    return Job.objects.filter(kind=kind, subject=subject_of(upload)).order_by("-pk").first()


def job_named(*, workspace_id: int, by: UUID, public_id: UUID) -> Job:
    """The job of an upload, for whoever started it: also when the upload is gone because the study is made."""
    found = Job.objects.filter(
        kind__in=[READING, MAKING], workspace_id=workspace_id, by=by, public_id=public_id
    ).first()
    if found is None:
        raise NotFound("There is no such work. Start the new study again.")
    return found


@shared_task(name="rating.upload")
def upload_job(job_id: int) -> None:
    """Do what the job says, once: a second worker finds it taken and leaves."""
    with alone(f"job:{job_id}") as mine:
        job = Job.objects.get(pk=job_id)
        if mine and job.state in UNDER_WAY:
            run(job)


def run(job: Job) -> None:
    """The work itself. A refusal ends the job in its sentence; anything else does, too, and is raised."""
    progress = _Progress(job)
    try:
        if job.kind == READING:
            read_upload(upload=upload_of(job), on_progress=progress.read)
        else:
            _make(job, progress)
    except Refused as refused:
        return progress.fail(refused.sentence)
    except Exception as error:
        progress.fail(f"It failed ({type(error).__name__}). Try again.")
        raise
    progress.end(JobState.DONE, "done")
    return None


def _make(job: Job, progress: "_Progress") -> None:
    wanted = job.arguments
    wish = Wish(
        slug=wanted["slug"],
        terms=terms_from(wanted["terms"]),
        raters=tuple(wanted["raters"]),
        opens=wanted["opens"],
    )
    by = job.by
    if by is None:
        raise Refused("Nobody is known to have asked for this study.")
    make_study(job=job, wish=wish, by=by, on_step=progress.step, on_progress=progress.read)


class _Progress:
    """Keeps the job's row up to date, now and then."""

    def __init__(self, job: Job) -> None:
        self._job, self._saved = job, 0.0
        self._full = 95 if job.kind == READING else 40
        self._job.started_at = timezone.now()
        self.step(1, "beginning")

    def step(self, percent: int, message: str) -> None:
        """A new part of the work."""
        self._job.state, self._job.percent, self._job.message = JobState.RUNNING, percent, message
        self._job.save(update_fields=["state", "percent", "message", "started_at"])
        self._saved = monotonic()

    def read(self, file: str, n_rows: int, share: float) -> None:
        """So many rows of a file were read."""
        if monotonic() - self._saved > SAVED_EACH:
            self.step(max(1, round(share * self._full)), f"{file}: {n_rows:,} rows")

    def fail(self, sentence: str) -> None:
        """Why it ended; what is stored by then stays, as a draft."""
        stored = "The study is stored as a draft and could not be opened. " if self._job.result else ""
        self.end(JobState.FAILED, stored + sentence)

    def end(self, state: JobState, message: str) -> None:
        """How it ended."""
        self._job.state, self._job.percent, self._job.message = state, 100, message
        self._job.ended_at = timezone.now()
        self._job.save(update_fields=["state", "percent", "message", "ended_at", "started_at"])
