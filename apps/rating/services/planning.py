"""A round of planning: tasks are made from the outputs of the study, draws are written for them."""

import hashlib
import random
from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from apps.core import audit
from apps.core.database.copying import copy_rows
from apps.core.database.locks import lock
from apps.core.errors import Refused
from apps.rating.models import Band, Plan
from apps.rating.planning.balanced import Candidate, PlannedDraw, balanced_draws, probabilities
from apps.studies.models import ProtocolVersion, Study
from apps.studies.services.protocol import current_protocol

PLANNER = "balanced-2"

_PAIRS = """
    FROM studies_studyoutput x
    JOIN studies_studyoutput y ON y.study_id = x.study_id AND y.item_id = x.item_id AND y.sample = x.sample
         AND y.output_id > x.output_id AND y.system_id <> x.system_id
    JOIN studies_output ox ON ox.id = x.output_id
    JOIN studies_output oy ON oy.id = y.output_id
    WHERE x.study_id = %(study)s
"""
_IDENTICAL = "ox.text IS NOT DISTINCT FROM oy.text AND ox.messages IS NOT DISTINCT FROM oy.messages"

_MAKE_TASKS = f"""
    INSERT INTO rating_task (study_id, kind, item_id, output_a_id, output_b_id, system_a_id, system_b_id)
    SELECT x.study_id, 'comparison', x.item_id, x.output_id, y.output_id, x.system_id, y.system_id
    {_PAIRS} AND NOT ({_IDENTICAL})
    ON CONFLICT (study_id, output_a_id, output_b_id) DO NOTHING
"""
_COUNT_IDENTICAL = f"SELECT count(*) {_PAIRS} AND {_IDENTICAL}"

# A task with active gold is never drawn as ordinary work: its answer would be production and gold at once.
_CANDIDATES = f"""
    SELECT t.id, least(sa.name COLLATE "C", sb.name COLLATE "C"),
           greatest(sa.name COLLATE "C", sb.name COLLATE "C"), i.external_id
    FROM rating_task t
    JOIN studies_system sa ON sa.id = t.system_a_id
    JOIN studies_system sb ON sb.id = t.system_b_id
    JOIN studies_item i ON i.id = t.item_id
    JOIN studies_output ox ON ox.id = t.output_a_id
    JOIN studies_output oy ON oy.id = t.output_b_id
    WHERE t.study_id = %(study)s AND t.kind = 'comparison' AND NOT ({_IDENTICAL})
      AND NOT EXISTS (
        SELECT FROM rating_gold g LEFT JOIN rating_goldretirement r ON r.gold_id = g.id
        WHERE g.task_id = t.id AND r.id IS NULL)
    ORDER BY i.external_id COLLATE "C", 2, 3, t.id
"""  # noqa: S608 - constant text


@transaction.atomic
def plan_round(*, study: Study, by: UUID | None, number: int | None = None, n_tasks: int | None = None) -> Plan:
    """Plan round `number` (the next one, if None): make the tasks, write the draws. Done once a number."""
    lock(f"plan:{study.pk}")
    last = Plan.objects.filter(study=study).aggregate(n=Max("number"))["n"] or 0
    if number is not None and number <= last:
        return Plan.objects.get(study=study, number=number)
    protocol = current_protocol(study)
    n_identical = _make_tasks(study.pk)
    candidates = _candidates(study.pk)
    if not candidates:
        raise Refused(
            "There is nothing to compare: a study needs outputs of two systems or more for the same item, "
            "and their texts must differ."
        )
    number = last + 1
    rng = random.Random(f"{study.seed}:{number}")  # noqa: S311 - reproducible, not secret
    draws = balanced_draws(
        candidates,
        replication=protocol.replication,
        overlap_share=protocol.overlap_share,
        n_tasks=n_tasks,
        first_band=_next_band(study.pk),
        rng=rng,
    )
    plan = _store_plan(study, protocol, number, candidates, draws, n_identical=n_identical, by=by)
    _store_draws(plan, draws)
    audit.record(
        "round planned",
        f"study:{study.slug}",
        by=by,
        workspace_id=study.workspace_id,
        number=number,
        size=plan.size,
    )
    return plan


def _make_tasks(study_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_TASKS, {"study": study_id})
        cursor.execute(_COUNT_IDENTICAL, {"study": study_id})
        return int(cursor.fetchone()[0])


def _candidates(study_id: int) -> list[Candidate]:
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, {"study": study_id})
        return [Candidate(task, (low, high), item) for task, low, high, item in cursor.fetchall()]


def _next_band(study_id: int) -> int:
    last = Band.objects.filter(study=study_id).aggregate(n=Max("number"))["n"]
    return 0 if last is None else last + 1


def _store_plan(
    study: Study,
    protocol: ProtocolVersion,
    number: int,
    candidates: Sequence[Candidate],
    draws: Sequence[PlannedDraw],
    *,
    n_identical: int,
    by: UUID | None,
) -> Plan:
    lines = "\n".join(f"{c.item}\t{c.pair[0]}\t{c.pair[1]}" for c in candidates)
    chances = probabilities(candidates)
    return Plan.objects.create(
        study=study,
        number=number,
        method=protocol.plan_method,
        settings={"replication": protocol.replication, "overlap_share": protocol.overlap_share},
        uniform_floor=1.0,
        seed=study.seed,
        versions={"planner": PLANNER},
        n_candidates=len(candidates),
        candidates_sha256=hashlib.sha256(lines.encode()).hexdigest(),
        n_identical=n_identical,
        pair_probabilities={"|".join(pair): round(p, 12) for pair, p in chances.pair.items()},
        size=len(draws),
        created_by=by,
    )


def _store_draws(plan: Plan, draws: Sequence[PlannedDraw]) -> None:
    copy_rows(
        "rating_draw",
        ("study_id", "plan_id", "task_id", "ordinal", "purpose", "p_pair", "p_item", "band", "position"),
        (
            (plan.study_id, plan.pk, d.task_id, ordinal, d.purpose, d.p_pair, d.p_item, d.band, d.position)
            for ordinal, d in enumerate(draws)
        ),
    )
    sizes: dict[int, int] = {}
    for draw in draws:
        sizes[draw.band] = sizes.get(draw.band, 0) + 1
    Band.objects.bulk_create(Band(study_id=plan.study_id, number=n, size=size) for n, size in sizes.items())
