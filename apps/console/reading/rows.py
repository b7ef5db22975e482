"""Tasks in a list, in words: what was said in the names of the systems, and the bar that shows it."""

from dataclasses import dataclass
from typing import Any, Protocol

from django.urls import reverse

from apps.analysis.models import TaskTally
from apps.rating.models import Flag, TaskKind
from apps.rating.selectors.reading import JudgeVerdict, TaskFacts, judge_verdicts, task_facts
from apps.studies.models import Study, Verdict

BAR_WIDTH = 120.0
GAP = 2.0


@dataclass(frozen=True, slots=True)
class Naming:
    """The two systems of a task in the order a page shows them: by name, or as the reader asked."""

    system_a: str
    system_b: str | None
    wanted_first: str | None = None

    @property
    def a_is_first(self) -> bool:
        """Whether the task's output A stands first on the page."""
        if self.system_b is None or self.wanted_first == self.system_a:
            return True
        return self.wanted_first != self.system_b and self.system_a < self.system_b

    @property
    def names(self) -> list[str]:
        """The systems, in the order of the page."""
        both = [self.system_a, self.system_b or ""]
        return [name for name in (both if self.a_is_first else both[::-1]) if name]

    def system_of(self, side: str) -> str:
        """The system behind the task's A or B."""
        return self.system_a if side == Verdict.A or self.system_b is None else self.system_b

    def verdict_words(self, verdict: str | None) -> str:
        """A verdict in the names of the systems."""
        if verdict is None:
            return "no verdict"
        if verdict in (Verdict.A, Verdict.B):
            return f"{self.system_of(verdict)} is better"
        return "tie" if verdict == Verdict.TIE else "both bad"


class Counted(Protocol):
    """What people said of one task, by the task's own A and B."""

    @property
    def n_a(self) -> int: ...
    @property
    def n_b(self) -> int: ...
    @property
    def n_tie(self) -> int: ...
    @property
    def n_both_bad(self) -> int: ...


def said_by_people(counted: Counted, naming: Naming) -> list[dict[str, Any]]:
    """What people said, in the order of the page: first system, tie, both bad, second; with the parts of a bar."""
    if naming.system_b is None:
        return []
    first, second = (counted.n_a, counted.n_b) if naming.a_is_first else (counted.n_b, counted.n_a)
    said = [
        {"kind": "first", "label": naming.names[0], "n": first, "is_system": True},
        {"kind": "tie", "label": "tie", "n": counted.n_tie},
        {"kind": "both-bad", "label": "both bad", "n": counted.n_both_bad},
        {"kind": "second", "label": naming.names[1], "n": second, "is_system": True},
    ]
    return _with_bar(said)


def _with_bar(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    n = sum(part["n"] for part in said)
    x = 0.0
    for part in said:
        width = BAR_WIDTH * part["n"] / n if n else 0.0
        part |= {"x": round(x, 1), "width": round(max(width - GAP, 1.0), 1) if part["n"] else 0}
        x += width
    return said


def task_rows(
    study: Study, tallies: list[TaskTally], query: str, *, first: str | None, marks: dict[int, str]
) -> list[dict[str, Any]]:
    """The rows of a list, in its order. Two queries."""
    ids = [tally.task_id for tally in tallies]
    facts, judges = task_facts(study, ids), judge_verdicts(study, ids)
    return [
        _row(study, tally, facts[tally.task_id], judges.get(tally.task_id, []), query, first)
        | {"marked": tally.task_id in marks, "note": marks.get(tally.task_id, "")}
        for tally in tallies
    ]


def _row(
    study: Study, tally: TaskTally, facts: TaskFacts, judges: list[JudgeVerdict], query: str, first: str | None
) -> dict[str, Any]:
    naming = Naming(facts.system_a, facts.system_b, first)
    return {
        "url": task_url(study, tally.task_id, query),
        "item": facts.item,
        "excerpt": facts.excerpt,
        "slices": slice_words(facts.slices),
        "is_rubric": facts.kind == TaskKind.RUBRIC,
        "systems": naming.names,
        "people": said_by_people(tally, naming),
        "n_people": tally.n_people,
        "n_set_aside": tally.n_set_aside,
        "disagreement": disagreement_words(tally.n_people, differ=tally.disagreement > 0),
        "judges": [judge_words(judge, naming) for judge in judges],
        "has_conflict": tally.has_conflict,
        "flags": flag_words(tally.flags),
        "n_comments": tally.n_comments,
        "n_asked": getattr(tally, "n_asked", None),
    }


def task_url(study: Study, task_id: int, query: str) -> str:
    """The address of a task, with the list it is read in."""
    address = reverse("console:reading_task", args=[study.workspace.slug, study.slug, task_id])
    return f"{address}?{query}" if query else address


def slice_words(slices: dict[str, Any]) -> list[str]:
    """`key=value`, in the order of keys."""
    return [f"{key}={value}" for key, value in sorted(slices.items())]


def disagreement_words(n_people: int, *, differ: bool) -> str:
    """How far people differ, in words that need no scale."""
    if n_people < 2:
        return "one person" if n_people else "nobody who counts"
    return f"{n_people} people {'differ' if differ else 'agree'}"


def judge_words(judge: JudgeVerdict, naming: Naming) -> dict[str, Any]:
    """One judge's verdict."""
    said = naming.verdict_words(judge.verdict)
    return {"name": judge.judge, "said": said if judge.is_consistent else f"{said}: its answers differ"}


def flag_words(flags: list[str]) -> list[str]:
    """Flags as pages name them; `identified` is the rater's telling the systems apart."""
    words = {**dict(Flag.choices), Flag.IDENTIFIED: "told apart"}
    return [str(words.get(flag, flag)).lower() for flag in flags]
