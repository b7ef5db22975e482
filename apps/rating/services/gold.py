"""Known answers: set and retired, never changed."""

from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core import audit
from apps.core.database.locks import writing_facts
from apps.core.errors import Refused
from apps.rating.models import Gold, GoldRetirement, GoldUse, Task, TaskKind
from apps.studies.models import Verdict


@transaction.atomic
def set_gold(
    *,
    task: Task,
    by: UUID | None,
    verdict: str | None = None,
    answers: dict[str, Any] | None = None,
    rationale: str = "",
    use: str = GoldUse.HIDDEN,
) -> Gold:
    """State the known answer of a task. Earlier judgments of it stay what they were."""
    if (task.kind == TaskKind.COMPARISON) != (verdict in Verdict.values) or (verdict is None) == (answers is None):
        raise Refused("A comparison's gold is a verdict (A, B, TIE, BOTH_BAD); a rubric's gold is its answers.")
    writing_facts(task.study_id)
    gold = Gold.objects.create(
        study_id=task.study_id,
        task=task,
        verdict=verdict,
        answers=answers,
        rationale=rationale,
        use=use,
        set_by=by,
    )
    audit.record("gold set", f"task:{task.pk}", by=by, workspace_id=task.study.workspace_id, gold=gold.pk)
    return gold


@transaction.atomic
def retire_gold(*, gold: Gold, reason: str, by: UUID | None) -> GoldRetirement:
    """Use this gold no more; retiring it twice changes nothing."""
    writing_facts(gold.study_id)
    retirement, created = GoldRetirement.objects.get_or_create(
        gold=gold, defaults={"study_id": gold.study_id, "reason": reason, "by": by}
    )
    if created:
        audit.record("gold retired", f"task:{gold.task_id}", by=by, gold=gold.pk, reason=reason)
    return retirement
