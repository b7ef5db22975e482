"""What slices promise, many simulated studies over."""

import numpy as np
import pytest
from scipy.stats import binomtest

from apps.stats.boards import compare_slices
from tests.stats.boards.slices_for_tests import column, sliced_study
from tests.stats.kinds import Kind, proves

pytestmark = pytest.mark.slow


def studies(n_studies, seed, **settings):
    rng = np.random.default_rng(seed)
    for _ in range(n_studies):
        columns, slices, truth = sliced_study(rng, **settings)
        yield compare_slices(**columns, slices=slices), truth


@proves(Kind.RECOVERY, compare_slices)
def test_without_true_differences_hardly_a_study_calls_one():
    """Holm's promise is a false call in 5 % of studies at most; raters' tastes are common to all slices."""
    called, alone = 0, []
    for found, _ in studies(120, 31, n_slices=4, n_judgments=2000, taste_sd=0.6):
        rows = [row for each in found.slices for row in each.rows]
        called += any(row.p_holm < 0.05 for row in rows)
        alone += [row.p_value < 0.05 for row in rows]
    assert binomtest(called, 120, 0.05, alternative="greater").pvalue > 0.001
    assert 0.005 < np.mean(alone) < 0.06


@proves(Kind.RECOVERY, compare_slices)
def test_intervals_hold_true_differences_and_shrinking_comes_nearer():
    """True differences of sd .3 in twelve small slices: covered as promised, shrunk or not; the spread is found."""
    raw, shrunk, held, shrunk_held, spreads = [], [], [], [], []
    settings = {"n_slices": 12, "n_judgments": 1500, "shift_sd": 0.3, "n_raters": 1500, "n_items": 600}
    for found, truth in studies(60, 32, **settings):
        spreads.append(found.spread_low <= np.sqrt((truth**2).mean()) <= found.spread_high)
        for place, difference in enumerate(truth):
            low, high = (column(found, f"difference_{end}", place) for end in ("low", "high"))
            held += [(~(low > difference) & ~(high < difference)).mean()]
            # The rest is large, and known well: what is left unknown of a slice is its difference.
            rest = column(found, "rest_strength", place)
            raw.append(column(found, "strength", place) - rest - difference)
            shrunk.append(column(found, "shrunk", place) - rest - difference)
            ends = (column(found, f"shrunk_{end}", place) - rest for end in ("low", "high"))
            shrunk_low, shrunk_high = ends
            shrunk_held += [((shrunk_low <= difference) & (difference <= shrunk_high)).mean()]
    assert 0.94 < np.mean(held) < 0.99
    assert 0.92 < np.mean(shrunk_held) < 0.99
    assert np.mean(np.square(shrunk)) < 0.6 * np.mean(np.square(raw))
    assert np.mean(spreads) > 0.85
