"""Several rules together: the gate's verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.stats.errors import EmptyInput
from apps.stats.gates.rule import Rule, Verdict
from apps.stats.intervals import check_confidence_level


@dataclass(frozen=True)
class RuleFinding:
    """What became of one rule.

    `low` and `high` are the interval that may show the rule to hold; a breach has to show at a stricter level, as there
    are several rules to break. `leans` is where the rule would end if the share stayed as it is, and `n_more` the
    judgments that takes: 0 once decided, None where no number would do. With `counts_items` these are items, as
    more judgments of the same ones would add nothing. `n_missing` judgments are needed before any interval is trusted.
    """

    verdict: Verdict
    share: float | None
    low: float
    high: float
    leans: Verdict
    n_more: int | None
    counts_items: bool
    n_missing: int


@dataclass(frozen=True)
class GateDecision:
    """The verdict, what became of each rule (in their order), and the probability of error of each kind."""

    verdict: Verdict
    rules: tuple[RuleFinding, ...]
    error: float
    confidence_level: float
    reading: str


def decide_gate(rules: Sequence[Rule], *, confidence_level: float = 0.95) -> GateDecision:
    """PASS where every rule is shown to hold, BLOCK where one is shown to be broken, UNDECIDED otherwise.

    The error of each kind is a = (1 - confidence_level)/2. To pass, the interval of every rule must lie at its bound
    or above: an intersection-union test, which needs no correction (Berger 1982, Technometrics 24). To block, one
    interval must lie below its bound, at a level that allows for all rules by Holm's procedure (1979, Scandinavian
    Journal of Statistics 6). So a gate that should not pass does so with probability at most a, and one that holds
    every rule is blocked with probability at most a; rules that may be looked at at any time keep that promise over all
    looks. Read UNDECIDED as "go on judging", never as a weak pass. Raises EmptyInput without a rule.
    """
    check_confidence_level(confidence_level)
    if not rules:
        raise EmptyInput("A gate without rules passes everything; give at least one rule.")
    broken = _broken(rules, confidence_level)
    block_level = _level_for(len(rules) - len(broken), confidence_level)
    found = tuple(_finding(rule, number in broken, confidence_level, block_level) for number, rule in enumerate(rules))
    verdict = _verdict(found)
    error = (1 - confidence_level) / 2
    return GateDecision(verdict, found, error, confidence_level, _reading(verdict, found, error))


def _level_for(n_open: int, confidence_level: float) -> float:
    """The level at which a breach must show while so many rules are not known to be broken."""
    return 1 - (1 - confidence_level) / max(n_open, 1)


def _broken(rules: Sequence[Rule], confidence_level: float) -> set[int]:
    """Holm's procedure by intervals: each breach that is found makes the next one easier to show."""
    trusted = {number: rule for number, rule in enumerate(rules) if not rule.n_missing}
    broken: set[int] = set()
    while True:
        level = _level_for(len(rules) - len(broken), confidence_level)
        more = {number for number, rule in trusted.items() if number not in broken and rule.breaks(level)}
        if not more:
            return broken
        broken |= more


def _finding(rule: Rule, is_broken: bool, confidence_level: float, block_level: float) -> RuleFinding:
    interval = rule.interval(confidence_level)
    if is_broken:
        verdict = Verdict.BLOCK
    else:
        verdict = Verdict.PASS if interval.low >= rule.least and not rule.n_missing else Verdict.UNDECIDED
    return RuleFinding(
        verdict=verdict,
        share=rule.evidence.share,
        low=interval.low,
        high=interval.high,
        leans=rule.leans(),
        n_more=rule.n_more(confidence_level, block_level) if verdict == Verdict.UNDECIDED else 0,
        counts_items=rule.counts_items,
        n_missing=rule.n_missing,
    )


def _verdict(found: Sequence[RuleFinding]) -> Verdict:
    verdicts = {finding.verdict for finding in found}
    if Verdict.BLOCK in verdicts:
        return Verdict.BLOCK
    return Verdict.UNDECIDED if Verdict.UNDECIDED in verdicts else Verdict.PASS


def _reading(verdict: Verdict, found: Sequence[RuleFinding], error: float) -> str:
    n, chance = len(found), f"{100 * error:g} %"
    decided = {each: sum(finding.verdict == each for finding in found) for each in Verdict}
    if verdict == Verdict.PASS:
        return f"PASS: each of {n} rules is shown to hold. A gate that should not pass does so in at most {chance}."
    if verdict == Verdict.BLOCK:
        return (
            f"BLOCK: {decided[Verdict.BLOCK]} of {n} rules shown to be broken. A gate whose rules all hold is blocked "
            f"in at most {chance}."
        )
    return (
        f"UNDECIDED: {decided[Verdict.PASS]} of {n} rules are shown to hold and none to be broken. Go on judging; this "
        "is no weak pass."
    )
