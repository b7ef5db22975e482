"""A whole study as one archive, packed by a worker, kept for a day."""

import hashlib
import json
import math
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.core import audit
from apps.core.errors import NotFound
from apps.core.jobs import Tell, start
from apps.core.models import Job
from apps.rating.models import Judgment
from apps.studies.models import Study, StudyItem, StudyOutput

from .documents import Document
from .export import documents_of, terms_text
from .terms import STUDY_FILE

JOB_KIND = "study_bundle"
KEPT_FOR = timedelta(days=1)
MANIFEST_FILE = "MANIFEST.json"
TELL_EVERY_ROWS = 5_000
Told = Callable[[str, int, int], None]  # the table, its rows so far, rows of all tables so far


@transaction.atomic
def start_packing(*, study: Study, by: UUID) -> Job:
    """Have the study packed; the packing under way is not started again."""
    subject, arguments = f"study:{study.pk}", {"study": study.pk}
    job, is_new = start(kind=JOB_KIND, workspace_id=study.workspace_id, subject=subject, arguments=arguments, by=by)
    if is_new:
        audit.record("export_study", subject, by=by, workspace_id=study.workspace_id, job=str(job.public_id))
    return job


@transaction.atomic
def note_fetched(*, study: Study, job: Job, by: UUID) -> None:
    """Whoever fetches an archive has all that the study holds, gold too: others than who had it packed as well."""
    audit.record("fetch_archive", f"study:{study.pk}", by=by, workspace_id=study.workspace_id, job=str(job.public_id))


def pack(job: Job, tell: Tell) -> dict[str, Any]:
    """Do a packing job: the work of `carry_out`."""
    tell(1, "reading the study")
    study = Study.objects.get(pk=job.arguments["study"])
    n_expected = max(1, _n_rows(study))

    def tell_rows(table: str, n_rows: int, n_all: int) -> None:
        tell(min(99, 100 * n_all // n_expected), f"writing {table}: {n_rows:,} rows so far")

    manifest = write_archive(study, file_of(job), tell_rows)
    return {"file": f"{study.slug}.zip", "bytes": file_of(job).stat().st_size, **manifest}


def _n_rows(study: Study) -> int:
    return sum(model.objects.filter(study=study).count() for model in (StudyItem, StudyOutput, Judgment))


def write_archive(study: Study, path: Path, tell: Told) -> dict[str, Any]:
    """Write the archive that `import_study` reads; whole or not at all. What it holds, file by file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(".unfinished")
    n_all, files = 0, {}
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.writestr(STUDY_FILE, terms_text(study))
            for name, documents in documents_of(study).items():
                files[f"{name}.jsonl"] = _write_table(archive, name, documents, n_all, tell)
                n_all += files[f"{name}.jsonl"]["n"]
            manifest = {"study": study.slug, "written_at": timezone.now().isoformat(), "files": files}
            archive.writestr(MANIFEST_FILE, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def _write_table(
    archive: zipfile.ZipFile, name: str, documents: Iterator[Document], n_before: int, tell: Told
) -> dict[str, Any]:
    digest, n_rows = hashlib.sha256(), 0
    tell(name, 0, n_before)
    with archive.open(f"{name}.jsonl", "w", force_zip64=True) as stream:
        for document in documents:
            line = (json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n").encode()
            stream.write(line)
            digest.update(line)
            n_rows += 1
            if n_rows % TELL_EVERY_ROWS == 0:
                tell(name, n_rows, n_before + n_rows)
    return {"n": n_rows, "sha256": digest.hexdigest()}


def folder() -> Path:
    """Where archives wait to be fetched: web and workers must share it."""
    return Path(settings.VAR) / "exports"


def file_of(job: Job) -> Path:
    """The archive of a job."""
    return folder() / f"{job.public_id}.zip"


def forget_old_archives() -> int:
    """Delete what has waited longer than a day, whole or not; how many files that were."""
    oldest = (timezone.now() - KEPT_FOR).timestamp()
    old = [path for path in folder().glob("*") if path.is_file() and _written_at(path) < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _written_at(path: Path) -> float:
    """Whoever shares the folder may have deleted or renamed it since it was listed: then it is not old."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def packing_job(study: Study, public_id: str) -> Job:
    """A packing job of this study."""
    found = Job.objects.filter(kind=JOB_KIND, subject=f"study:{study.pk}", public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such archive in this study. Have it packed again.")
    return found


def last_packing(study: Study) -> Job | None:
    """The newest packing job of this study."""
    return Job.objects.filter(kind=JOB_KIND, subject=f"study:{study.pk}").order_by("-pk").first()
