"""How far the labels of tasks agree: alpha, percent, kappa and AC1, all with ends that cluster by item.

Two tasks of one item (or of one conversation) ask about the same thing and are easy or hard together: taken as
independent, their intervals would be several times too narrow where few items make many tasks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from apps.stats.agreement import (
    AgreementCoefficient,
    Alpha,
    Kappa,
    LabelPairs,
    PercentAgreement,
    cohen_kappa,
    gwet_ac,
    krippendorff_alpha,
    pairs_between_units,
    pairs_within_units,
    percent_agreement,
    summarise_agreement,
)

from .estimates import Estimate
from .readings import reading_of
from .rows import Ints


@dataclass(frozen=True, slots=True)
class Scale:
    """How the answers to a question stand to one another, and whether they say what somebody prefers."""

    level: str
    is_preference: bool = False


PREFERENCE, ORDERED, UNORDERED = Scale("nominal", is_preference=True), Scale("ordinal"), Scale("nominal")


@dataclass(frozen=True, slots=True)
class Figures:
    """Alpha, percent (0..1), kappa and AC1 with 95 % ends; tasks with two labels or more, their items, their pairs."""

    alpha: Estimate
    percent: Estimate
    kappa: Estimate
    ac1: Estimate
    n_tasks: int
    n_items: int
    n_pairs: int
    level: str
    reading: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """How often each label was given to each task. Parallel arrays; `cluster` is the task's item."""

    task: Ints
    label: Ints
    count: Ints
    cluster: Ints

    def on(self, tasks: Ints) -> "Gathered":
        """What was given to these tasks."""
        keep = np.isin(self.task, tasks)
        return Gathered(self.task[keep], self.label[keep], self.count[keep], self.cluster[keep])

    def clusters_of(self, tasks: Ints) -> Ints:
        """The cluster of each of these tasks, all of which are known here."""
        known, first = np.unique(self.task, return_index=True)
        return self.cluster[first][np.searchsorted(known, tasks)]

    @property
    def pairs(self) -> LabelPairs:
        """Every pair of labels of one task."""
        return pairs_within_units(self.task, self.label, self.count)


def gathered(task: Ints, label: Ints, cluster: Ints) -> Gathered:
    """Equal labels of one task as one row: pairs then cost what the tasks do, not the square of their judgments."""
    n_labels = int(label.max(initial=0)) + 1
    cells, first, count = np.unique(task * n_labels + label, return_index=True, return_counts=True)
    return Gathered(*np.divmod(cells, n_labels), count.astype(np.int64), cluster[first])


def people_figures(labels: Gathered, scale: Scale, there_are: Sequence[int]) -> Figures:
    """Agreement of people with one another: alpha and AC1 over tasks, kappa over the pairs, each in both orders.

    `there_are` are the labels that could have been given: AC1 counts them all.
    """
    columns: dict[str, Any] = {"count": labels.count, "cluster": labels.cluster}
    found = summarise_agreement(labels.task, labels.label, categories=_known(there_are, labels.label), **columns)
    alpha = found.alpha
    if scale.level != alpha.level:
        alpha = krippendorff_alpha(labels.task, labels.label, level=scale.level, **columns)
    pairs = labels.pairs
    cluster = labels.clusters_of(pairs.unit)
    kappa = cohen_kappa(pairs.first, pairs.second, count=pairs.count, cluster=cluster, symmetric=True)
    coefficients = _Coefficients(alpha, found.percent, kappa, found.ac1)
    return _figures(pairs, cluster, coefficients, scale, is_lopsided=found.paradox)


def figures_with_people(people: Gathered, judge: Gathered, scale: Scale, there_are: Sequence[int]) -> Figures:
    """A judge with people. Each pair is a unit by itself: the people's disagreement among themselves does not enter."""
    pairs = pairs_between_units(
        judge.task, judge.label, people.task, people.label, count_x=judge.count, count_y=people.count
    )
    items = judge.clusters_of(pairs.unit)
    each = np.repeat(np.arange(len(pairs.first)), pairs.count)
    label = np.column_stack([pairs.first[each], pairs.second[each]]).ravel()
    unit, cluster = np.repeat(np.arange(len(each)), 2), np.repeat(items[each], 2)
    coefficients = _Coefficients(
        krippendorff_alpha(unit, label, level=scale.level, cluster=cluster),
        percent_agreement(pairs.first, pairs.second, items, count=pairs.count),
        cohen_kappa(pairs.first, pairs.second, count=pairs.count, cluster=items),
        gwet_ac(unit, label, cluster=cluster, categories=_known(there_are, label)),
    )
    return _figures(pairs, items, coefficients, scale, is_lopsided=False)


def _known(there_are: Sequence[int], given: Ints) -> list[int]:
    """The labels there are, and those of an earlier wording that were given."""
    return sorted({*there_are, *np.unique(given).tolist()})


@dataclass(frozen=True, slots=True)
class _Coefficients:
    """The four, as apps.stats gives them."""

    alpha: Alpha
    percent: PercentAgreement
    kappa: Kappa
    ac1: AgreementCoefficient


def _figures(pairs: LabelPairs, items: Ints, found: _Coefficients, scale: Scale, *, is_lopsided: bool) -> Figures:
    alpha = Estimate.of(found.alpha)
    return Figures(
        alpha=alpha,
        percent=Estimate.of_percent(found.percent),
        kappa=Estimate.of(found.kappa),
        ac1=Estimate.of(found.ac1),
        n_tasks=len(np.unique(pairs.unit)),
        n_items=len(np.unique(items)),
        n_pairs=found.percent.n_pairs,
        level=scale.level,
        reading=reading_of(alpha, is_preference=scale.is_preference, is_lopsided=is_lopsided),
    )
