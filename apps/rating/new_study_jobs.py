"""Reading an upload and making a study of it: at once where that is quick, else by a worker that says how far it is."""

from time import monotonic
from typing import Any
from uuid import UUID

from celery import shared_task

from apps.core.errors import NotFound, Refused
from apps.core.jobs import Tell, Work, carry_out, run, start
from apps.core.models import Job
from apps.rating.exchange.contents import Progress
from apps.rating.exchange.documents import study_document
from apps.studies.uploads import Upload

from .previews import n_rubrics
from .services.new_studies import Wish, make_study, read_upload, terms_from, upload_of

READING, MAKING = "reading a file", "new study"
AT_ONCE_BYTES = 512 * 1024
AT_ONCE_TASKS = 2_000
TOLD_EACH = 0.5  # seconds


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
    return _start(MAKING, upload, arguments, by, at_once=_is_quick(upload, wish))


def _is_quick(upload: Upload, wish: Wish) -> bool:
    found = upload.found or {}
    n_tasks = found.get("n_comparisons", 0) + n_rubrics(found.get("n_ratable", 0), wish.terms)
    return upload.n_bytes <= AT_ONCE_BYTES and n_tasks <= AT_ONCE_TASKS


def _start(kind: str, upload: Upload, arguments: dict[str, Any], by: UUID, *, at_once: bool = False) -> Job:
    job, is_new = start(
        kind=kind,
        workspace_id=upload.workspace_id,
        subject=subject_of(upload),
        arguments=arguments,
        by=by,
        sends=not at_once,
    )
    if at_once and is_new:
        run(job, WORK[kind])
    return job


def job_of(upload: Upload, kind: str) -> Job | None:
    """The newest job of this kind about the upload."""
    return Job.objects.filter(kind=kind, subject=subject_of(upload)).order_by("-pk").first()


def made_of(*, workspace_id: int, by: UUID, upload: UUID) -> Job | None:
    """The job that stored a study of this upload, for whoever started it; None while there is none."""
    made = Job.objects.filter(kind=MAKING, workspace_id=workspace_id, by=by, result__isnull=False)
    return made.filter(subject=f"upload:{upload}").order_by("-pk").first()


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
    """Read an upload, or make a study of it: whichever the job is about."""
    carry_out(job_id, lambda job, tell: WORK[job.kind](job, tell))


def _read(job: Job, tell: Tell) -> None:
    read_upload(upload=upload_of(job), on_progress=_reading(tell, full=95))


def _make(job: Job, tell: Tell) -> dict[str, Any] | None:
    wanted = job.arguments
    wish = Wish(
        slug=wanted["slug"],
        terms=terms_from(wanted["terms"]),
        raters=tuple(wanted["raters"]),
        opens=wanted["opens"],
    )
    if job.by is None:
        raise Refused("Nobody is known to have asked for this study.")
    try:
        make_study(job=job, wish=wish, by=job.by, on_step=tell, on_progress=_reading(tell, full=40))
    except Exception as error:
        if job.result:
            error.add_note("The study is stored as a draft and could not be opened.")
        raise
    return job.result


WORK: dict[str, Work] = {READING: _read, MAKING: _make}


def _reading(tell: Tell, *, full: int) -> Progress:
    """Tells now and then how many rows were read; all of them are `full` percent of the work."""
    told = monotonic()

    def read(file: str, n_rows: int, share: float) -> None:
        nonlocal told
        if monotonic() - told > TOLD_EACH:
            told = monotonic()
            tell(max(1, round(share * full)), f"{file}: {n_rows:,} rows")

    return read
