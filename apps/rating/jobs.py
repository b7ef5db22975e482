"""Background work of rating. A job takes ids, calls one service and is safe to run twice."""

from celery import shared_task

from apps.studies.models import Study, StudyState

from .services.adapting import plan_next_round
from .supply import next_number_due


@shared_task(name="rating.plan_next_round")
def plan_next_round_job(study_id: int, number: int) -> None:
    """Plan round `number` of an adaptive study; a round that is there already, or a study that has stopped, stays."""
    study = Study.objects.get(pk=study_id)
    if study.state == StudyState.OPEN:
        plan_next_round(study=study, number=number, by=None)


@shared_task(name="rating.sweep")
def sweep() -> None:
    """Find, from the rows alone, the open adaptive studies whose desks would run dry, and have their rounds planned."""
    for study in Study.objects.filter(state=StudyState.OPEN):
        number = next_number_due(study)
        if number is not None:
            plan_next_round_job.delay(study.pk, number)
