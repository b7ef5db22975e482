"""Replacement draws: wanted showings for work that was set aside with its rater."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from apps.core.database.locks import lock
from apps.core.database.queries import Row, rows
from apps.core.errors import Refused
from apps.rating.dispositions import judgments_at
from apps.rating.models import Cut, Plan, Purpose, RoundMethod
from apps.rating.planning.candidates import Candidate, PlannedDraw
from apps.studies.models import Study, StudyState

from .candidates import WITH_ACTIVE_GOLD
from .cutting import take_cut
from .rounds import OF_REPLACED_DRAWS, PlannedRound, last_number, lock_name, next_band, store_round

PLANNER = "replacing-1"

# A plan's `replaces` names, in the order of its draws, the draw each one stands in for.
_SET_ASIDE = f"""
    SELECT d.id, d.task_id, i.external_id, least(sa.name COLLATE "C", sb.name COLLATE "C"),
           greatest(sa.name COLLATE "C", sb.name COLLATE "C"), d.p_pair, d.p_item
    FROM judged JOIN rating_assignment a ON a.id = judged.assignment_id AND a.outcome = 'judged'
    JOIN rating_draw d ON d.id = a.draw_id
    JOIN rating_task t ON t.id = d.task_id
    JOIN studies_item i ON i.id = t.item_id
    JOIN studies_system sa ON sa.id = t.system_a_id
    LEFT JOIN studies_system sb ON sb.id = t.system_b_id
    WHERE judged.disposition = 'quarantined' AND d.task_id NOT IN ({WITH_ACTIVE_GOLD})
      AND d.id NOT IN (SELECT replaced.id::bigint FROM rating_plan p,
                       jsonb_array_elements_text(p.settings -> 'replaces') AS replaced(id)
                       WHERE p.study_id = %(study)s AND p.settings ? 'replaces')
    ORDER BY d.id
"""  # noqa: S608 - constant text


def add_replacements(*, study: Study, by: UUID | None) -> Plan | None:
    """Plan one more draw for each whose only counted judgment is a quarantined rater's; None if there is none.

    Each replacement stands for its original: same task, same p_pair and p_item, and its judgment weighs as one of
    the plan that drew the original (`settings["replaces"]`). If the rater is released later, both count, each by
    its draw. Doing it twice adds nothing; a replacement that was judged by a quarantined rater is replaced again.
    A closed study is refused: nobody would judge them.
    """
    if Study.objects.get(pk=study.pk).state == StudyState.CLOSED:
        raise Refused("The study is closed: nobody would judge what is drawn again now.")
    cut = take_cut(study_id=study.pk)
    with transaction.atomic():
        lock(lock_name(study))
        found = _set_aside(cut)
        if not found:
            return None
        return store_round(study, _planned(cut, found, next_band(study)), number=last_number(study) + 1, by=by)


def _set_aside(cut: Cut) -> list[Row]:
    judged = judgments_at(cut)
    return rows(f"WITH {judged.sql} {_SET_ASIDE}", judged.parameters)


def _planned(cut: Cut, found: Sequence[Row], band: int) -> PlannedRound:
    return PlannedRound(
        method=RoundMethod.BALANCED,
        draws=[
            PlannedDraw(task, Purpose.REPLACEMENT, p_pair, p_item, band, position)
            for position, (_, task, _, _, _, p_pair, p_item) in enumerate(found)
        ],
        candidates=[
            Candidate(task, (low,) if low == high else (low, high), item) for _, task, item, low, high, _, _ in found
        ],
        pair_probabilities={},
        settings={"replaces": [row[0] for row in found], "chances": OF_REPLACED_DRAWS},
        versions={"planner": PLANNER},
        cut=cut,
    )
