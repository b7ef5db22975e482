"""The door to an upload: it is for whoever sent it, as long as she runs studies there."""

from uuid import UUID

from django.http import HttpRequest

from apps.accounts.access import membership_of, signed_in
from apps.accounts.models import RUNS_STUDIES, Workspace
from apps.core.errors import NotFound

from .uploads import Upload


def workspace_as_manager(request: HttpRequest, workspace_slug: str) -> Workspace:
    """The workspace, for someone who may run studies there."""
    return membership_of(signed_in(request), workspace_slug, RUNS_STUDIES).workspace


def upload_as_sender(request: HttpRequest, workspace_slug: str, public_id: UUID) -> Upload:
    """The upload, for the manager who sent it."""
    workspace = workspace_as_manager(request, workspace_slug)
    mine = Upload.objects.select_related("workspace", "gold").filter(
        workspace=workspace, by=signed_in(request).uuid, gold_of=None
    )
    found = mine.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("This file is not here any more: files are kept for a day. Start the new study again.")
    return found
