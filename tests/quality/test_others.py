"""Agreement with the others is that of all pairs, counted without making them."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.quality.others import agreed_with_first, compared_with_others, with_others
from apps.quality.rows import Counted, Work
from apps.stats.agreement import cohen_kappa, percent_agreement

pytestmark = pytest.mark.slow

judgments = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(-1, 3), st.sampled_from([0, 1, 2, 3])), max_size=40
)


def work_of(rows: list[tuple[int, int, int, int]]) -> Work:
    rater, task, verdict, counted = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    numbers = np.arange(len(rows))
    return Work(rater, numbers, task, task, task // 2, verdict, verdict, counted, numbers * 0, numbers * 0)


@given(judgments)
def test_counted_pairs_are_all_pairs(rows):
    work = work_of(rows)
    compared = compared_with_others(work)
    for rater in {row[0] for row in rows}:
        pairs = [
            (one[2], other[2], one[1] // 2)
            for one, other in product(rows, rows)
            if one[0] == rater != other[0] and one[1] == other[1] and min(one[2], other[2]) >= 0
            and other[3] in (Counted.USED, Counted.SURPLUS)
        ]  # fmt: skip
        own, others, cluster = np.array(pairs, dtype=np.int64).reshape(-1, 3).T
        found = with_others(compared.of(rater))
        expected, kappa = percent_agreement(own, others, cluster), cohen_kappa(own, others, cluster=cluster)
        assert found.n_pairs == len(pairs)
        for one, other in (
            (found.percent.value, expected.percent and expected.percent / 100),
            (found.percent.low, expected.low and expected.low / 100),
            (found.kappa.value, kappa.value),
            (found.kappa.low, kappa.low),
        ):
            assert (one is None) == (other is None)
            assert one is None or abs(one - other) < 1e-9


@given(judgments)
def test_each_judgment_meets_one_other_person_or_none(rows):
    found = agreed_with_first(work_of(rows)).tolist()
    for (rater, task, verdict, _), agreed in zip(rows, found, strict=True):
        others = [
            row[2] for row in rows if row[1] == task and row[0] != rater and row[2] >= 0 and row[3] in (0, 1)
        ]  # fmt: skip
        if agreed >= 0:
            assert (verdict in others) or not agreed
            assert verdict >= 0 and others
        if verdict < 0 or not others:
            assert agreed == -1
