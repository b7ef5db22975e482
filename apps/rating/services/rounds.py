"""Storing a round of planning: the plan, its draws and their bands."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Max

from apps.core import audit
from apps.core.database.copying import copy_rows, refresh_statistics
from apps.rating.models import Band, Cut, Plan
from apps.rating.planning.candidates import Candidate, PlannedDraw, pair_key
from apps.studies.models import Study

_MANY = 5_000

# What the probabilities of a plan's draws are true of (its setting "chances"). Draws that even each other out have
# them over whole rounds only: an estimator that weights by them must leave those plans out, or take them whole.
OF_EACH_DRAW, OF_WHOLE_ROUNDS, OF_REPLACED_DRAWS = "of each draw", "of whole rounds", "of the draws replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRound:
    """A round before it is stored; see rating.models.Plan for the fields."""

    method: str
    draws: Sequence[PlannedDraw]
    candidates: Sequence[Candidate]
    pair_probabilities: Mapping[str, float]
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    uniform_floor: float = 1.0
    n_identical: int = 0
    slice_quotas: Mapping[str, int] = field(default_factory=dict)
    cut: Cut | None = None


def lock_name(study: Study) -> str:
    """The lock under which one round at a time is planned."""
    return f"plan:{study.pk}"


def last_number(study: Study) -> int:
    """The number of the study's last round; 0 before the first."""
    return Plan.objects.filter(study=study).aggregate(n=Max("number"))["n"] or 0


def next_band(study: Study) -> int:
    """The first band that a new round may fill."""
    last = Band.objects.filter(study=study).aggregate(n=Max("number"))["n"]
    return 0 if last is None else last + 1


def store_round(study: Study, planned: PlannedRound, *, number: int, by: UUID | None) -> Plan:
    """Store the round under this number, with an audit row; the caller holds the lock."""
    plan = Plan.objects.create(
        study=study,
        number=number,
        cut=planned.cut,
        method=planned.method,
        settings=dict(planned.settings),
        uniform_floor=planned.uniform_floor,
        seed=study.seed,
        versions=dict(planned.versions),
        n_candidates=len(planned.candidates),
        candidates_sha256=_sha256(planned.candidates),
        n_identical=planned.n_identical,
        slice_quotas=dict(planned.slice_quotas),
        pair_probabilities=dict(planned.pair_probabilities),
        size=len(planned.draws),
        created_by=by,
    )
    _store_draws(plan, planned.draws)
    if len(planned.draws) >= _MANY:
        refresh_statistics(
            ("rating_task", "rating_draw", "rating_band")
        )  # or the first raters wait for sequential reads
    audit.record(
        "round planned",
        f"study:{study.slug}",
        by=by,
        workspace_id=study.workspace_id,
        number=number,
        size=plan.size,
    )
    return plan


def _sha256(candidates: Sequence[Candidate]) -> str:
    lines = "\n".join("\t".join((candidate.item, *candidate.pair)) for candidate in candidates)
    return hashlib.sha256(lines.encode()).hexdigest()


def _store_draws(plan: Plan, draws: Sequence[PlannedDraw]) -> None:
    sizes = Counter(draw.band for draw in draws)
    Band.objects.bulk_create(Band(study_id=plan.study_id, number=n, size=size) for n, size in sizes.items())
    copy_rows(
        "rating_draw",
        ("study_id", "plan_id", "task_id", "ordinal", "purpose", "p_pair", "p_item", "band", "position"),
        (
            (plan.study_id, plan.pk, d.task_id, ordinal, d.purpose, d.p_pair, d.p_item, d.band, d.position)
            for ordinal, d in enumerate(draws)
        ),
    )


def named(chances: Mapping[tuple[str, ...], float]) -> dict[str, float]:
    """Probabilities by pair as a plan stores them."""
    return {pair_key(pair): p for pair, p in chances.items()}
