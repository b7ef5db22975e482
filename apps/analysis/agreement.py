"""How far people agree with one another, and a judge with people: the figures of a leaderboard.

Every pair of judgments of one task counts as one pair, also two of the same person; tie and both-bad are answers
like the others. The "decisive" figures look at pairs in which both judgments name a winner. Intervals cluster by item,
or by its group: the tasks of one item share what makes it hard.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.stats.agreement import (
    LabelPairs,
    cohen_kappa,
    krippendorff_alpha,
    pairs_between_units,
    pairs_within_units,
    percent_agreement,
    rank_correlation,
)
from apps.stats.pairwise import Outcome

from .comparisons import ClusteredLabels, Labels

DECISIVE = [Outcome.FIRST_WINS, Outcome.SECOND_WINS]


def human_agreement(people: ClusteredLabels) -> dict[str, Any]:
    """Agreement among people. Alpha is over tasks; kappa over the pairs, each in both orders."""
    pairs = pairs_within_units(people.unit, people.label)
    cluster = people.clusters_of(pairs.unit)
    return {
        **_percentages(pairs, people),
        **_alpha(people.unit, people.label, people.cluster),
        **_kappa(pairs, cluster, symmetric=True),
    }


def judge_agreement(
    people: ClusteredLabels, judge: Labels, human_strengths: dict[int, float], judge_strengths: dict[int, float]
) -> dict[str, Any]:
    """Agreement of one judge with people, on the tasks that both judged.

    Alpha takes each pair of a judge's and a person's verdict as a unit of its own, so that the people's
    disagreement among themselves does not enter; the intervals still cluster by item.
    """
    pairs = pairs_between_units(judge.unit, judge.label, people.unit, people.label)
    cluster = people.clusters_of(pairs.unit)
    unit = np.repeat(np.arange(len(pairs.first)), 2)
    label = np.column_stack([pairs.first, pairs.second]).ravel()
    return {
        **_percentages(pairs, people),
        **_alpha(unit, label, np.repeat(cluster, 2)),
        **_kappa(pairs, cluster, symmetric=False),
        "rank_correlation": _rank_correlation(human_strengths, judge_strengths),
    }


def _percentages(pairs: LabelPairs, people: ClusteredLabels) -> dict[str, Any]:
    every, named = (
        percent_agreement(some.first, some.second, cluster=people.clusters_of(some.unit))
        for some in (pairs, pairs.only(DECISIVE))
    )
    return {
        "percent": every.percent,
        "percent_low": every.low,
        "percent_high": every.high,
        "n_pairs": every.n_pairs,
        "percent_decisive": named.percent,
        "percent_decisive_low": named.low,
        "percent_decisive_high": named.high,
        "n_pairs_decisive": named.n_pairs,
    }


def _alpha(unit: NDArray[np.int64], label: NDArray[np.int64], cluster: NDArray[np.int64]) -> dict[str, Any]:
    alpha = krippendorff_alpha(unit, label, cluster=cluster)
    return {
        "alpha": alpha.value,
        "alpha_low": alpha.low,
        "alpha_high": alpha.high,
        "reading": alpha.reading,
    }


def _kappa(pairs: LabelPairs, cluster: NDArray[np.int64], *, symmetric: bool) -> dict[str, Any]:
    kappa = cohen_kappa(pairs.first, pairs.second, cluster=cluster, symmetric=symmetric)
    return {"kappa": kappa.value, "kappa_low": kappa.low, "kappa_high": kappa.high}


def _rank_correlation(humans: dict[int, float], judge: dict[int, float]) -> float | None:
    """Over the systems that both boards rank; None below two, or where one board does not separate them."""
    shared = sorted(humans.keys() & judge.keys())
    if len(shared) < 2:
        return None
    return rank_correlation([humans[one] for one in shared], [judge[one] for one in shared])
