"""A frozen leaderboard names its method, and the method's number rises with the figures."""

import numpy as np

from apps.analysis.agreement import human_agreement, judge_agreement
from apps.analysis.comparisons import ClusteredLabels, Comparisons, Items, Labels
from apps.analysis.elo import elo_of
from apps.analysis.filters import Filters
from apps.analysis.pairs import pairs_of
from apps.analysis.separation import separation_of
from apps.analysis.services import leaderboards
from apps.analysis.slices import slices_of
from apps.analysis.spending import spending_of
from apps.analysis.style import style_of
from apps.stats.boards import fit_islands
from apps.stats.simulation import simulate_comparisons
from tests.stats.goldens import check_golden


def simulated():
    """Four of five systems, compared; the fifth met nobody."""
    return simulate_comparisons(
        strengths=[0.8, 0.2, -0.3, -0.7],
        n_raters=6,
        n_items=8,
        n_judgments=160,
        both_bad_probability=0.1,
        rater_taste_sd=0.4,
        item_leaning_sd=0.6,
        rng=np.random.default_rng(7),
    )


def test_figures_of_this_method_stay_as_they_are():
    """When this fails because figures are meant to change: raise the number of METHOD, and store them under it."""
    study = simulated()
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
    people, judge = ClusteredLabels(units, verdict, study.item), Labels(units[::3], verdict[::3])
    found = {
        "boards": list(boards),
        "people": human_agreement(people),
        "judge": judge_agreement(people, judge, {0: 0.4, 1: 0.1, 2: -0.5}, {0: 0.2, 1: 0.3, 2: -0.5}),
        "details": details_of(study, boards),
    }
    check_golden(f"analysis/method_{leaderboards.METHOD.rpartition(' ')[2]}", found)


def details_of(study, boards):
    """Everything beside the ranking: two slices, and a style that is invented."""
    systems = ("a", "b", "c", "d", "e")
    swapped = study.first > study.second
    comparisons = Comparisons(
        systems=systems,
        items=Items(ids=np.arange(8), group=np.arange(8), slices=tuple({"half": "xy"[n % 2]} for n in range(8))),
        first=np.minimum(study.first, study.second),
        second=np.maximum(study.first, study.second),
        first_output=study.item,
        second_output=study.item,
        outcome=np.where(swapped, np.array([1, 0, 2, 3])[study.outcome], study.outcome),
        rater=study.rater,
        item=study.item,
        unblinded=np.zeros(len(study.first), dtype=np.int64),
    )
    rows, rng = comparisons.rows(), np.random.default_rng
    counts = tuple(rng(seed).integers(0, 30, (len(study.first), 4)) for seed in (1, 2))
    outputs = [
        (name, str(n), (n + 3) % 5 / 100, 100.0 * place + n) for place, name in enumerate("abcde") for n in range(6)
    ]
    ranked = [{"system": systems[row.competitor], "strength": row.strength, "island": 1} for row in boards[0].rows]
    return {
        "pairs": pairs_of(rows, systems, 0.95),
        "slices": slices_of(comparisons, "b", 0.95),
        "slices_without_baseline": slices_of(comparisons, None, 0.95),
        "style": style_of(comparisons, counts, boards, 0.95, rng(3)),
        "separation": separation_of(rows, systems, "b", 0.95, rng(4)),
        "elo": elo_of(comparisons, rng(5)),
        "spending": spending_of(outputs, ranked, 0.95),
    }


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
