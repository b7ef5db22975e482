"""How far people agree, and each judge with people: for the verdict and each criterion, overall and on each slice.

Every pair of judgments of one task is a pair, as on the leaderboard, whose figures for the verdict these are.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from apps.rating.dispositions import counts_at
from apps.stats.agreement import (
    Alpha,
    LabelPairs,
    cohen_kappa,
    krippendorff_alpha,
    pairs_between_units,
    pairs_within_units,
    percent_agreement,
)
from apps.studies.models import About, Criterion

from .confusions import VERDICT_KINDS, Confusion, confusions_of
from .estimates import Estimate
from .readings import reading_of, reading_of_judge
from .rows import STANDARD, UNKNOWN, Bools, Counted, Ints, StudyRows

Report = Callable[[int, str], None]
MOST_SLICES = 200
FEWEST_ORDERED = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """How the answers to a question stand to one another, and whether they say what somebody prefers."""

    level: str
    is_preference: bool = False


PREFERENCE, ORDERED, UNORDERED = Scale("nominal", is_preference=True), Scale("ordinal"), Scale("nominal")


@dataclass(frozen=True, slots=True)
class Figures:
    """Alpha, percent (0..1) and kappa with 95 % ends; tasks with two labels or more, and pairs of labels."""

    alpha: Estimate
    percent: Estimate
    kappa: Estimate
    n_tasks: int
    n_pairs: int
    level: str
    reading: str


@dataclass(frozen=True, slots=True)
class JudgeFigures:
    """A judge with people, beside people with one another on the very tasks that the judge judged."""

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
    confusions: list[Confusion]
    judges: list[JudgeFigures]
    slices: list[SliceFigures]
    n_unknown: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """How often each label was given to each task. Parallel arrays."""

    task: Ints
    label: Ints
    count: Ints


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels with who gave them: what is known of one question."""

    rater: Ints
    task: Ints
    item: Ints
    counted: Ints
    label: Ints

    def people(self, among: Bools | None = None) -> Gathered:
        keep = np.isin(self.counted, STANDARD) & (self.label != UNKNOWN)
        keep = keep if among is None else keep & among
        return gathered(self.task[keep], self.label[keep])

    def judge(self, rater: int) -> Gathered:
        keep = (self.counted == Counted.JUDGE) & (self.rater == rater) & (self.label != UNKNOWN)
        return gathered(self.task[keep], self.label[keep])


@dataclass(frozen=True, slots=True)
class _Around:
    """The study's judges by their names, and the items of its slices."""

    judges: dict[int, str]
    slices: dict[tuple[str, str], list[int]]


def gathered(task: Ints, label: Ints) -> Gathered:
    """Equal labels of one task as one row: pairs then cost what the tasks do, not the square of their judgments."""
    n_labels = int(label.max(initial=0)) + 1
    cells, count = np.unique(task * n_labels + label, return_counts=True)
    return Gathered(*np.divmod(cells, n_labels), count.astype(np.int64))


def agreement_result(rows: StudyRows, criteria: Iterable[Criterion], report: Report) -> dict[str, Any]:
    """The result to freeze: a Question for the verdict, if any was given, and for each criterion in order."""
    report(15, "reading the verdicts")
    around = _Around(rows.judges(), rows.slices())
    work = rows.work()
    said = work.verdict != UNKNOWN
    verdicts = _Labels(*(one[said] for one in (work.rater, work.task, work.item, work.counted, work.verdict)))
    questions = [_verdict(verdicts, around)] if said.any() else []
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


def _verdict(labels: _Labels, around: _Around) -> Question:
    return _question("", "The verdict", list(VERDICT_KINDS), labels, around, PREFERENCE, n_unknown=0)


def _criterion(rows: StudyRows, criterion: Criterion, around: _Around) -> Question:
    values = [str(anchor["value"]) for anchor in criterion.anchors]
    names = [str(anchor.get("label") or anchor["value"]) for anchor in criterion.anchors]
    found = rows.answers(criterion.key, values)
    labels = _Labels(found.rater, found.task, found.item, found.counted, found.anchor)
    n_unknown = int((found.anchor == UNKNOWN).sum())
    return _question(
        criterion.key, criterion.question, names, labels, around, _scale_of(criterion), n_unknown=n_unknown
    )


def _scale_of(criterion: Criterion) -> Scale:
    """Anchors of one output stand in their order; those of a comparison point to one side or the other."""
    if criterion.about == About.COMPARISON:
        return PREFERENCE
    return ORDERED if len(criterion.anchors) >= FEWEST_ORDERED else UNORDERED


def _question(
    key: str, question: str, names: list[str], labels: _Labels, around: _Around, scale: Scale, *, n_unknown: int
) -> Question:
    people = labels.people()
    return Question(
        key=key,
        question=question,
        anchors=names,
        people=people_figures(people, scale),
        confusions=confusions_of(_pairs(people), names, is_verdict=not key),
        judges=[_judge(people, labels.judge(rater), name, scale) for rater, name in around.judges.items()],
        slices=_slices(labels, around.slices, scale),
        n_unknown=n_unknown,
    )


def people_figures(labels: Gathered, scale: Scale = PREFERENCE) -> Figures:
    """Agreement of people with one another: alpha over tasks, kappa over the pairs, each in both orders."""
    alpha = krippendorff_alpha(labels.task, labels.label, labels.count, level=scale.level)
    return _figures(_pairs(labels), alpha, scale, symmetric=True)


def _pairs(labels: Gathered) -> LabelPairs:
    return pairs_within_units(labels.task, labels.label, labels.count)


def _judge(people: Gathered, judge: Gathered, name: str, scale: Scale) -> JudgeFigures:
    pairs = pairs_between_units(
        judge.task, judge.label, people.task, people.label, count_x=judge.count, count_y=people.count
    )
    beside = _beside(people, judge, scale)
    found = _figures(pairs, _alpha_of_pairs(pairs, scale), scale, symmetric=False)
    return JudgeFigures(name, found, beside, reading_of_judge(name, found, beside))


def _beside(people: Gathered, judge: Gathered, scale: Scale) -> Figures:
    """People with one another, on the tasks that the judge judged too."""
    both = np.isin(people.task, judge.task)
    return people_figures(Gathered(people.task[both], people.label[both], people.count[both]), scale)


def _alpha_of_pairs(pairs: LabelPairs, scale: Scale) -> Alpha:
    """Each pair is a unit of its own: the people's disagreement among themselves does not enter. Clustered by task."""
    each = np.repeat(np.arange(len(pairs.first)), pairs.count)
    label = np.column_stack([pairs.first[each], pairs.second[each]]).ravel()
    unit = np.repeat(np.arange(len(each)), 2)
    return krippendorff_alpha(unit, label, level=scale.level, cluster=np.repeat(pairs.unit[each], 2))


def _slices(labels: _Labels, slices: dict[tuple[str, str], list[int]], scale: Scale) -> list[SliceFigures]:
    """Every slice; of very many, those with the most items."""
    largest = sorted(slices.items(), key=lambda slice_: -len(slice_[1]))[:MOST_SLICES]
    return [
        SliceFigures(key, value, people_figures(labels.people(np.isin(labels.item, items)), scale))
        for (key, value), items in sorted(largest, key=lambda slice_: slice_[0])
    ]


def _figures(pairs: LabelPairs, alpha: Alpha, scale: Scale, *, symmetric: bool) -> Figures:
    percent = percent_agreement(pairs.first, pairs.second, pairs.unit, count=pairs.count)
    kappa = cohen_kappa(pairs.first, pairs.second, count=pairs.count, cluster=pairs.unit, symmetric=symmetric)
    return Figures(
        alpha=Estimate.of(alpha),
        percent=Estimate.of_percent(percent),
        kappa=Estimate.of(kappa),
        n_tasks=len(np.unique(pairs.unit)),
        n_pairs=percent.n_pairs,
        level=scale.level,
        reading=reading_of(Estimate.of(alpha), is_preference=scale.is_preference),
    )
