"""Workspaces and who belongs to them."""

from uuid import UUID

from django.db import transaction

from apps.accounts.models import Membership, Role, User, Workspace
from apps.core import audit
from apps.core.errors import Refused


@transaction.atomic
def create_workspace(*, slug: str, name: str, by: UUID | None = None) -> Workspace:
    """A new workspace, or the existing one of this slug."""
    workspace, created = Workspace.objects.get_or_create(slug=slug, defaults={"name": name})
    if created:
        audit.record("workspace created", f"workspace:{slug}", by=by, workspace_id=workspace.pk)
    return workspace


@transaction.atomic
def give_role(*, workspace: Workspace, user: User, role: str, by: UUID | None = None) -> Membership:
    """Make `user` a member with `role`, or change the role she has."""
    if role not in Role.values:
        raise Refused(f"There is no role {role!r}: choose one of {', '.join(Role.values)}.")
    membership, _ = Membership.objects.update_or_create(workspace=workspace, user=user, defaults={"role": role})
    audit.record("role given", f"user:{user.uuid}", by=by, workspace_id=workspace.pk, role=role)
    return membership
