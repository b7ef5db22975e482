"""Two competitors: their record, exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from apps.stats.errors import InvalidInput
from apps.stats.pairwise import ComparisonRows, Outcome, PairwiseCounts, head_to_head, win_matrix
from apps.stats.simulation import draw_outcomes, simulate_comparisons
from tests.stats.comparisons_for_tests import comparison_rows, counts_of, rows_of_study
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

unhurried = settings(deadline=None, max_examples=40)
results = st.tuples(*[st.integers(0, 30)] * 4)


def numbers(found):
    """All numbers but the names of the two."""
    return {name: value for name, value in vars(found).items() if isinstance(value, int | float)} | {
        "difference": found.difference
    }


@proves(Kind.WORKED, head_to_head)
@pytest.mark.parametrize(
    ("wins", "losses", "low", "high"),
    [(81, 182, 0.2527, 0.3676), (15, 133, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 28, 0.0009, 0.1776)],
)
def test_the_decided_share_as_printed(wins, losses, low, high):
    """Newcombe 1998, Statistics in Medicine 17, table I, method 5 (Clopper and Pearson's interval)."""
    found = head_to_head(counts_of(2, (0, 1, wins, losses, 7)), 0, 1)
    assert (found.decided_low, found.decided_high) == pytest.approx((low, high), abs=5e-5)


@proves(Kind.WORKED, head_to_head)
def test_a_record_by_hand():
    """Shown on either side: 3 + 6 wins, 1 loss, 2 ties, 4 both-bad. Sign test: 2 (10 + 1) / 1024."""
    counts = counts_of(3, (0, 2, 3, 1, 1, 4), (2, 0, 0, 6, 1), (0, 1, 9, 9))
    found = head_to_head(counts, 0, 2)
    assert (found.n, found.wins, found.losses, found.ties, found.both_bad) == (12, 9, 1, 2, 4)
    assert found.score == pytest.approx(10 / 12)
    assert found.difference == pytest.approx(8 / 12)
    assert found.decided_share == pytest.approx(0.9)
    assert (found.sign_test_p, found.sign_test_mid_p) == pytest.approx((22 / 1024, 12 / 1024))
    low, high = 100 * found.score_low, 100 * found.score_high
    assert found.reading == (
        f"Competitor 0 earns 83.3 % ({low:.1f} to {high:.1f}) of 12 comparisons with "
        "competitor 2, a tie being half: it is the better of the two. In 4 more both were bad, which count for neither."
    )


def test_the_reading_names_the_better_one_or_neither():
    counts = counts_of(3, (0, 1, 30, 4), (1, 2, 3, 3, 0, 2))
    assert "competitor 0 is the better" in head_to_head(counts, 1, 0).reading
    told = head_to_head(counts, 1, 2, both_bad_as_tie=True).reading
    assert "either may be the better one" in told
    assert "Of these, 2 ended both-bad and count as ties" in told


@proves(Kind.GOLDEN, head_to_head)
def test_a_record_with_raters_and_items():
    study = simulate_comparisons(
        strengths=[0.4, -0.4, 0.0],
        n_raters=10,
        n_items=20,
        n_judgments=300,
        both_bad_probability=0.1,
        rater_taste_sd=0.5,
        rng=np.random.default_rng(3),
    )
    check_golden("pairwise/head_to_head", head_to_head(rows_of_study(study), 0, 1))


@proves(Kind.PROPERTY, head_to_head)
@unhurried
@given(results)
def test_seen_from_the_other_side(result):
    wins, losses, ties, both_bad = result
    counts = counts_of(2, (0, 1, wins, losses, ties, both_bad))
    one, other = head_to_head(counts, 0, 1), head_to_head(counts, 1, 0)
    assert (one.wins, one.ties, one.n, one.both_bad) == (other.losses, other.ties, other.n, other.both_bad)
    assert one.sign_test_p == other.sign_test_p
    if one.n:
        assert one.score_low == pytest.approx(1 - other.score_high, abs=1e-12)
        assert one.difference_low == pytest.approx(-other.difference_high, abs=1e-12)
        assert one.score_low <= one.score <= one.score_high
    if wins + losses:
        assert one.decided_high == pytest.approx(1 - other.decided_low, abs=1e-12)


@proves(Kind.PROPERTY, head_to_head)
@unhurried
@given(comparison_rows(), st.randoms(use_true_random=False))
def test_names_order_and_the_others_carry_nothing(rows, random):
    order, place = list(range(len(rows.first))), list(range(rows.n_competitors))
    random.shuffle(order)
    random.shuffle(place)
    shuffled, place = rows.where(np.array(order)), np.array(place)
    renamed = ComparisonRows(
        rows.n_competitors,
        place[shuffled.first],
        place[shuffled.second],
        shuffled.outcome,
        shuffled.count,
        shuffled.rater,
        shuffled.item,
    )
    one = numbers(head_to_head(rows.among((0, 1)), 0, 1))
    other = numbers(head_to_head(renamed, int(place[0]), int(place[1])))
    for name in one.keys() - {"first", "second"}:
        assert one[name] == pytest.approx(other[name], abs=1e-9)


@proves(Kind.PROPERTY, head_to_head)
@unhurried
@given(st.integers(0, 8), st.integers(0, 8), st.integers(1, 8))
def test_the_same_record_twice_is_more_certain(wins, ties, losses):
    once, twice = (head_to_head(counts_of(2, (0, 1, k * wins, k * losses, k * ties)), 0, 1) for k in (1, 2))
    assert twice.score == pytest.approx(once.score)
    assert twice.score_high - twice.score_low < once.score_high - once.score_low
    assert twice.decided_high - twice.decided_low < once.decided_high - once.decided_low


@proves(Kind.TWO_WAYS, head_to_head)
@pytest.mark.parametrize(("wins", "losses"), [(17, 9), (1, 6), (40, 40)])
def test_scipy_says_the_same_of_decided_comparisons(wins, losses):
    found, other = head_to_head(counts_of(2, (0, 1, wins, losses)), 0, 1), binomtest(wins, wins + losses)
    interval = other.proportion_ci(0.95)
    assert found.sign_test_p == pytest.approx(other.pvalue)
    assert (found.decided_low, found.decided_high) == pytest.approx((interval.low, interval.high))
    # Ties might have occurred, though none did: that costs the score's interval a little.
    assert found.score_low == pytest.approx(interval.low, abs=0.003)
    assert found.score_low <= interval.low


@proves(Kind.TWO_WAYS, head_to_head)
def test_the_clustered_interval_is_that_of_the_matrix():
    study = simulate_comparisons(
        strengths=[0.5, 0, -0.5], n_raters=8, n_items=12, n_judgments=200, rng=np.random.default_rng(2)
    )
    rows = rows_of_study(study)
    found, matrix = head_to_head(rows, 2, 1), win_matrix(rows)
    assert (found.clustered_low, found.clustered_high) == pytest.approx((matrix.low[2, 1], matrix.high[2, 1]))
    assert found.score == pytest.approx(matrix.share[2, 1])


@proves(Kind.RECOVERY, head_to_head)
@pytest.mark.slow
@pytest.mark.parametrize(("gap", "tie_width"), [(0.0, 0.0), (0.4, 0.5), (1.5, 2.0)])
def test_intervals_of_independent_judgments_hold_the_truth(gap, tie_width):
    rng = np.random.default_rng(11)
    first, second = np.exp(gap / 2), np.exp(-gap / 2)
    truth = (first + tie_width / 2) / (first + second + tie_width)
    held, rejected, n_studies = [], [], 400
    for _ in range(n_studies):
        outcome = draw_outcomes(gap=np.full(60, gap), tie_width=tie_width, rng=rng)
        found = head_to_head(PairwiseCounts.from_arrays(2, [0] * 60, [1] * 60, outcome), 0, 1)
        held.append(found.score_low <= truth <= found.score_high)
        rejected.append(found.sign_test_p < 0.05)
    assert np.mean(held) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / n_studies)
    assert np.mean(held) < 0.995
    if gap == 0:
        assert np.mean(rejected) < 0.05 + 4 * np.sqrt(0.95 * 0.05 / n_studies)


@proves(Kind.DEGENERATE, head_to_head)
def test_two_that_never_met_have_no_score():
    counts = counts_of(3, (0, 1, 3, 1), (1, 2, 0, 0, 0, 5))
    never, only_bad = head_to_head(counts, 0, 2), head_to_head(counts, 1, 2)
    for found in (never, only_bad):
        assert (found.n, found.score, found.score_low, found.decided_share, found.sign_test_p) == (0, *[None] * 4)
        assert (found.difference, found.difference_low, found.clustered_low) == (None, None, None)
        assert "never decided or tied against each other" in found.reading
    assert (never.both_bad, only_bad.both_bad) == (0, 5)


@proves(Kind.DEGENERATE, head_to_head)
def test_ties_alone_decide_nothing_and_are_not_certainty():
    found = head_to_head(counts_of(2, (0, 1, 0, 0, 10)), 0, 1)
    assert (found.score, found.decided_share, found.decided_low, found.sign_test_p) == (0.5, None, None, 1.0)
    assert found.score_low < 0.35
    assert found.score_high > 0.65


@proves(Kind.DEGENERATE, head_to_head)
def test_what_is_no_pair_is_refused():
    counts = counts_of(2, (0, 1, 1, 1))
    with pytest.raises(InvalidInput, match="cannot meet itself"):
        head_to_head(counts, 1, 1)
    with pytest.raises(InvalidInput, match="`second` is competitor 2; codes run from 0 to 1"):
        head_to_head(counts, 0, 2)
    with pytest.raises(InvalidInput, match="`first` is competitor -1"):
        head_to_head(counts, -1, 0)
    with pytest.raises(InvalidInput, match=r"as 0\.95"):
        head_to_head(counts, 0, 1, confidence_level=95)


def test_one_rater_on_one_item_is_as_without():
    """Raters were given, but nothing can be seen of others: the clustered interval falls back to independence."""
    rows = ComparisonRows.from_arrays(
        n_competitors=2, first=[0], second=[1], outcome=[Outcome.FIRST_WINS], count=[5], rater=[0], item=[0]
    )
    found = head_to_head(rows, 0, 1)
    assert (found.clustered_low, found.clustered_high) == pytest.approx((5 / (5 + 1.959964**2), 1.0), abs=1e-6)
