"""One task as the page prints it: the one place that decides which facts of a showing reach a rater.

Nothing that tells the systems apart goes in: no names, no ids of systems, outputs or tasks, no lengths, no costs;
and nothing that tells gold or a retest from ordinary work.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.utils.safestring import SafeString

from apps.core.rendering import to_html
from apps.core.rendering.cached import rendered
from apps.rating.answers import criteria_for, screen_value
from apps.rating.choices import Choice, choice_of, choices_for
from apps.rating.models import Flag, Judgment, Purpose, SkipReason, TaskKind
from apps.rating.selectors import Showing, Side
from apps.studies.models import Criterion, Item, Output
from apps.studies.rendering import context_key, output_html, output_key, reference_key, role_label, turn_key

KEYS = {Choice.LEFT: "1", Choice.TIE: "2", Choice.BOTH_BAD: "3", Choice.RIGHT: "4"}
LETTERS = {Choice.LEFT: "a", Choice.TIE: "t", Choice.BOTH_BAD: "x", Choice.RIGHT: "b"}
LABELS = {
    Choice.LEFT: "A is better",
    Choice.TIE: "Tie",
    Choice.BOTH_BAD: "Both bad",
    Choice.RIGHT: "B is better",
}
CHECKLIST_ANCHORS = 2


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One showing on her screen. The letters there are A for left and B for right; a rubric has only `left`."""

    public_id: UUID
    submission: UUID
    kind: str
    question: str
    turns: list[dict[str, Any]]
    context_html: SafeString
    reference_html: SafeString
    slices: list[str]
    left_html: SafeString
    right_html: SafeString
    choices: list[dict[str, str]]
    criteria: list[dict[str, Any]]
    flags: list[dict[str, Any]]
    skip_reasons: list[dict[str, Any]]
    expires_at: datetime
    training: bool
    comment: str = ""
    chosen: str | None = None
    supersedes: UUID | None = None
    left_is_empty: bool = field(init=False)
    right_is_empty: bool = field(init=False)
    needs_save: bool = field(init=False)

    def __post_init__(self) -> None:
        """What follows from the rest."""
        object.__setattr__(self, "left_is_empty", not self.left_html)
        object.__setattr__(self, "right_is_empty", not self.right_html)
        object.__setattr__(self, "needs_save", bool(self.criteria) or not self.choices)


def task_page(showing: Showing, earlier: Judgment | None = None) -> TaskPage:
    """The showing, with her `earlier` answer marked if she is changing it."""
    html = _html_of(showing)
    criteria = criteria_for(showing.kind, _criteria(showing))
    is_comparison = showing.kind == TaskKind.COMPARISON
    return TaskPage(
        public_id=showing.public_id,
        submission=uuid4(),
        kind=showing.kind,
        question=showing.question,
        turns=[
            {"role": role_label(role), "html": html[turn_key(showing.item_hash, n)]}
            for n, role in enumerate(showing.roles)
        ],
        context_html=html.get(context_key(showing.item_hash), SafeString("")),
        reference_html=html.get(reference_key(showing.item_hash), SafeString("")),
        slices=[str(value) for value in showing.slices.values()],
        left_html=html[output_key(showing.left.content_hash)],
        right_html=html[output_key(showing.right.content_hash)] if showing.right else SafeString(""),
        choices=_choices(showing.verdicts) if is_comparison else [],
        criteria=_groups(showing, criteria, (earlier and earlier.answers) or {}),
        flags=[
            {"value": value, "label": label, "key": str(n), "chosen": earlier is not None and value in earlier.flags}
            for n, (value, label) in enumerate(Flag.choices, start=1)
        ],
        skip_reasons=[
            {"value": value, "label": label, "key": str(n)} for n, (value, label) in enumerate(SkipReason.choices, 1)
        ],
        expires_at=showing.expires_at,
        training=showing.purpose == Purpose.TRAINING,
        comment=_comment(earlier),
        chosen=choice_of(earlier.verdict, a_on_left=bool(showing.a_on_left)) if earlier and earlier.verdict else None,
        supersedes=earlier.submission if earlier else None,
    )


def _choices(verdicts: list[str]) -> list[dict[str, str]]:
    return [
        {"value": choice, "label": LABELS[choice], "key": KEYS[choice], "letter": LETTERS[choice]}
        for choice in choices_for(verdicts)
    ]


def _comment(earlier: Judgment | None) -> str:
    written = getattr(earlier, "comment", None) if earlier else None
    return written.text if written else ""


def _criteria(showing: Showing) -> list[Criterion]:
    if not showing.has_criteria:
        return []
    return list(Criterion.objects.filter(protocol=showing.protocol_id).order_by("ordinal"))


def _groups(showing: Showing, criteria: Sequence[Criterion], given: dict[str, Any]) -> list[dict[str, Any]]:
    """Criteria as the page sets them: two-anchor ones that follow each other are one checklist."""
    groups: list[dict[str, Any]] = []
    for criterion in criteria:
        kind = "checklist" if len(criterion.anchors) == CHECKLIST_ANCHORS else "scale"
        if kind == "scale" or not groups or groups[-1]["kind"] != kind:
            groups.append({"kind": kind, "rows": []})
        groups[-1]["rows"].append(_row(showing, criterion, given))
    return groups


def _row(showing: Showing, criterion: Criterion, given: dict[str, Any]) -> dict[str, Any]:
    anchors: list[dict[str, Any]] = []
    for anchor in criterion.anchors:
        anchors.append(
            {
                "value": screen_value(criterion, anchor["value"], a_on_left=True),
                "label": anchor["label"],
                "example": anchor.get("example", ""),
                "key": str(len(anchors) + 1),
                "chosen": criterion.key in given
                and screen_value(criterion, given[criterion.key], a_on_left=showing.a_on_left)
                == screen_value(criterion, anchor["value"], a_on_left=True),
            }
        )
    return {"key": criterion.key, "question": criterion.question, "anchors": anchors}


# The texts, rendered once and kept by their hashes -------------------------------------------------------------


def _html_of(showing: Showing) -> dict[str, SafeString]:
    item = _Lazily(lambda: Item.objects.get(pk=showing.item_id))
    parts: dict[str, Callable[[], SafeString]] = {
        turn_key(showing.item_hash, n): partial(_turn_html, item, n) for n in range(len(showing.roles))
    }
    if showing.has_context:
        parts[context_key(showing.item_hash)] = lambda: to_html(item().context or "")
    if showing.has_reference:
        parts[reference_key(showing.item_hash)] = lambda: to_html(item().reference or "")
    for side in filter(None, (showing.left, showing.right)):
        parts[output_key(side.content_hash)] = partial(_side_html, side)
    return rendered(parts)


def _turn_html(item: "_Lazily", n: int) -> SafeString:
    return to_html(item().messages[n]["content"])


def _side_html(side: Side) -> SafeString:
    return output_html(Output.objects.get(pk=side.output_id))


class _Lazily:
    """Asks once, and only if somebody wants it."""

    def __init__(self, ask: Callable[[], Item]) -> None:
        self._ask = ask
        self._found: Item | None = None

    def __call__(self) -> Item:
        if self._found is None:
            self._found = self._ask()
        return self._found
