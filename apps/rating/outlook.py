"""What can be foreseen when a study opens: whether its hidden gold will last."""

from dataclasses import dataclass
from math import inf

from django.db.models import Q

from apps.rating.models import INSERTED_PURPOSES, Draw, Enrolment, Gold, GoldUse, Standing
from apps.rating.serving.insertions import GOLD_RETURNS_AFTER
from apps.studies.models import PlanMethod, ProtocolVersion, Study
from apps.studies.services.protocol import current_protocol


@dataclass(frozen=True, slots=True)
class GoldOutlook:
    """How far the hidden gold reaches, in showings of one rater.

    `n_until_all_seen` is after how many showings she has met every gold (None without a gold share); `n_expected`
    how many showings the busiest rater can expect (infinite where nothing ends them). `sentence` warns, or is None.
    """

    n_golds: int
    gold_share: float
    n_until_all_seen: int | None
    n_expected: float
    sentence: str | None


def gold_outlook(study: Study) -> GoldOutlook:
    """Whether gold will run out: each rater meets each gold once, and again after 200 showings, mirrored."""
    protocol = current_protocol(study)
    n_golds = active_hidden_golds(study)
    share, n_expected = protocol.gold_share, _n_expected(study, protocol)
    if not share:
        return GoldOutlook(n_golds, share, None, n_expected, None)
    n_until = round(n_golds / share)
    # Gold comes round again in time where a share of the showings in between is not more than there is.
    runs_out = n_expected > n_until and share * GOLD_RETURNS_AFTER > n_golds
    return GoldOutlook(n_golds, share, n_until, n_expected, _sentence(n_golds, share, n_until) if runs_out else None)


def active_hidden_golds(study: Study) -> int:
    """How many tasks have a known answer that is hidden among the work."""
    golds = Gold.objects.filter(study=study, use=GoldUse.HIDDEN, retirement__isnull=True)
    return golds.values("task").distinct().count()


def _n_expected(study: Study, protocol: ProtocolVersion) -> float:
    """The showings of the busiest rater: her target; without one an equal part of the plan, inserted ones included."""
    raters = Enrolment.objects.filter(
        study=study, rater__user__isnull=False, standing__in=[Standing.ACTIVE, Standing.TRAINING]
    )
    targets = list(raters.values_list("target", flat=True))
    if targets and None not in targets:
        return max(target for target in targets if target is not None)
    ordinary_share = 1 - protocol.gold_share - protocol.retest_share
    if protocol.plan_method == PlanMethod.ADAPTIVE or ordinary_share <= 0:
        return inf
    n_draws = Draw.objects.filter(~Q(purpose__in=INSERTED_PURPOSES), study=study).count()
    return n_draws / max(len(targets), 1) / ordinary_share


def _sentence(n_golds: int, share: float, n_until: int) -> str:
    tasks = "1 gold task" if n_golds == 1 else f"{n_golds} gold tasks"
    return (
        f"With {tasks} and a gold share of {100 * share:g} %, a rater has seen them all after about {n_until} tasks; "
        f"each may then return after {GOLD_RETURNS_AFTER} more. Add gold or lower the share."
    )
