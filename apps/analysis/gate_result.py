"""What a gate says of the facts, as one plain structure ready to be frozen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.stats.gates import Evidence, Rule, RuleFinding, Verdict, decide_gate

from .gate_inputs import GateRows
from .gate_rules import GateRule, RuleKind

# A rule is watched from a hundred judgments on; planning for fewer would tune it to a moment that never comes.
LEAST_PLANNED = 100


def gate_result(rows: GateRows, rules: Sequence[GateRule], *, is_watched: bool, level: float) -> dict[str, Any]:
    """The verdict, each rule with its share, interval and n, and the ratings still needed."""
    evidence = [rows.evidence(rule) for rule in rules]
    tried = [
        Rule(each, rule.least, max(rule.planned_n, LEAST_PLANNED) if is_watched else None)
        for rule, each in zip(rules, evidence, strict=True)
    ]
    decision = decide_gate(tried, confidence_level=level)
    found = list(map(Ruled, rules, evidence, decision.rules))
    return {
        "verdict": str(decision.verdict),
        "error": decision.error,
        "rules": [each.as_plain() for each in found],
        "needed": needed(found, compares=bool((rows.outcome >= 0).any())),
        "n_judgments": len(rows.rater),
        "n_raters": len(set(rows.rater.tolist())),
        "n_items": len(set(rows.group.tolist())),
    }


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule, what is known about it, and what became of it."""

    rule: GateRule
    evidence: Evidence
    finding: RuleFinding

    def as_plain(self) -> dict[str, Any]:
        """For the result; a floor's share is of what failed."""
        finding = self.finding
        share, low, high = finding.share, finding.low, finding.high
        if not self.rule.is_margin:
            share, low, high = (None if share is None else 1 - share), 1 - high, 1 - low
        return {
            **self.rule.as_stored(),
            "verdict": str(finding.verdict),
            "share": share,
            "low": low if self.evidence.n else None,
            "high": high if self.evidence.n else None,
            "n": self.evidence.n,
            "n_raters": self.evidence.n_raters,
            "n_items": self.evidence.n_items,
            "leans": str(finding.leans),
            "n_more": finding.n_more,
            "counts_items": finding.counts_items,
            "n_missing": finding.n_missing,
        }


def needed(found: Sequence[Ruled], *, compares: bool) -> dict[str, Any] | None:
    """The ratings still needed, of comparisons and of single outputs, and the verdict they would lead to.

    If the shares stay as they are: one breach ends a gate, so where a rule leans to one the nearest of those is
    counted; else all open rules have to be shown to hold. UNDECIDED where so many are missing before anything can be
    said. None where the gate is decided, or nobody can say.
    `compares`: whether the study has comparisons at all, which is where flags come from first.
    """
    verdicts = {each.finding.verdict for each in found}
    if Verdict.BLOCK in verdicts or Verdict.UNDECIDED not in verdicts:
        return None
    open_ = [each for each in found if each.finding.verdict == Verdict.UNDECIDED]
    breaking = [each for each in open_ if each.finding.leans == Verdict.BLOCK and each.finding.n_more is not None]
    if breaking:
        nearest = min(breaking, key=lambda each: each.finding.n_more or 0)
        return {"towards": str(Verdict.BLOCK), **_ratings([nearest], compares)}
    unclear = [each for each in open_ if each.finding.n_more is None]
    if any(not each.finding.n_missing for each in unclear):
        return None
    return {"towards": str(Verdict.UNDECIDED if unclear else Verdict.PASS), **_ratings(open_, compares)}


def _ratings(found: Sequence[Ruled], compares: bool) -> dict[str, int]:
    """How many comparisons of the candidate, how many ratings of its outputs one by one, and how many further items.

    One judgment serves every rule that it is about. Slices of one key share no item, so theirs add up; others may
    overlap, and the largest need is what is surely needed.
    """
    needs: dict[str, Counter[Any]] = {"n_comparisons": Counter(), "n_outputs": Counter(), "n_items": Counter()}
    for each in found:
        rule, finding = each.rule, each.finding
        alike = rule.slice[0] if rule.slice else rule.subject
        needs[_counted(each, compares)][alike] += finding.n_missing if finding.n_more is None else finding.n_more
    return {what: max(by_subject.values(), default=0) for what, by_subject in needs.items()}


def _counted(ruled: Ruled, compares: bool) -> str:
    """What a rule needs more of."""
    if ruled.finding.counts_items:
        return "n_items"
    of_outputs = ruled.rule.kind == RuleKind.CRITERION or (ruled.rule.kind == RuleKind.FLAG and not compares)
    return "n_outputs" if of_outputs else "n_comparisons"
