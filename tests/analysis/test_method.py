"""A frozen leaderboard names its method, and the method's number rises with the figures."""

import numpy as np

from apps.analysis.filters import Filters
from apps.analysis.services import leaderboards
from apps.stats.agreement import cohen_kappa, krippendorff_alpha, pairs_within_units, percent_agreement
from apps.stats.boards import fit_islands
from apps.stats.simulation import simulate_comparisons
from tests.stats.goldens import check_golden


def test_figures_of_this_method_stay_as_they_are():
    """When this fails because figures are meant to change: raise the number of METHOD, and store them under it."""
    study = simulate_comparisons(
        strengths=[0.8, 0.2, -0.3, -0.7],
        n_raters=6,
        n_items=8,
        n_judgments=160,
        both_bad_probability=0.1,
        rater_taste_sd=0.4,
        item_leaning_sd=0.6,
        rng=np.random.default_rng(7),
    )
    boards = fit_islands(
        n_competitors=5,
        first=study.first,
        second=study.second,
        outcome=study.outcome,
        rater=study.rater,
        item=study.item,
        rng=np.random.default_rng(8),
    )
    units = (study.item * 4 + np.minimum(study.first, study.second)) * 4 + np.maximum(study.first, study.second)
    verdict = np.where(study.first < study.second, study.outcome, np.array([1, 0, 2, 3])[study.outcome])
    pairs = pairs_within_units(units, verdict)
    found = {
        "boards": list(boards),
        "alpha": krippendorff_alpha(units, verdict),
        "kappa": cohen_kappa(pairs.first, pairs.second, symmetric=True, cluster=pairs.unit, count=pairs.count),
        "percent": percent_agreement(pairs.first, pairs.second, pairs.unit, count=pairs.count),
    }
    check_golden(f"analysis/method_{leaderboards.METHOD.rpartition(' ')[2]}", found)


def test_another_method_freezes_another_leaderboard(lab, monkeypatch):
    """After an upgrade what was frozen stays, and is not taken for what would be computed now."""
    asked = {"study": lab.study, "filters": Filters(), "by": None}
    method, frozen = leaderboards.METHOD, leaderboards.current_leaderboard(**asked)
    assert leaderboards.current_leaderboard(**asked) == frozen
    monkeypatch.setattr(leaderboards, "METHOD", "half-win Bradley-Terry, two-way cluster-robust, 0")
    other = leaderboards.current_leaderboard(**asked)
    assert other != frozen
    assert other.versions["method"].endswith(", 0")
    frozen.refresh_from_db()
    assert frozen.versions["method"] == method
