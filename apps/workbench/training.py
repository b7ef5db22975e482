"""What she reads in training: her answer beside the one we would have given, and how far she is in her test."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.safestring import SafeString

from apps.core.rendering import to_html
from apps.rating.models import Assignment, Enrolment, Gold, GoldUse, Purpose
from apps.rating.selectors import current_judgment, showing_of
from apps.rating.services import Qualification, qualification_of

from .answer_words import anchor_label, questions_of, verdict_label
from .tasks import TaskPage, task_page


@dataclass(frozen=True, slots=True)
class Feedback:
    """A training task with its answer explained. Labels speak of her screen."""

    task: TaskPage
    right: bool
    given_label: str
    gold_label: str
    rationale_html: SafeString
    criteria: list[dict[str, Any]]
    n_done: int
    n_all: int
    result: dict[str, Any] | None


def feedback_on(enrolment: Enrolment, assignment: Assignment) -> Feedback | None:
    """What was right about her answer in training; None where there is nothing to explain, or not to her."""
    if assignment.purpose != Purpose.TRAINING:
        return None
    golds = Gold.objects.filter(task=assignment.task_id, use=GoldUse.TRAINING)
    gold = golds.order_by(F("retirement").asc(nulls_first=True), "-pk").first()  # the one she is measured by
    said = current_judgment(assignment.pk)
    if gold is None or said is None:
        return None
    criteria = _criteria_explained(assignment, gold, said.answers or {})
    verdict_is_right = gold.verdict is None or gold.verdict == said.verdict
    found = qualification_of(enrolment)
    return Feedback(
        task=task_page(showing_of(assignment.pk), said),
        right=verdict_is_right and all(row["right"] for row in criteria),
        given_label=verdict_label(said.verdict, assignment.a_on_left),
        gold_label=verdict_label(gold.verdict, assignment.a_on_left),
        rationale_html=to_html(gold.rationale),
        criteria=criteria,
        n_done=found.n_done,
        n_all=found.n_all,
        result=result_of(found),
    )


def result_of(found: Qualification) -> dict[str, Any] | None:
    """The qualification's result, once it is over."""
    if not found.is_over:
        return None
    return {"passed": found.passed, "n_right": found.n_right, "n_all": found.n_all, "needed": found.needed}


def _criteria_explained(assignment: Assignment, gold: Gold, given: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = gold.answers or {}
    return [
        {
            "question": criterion.question,
            "given_label": anchor_label(criterion, given.get(criterion.key), assignment.a_on_left),
            "gold_label": anchor_label(criterion, wanted[criterion.key], assignment.a_on_left),
            "right": given.get(criterion.key) == wanted[criterion.key],
        }
        for criterion in questions_of(assignment)
        if criterion.key in wanted
    ]


def how_far(found: Qualification) -> dict[str, Any]:
    return {
        "n_done": found.n_done,
        "n_all": found.n_all,
        "needed": found.needed,
        "passed": found.passed if found.is_over else None,
    }
