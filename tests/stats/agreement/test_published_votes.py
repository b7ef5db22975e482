"""One set of published votes, two kappas: which convention a figure follows has to be said."""

import numpy as np
import pytest

from apps.stats.agreement import fleiss_kappa
from tests.stats.test_real_data import coded, mtbench

pytestmark = pytest.mark.real_data


@pytest.mark.parametrize(
    ("experts_only", "turn", "averaged", "pooled"),
    [(True, 1, 0.447, 0.428), (True, 2, 0.507, 0.480), (False, 1, 0.494, 0.451), (False, 2, 0.497, 0.489)],
)
def test_averaging_units_and_pooling_pairs_differ_on_mtbench(real_data, experts_only, turn, averaged, pooled):
    """Zheng et al. 2023: one to eight votes a unit, ties and inconsistent ties being one label."""
    turns, unit, verdict = mtbench(real_data, "human.jsonl.gz", experts_only=experts_only)
    now = turns == turn
    units, labels = coded(unit[now]), verdict[now].astype(np.int64)
    by_unit, by_pair = fleiss_kappa(units, labels), fleiss_kappa(units, labels, pooled=True)
    assert by_unit.value == pytest.approx(averaged, abs=5e-4)
    assert by_pair.value == pytest.approx(pooled, abs=5e-4)
