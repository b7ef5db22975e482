"""Background work of rating. A job takes ids, calls one service and is safe to run twice."""

import logging

from celery import shared_task

from apps.core.database.locks import alone
from apps.core.errors import Refused
from apps.core.jobs import carry_out
from apps.studies.models import Study, StudyState

from .exchange.packing import forget_old_archives, pack
from .selectors.figures import studies_with_figures_due
from .services.adapting import plan_next_round
from .services.figures import freeze_figures
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


@shared_task(name="rating.pack_study")
def pack_study_job(job_id: int) -> None:
    """Pack a study as an archive. Sent twice, it is packed once."""
    carry_out(job_id, pack)


@shared_task(name="rating.freeze_figures")
def freeze_figures_job(study_id: int) -> None:
    """Advance the stored figures of a study to the facts as they are now; the same job twice is one."""
    with alone(f"figures-job:{study_id}") as mine:
        if mine:
            freeze_figures(study_id=study_id)


@shared_task(name="rating.sweep")
def sweep() -> None:
    """Find, from the rows alone, what is due: rounds of adaptive studies, and figures that are behind.

    Archives that nobody fetched for a day go.
    """
    _supply_desks()
    for study_id in studies_with_figures_due():
        freeze_figures_job.delay(study_id)
    forget_old_archives()  # last: a folder in trouble keeps nobody from work


def _supply_desks() -> None:
    """Have the rounds of open adaptive studies planned whose desks would run dry."""
    for study in Study.objects.filter(state=StudyState.OPEN):
        try:
            number = next_number_due(study)
        except Exception:  # one study's trouble must not leave the desks of all others empty
            _log.exception("Whether study %s needs a round could not be found out.", study.slug)
            continue
        if number is not None:
            plan_next_round_job.delay(study.pk, number)
