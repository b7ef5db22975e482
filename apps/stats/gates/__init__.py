"""Gates: rules fixed beforehand about shares, and whether the judgments so far decide them."""

from apps.stats.gates.decision import GateDecision, RuleFinding, decide_gate
from apps.stats.gates.evidence import Evidence
from apps.stats.gates.rule import Rule, Verdict

__all__ = ["Evidence", "GateDecision", "Rule", "RuleFinding", "Verdict", "decide_gate"]
