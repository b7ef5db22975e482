"""What studies are made of, as plain values: the rows of items, systems, outputs and of a study's own terms.

A content hash is taken over canonical JSON, so that the same material has the same hash in any database.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

VERDICT_WORDS = ("A", "B", "TIE", "BOTH_BAD")
DEFAULT_QUESTION = "Which output is better?"
ABOUT_OUTPUT, ABOUT_COMPARISON = "output", "comparison"

Message = dict[str, str]


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces, and one spelling for every number."""
    return json.dumps(_one_spelling(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_of(value: Any) -> str:
    """The SHA-256 of the canonical JSON of `value`, in hexadecimal."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def _one_spelling(value: Any) -> Any:
    # PostgreSQL's jsonb keeps numbers as decimals: 1e300 comes back as an integer, -0.0 as 0.0.
    # Whole floats are therefore hashed as the integer they spell.
    if isinstance(value, Mapping):
        return {key: _one_spelling(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_one_spelling(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """The input put before systems. `file` and `line` say where it was read; they are no part of it."""

    external_id: str
    group: str = ""
    messages: tuple[Message, ...]
    context: str | None = None
    reference: str | None = None
    slices: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    file: str = field(default="", compare=False, repr=False)
    line: int = field(default=0, compare=False, repr=False)

    def __post_init__(self) -> None:
        """An item that names no group is its own."""
        if not self.group:
            object.__setattr__(self, "group", self.external_id)

    def content_hash(self) -> str:
        """The hash over everything an item is; a changed word makes another version of it."""
        return sha256_of(
            {
                "external_id": self.external_id,
                "group": self.group,
                "messages": self.messages,
                "context": self.context,
                "reference": self.reference,
                "slices": self.slices,
                "metadata": self.metadata,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRow:
    """What is evaluated. `declared` is false where only its outputs name it."""

    name: str
    family: str = ""
    version: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    declared: bool = field(default=True, compare=False)
    file: str = field(default="", compare=False, repr=False)
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputRow:
    """What one system produced for one item: a text or messages, exactly one of them."""

    item: str
    system: str
    sample: int = 0
    text: str | None = None
    messages: tuple[Message, ...] | None = None
    latency_ms: float | None = None
    cost_usd: Decimal | None = None
    tokens: int | None = None
    file: str = field(default="", compare=False, repr=False)
    line: int = field(default=0, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse an output that says two things, or nothing; the empty text is something."""
        if (self.text is None) == (self.messages is None):
            raise ValueError("an output holds either a text or messages")

    @property
    def key(self) -> tuple[str, str, int]:
        """Item, system and sample: what names an output in a study."""
        return self.item, self.system, self.sample

    def content_hash(self) -> str:
        """The hash over what a rater sees; latency and cost are facts about an output, not its content."""
        return sha256_of({"messages": self.messages, "text": self.text})


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One answer to a criterion, with what it means."""

    value: int | str
    label: str
    example: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The anchor as it is stored and written."""
        plain: dict[str, Any] = {"value": self.value, "label": self.label}
        return plain | {"example": self.example} if self.example else plain


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    """A question with anchored answers, about one output or about the two that were compared."""

    key: str
    question: str
    anchors: tuple[Anchor, ...]
    about: str = ABOUT_OUTPUT

    def as_dict(self) -> dict[str, Any]:
        """The criterion as it is written; that it is about one output goes without saying."""
        plain: dict[str, Any] = {"key": self.key}
        if self.about != ABOUT_OUTPUT:
            plain["about"] = self.about
        return plain | {"question": self.question, "anchors": [anchor.as_dict() for anchor in self.anchors]}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "CriterionRow":
        """The criterion from what `as_dict` gave."""
        anchors = tuple(Anchor(**anchor) for anchor in plain["anchors"])
        return cls(**{**plain, "anchors": anchors})


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFile:
    """A study's own terms: what is asked, with which answers, and how the work is given out."""

    name: str = ""
    question: str = DEFAULT_QUESTION
    guideline: str = ""
    verdicts: tuple[str, ...] = VERDICT_WORDS
    criteria: tuple[CriterionRow, ...] = ()
    baseline: str | None = None
    replication: int = 1
    overlap_share: float = 0.15
    gold_share: float = 0.0
    retest_share: float = 0.0
    lease_minutes: int = 30
    shows_slices: bool = False
    plan_method: str = "balanced"
    round_size: int = 200
    uniform_floor: float = 0.3
    slice_quotas: dict[str, int] = field(default_factory=dict)
    qualification_pass: float = 0.8
    price_per_judgment: Decimal | None = None
    currency: str = "EUR"

    def work(self) -> dict[str, Any]:
        """The terms that say how the work is given out, by name: those of a ProtocolVersion."""
        return {name: getattr(self, name) for name in WORK_TERMS}


WORK_TERMS = (
    "replication",
    "overlap_share",
    "gold_share",
    "retest_share",
    "lease_minutes",
    "shows_slices",
    "plan_method",
    "round_size",
    "uniform_floor",
    "slice_quotas",
    "qualification_pass",
    "price_per_judgment",
    "currency",
)
