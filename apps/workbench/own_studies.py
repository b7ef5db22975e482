"""Her own page: a card for each study she rates in."""

from typing import Any

from django.http import HttpRequest

from apps.rating.models import Enrolment, Standing
from apps.rating.selectors import Progress, may_be_served, progress_of, why_no_task
from apps.rating.services import qualification_of
from apps.studies.models import StudyState

from .addresses import desk_url, urls_of
from .earlier_answers import recent_context
from .her_day import midnight_of
from .training import how_far


def own_studies(request: HttpRequest, enrolments: list[Enrolment]) -> list[dict[str, Any]]:
    """A card for each study she rates in, with her last answers there."""
    return [
        {**desk_card(request, enrolment), "recent": recent_context(enrolment), "urls": urls_of(enrolment)}
        for enrolment in enrolments
    ]


def desk_card(request: HttpRequest, enrolment: Enrolment) -> dict[str, Any]:
    """How she stands in one study, and whether there is something to do."""
    progress: Progress = progress_of(enrolment, midnight=midnight_of(request), with_pace=True)
    served = may_be_served(enrolment)
    training = enrolment.standing == Standing.TRAINING
    return {
        "workspace_slug": enrolment.study.workspace.slug,
        "study_slug": enrolment.study.slug,
        "study_name": enrolment.study.name,
        "desk_url": desk_url(enrolment),
        "n_done": progress.n_done,
        "n_today": progress.n_today,
        "target": progress.target,
        "percent": progress.percent,
        "seconds_per_task": progress.seconds_per_task,
        "minutes_left": progress.minutes_left,
        "state": StudyState(enrolment.study.state).label,
        "standing": Standing(enrolment.standing).label,
        "can_rate": served,
        "why_not": "" if served else why_no_task(enrolment).sentence,
        "qualification": how_far(qualification_of(enrolment)) if training else None,
    }
