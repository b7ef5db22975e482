"""The rules of a gate, as they are stored and as people read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from apps.core.errors import Refused
from apps.rating.models import Flag
from apps.stats.gates.rule import LEAST_ITEMS
from apps.studies.models import About, Criterion

GATE = "gate"  # the kind of its analyses and of its jobs
EVEN = 0.5
LEAST_SLICE_ITEMS = LEAST_ITEMS  # on fewer no verdict is given, so no rule is set
MOST_MARGIN, MOST_LIMIT, LEAST_LIMIT = 0.49, 0.99, 0.0005


class RuleKind(StrEnum):
    """What a rule is about: a loss to the baseline, or something of which only so much may happen."""

    MARGIN = "margin"
    BOTH_BAD = "both_bad"
    FLAG = "flag"
    CRITERION = "criterion"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    """One rule. `allowed` is a share: what may be lost to the baseline, or what may fail at most.

    A margin may be about a slice. `name` is the flag or the criterion, `failing` the criterion's answers that fail.
    `planned_n` is about how many judgments the study plans for it.
    """

    kind: RuleKind
    allowed: float
    slice: tuple[str, str] | None = None
    name: str = ""
    failing: tuple[Any, ...] = ()
    planned_n: int = 0

    @property
    def is_margin(self) -> bool:
        """Whether it is about a loss to the baseline; otherwise it is a floor, whatever the baseline does."""
        return self.kind == RuleKind.MARGIN

    @property
    def least(self) -> float:
        """The share that must be reached: of the comparisons earned, or of what does not fail."""
        return (EVEN if self.is_margin else 1) - self.allowed

    @property
    def subject(self) -> tuple[Any, ...]:
        """What it is about: a gate has one rule for each."""
        return self.kind, self.slice, self.name

    def as_stored(self) -> dict[str, Any]:
        """Plain values for the database and for results."""
        return {
            "kind": str(self.kind),
            "allowed": self.allowed,
            "slice": list(self.slice) if self.slice else None,
            "name": self.name,
            "failing": list(self.failing),
            "planned_n": self.planned_n,
        }

    @classmethod
    def from_stored(cls, plain: Mapping[str, Any]) -> "GateRule":
        """The way back."""
        return cls(
            kind=RuleKind(plain["kind"]),
            allowed=plain["allowed"],
            slice=(plain["slice"][0], plain["slice"][1]) if plain["slice"] else None,
            name=plain["name"],
            failing=tuple(plain["failing"]),
            planned_n=plain["planned_n"],
        )


def check_gate_rules(
    rules: list[GateRule], *, criteria: Mapping[str, Criterion], slice_sizes: Mapping[tuple[str, str], int]
) -> None:
    """Refuse rules that mean nothing in this study. `slice_sizes`: how many groups of items each slice has."""
    if not rules:
        raise Refused("A gate needs a rule: allow a margin, mark a slice, or set a floor.")
    if len({rule.subject for rule in rules}) < len(rules):
        raise Refused("Two rules are about the same thing. Leave one of them out.")
    for rule in rules:
        _check_share(rule)
        if rule.slice is not None:
            _check_slice(rule.slice, slice_sizes)
        if rule.kind == RuleKind.FLAG and rule.name not in Flag.values:
            raise Refused(f"There is no flag {rule.name!r}. Choose from: {', '.join(Flag.values)}.")
        if rule.kind == RuleKind.CRITERION:
            _check_criterion(rule, criteria)


def _check_share(rule: GateRule) -> None:
    if rule.is_margin and not 0 <= rule.allowed <= MOST_MARGIN:
        raise Refused("A margin is between 0 and 49 points: how much of its comparisons the candidate may lose.")
    if not rule.is_margin and not LEAST_LIMIT <= rule.allowed <= MOST_LIMIT:
        raise Refused(
            "A floor allows between 0.05 % and 99 % to fail. No sample shows that nothing ever fails: write down how "
            "much you could live with, 0.5 % for example."
        )


def _check_slice(wanted: tuple[str, str], sizes: Mapping[tuple[str, str], int]) -> None:
    size = sizes.get(wanted, 0)
    if size < LEAST_SLICE_ITEMS:
        raise Refused(
            f"The slice {wanted[0]}={wanted[1]} has {size} independent items, and a verdict on a slice needs "
            f"{LEAST_SLICE_ITEMS}. Leave it out, or add items in another study."
        )


def _check_criterion(rule: GateRule, criteria: Mapping[str, Criterion]) -> None:
    criterion = criteria.get(rule.name)
    if criterion is None or criterion.about != About.OUTPUT:
        raise Refused(f"This study has no question {rule.name!r} about single outputs. Reload the page.")
    values = [anchor["value"] for anchor in criterion.anchors]
    if not rule.failing or any(value not in values for value in rule.failing):
        raise Refused(f"Say which answers fail: {criterion.question}")
    if len(rule.failing) == len(values):
        raise Refused(f"Every answer would fail: {criterion.question} Leave at least one that does not.")
