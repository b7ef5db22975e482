"""How far people agree, and each judge with people: for the verdict and each criterion, overall and on each slice.

Every pair of judgments of one task is a pair, as on the leaderboard, whose figures for the verdict these are.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from apps.rating.dispositions import counts_at
from apps.studies.models import About, Criterion

from .answer_shares import AnswerShare, answer_shares
from .confusions import VERDICT_KINDS, Confusion, confusions_of
from .figures_of_labels import (
    ORDERED,
    PREFERENCE,
    UNORDERED,
    Figures,
    Gathered,
    Scale,
    figures_with_people,
    gathered,
    people_figures,
)
from .readings import reading_of_judge
from .rows import STANDARD, UNKNOWN, Bools, Counted, Ints, StudyRows, codes_of

Report = Callable[[int, str], None]
MOST_SLICES = 200
FEWEST_ORDERED = 3


@dataclass(frozen=True, slots=True)
class JudgeFigures:
    """A judge with people, beside people with one another on the tasks that the judge judged."""

    judge: str
    with_people: Figures
    people: Figures
    reading: str


@dataclass(frozen=True, slots=True)
class SliceFigures:
    """People's agreement on the items of one slice."""

    key: str
    value: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the verdict, or a criterion. `key` is empty for the verdict; anchors are named in their order."""

    key: str
    question: str
    anchors: list[str]
    people: Figures
    answers: list[AnswerShare]
    confusions: list[Confusion]
    judges: list[JudgeFigures]
    slices: list[SliceFigures]
    n_unknown: int


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels with who gave them: what is known of one question."""

    rater: Ints
    task: Ints
    item: Ints
    cluster: Ints
    counted: Ints
    label: Ints

    def people(self, among: Bools | None = None) -> Gathered:
        keep = np.isin(self.counted, STANDARD) & (self.label != UNKNOWN)
        return self._gathered(keep if among is None else keep & among)

    def judge(self, rater: int) -> Gathered:
        return self._gathered((self.counted == Counted.JUDGE) & (self.rater == rater) & (self.label != UNKNOWN))

    def _gathered(self, keep: Bools) -> Gathered:
        return gathered(self.task[keep], self.label[keep], self.cluster[keep])


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question before its answers are looked at. `there_are` are the codes of the answers that may be given."""

    key: str
    question: str
    names: list[str]
    scale: Scale
    there_are: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Around:
    """The study's judges by their names, and the items of its slices."""

    judges: dict[int, str]
    slices: dict[tuple[str, str], list[int]]


def agreement_result(
    rows: StudyRows, *, verdicts: Sequence[str], criteria: Iterable[Criterion], report: Report
) -> dict[str, Any]:
    """The result to freeze: a Question for the verdict, if any was given, and for each criterion in order."""
    report(15, "reading the verdicts")
    around = _Around(rows.judges(), rows.slices())
    labels = _verdict_labels(rows)
    questions = [_question(_verdict(verdicts), labels, around, n_unknown=0)] if len(labels.label) else []
    for place, criterion in enumerate(asked := list(criteria)):
        report(40 + 55 * place // max(len(asked), 1), f"reading the answers to {criterion.key}")
        questions.append(_criterion(rows, criterion, around))
    dispositions = counts_at(rows.cut)
    return {
        "questions": [asdict(question) for question in questions],
        "n_slices": len(around.slices),
        "n_judgments": sum(dispositions.values()),
        "dispositions": dispositions,
    }


def _verdict_labels(rows: StudyRows) -> _Labels:
    work = rows.work()
    said = work.where(work.verdict != UNKNOWN)
    return _Labels(said.rater, said.task, said.item, said.cluster, said.counted, said.verdict)


def _verdict(verdicts: Sequence[str]) -> _Asked:
    return _Asked("", "The verdict", list(VERDICT_KINDS), PREFERENCE, codes_of(verdicts))


def _criterion(rows: StudyRows, criterion: Criterion, around: _Around) -> Question:
    values = [str(anchor["value"]) for anchor in criterion.anchors]
    names = [str(anchor.get("label") or anchor["value"]) for anchor in criterion.anchors]
    found = rows.answers(criterion.key, values)
    labels = _Labels(found.rater, found.task, found.item, found.cluster, found.counted, found.anchor)
    asked = _Asked(criterion.key, criterion.question, names, _scale_of(criterion), range(len(values)))
    return _question(asked, labels, around, n_unknown=int((found.anchor == UNKNOWN).sum()))


def _scale_of(criterion: Criterion) -> Scale:
    """Anchors of one output stand in their order; those of a comparison point to one side or the other."""
    if criterion.about == About.COMPARISON:
        return PREFERENCE
    return ORDERED if len(criterion.anchors) >= FEWEST_ORDERED else UNORDERED


def _question(asked: _Asked, labels: _Labels, around: _Around, *, n_unknown: int) -> Question:
    people = labels.people()
    return Question(
        key=asked.key,
        question=asked.question,
        anchors=asked.names,
        people=people_figures(people, asked.scale, asked.there_are),
        answers=answer_shares(people, asked.names, is_verdict=not asked.key),
        confusions=confusions_of(people, asked.names, is_verdict=not asked.key),
        judges=[_judge(asked, people, labels.judge(rater), name) for rater, name in around.judges.items()],
        slices=_slices(asked, labels, around.slices),
        n_unknown=n_unknown,
    )


def _judge(asked: _Asked, people: Gathered, judge: Gathered, name: str) -> JudgeFigures:
    found = figures_with_people(people, judge, asked.scale, asked.there_are)
    beside = people_figures(people.on(judge.task), asked.scale, asked.there_are)
    return JudgeFigures(name, found, beside, reading_of_judge(name, found, beside))


def _slices(asked: _Asked, labels: _Labels, slices: dict[tuple[str, str], list[int]]) -> list[SliceFigures]:
    """Every slice; of very many, those with the most items."""
    largest = sorted(slices.items(), key=lambda slice_: -len(slice_[1]))[:MOST_SLICES]
    of_slice = {name: labels.people(np.isin(labels.item, items)) for name, items in largest}
    return [
        SliceFigures(*name, people_figures(of_slice[name], asked.scale, asked.there_are)) for name in sorted(of_slice)
    ]
