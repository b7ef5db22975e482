"""The doors to studies."""

from django.contrib.auth.models import AnonymousUser

from apps.accounts.access import membership_of, workspace_named
from apps.accounts.models import READS_RESULTS, RUNS_STUDIES, User
from apps.core.errors import NotFound

from .models import Study

Person = User | AnonymousUser


def study_as_reader(user: Person, workspace_slug: str, study_slug: str) -> Study:
    """The study, for someone who may read its results."""
    membership = membership_of(user, workspace_slug, READS_RESULTS)
    return _study_in(membership.workspace_id, study_slug)


def study_as_manager(user: Person, workspace_slug: str, study_slug: str) -> Study:
    """The study, for someone who may run it."""
    membership = membership_of(user, workspace_slug, RUNS_STUDIES)
    return _study_in(membership.workspace_id, study_slug)


def _study_in(workspace_id: int, slug: str) -> Study:
    study = Study.objects.select_related("workspace").filter(workspace=workspace_id, slug=slug).first()
    if study is None:
        raise NotFound("There is no such study. Look at the list on your home page.")
    return study


def study_named(slug: str, workspace_slug: str | None = None) -> Study:
    """The study of this slug, for commands and the API; the workspace may be left out while it is clear."""
    studies = Study.objects.select_related("workspace").filter(slug=slug)
    if workspace_slug is not None:
        studies = studies.filter(workspace=workspace_named(workspace_slug))
    found = list(studies.order_by("workspace__slug")[:2])
    if not found:
        raise NotFound(f"There is no study {slug!r}{_where(workspace_slug)}. {_known_studies()}")
    if len(found) > 1:
        raise NotFound(f"More than one workspace has a study {slug!r}: say which with --workspace.")
    return found[0]


def _where(workspace_slug: str | None) -> str:
    return f" in workspace {workspace_slug!r}" if workspace_slug else ""


def _known_studies() -> str:
    slugs = Study.objects.order_by("slug").values_list("slug", flat=True)[:20]
    return f"Studies: {', '.join(slugs)}." if slugs else "Import one first: manage.py import_study."
