"""Gold and judgments as plain values, with the documented columns."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from .identity import TaskKey, comparison_key, rater_uuid, rubric_key

Answers = dict[str, int | str]


def task_key_of(row: "GoldRow | JudgmentRow") -> TaskKey:
    """The natural key of the task a row is about."""
    if row.output is not None:
        return rubric_key(row.item, (row.output, row.sample))
    a, b = (row.output_a or "", row.sample_a), (row.output_b or "", row.sample_b)
    return comparison_key(row.item, a, b)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldRow:
    """A known answer: a verdict on two outputs, or criterion answers on one."""

    item: str
    output_a: str | None = None
    output_b: str | None = None
    sample_a: int = 0
    sample_b: int = 0
    verdict: str | None = None
    output: str | None = None
    sample: int = 0
    criteria: Answers | None = None
    rationale: str | None = None
    use: str = "hidden"
    file: str = field(default="", compare=False, repr=False)
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgmentRow:
    """What one rater said about one showing. A and B are the outputs named here, never sides of a screen.

    `uuid` and `showing` are settled when the file is read (apps.rating.exchange.identity).
    """

    item: str
    rater: str
    uuid: UUID
    showing: int
    rater_group: str | None = None
    kind: str = "human"
    output_a: str | None = None
    output_b: str | None = None
    sample_a: int = 0
    sample_b: int = 0
    verdict: str | None = None
    output: str | None = None
    sample: int = 0
    criteria: Answers | None = None
    left: str | None = None
    first_seen: str | None = None
    judged_at: datetime | None = None
    shown_ms: int | None = None
    confidence: float | None = None
    comment: str | None = None
    purpose: str = "base"
    revision: int = 1
    disposition: str | None = None
    flags: tuple[str, ...] = ()
    p_pair: float | None = None
    p_item: float | None = None
    unparsed: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)
    file: str = field(default="", compare=False, repr=False)
    line: int = field(default=0, compare=False, repr=False)

    @property
    def rater_uuid(self) -> UUID:
        """The uuid the rater's name is, or stands for."""
        return rater_uuid(self.rater)

    @property
    def a_was_left(self) -> bool | None:
        """Whether output A stood left; None where that is unknown."""
        return None if self.left is None else self.left == self.output_a
