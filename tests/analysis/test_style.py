"""Style allowed for: a truth that is found again, and every reason why it cannot be."""

import numpy as np
import pytest

from apps.analysis.comparisons import Comparisons, Items
from apps.analysis.leaderboard import boards_of
from apps.analysis.style import DECIDES_ALL, NO_DIFFERENCE, NO_RANKING, style_of
from apps.stats.models import style_features
from tests.analysis.comparisons_for_tests import comparisons_of

SYSTEMS = ("a", "b", "c")


def simulated(n: int, taste: float, seed: int = 3):
    """Three equal systems, of which `a` writes twice as long; raters like what is longer, by `taste`."""
    rng = np.random.default_rng(seed)
    first, second = rng.permuted(np.tile(np.arange(3), (n, 1)), axis=1)[:, :2].T
    first, second = np.minimum(first, second), np.maximum(first, second)
    item = rng.integers(0, 200, n)
    lengths = rng.integers(200, 2_000, (200, 3)) * np.array([2, 1, 1])
    counts = np.zeros((2, n, 4), dtype=np.int64)
    counts[0, :, 0], counts[1, :, 0] = lengths[item, first], lengths[item, second]
    features = style_features(first=counts[0], second=counts[1])
    wins = rng.random(n) < 1 / (1 + np.exp(-taste * features.values[:, 0]))
    comparisons = Comparisons(
        systems=SYSTEMS,
        items=Items(ids=np.arange(200), group=np.arange(200), slices=({},) * 200),
        first=first,
        second=second,
        first_output=item * 3 + first,
        second_output=item * 3 + second,
        outcome=np.where(wins, 0, 1),
        rater=rng.integers(0, 40, n),
        item=item,
        unblinded=np.zeros(n, dtype=np.int64),
    )
    return comparisons, (counts[0], counts[1])


def told(comparisons, counts):
    boards = boards_of(comparisons.board_inputs(), seed=1)
    return style_of(comparisons, counts, boards, 0.95, np.random.default_rng(1))


def test_a_taste_for_length_is_found_and_taken_out_of_the_strengths():
    comparisons, counts = simulated(4_000, taste=0.8)
    found = told(comparisons, counts)
    (length,) = found["effects"]
    assert length["feature"] == "length"
    assert length["low"] < 0.8 < length["high"]
    assert length["low"] > 0.5
    assert found["left_out"] == ["headers", "lists", "bold"]
    strengths = {row["system"]: row for row in found["systems"]}
    plain = {SYSTEMS[row.competitor]: row for row in boards_of(comparisons.board_inputs(), seed=1)[0].rows}
    assert plain["a"].low > 0
    assert strengths["a"]["low"] < 0 < strengths["a"]["high"]
    assert sum(row["strength"] for row in found["systems"]) == pytest.approx(0)
    for row in found["systems"]:
        assert row["low"] < row["strength"] < row["high"]
        assert 1 <= row["rank_low"] <= row["rank_high"] <= 3
    assert [row["strength"] for row in found["systems"]] == sorted(
        (row["strength"] for row in found["systems"]), reverse=True
    )


def small(outcomes: str, lengths: tuple[list[int], list[int]]):
    rows = [("a", "b", letter, n % 2, n) for n, letter in enumerate(outcomes)]
    counts = tuple(np.array([[length, 0, 0, 0] for length in side]) for side in lengths)
    return told(comparisons_of(SYSTEMS, rows), counts)


def test_two_systems_by_hand():
    """12 : 4 where both are short, 20 : 10 where the first is twice as long: ln 3 apart, and ln 2 - ln 3 for length."""
    outcomes = "1" * 12 + "2" * 4 + "1" * 20 + "2" * 10
    found = small(outcomes, ([5] * 16 + [10] * 30, [5] * 46))
    one, other = found["systems"]
    assert one["strength"] - other["strength"] == pytest.approx(np.log(3))
    # A unit is the root of the mean square of the relative difference.
    unit = (1 / 3) * np.sqrt(30 / 46)
    assert found["effects"][0]["coefficient"] == pytest.approx(np.log(2 / 3) * 3 * unit)


def test_reasons_why_there_is_none():
    assert told(comparisons_of(SYSTEMS, []), (np.empty((0, 4)),) * 2) == {"reason": NO_RANKING}
    assert small("1212", ([5] * 4, [5] * 4)) == {"reason": NO_DIFFERENCE}
    # Always twice as long: that is what it means to be `a`.
    assert small("1212", ([10] * 4, [5] * 4)) == {"reason": NO_DIFFERENCE}
    assert small("1212", ([9, 5, 9, 5], [5, 9, 5, 9])) == {"reason": DECIDES_ALL}
    assert "a, b never lost, or never won" in small("11", ([9, 5], [5, 5]))["reason"]


def test_a_feature_whose_effect_has_no_limit_does_not_cost_the_others_their_answer():
    comparisons, counts = simulated(1_000, taste=0.5)
    winner = int(np.flatnonzero(comparisons.outcome == 0)[0])
    counts[0][winner, 3] = 4  # the one output with bold text, and it won
    found = told(comparisons, counts)
    assert [effect["feature"] for effect in found["effects"]] == ["length"]
    assert found["left_out"] == ["headers", "lists", "bold"]


def test_both_bad_and_other_islands_stay_outside():
    comparisons, counts = simulated(400, taste=0.5)
    outcome = comparisons.outcome.copy()
    outcome[::9] = 3
    with_bad = Comparisons(**{**vars_of(comparisons), "outcome": outcome})
    kept = outcome != 3
    without = Comparisons(
        **{
            name: value[kept] if isinstance(value, np.ndarray) else value
            for name, value in vars_of(comparisons).items()
        }
    )
    assert told(with_bad, counts)["effects"] == told(without, (counts[0][kept], counts[1][kept]))["effects"]


def vars_of(comparisons: Comparisons) -> dict[str, object]:
    return {name: getattr(comparisons, name) for name in Comparisons.__dataclass_fields__}
