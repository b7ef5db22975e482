"""What was answered, in the words of her screen: there A is what stood on the left."""

from typing import Any

from apps.rating.answers import criteria_for, screen_value
from apps.rating.choices import choice_of
from apps.rating.models import Assignment, Flag
from apps.studies.models import Criterion

from .tasks import LABELS


def verdict_label(verdict: str | None, a_on_left: bool | None) -> str:
    """The button she pressed; nothing for a rubric."""
    return LABELS[choice_of(verdict, a_on_left=bool(a_on_left))] if verdict else ""


def questions_of(assignment: Assignment) -> list[Criterion]:
    """The questions this task asked her."""
    asked = Criterion.objects.filter(protocol=assignment.protocol_id).order_by("ordinal")
    return criteria_for(assignment.task.kind, list(asked))


def anchor_label(criterion: Criterion, value: Any, a_on_left: bool | None) -> str:
    """The words she read beside this answer: those of a sided anchor belong to the side of the screen."""
    if value is None:
        return ""
    on_screen = screen_value(criterion, value, a_on_left=a_on_left)
    for anchor in criterion.anchors:
        if screen_value(criterion, anchor["value"], a_on_left=True) == on_screen:
            return str(anchor["label"])
    return str(value)


def flag_labels(flags: list[str]) -> list[str]:
    return [Flag(flag).label for flag in flags if flag in Flag.values]
