"""A balanced round: tasks are made from the outputs of the study, draws are written for them."""

import random
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from apps.core.database.locks import lock
from apps.core.database.queries import rows
from apps.core.errors import Refused
from apps.rating.models import Plan, RoundMethod
from apps.rating.planning.balanced import BalancedTerms, balanced_draws
from apps.rating.planning.candidates import Candidate
from apps.rating.planning.quotas import shortages
from apps.studies.models import PlanMethod, ProtocolVersion, Study
from apps.studies.services.protocol import current_protocol

from .candidates import candidates_of, kinds_of, make_tasks
from .rounds import OF_WHOLE_ROUNDS, PlannedRound, last_number, lock_name, named, next_band, store_round

PLANNER = "balanced-3"


@transaction.atomic
def plan_round(*, study: Study, by: UUID | None, number: int | None = None, n_tasks: int | None = None) -> Plan:
    """Plan round `number` (the next one, if None): make the tasks, write the draws. Done once a number.

    `n_tasks` cuts it short by count. The first round of an adaptive study compares about a round's number of
    tasks, and more where slice quotas ask for more; what it rates by rubric is planned whole. Quotas are filled
    here, so in the first round: rounds chosen by results know none, because a slice drawn first would change the
    chances that they log.
    """
    lock(lock_name(study))
    last = last_number(study)
    if number is not None and number <= last:
        return Plan.objects.get(study=study, number=number)
    planned = _planned(study, current_protocol(study), last + 1, n_tasks)
    return store_round(study, planned, number=last + 1, by=by)


def _planned(study: Study, protocol: ProtocolVersion, number: int, n_tasks: int | None) -> PlannedRound:
    n_identical = make_tasks(protocol)
    quotas = _open_quotas(protocol)
    candidates = candidates_of(study.pk, kinds_of(protocol), quotas)
    _check(candidates, protocol, quotas)
    terms = BalancedTerms(
        replication=protocol.replication,
        overlap_share=protocol.overlap_share,
        quotas=quotas,
        n_tasks=n_tasks,
        n_comparisons=_tasks_of_a_round(protocol),
    )
    rng = random.Random(f"{study.seed}:{number}")  # noqa: S311 - reproducible, not secret
    balanced = balanced_draws(candidates, terms, first_band=next_band(study), rng=rng)
    return PlannedRound(
        method=RoundMethod.BALANCED,
        draws=balanced.draws,
        candidates=candidates,
        pair_probabilities=named(balanced.chances.pair),
        settings={
            "replication": terms.replication,
            "overlap_share": terms.overlap_share,
            "n_tasks": terms.n_tasks,
            "n_comparisons": terms.n_comparisons,
            "chances": OF_WHOLE_ROUNDS,
        },
        versions={"planner": PLANNER},
        n_identical=n_identical,
        slice_quotas=quotas,
    )


def _tasks_of_a_round(protocol: ProtocolVersion) -> int | None:
    """How many comparisons the balanced start of an adaptive study takes; None for a whole balanced plan."""
    if protocol.plan_method != PlanMethod.ADAPTIVE:
        return None
    return -(-protocol.round_size // protocol.replication)


_DRAWN_OF_SLICE = """
    SELECT count(*) FROM rating_draw d JOIN rating_task t ON t.id = d.task_id JOIN studies_item i ON i.id = t.item_id
    WHERE d.study_id = %(study)s AND d.purpose IN ('base', 'newcomer') AND i.slices ->> %(name)s = %(value)s
"""


def _open_quotas(protocol: ProtocolVersion) -> dict[str, int]:
    """What earlier rounds have not drawn yet of the quotas."""
    quotas = {name: n - _n_drawn(protocol.study_id, name) for name, n in protocol.slice_quotas.items()}
    return {name: n for name, n in quotas.items() if n > 0}


def _n_drawn(study_id: int, slice_name: str) -> int:
    name, value = slice_name.split("=", 1)
    return int(rows(_DRAWN_OF_SLICE, {"study": study_id, "name": name, "value": value})[0][0])


def _check(candidates: Sequence[Candidate], protocol: ProtocolVersion, quotas: dict[str, int]) -> None:
    """Refuse a round that cannot be planned, and say what is missing."""
    if not candidates and protocol.verdicts:
        raise Refused(
            "There is nothing to compare: a study needs outputs of two systems or more for the same item, "
            "and their texts must differ."
        )
    if not candidates:
        raise Refused("There is nothing to rate: a study needs outputs that are not all gold.")
    short = shortages(candidates, quotas, protocol.replication)
    if short:
        told = "; ".join(f"{name} wants {quotas[name]} judgments and can have {n}" for name, n in short.items())
        raise Refused(
            f"The slice quotas ask for more than there is: {told} (tasks times replication). Lower the quota, add "
            "items of this slice, or raise the replication."
        )
