"""Agreement on a leaderboard: its intervals cluster by item, as all tasks of an item share what makes it hard."""

import numpy as np
import pytest

from apps.analysis.agreement import human_agreement, judge_agreement
from apps.analysis.comparisons import ClusteredLabels, Labels


def labels_of(*, clustered: bool) -> ClusteredLabels:
    """Ten tasks an item, three people a task: on every other item they all agree, on the rest nobody does."""
    task = np.repeat(np.arange(200), 3)
    agreed = task // 10 % 2 == 0
    label = np.where(agreed, task % 2, np.tile(np.arange(3), 200))
    return ClusteredLabels(unit=task, label=label, cluster=task // 10 if clustered else task)


@pytest.mark.parametrize("name", ["alpha", "percent", "kappa"])
def test_tasks_of_one_item_do_not_count_as_independent(name: str) -> None:
    by_item, by_task = human_agreement(labels_of(clustered=True)), human_agreement(labels_of(clustered=False))
    assert by_item[name] == by_task[name]
    width, narrow = (found[f"{name}_high"] - found[f"{name}_low"] for found in (by_item, by_task))
    assert width > 2 * narrow


@pytest.mark.parametrize("name", ["alpha", "percent", "kappa"])
def test_a_judge_is_compared_by_item_too(name: str) -> None:
    people = labels_of(clustered=True)
    judge = Labels(unit=np.arange(200), label=np.arange(200) % 2)
    by_item = judge_agreement(people, judge, {}, {})
    by_task = judge_agreement(labels_of(clustered=False), judge, {}, {})
    assert by_item[name] == by_task[name]
    assert by_item[f"{name}_high"] - by_item[f"{name}_low"] > 2 * (by_task[f"{name}_high"] - by_task[f"{name}_low"])


def test_nobody_agrees_with_nobody() -> None:
    nothing = np.array([], dtype=np.int64)
    found = human_agreement(ClusteredLabels(nothing, nothing, nothing))
    assert (found["alpha"], found["n_pairs"]) == (None, 0)
