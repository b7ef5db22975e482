"""Who took which table, and what it held: in the audit trail, from which a page lists the latest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core import audit
from apps.core.models import AuditEvent
from apps.studies.models import Study

from .formats import Manifest

_BEGUN, _DONE = "begin_download", "download_table"


@dataclass(frozen=True, slots=True)
class PastDownload:
    """A download that went to its end."""

    at: datetime
    by: UUID | None
    manifest: Manifest


@transaction.atomic
def note_begun(*, study: Study, about: dict[str, Any], by: UUID) -> None:
    """Before the first byte: also who breaks a download off has had its rows."""
    audit.record(_BEGUN, f"study:{study.pk}", by=by, workspace_id=study.workspace_id, **about)


@transaction.atomic
def note_downloaded(*, study: Study, manifest: Manifest, by: UUID) -> None:
    """After the last byte: how many rows it had and their SHA-256."""
    audit.record(_DONE, f"study:{study.pk}", by=by, workspace_id=study.workspace_id, **manifest)


def past_downloads(study: Study, limit: int = 8) -> list[PastDownload]:
    """The study's latest downloads, newest first."""
    events = AuditEvent.objects.filter(workspace_id=study.workspace_id, verb=_DONE, subject=f"study:{study.pk}")
    return [PastDownload(event.at, event.by, event.details) for event in events.order_by("-id")[:limit]]
