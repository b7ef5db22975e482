"""The doors to workspaces: each returns what was asked for or raises NotFound, whoever the stranger is."""

from collections.abc import Set

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from apps.core.errors import NotFound

from .models import Membership, User, Workspace


def signed_in(request: HttpRequest) -> User:
    """The person who asks; for views that let nobody else in."""
    if not isinstance(request.user, User):
        raise NotFound("Sign in first.")
    return request.user


def membership_of(user: User | AnonymousUser, workspace_slug: str, roles: Set[str] | None = None) -> Membership:
    """The user's membership of the workspace, with one of `roles` if given."""
    found = None
    if user.is_authenticated:
        found = (
            Membership.objects.select_related("workspace").filter(user=user.pk, workspace__slug=workspace_slug).first()
        )
    if found is None or (roles is not None and found.role not in roles):
        raise NotFound("There is no such page for you. Ask the workspace's administrator for access.")
    return found


def workspace_named(slug: str) -> Workspace:
    """The workspace of this slug, for commands."""
    try:
        return Workspace.objects.get(slug=slug)
    except Workspace.DoesNotExist:
        known = ", ".join(Workspace.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise NotFound(f"There is no workspace {slug!r}. Workspaces: {known}.") from None
