"""The doors for raters: a rater reaches her own work in her own studies and nothing else."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import User
from apps.core.errors import NotFound

from .models import Assignment, Enrolment


def enrolment_of(user: User | AnonymousUser, workspace_slug: str, study_slug: str) -> Enrolment:
    """The user's enrolment in the study."""
    found = None
    if user.is_authenticated:
        found = (
            Enrolment.objects.select_related("study__workspace", "rater")
            .filter(rater__user=user.pk, study__slug=study_slug, study__workspace__slug=workspace_slug)
            .first()
        )
    if found is None:
        raise NotFound("There is no such study for you. Your studies are listed on your home page.")
    return found


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
