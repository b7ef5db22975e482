"""A study from an upload: read and told first, then imported, its raters enrolled, opened.

Each step is stored by itself and finds what an earlier try has done: a worker that dies in the middle is followed by
another. A file that is refused leaves nothing behind.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from apps.accounts.models import Membership, User, Workspace
from apps.core.database.locks import lock
from apps.core.errors import Refused
from apps.core.models import Job
from apps.rating.exchange.bundle import Bundle
from apps.rating.exchange.contents import Progress
from apps.rating.exchange.problems import ImportRefused, Problem
from apps.rating.exchange.storing import import_bundle
from apps.rating.exchange.terms import STUDY_FILE, study_from
from apps.rating.given_answers import given_answers, misfits
from apps.rating.previews import preview_of
from apps.rating.uploaded import bundle_of, in_sentences
from apps.studies.material import StudyFile
from apps.studies.models import Study, StudyState
from apps.studies.services.protocol import TAKEN_SLUGS
from apps.studies.services.uploads import drop_upload, note_found
from apps.studies.uploads import Upload

from .enrolling import enrol_rater
from .running import open_study

MAX_PROBLEMS = 100
MAX_SLUG = 80
Step = Callable[[int, str], None]  # percent, what is being done


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The study that is wanted of an upload."""

    slug: str
    terms: StudyFile
    raters: tuple[int, ...] = ()
    opens: bool = True


def read_upload(*, upload: Upload, on_progress: Progress | None = None) -> dict[str, Any]:
    """Read the file and keep what was found: a preview, or its problems in words."""
    try:
        with in_sentences():
            found = preview_of(bundle_of(upload, on_progress=on_progress))
    except ImportRefused as refusal:
        found = _told(refusal)
    except Refused as refusal:
        found = {"problems": [{"place": upload.name, "sentence": refusal.sentence}], "n_problems": 1}
    note_found(upload=upload, found=found)
    return found


def _told(refusal: ImportRefused) -> dict[str, Any]:
    shown = [
        {"place": problem.place, "expected": problem.expected, "found": problem.found, "sentence": problem.sentence()}
        for problem in refusal.problems[:MAX_PROBLEMS]
    ]
    return {"problems": shown, "n_problems": len(refusal.problems)}


def free_slug(workspace: Workspace, name: str) -> str:
    """An address for a study of this name that no other study of the workspace has."""
    stem = slugify(name)[: MAX_SLUG - 5].strip("-_") or "study"
    taken = set(Study.objects.filter(workspace=workspace, slug__startswith=stem).values_list("slug", flat=True))
    numbered = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(taken) + 3))
    return next(slug for slug in numbered if slug not in taken | TAKEN_SLUGS)


def terms_from(document: dict[str, Any]) -> StudyFile:
    """Terms from their documented names; ImportRefused names what cannot be."""
    problems: list[Problem] = []
    terms = study_from(document, file=STUDY_FILE, report=problems.append)
    if terms is None:
        raise ImportRefused(problems)
    return terms


def make_study(*, job: Job, wish: Wish, by: UUID, on_step: Step, on_progress: Progress) -> Study:
    """Import the job's upload as a new study, enrol its raters, and open it if that is wanted."""
    study = _made_before(job) or _imported(job, wish, by, on_step, on_progress)
    on_step(70, "enrolling the raters")
    _enrol(study, wish.raters, by)
    if wish.opens and study.state == StudyState.DRAFT:
        on_step(75, "planning the first round")
        study = open_study(study=study, by=by)
    return study


def upload_of(job: Job) -> Upload:
    """The file that a job works on."""
    found = Upload.objects.select_related("workspace").filter(pk=job.arguments["upload"]).first()
    if found is None:
        raise Refused("The file is not here any more. Start the new study again.")
    return found


def _imported(job: Job, wish: Wish, by: UUID, on_step: Step, on_progress: Progress) -> Study:
    """The study in draft. The file is forgotten in the same moment: nobody makes a second study of it."""
    upload = upload_of(job)
    on_step(5, "reading the file")
    with in_sentences():
        bundle = bundle_of(upload, on_progress=on_progress)
    _check_answers(bundle, wish.terms)
    on_step(40, f"storing {len(bundle.outputs):,} outputs")
    with transaction.atomic():
        lock(f"import:{upload.workspace_id}")
        import_new(bundle=replace(bundle, study=wish.terms), upload=upload, slug=wish.slug, by=by)
        drop_upload(upload=upload)
        job.result = {"study": wish.slug}
        job.save(update_fields=["result"])
    return Study.objects.select_related("workspace").get(workspace=upload.workspace_id, slug=wish.slug)


def _check_answers(bundle: Bundle, terms: StudyFile) -> None:
    """Refuse terms under which the answers in the file would answer nothing."""
    misfit = next(misfits(given_answers(bundle), terms), None)
    if misfit is not None:
        raise Refused(misfit.sentence)


def import_new(*, bundle: Bundle, upload: Upload, slug: str, by: UUID) -> None:
    """Import as a study of its own: never into one that somebody made meanwhile."""
    if Study.objects.filter(workspace=upload.workspace, slug=slug).exists():
        raise Refused(f"There is a study {slug!r} by now. Give yours another name and try again.")
    import_bundle(bundle=bundle, workspace=upload.workspace, slug=slug, by=by, is_invented=upload.is_sample)


def _made_before(job: Job) -> Study | None:
    """What an earlier try of this job has stored."""
    slug = (job.result or {}).get("study")
    found = Study.objects.select_related("workspace").filter(workspace=job.workspace_id, slug=slug)
    return found.first() if slug else None


@transaction.atomic
def _enrol(study: Study, raters: Collection[int], by: UUID) -> None:
    members = Membership.objects.filter(workspace=study.workspace_id, user__in=raters).values("user")
    for user in User.objects.filter(pk__in=members).order_by("pk"):
        enrol_rater(study=study, user=user, by=by)
