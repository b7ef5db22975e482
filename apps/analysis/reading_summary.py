"""What was said of one task, counted from its judgments as they stand now: the head of the page that shows them all.

The list counts the same in SQL (`reading_counts`), as of its last cut. Here the sum must be that of the rows below it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from apps.rating.selectors.reading import Said
from apps.studies.models import Verdict

AGREEMENT_LOOKS_AT = ("used", "surplus")


@dataclass(frozen=True, slots=True)
class TaskSummary:
    """What people said that agreement looks at, and whether a judge says something else than most of them."""

    n_people: int
    n_a: int
    n_b: int
    n_tie: int
    n_both_bad: int
    differ: bool
    has_conflict: bool


def summary_of(judgments: Iterable[Said]) -> TaskSummary:
    """Of the current judgments of one task."""
    judgments = list(judgments)
    people = [said for said in judgments if said.disposition in AGREEMENT_LOOKS_AT]
    verdicts = Counter(said.verdict for said in people if said.verdict)
    most_say = _most_say(verdicts)
    return TaskSummary(
        n_people=len(people),
        n_a=verdicts[Verdict.A],
        n_b=verdicts[Verdict.B],
        n_tie=verdicts[Verdict.TIE],
        n_both_bad=verdicts[Verdict.BOTH_BAD],
        differ=len(verdicts) > 1 if verdicts else _answers_differ(people),
        has_conflict=most_say is not None and any(said != most_say for said in _judges_say(judgments)),
    )


def _most_say(verdicts: Counter[str]) -> str | None:
    """The verdict that more people gave than any other."""
    first, *others = verdicts.most_common(2) or [("", 0)]
    return first[0] if first[1] > sum(n for _, n in others) else None


def _judges_say(judgments: list[Said]) -> list[str]:
    """One verdict for each judge: where its own differ, a tie."""
    said_by: dict[object, set[str]] = defaultdict(set)
    for said in judgments:
        if said.disposition == "judge" and said.verdict:
            said_by[said.rater_uuid].add(said.verdict)
    return [next(iter(verdicts)) if len(verdicts) == 1 else Verdict.TIE for verdicts in said_by.values()]


def _answers_differ(people: list[Said]) -> bool:
    given: dict[str, set[str]] = defaultdict(set)
    for said in people:
        for key, value in said.answers.items():
            given[key].add(str(value))
    return any(len(values) > 1 for values in given.values())
