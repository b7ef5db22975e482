"""Writes the audit trail: call it in the transaction of the change itself."""

from typing import Any
from uuid import UUID

from .models import AuditEvent


def record(verb: str, subject: str, *, by: UUID | None, workspace_id: int | None = None, **details: Any) -> AuditEvent:
    """Store that `by` did `verb` to `subject`. `details` must be JSON and hold nothing personal."""
    return AuditEvent.objects.create(verb=verb, subject=subject, by=by, workspace_id=workspace_id, details=details)
