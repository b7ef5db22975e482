"""Opening a study for rating: its first round is planned, then raters may come."""

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction

from apps.core.errors import Refused
from apps.rating.answers import SIDED
from apps.rating.models import Gold, GoldUse, Plan
from apps.studies.models import About, ProtocolVersion, Study, StudyState
from apps.studies.services import change_state
from apps.studies.services.protocol import current_protocol

from .planning import plan_round

FEWEST_ANCHORS, MOST_ANCHORS = 2, 5
LEAST_ORDINARY_SHARE = 0.5


@transaction.atomic
def open_study(*, study: Study, by: UUID | None) -> Study:
    """Open the study, planning its first round if there is none; opening it twice changes nothing."""
    _check_ready(study)
    if not Plan.objects.filter(study=study, number__gt=0).exists():
        plan_round(study=study, by=by, number=1)
    return change_state(study_id=study.pk, to=StudyState.OPEN, by=by)


def _check_ready(study: Study) -> None:
    """Refuse what may be imported and analysed, but not be rated."""
    protocol = current_protocol(study)
    for sentence in _obstacles(protocol):
        raise Refused(sentence)


def _obstacles(protocol: ProtocolVersion) -> Iterator[str]:
    for criterion in protocol.criteria.order_by("ordinal"):
        n = len(criterion.anchors)
        if not FEWEST_ANCHORS <= n <= MOST_ANCHORS:
            yield (
                f"The criterion {criterion.key!r} has {n} answer{'' if n == 1 else 's'} to choose from: give it "
                f"{FEWEST_ANCHORS} to {MOST_ANCHORS}. Raters agree too little on finer scales; finer ones can be "
                "imported and analysed."
            )
        if criterion.about == About.COMPARISON and SIDED & {str(anchor["value"]) for anchor in criterion.anchors}:
            yield (
                f"The criterion {criterion.key!r} has an answer named left or right: name the outputs A and B, and "
                "raters see them where they stand."
            )
    left = round(1 - protocol.gold_share - protocol.retest_share, 9)
    if left < LEAST_ORDINARY_SHARE:
        yield (
            f"Gold and retests would take {100 * (1 - left):g} % of what raters see: leave at least half for new work "
            "and lower gold_share or retest_share."
        )
    hidden = Gold.objects.filter(study=protocol.study_id, use=GoldUse.HIDDEN, retirement__isnull=True)
    if protocol.gold_share and not hidden.exists():
        yield (
            f"{100 * protocol.gold_share:g} % of what raters see is meant to be gold, and the study has no hidden "
            "gold. Import gold, or set gold_share to 0."
        )
