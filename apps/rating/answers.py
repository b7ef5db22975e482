"""What a rater sends about a showing, and whether it answers what was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from apps.core.errors import Refused
from apps.studies.models import About, Criterion, Verdict

from .choices import Choice, verdict_of
from .models import Flag, TaskKind

SIDED = {Choice.LEFT, Choice.RIGHT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One submission. `choice` and sided criteria speak of the screen; what is stored speaks of the task.

    `waited_ms` is how long it lay on her machine, waiting for the network.
    """

    assignment: UUID
    submission: UUID
    choice: str | None = None
    criteria: Mapping[str, str] = field(default_factory=dict)
    flags: Sequence[str] = ()
    comment: str = ""
    shown_ms: int | None = None
    waited_ms: int = 0
    first_seen: str | None = None
    supersedes: UUID | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in the words of the task: ready to be stored."""

    verdict: str | None
    answers: dict[str, Any] | None
    flags: list[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a showing asks: the kind of its task, the verdicts and criteria of its protocol, its side."""

    kind: str
    verdicts: Sequence[str]
    criteria: Sequence[Criterion]
    a_on_left: bool | None

    @property
    def is_comparison(self) -> bool:
        return self.kind == TaskKind.COMPARISON


def criteria_for(kind: str, criteria: Sequence[Criterion]) -> list[Criterion]:
    """The criteria that a task of this kind is asked."""
    about = About.COMPARISON if kind == TaskKind.COMPARISON else About.OUTPUT
    return [criterion for criterion in criteria if criterion.about == about]


def said(answer: Answer, asked: Asked) -> Said:
    """The answer in the words of the task; refused in a sentence where it does not answer what was asked."""
    verdict = _verdict(answer, asked)
    criteria = criteria_for(asked.kind, asked.criteria)
    unknown = set(answer.criteria) - {criterion.key for criterion in criteria}
    if unknown:
        raise Refused(f"This task does not ask {min(unknown)!r}. Reload the page and answer again.")
    answers = {criterion.key: _anchor(criterion, answer, asked) for criterion in criteria}
    flags = [flag for flag in Flag.values if flag in answer.flags]
    if len(flags) != len(set(answer.flags)):
        raise Refused(f"There are these flags: {', '.join(Flag.values)}. Reload the page and flag again.")
    return Said(verdict, answers or None, flags)


def _verdict(answer: Answer, asked: Asked) -> str | None:
    if not asked.is_comparison:
        if answer.choice:
            raise Refused("This task shows one output: answer its questions, there is nothing to compare.")
        return None
    if not answer.choice:
        raise Refused("Choose which output is better first.")
    verdict = verdict_of(answer.choice, a_on_left=bool(asked.a_on_left))
    if verdict not in asked.verdicts:
        raise Refused(f"This study does not offer {answer.choice!r}. Answer with one of the buttons shown.")
    return verdict


def _anchor(criterion: Criterion, answer: Answer, asked: Asked) -> Any:
    """The value of the anchor she chose; her `left` and `right` become A and B of the task."""
    given = answer.criteria.get(criterion.key)
    if given is None:
        raise Refused(f"One question is not answered yet: {criterion.question}")
    if asked.is_comparison and given in SIDED:
        given = verdict_of(given, a_on_left=bool(asked.a_on_left))
    elif asked.is_comparison and given in {Verdict.A, Verdict.B}:
        raise Refused(f"{given!r} does not say which side you mean. Reload the page and answer again.")
    values = {str(anchor["value"]): anchor["value"] for anchor in criterion.anchors}
    if str(given) not in values:
        raise Refused(f"{given!r} is no answer to: {criterion.question} Choose one of those shown.")
    return values[str(given)]


def screen_value(criterion: Criterion, value: Any, *, a_on_left: bool | None) -> str:
    """The way back: what the page sends for this anchor."""
    if criterion.about == About.COMPARISON and value in {Verdict.A, Verdict.B} and a_on_left is not None:
        return str(Choice.LEFT if (value == Verdict.A) == a_on_left else Choice.RIGHT)
    return str(value)
