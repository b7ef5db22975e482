"""How many comparisons a board needs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stats.errors import InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.models.likelihood import contrast_variances
from apps.stats.pairwise import PairwiseCounts
from apps.stats.planning import ELO, half_width_of_board, judgments_for_board
from apps.stats.simulation import expected_strengths, simulate_comparisons
from apps.stats.uncertainty import independent_covariance
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.planning.plans_for_tests import effects, levels, near, tie_shares, unhurried

PLANNED = {(5, 20): 3246, (10, 20): 7304, (20, 20): 15419, (50, 20): 39763}


def test_elo_points():
    """400 points are odds of ten to one (Elo 1978, The Rating of Chessplayers)."""
    assert pytest.approx(np.log(10)) == 400 * ELO
    assert pytest.approx(0.005756, abs=5e-7) == ELO


@proves(Kind.WORKED, judgments_for_board, half_width_of_board)
@pytest.mark.parametrize(("n_competitors", "elo", "n"), [(*key, n) for key, n in PLANNED.items()])
def test_close_fields_with_thirty_per_cent_ties(n_competitors, elo, n):
    """For two of five: 4 (4) (.7) 1.96^2 / (20 (.0057565))^2 = 11.2 (3.8415) / .013255 = 3246 (Bradley 1984)."""
    plan = judgments_for_board(n_competitors, elo * ELO, tie_share=0.3)
    assert plan.n_judgments == n
    assert plan.half_width_elo == pytest.approx(elo)
    back = half_width_of_board(n, n_competitors, tie_share=0.3)
    assert back.half_width_elo == pytest.approx(elo, rel=2e-4)
    # Half the width takes four times as many: 13, 29, 62 and 159 thousand for 10 points.
    assert judgments_for_board(n_competitors, elo / 2 * ELO, tie_share=0.3).n_judgments == pytest.approx(4 * n, abs=4)


@proves(Kind.GOLDEN, judgments_for_board, half_width_of_board)
def test_results_as_stored():
    settings = {"tie_share": 0.2, "design_effect": 1.6, "confidence_level": 0.9}
    check_golden("planning/judgments_for_board", judgments_for_board(7, 0.2, n_already=900, **settings))
    check_golden("planning/half_width_of_board", half_width_of_board(3000, 7, **settings))


@proves(Kind.PROPERTY, judgments_for_board, half_width_of_board)
@unhurried
@given(st.integers(2, 60), st.floats(0.02, 1), tie_shares, effects, levels)
def test_each_is_the_others_inverse_and_the_field_costs_in_proportion(n, half_width, tie_share, effect, level):
    settings = {"tie_share": tie_share, "design_effect": effect, "confidence_level": level}
    plan = judgments_for_board(n, half_width, **settings)
    assert half_width_of_board(plan.n_judgments, n, **settings).half_width <= half_width * (1 + 1e-8)
    if plan.n_judgments > 1:
        assert half_width_of_board(plan.n_judgments - 1, n, **settings).half_width > half_width * (1 - 1e-8)
    of_two = judgments_for_board(2, half_width, **settings).n_judgments
    assert (of_two - 1) * (n - 1) < plan.n_judgments <= of_two * (n - 1)
    assert plan.n_each * n >= 2 * plan.n_judgments
    assert plan.half_width_elo == pytest.approx(half_width * 400 / np.log(10))


@proves(Kind.TWO_WAYS, judgments_for_board, half_width_of_board)
@pytest.mark.parametrize("n_competitors", [2, 5, 12])
def test_the_sandwich_of_an_even_board_has_that_variance(n_competitors):
    """Every ordered pair 100 times: 35 wins, 35 losses, 30 ties; without the small-sample factor N/(N-n+1)."""
    counts = np.zeros((n_competitors, n_competitors, 4), dtype=np.int64)
    counts[~np.eye(n_competitors, dtype=bool)] = [35, 35, 30, 0]
    even = PairwiseCounts(n_competitors, counts)
    n = int(counts.sum())
    matrix = independent_covariance(fit_bradley_terry(even), even) * (n - n_competitors + 1) / n
    half_width = 1.959963985 * np.sqrt(contrast_variances(matrix)[0, 1])
    assert half_width_of_board(n, n_competitors, tie_share=0.3).half_width == pytest.approx(half_width)
    assert judgments_for_board(n_competitors, half_width * (1 + 1e-9), tie_share=0.3).n_judgments == n


@pytest.mark.slow
@proves(Kind.RECOVERY, judgments_for_board, half_width_of_board)
@pytest.mark.parametrize("strengths", [np.zeros(5), np.linspace(-0.3, 0.3, 10)], ids=["equal", "a close field"])
def test_simulated_gaps_keep_within_the_half_width(strengths):
    """Ties are 30 % of the judgments of equals where tie_width / (2 + tie_width) = .3."""
    n, n_studies, rng = len(strengths), 300, np.random.default_rng(3)
    plan = judgments_for_board(n, 20 * ELO, tie_share=0.3)
    truth, off = expected_strengths(strengths, tie_width=6 / 7), []
    for _ in range(n_studies):
        study = simulate_comparisons(
            strengths=strengths, n_raters=1, n_items=1, n_judgments=plan.n_judgments, tie_width=6 / 7, rng=rng
        )
        found = fit_bradley_terry(PairwiseCounts.from_arrays(n, study.first, study.second, study.outcome)).strengths
        off.append(np.diff(found - truth))
    errors = np.array(off)
    assert 1.96 * errors.std() == pytest.approx(20 * ELO, rel=0.1)
    # Neighbouring gaps of one study hang together: as many tries as studies, to be careful.
    assert near((np.abs(errors) < 20 * ELO).mean(), 0.95, n_studies)


def test_readings():
    plan = judgments_for_board(5, 20 * ELO, tie_share=0.3, n_already=1000)
    assert (plan.n_each, plan.n_more) == (1299, 2246)
    assert plan.reading == (
        "About 3,246 comparisons, 1,299 with each of the 5 systems, put the gap of any two close systems within 20 Elo "
        "points (0.12 log-odds), 19 times in 20. You have 1,000; 2,246 more are needed."
    )


@proves(Kind.DEGENERATE, judgments_for_board, half_width_of_board)
@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: judgments_for_board(1, 0.1), "`n_competitors` is 1; give a whole number, 2 or more"),
        (lambda: judgments_for_board(2.5, 0.1), "`n_competitors` is 2.5"),
        (lambda: judgments_for_board(5, 0), "`half_width` is 0; give a number above 0"),
        (lambda: judgments_for_board(5, 0.1, tie_share=1), "`tie_share` is 1"),
        (lambda: judgments_for_board(5, 0.1, design_effect=0), "`design_effect` is 0"),
        (lambda: judgments_for_board(5, 0.1, confidence_level=2), "confidence_level is 2"),
        (lambda: judgments_for_board(5, 0.1, n_already=-1), "`n_already` is -1"),
        (lambda: half_width_of_board(0, 5), "`n_judgments` is 0"),
        (lambda: half_width_of_board(10, 1), "`n_competitors` is 1"),
        (lambda: half_width_of_board(10, 5, tie_share=-0.1), "`tie_share` is -0.1"),
        (lambda: half_width_of_board(10, 5, design_effect=float("inf")), "`design_effect` is inf"),
        (lambda: half_width_of_board(10, 5, confidence_level=0), "confidence_level is 0"),
    ],
)
def test_boards_that_cannot_be_are_refused(call, told):
    with pytest.raises(InvalidInput, match=told):
        call()
