"""Background work of rating. A job takes ids, calls one service and is safe to run twice."""

import logging

from celery import shared_task

from apps.core.errors import Refused
from apps.studies.models import Study, StudyState

from .services.adapting import plan_next_round
from .supply import next_number_due

_log = logging.getLogger(__name__)


@shared_task(name="rating.plan_next_round")
def plan_next_round_job(study_id: int, number: int) -> None:
    """Plan round `number` of an adaptive study; a round that is there already, or a study that has stopped, stays."""
    study = Study.objects.get(pk=study_id)
    if study.state != StudyState.OPEN:
        return
    try:
        plan_next_round(study=study, number=number, by=None)
    except Refused as refused:
        _log.warning("Round %s of study %s was not planned: %s", number, study.slug, refused.sentence)


@shared_task(name="rating.sweep")
def sweep() -> None:
    """Find, from the rows alone, the open adaptive studies whose desks would run dry, and have their rounds planned."""
    for study in Study.objects.filter(state=StudyState.OPEN):
        try:
            number = next_number_due(study)
        except Exception:  # one study's trouble must not leave the desks of all others empty
            _log.exception("Whether study %s needs a round could not be found out.", study.slug)
            continue
        if number is not None:
            plan_next_round_job.delay(study.pk, number)
