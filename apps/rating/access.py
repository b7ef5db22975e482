"""The doors for raters: a rater reaches her own work in her own studies and nothing else."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import User, Workspace
from apps.core.database.instances import columns_of, read_instance
from apps.core.database.queries import first_row
from apps.core.errors import NotFound
from apps.studies.models import Study

from .models import Assignment, Enrolment, Rater

_ENROLMENT = f"""
    SELECT {columns_of(Enrolment, "e")}, {columns_of(Study, "s")},
           {columns_of(Workspace, "w")}, {columns_of(Rater, "r")}
    FROM rating_enrolment e
    JOIN studies_study s ON s.id = e.study_id
    JOIN accounts_workspace w ON w.id = s.workspace_id
    JOIN rating_rater r ON r.id = e.rater_id
    WHERE s.slug = %(study)s AND w.slug = %(workspace)s AND r.user_id = %(user)s
"""  # noqa: S608 - constant text


def enrolment_of(user: User | AnonymousUser, workspace_slug: str, study_slug: str) -> Enrolment:
    """The user's enrolment in the study. Every press of a key comes through this door, so it is prepared."""
    found = None
    if user.is_authenticated:
        found = first_row(_ENROLMENT, {"study": study_slug, "workspace": workspace_slug, "user": user.pk})
    if found is None:
        raise NotFound("There is no such study for you. Your studies are listed on your home page.")
    values = iter(found)
    enrolment = read_instance(Enrolment, values)
    enrolment.study = read_instance(Study, values)
    enrolment.study.workspace = enrolment.workspace = read_instance(Workspace, values)
    enrolment.rater = read_instance(Rater, values)
    return enrolment


def own_assignment(enrolment: Enrolment, public_id: UUID) -> Assignment:
    """An assignment that was given to this rater in this study."""
    found = (
        Assignment.objects.select_related("task__item", "protocol", "task__output_a", "task__output_b")
        .filter(study=enrolment.study_id, rater=enrolment.rater_id, public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound("This task was not given to you. Open the study again for your next one.")
    return found
