"""Keeping files for a new study, and forgetting them."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Workspace
from apps.core.errors import Refused
from apps.studies.uploads import MAX_UPLOAD_BYTES, PART_BYTES, TYPED, Upload, UploadPart

KEPT_FOR = timedelta(days=1)
MAX_NAME = 120
TOO_LARGE = (
    f"The file is larger than {MAX_UPLOAD_BYTES // 1024**2} MB, and nothing of it was kept. Pack it (.jsonl.gz, "
    ".csv.gz, .zip) or send it as Parquet; a study that is larger still is imported on the server: "
    "manage.py import_study."
)
EMPTY = "The file is empty, and nothing was kept. Choose the file that holds the outputs."


@transaction.atomic
def keep_upload(
    *,
    workspace: Workspace,
    by: UUID,
    name: str,
    chunks: Iterable[bytes],
    template: str,
    is_sample: bool = False,
    gold_of: Upload | None = None,
) -> Upload:
    """Keep a file until a study is made of it. The gold of an upload takes the place of what was sent before."""
    if gold_of is not None:
        Upload.objects.filter(gold_of=gold_of).delete()
    upload = Upload.objects.create(
        workspace=workspace,
        by=by,
        name=safe_name(name),
        template=template,
        is_sample=is_sample,
        gold_of=gold_of,
        n_bytes=1,
        sha256="",
    )
    digest, n_bytes = hashlib.sha256(), 0
    for number, data in enumerate(_parts(chunks)):
        digest.update(data)
        n_bytes += len(data)
        if n_bytes > MAX_UPLOAD_BYTES:
            raise Refused(TOO_LARGE)
        UploadPart.objects.create(upload=upload, number=number, data=data)
    if not n_bytes:
        raise Refused(EMPTY)
    upload.n_bytes, upload.sha256 = n_bytes, digest.hexdigest()
    upload.save(update_fields=["n_bytes", "sha256"])
    return upload


def safe_name(name: str) -> str:
    """The last part of a path, in characters that any file system takes; the ending stays."""
    plain = re.sub(r"[^\w.,()+ -]", "_", PurePosixPath(name.replace("\\", "/")).name).strip(" .")
    return plain[-MAX_NAME:] or "file"


def _parts(chunks: Iterable[bytes]) -> Iterable[bytes]:
    """The same bytes in parts of one size, whatever size they come in."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PART_BYTES:
            yield bytes(held[:PART_BYTES])
            del held[:PART_BYTES]
    if held:
        yield bytes(held)


def write_upload(upload: Upload, path: Path) -> Path:
    """The bytes as a file, part by part; the path again."""
    with path.open("wb") as stream:
        for data in upload.parts.order_by("number").values_list("data", flat=True).iterator(chunk_size=4):
            stream.write(data)
    return path


def note_found(*, upload: Upload, found: dict[str, Any] | None) -> None:
    """Keep what reading the upload came to; None: it is to be read again. What was typed stays."""
    _note(upload, found or {}, upload.typed)


def keep_typed(*, upload: Upload, typed: Mapping[str, list[str]]) -> None:
    """Keep the settings as they were typed, for whoever comes back to them."""
    # PostgreSQL cannot keep the character NUL, and no field takes it.
    plain = {name: [text.replace("\0", "") for text in texts] for name, texts in typed.items()}
    _note(upload, {name: value for name, value in (upload.found or {}).items() if name != TYPED}, plain)


def _note(upload: Upload, found: dict[str, Any], typed: dict[str, list[str]]) -> None:
    upload.found = {**found, **({TYPED: typed} if typed else {})} or None
    upload.save(update_fields=["found"])


@transaction.atomic
def drop_upload(*, upload: Upload) -> None:
    """Forget an upload, with its bytes and its gold."""
    Upload.objects.filter(pk=upload.pk).delete()


def drop_old_uploads() -> int:
    """Forget what nobody made a study of within a day; how many files that were."""
    _, by_model = Upload.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return by_model.get("studies.Upload", 0)
