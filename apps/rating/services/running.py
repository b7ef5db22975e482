"""Opening a study for rating: its first round is planned, then raters may come."""

from uuid import UUID

from django.db import transaction

from apps.rating.models import Plan
from apps.studies.models import Study, StudyState
from apps.studies.services import change_state

from .planning import plan_round


@transaction.atomic
def open_study(*, study: Study, by: UUID | None) -> Study:
    """Open the study, planning its first round if there is none; opening it twice changes nothing."""
    if not Plan.objects.filter(study=study).exists():
        plan_round(study=study, by=by, number=1)
    return change_state(study_id=study.pk, to=StudyState.OPEN, by=by)
