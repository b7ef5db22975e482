"""How far one rater agrees with all the others, where they judged the same tasks.

Hers is all her ordinary work, also what is set aside: whoever decides whether to release her has to see it. The others
are people whose judgments the agreement of a leaderboard looks at, without her.
"""

from dataclasses import dataclass

import numpy as np

from apps.stats.agreement import cohen_kappa, percent_agreement

from .estimates import Estimate
from .rows import STANDARD, UNKNOWN, Bools, Ints, Work

N_VERDICTS = 4


@dataclass(frozen=True, slots=True)
class WithOthers:
    """Pairs of a rater's judgment with one of another person: percent and kappa with 95 % ends, clustered by item."""

    percent: Estimate
    kappa: Estimate
    n_pairs: int
    n_tasks: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A row for each verdict that others gave to a task of hers, and how many others gave it. Parallel arrays."""

    rater: Ints
    task: Ints
    cluster: Ints
    own: Ints
    other: Ints
    count: Ints

    def of(self, rater: int) -> "Compared":
        """The rows of one rater; the rows stand in the order of raters."""
        rows = slice(*np.searchsorted(self.rater, [rater, rater + 1]))
        return Compared(*(getattr(self, name)[rows] for name in self.__slots__))


def compared_with_others(work: Work) -> Compared:
    """All raters at once. Linear in the judgments, however many judged one task: verdicts are counted, not paired."""
    work = work.where(work.verdict != UNKNOWN)
    standard = work.counted_as(STANDARD)
    tasks, place = np.unique(work.task, return_inverse=True)
    given = _counts(place[standard], work.verdict[standard], len(tasks))
    others = given[place] - _own_counts(work, place, standard)
    row, verdict = np.nonzero(others)
    order = np.argsort(work.rater[row], kind="stable")
    row, verdict = row[order], verdict[order]
    columns = (work.rater[row], work.task[row], work.cluster[row], work.verdict[row], verdict, others[row, verdict])
    return Compared(*columns)


def with_others(compared: Compared) -> WithOthers:
    """The figures of one rater's rows."""
    count, cluster = compared.count, compared.cluster
    percent = percent_agreement(compared.own, compared.other, cluster, count=count)
    kappa = cohen_kappa(compared.own, compared.other, count=count, cluster=cluster)
    n_tasks = len(np.unique(compared.task))
    return WithOthers(Estimate.of_percent(percent), Estimate.of(kappa), percent.n_pairs, n_tasks)


def agreed_with_first(work: Work) -> Ints:
    """Of each judgment: 1 if it equals that of the first other person on the task, 0 if not, -1 where there is none.

    One comparison a judgment, so that a task which many judged does not outweigh the rest.
    """
    standard = np.flatnonzero(work.counted_as(STANDARD) & (work.verdict != UNKNOWN))
    order = standard[np.lexsort((work.judgment[standard], work.task[standard]))]
    found = np.full(len(work), UNKNOWN, dtype=np.int64)
    first = np.searchsorted(work.task[order], work.task, side="left")
    end = np.searchsorted(work.task[order], work.task, side="right")
    # Her own judgments of a task lie next to each other at most a few times: a late answer beside another showing.
    for step in range(4):
        place = np.minimum(first + step, max(len(order) - 1, 0))
        open_rows = (found == UNKNOWN) & (first + step < end) & (work.verdict != UNKNOWN)
        if not len(order) or not open_rows.any():
            break
        other = order[place]
        hers = work.rater[other] == work.rater
        found = np.where(open_rows & ~hers, (work.verdict[other] == work.verdict).astype(np.int64), found)
    return found


def _counts(place: Ints, verdict: Ints, n_places: int) -> Ints:
    """How often each verdict was given in each place. [n_places, 4]"""
    cells = np.bincount(place * N_VERDICTS + verdict, minlength=n_places * N_VERDICTS)
    return cells.reshape(n_places, N_VERDICTS).astype(np.int64)


def _own_counts(work: Work, place: Ints, standard: Bools) -> Ints:
    """What each judgment's rater herself put among the task's counted verdicts. [n, 4]"""
    key = place * (int(work.rater.max(initial=0)) + 1) + work.rater
    _, own = np.unique(key, return_inverse=True)
    return _counts(own[standard], work.verdict[standard], int(own.max(initial=-1)) + 1)[own]
