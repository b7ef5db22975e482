"""The probability of each pair: floor plus score share, and which pairs get the floor only."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.choosing import PairReason, pair_probabilities, pair_scores
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.intervals import wilson
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import ComparisonRows, PairwiseCounts
from apps.stats.uncertainty import robust_covariance
from tests.stats.choosing.counts_for_tests import both_bad, nothing
from tests.stats.choosing.fields_for_tests import allowed_pairs, as_table, chosen_study, level_field
from tests.stats.comparisons_for_tests import comparison_rows, counts_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

unhurried = settings(deadline=None, max_examples=40)
CHAIN = counts_of(3, (0, 1, 6, 2), (1, 2, 6, 2))


def raw_scores(counts):
    fit = fit_bradley_terry(counts)
    return pair_scores(fit, robust_covariance(fit, ComparisonRows.from_counts(counts)))


@proves(Kind.WORKED, pair_probabilities)
def test_a_chain_of_three_by_hand():
    """0 - 1 and 1 - 2 at 6 : 2 each. A chain's gaps are independent: s^2 = (16/14) 1.5 / 1.5^2 = .761905 each.

    Pairs 01 and 12: Phi(-1.098612 / .872872) (.1875) (.761905) = .0148690. Pair 02: gap ln 9, p = .9, s^2 = 1.523810;
    Phi(-2.197225 / 1.234427) = .0375411, times .09 (1.523810) = .0051485. The scores sum to .0348865:
    P = .3 / 3 + .7 (.0148690 / .0348865) = .398347 twice, and .1 + .7 (.0051485 / .0348865) = .203305.
    """
    policy = pair_probabilities(CHAIN)
    assert policy.pairs.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert policy.probability == pytest.approx([0.398347, 0.203305, 0.398347], abs=2e-5)
    assert policy.reason == (PairReason.SCORED,) * 3
    assert policy.newcomers == ()
    assert policy.reading == (
        "3 pairs are drawn: 3 by score. 30 % of draws are spread evenly over all pairs, so no judgment weighs more "
        "than 3.3."
    )


@proves(Kind.WORKED, pair_probabilities)
@pytest.mark.parametrize("floor", [0.1, 0.3, 1.0])
def test_equal_pairs_are_drawn_equally(floor):
    policy = pair_probabilities(level_field(4, 10, 10), floor=floor)
    assert policy.probability == pytest.approx([1 / 6] * 6)


@proves(Kind.WORKED, pair_probabilities)
def test_a_hopeless_pair_of_28_has_the_floor_only():
    """Eight competitors, one pair always both-bad: its score stays the largest, for it never settles anything.

    The floor alone is .3 / 28 = .0107; by its score it would take many times that.
    """
    counts = level_field(8, 30, 10)
    counts.counts[3, 4] = counts.counts[4, 3] = 0
    counts += both_bad(8, 3, 4, 40)
    scores = raw_scores(counts)
    policy = pair_probabilities(counts)
    hopeless = policy.pairs.tolist().index([3, 4])
    assert policy.reason[hopeless] is PairReason.MOSTLY_BOTH_BAD
    assert policy.reason.count(PairReason.SCORED) == 27
    assert policy.probability[hopeless] == pytest.approx(0.3 / 28)
    assert scores[3, 4] == scores.max()
    assert 0.7 * scores[3, 4] / (scores.sum() / 2) > 3 * 0.3 / 28
    assert "1 at the floor, being mostly both-bad" in policy.reading


@proves(Kind.WORKED, pair_probabilities)
@pytest.mark.parametrize(("bad", "others", "given_up"), [(9, 0, False), (10, 0, True), (8, 2, False), (26, 10, True)])
def test_a_pair_is_given_up_when_most_is_shown_to_be_bad(bad, others, given_up):
    """Ten judgments or more, and Wilson's lower end above one half: .490 at 8 of 10, .560 at 26 of 36."""
    counts = counts_of(3, (0, 2, 12, 8), (1, 2, 12, 8), (0, 1, others, 0)) + both_bad(3, 1, 0, bad)
    assert (pair_probabilities(counts).reason[0] is PairReason.MOSTLY_BOTH_BAD) == given_up
    assert given_up == (bad + others >= 10 and wilson(bad, bad + others).low > 0.5)


@proves(Kind.WORKED, pair_probabilities)
def test_a_gap_within_the_margin_has_the_floor_only():
    """200 : 200 has s^2 = (400/399) / 100, and its interval reaches 1.966 (.1001) = .197 either way."""
    counts = counts_of(2, (0, 1, 200, 200))
    assert pair_probabilities(counts, margin=0.196).reason == (PairReason.SCORED,)
    assert pair_probabilities(counts, margin=0.198).reason == (PairReason.WITHIN_MARGIN,)
    # Judgments that depend on each other say less.
    assert pair_probabilities(counts, margin=0.198, design_effect=2).reason == (PairReason.SCORED,)
    counts = counts_of(3, (0, 1, 400, 400), (1, 2, 60, 20), (0, 2, 60, 20))
    policy = pair_probabilities(counts, margin=0.2, floor=0.2)
    assert policy.reason == (PairReason.WITHIN_MARGIN, PairReason.SCORED, PairReason.SCORED)
    assert policy.probability[0] == pytest.approx(0.2 / 3)
    assert "1 at the floor, the gap being within the margin" in policy.reading


def mixed_field():
    """Six competitors: 5 is new, 0 against 1 is hopeless, 2 and 3 are level."""
    counts = counts_of(
        6,
        *[(i, j, 60, 40) for i, j in [(0, 2), (0, 3), (1, 2), (1, 3), (0, 4), (1, 4), (2, 4), (3, 4)]],
        (2, 3, 900, 900),
        (4, 5, 2, 1),
    )
    return counts + both_bad(6, 0, 1, 50)


@proves(Kind.WORKED, pair_probabilities)
def test_the_three_components_add_up():
    """A newcomer's five pairs take half of what is beyond the floor, evenly; .3 / 15 + .7 (.5) / 5 = .09 each."""
    policy = pair_probabilities(mixed_field(), margin=0.5)
    table = as_table(policy, 6)
    assert policy.newcomers == (5,)
    assert table[5, :5] == pytest.approx([0.09] * 5)
    assert table[0, 1] == table[2, 3] == pytest.approx(0.02)
    scored = np.array([reason is PairReason.SCORED for reason in policy.reason])
    assert (policy.probability[scored] - 0.02).sum() == pytest.approx(0.35)


@proves(Kind.GOLDEN, pair_probabilities)
def test_a_policy_as_stored():
    check_golden("choosing/pair_probabilities", pair_probabilities(mixed_field(), margin=0.5, newcomer_share=0.4))


@proves(Kind.PROPERTY, pair_probabilities)
@unhurried
@given(comparison_rows(), st.floats(0.01, 1), st.floats(0, 1), st.floats(0, 2), st.randoms(use_true_random=False))
def test_probabilities_sum_to_one_exactly_and_none_is_below_the_floor(rows, floor, newcomer_share, margin, random):
    n = rows.n_competitors
    candidates = allowed_pairs(
        n, *random.sample([(i, j) for i in range(n) for j in range(i)], random.randint(1, n - 1))
    )
    options = {"floor": floor, "newcomer_share": newcomer_share, "margin": margin, "candidates": candidates}
    policy = pair_probabilities(rows.counts, **options)
    m = len(policy.pairs)
    assert m == candidates.sum() / 2 == len(policy.reason)
    assert math.fsum(policy.probability) == 1
    assert policy.probability.min() >= floor / m * (1 - 1e-12)
    assert policy.probability.max() <= floor / m + 1 - floor + 1e-12
    assert candidates[policy.pairs[:, 0], policy.pairs[:, 1]].all()


@proves(Kind.PROPERTY, pair_probabilities)
def test_the_sum_is_exact_where_one_less_a_rounded_sum_missed_it():
    """These three probabilities add up to 1 - 1.1e-16 when the largest is corrected by 1 - fsum(P)."""
    counts = PairwiseCounts.from_arrays(
        4,
        first=[0, 0, 0, 0, 1, 0, 0, 1, 1, 2, 2, 3, 3],
        second=[1, 1, 1, 3, 2, 1, 1, 2, 2, 3, 3, 0, 0],
        outcome=[0, 0, 3, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1],
        count=[1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    )
    policy = pair_probabilities(counts, candidates=allowed_pairs(4, (0, 1), (0, 2), (2, 3)), floor=0.125)
    assert math.fsum(policy.probability) == 1


@proves(Kind.PROPERTY, pair_probabilities)
@unhurried
@given(comparison_rows(), st.randoms(use_true_random=False))
def test_probabilities_follow_the_competitors_whoever_stood_first(rows, random):
    n = rows.n_competitors
    order = random.sample(range(n), n)
    table = as_table(pair_probabilities(rows.counts), n)
    renumbered = as_table(pair_probabilities(rows.counts.among(order)), n)
    assert renumbered == pytest.approx(table[np.ix_(order, order)], rel=1e-6)
    turned = PairwiseCounts(n, rows.counts.counts.transpose(1, 0, 2)[:, :, [1, 0, 2, 3]])
    assert as_table(pair_probabilities(turned), n) == pytest.approx(table, rel=1e-6)


@proves(Kind.PROPERTY, pair_probabilities)
def test_weights_of_judgments_do_not_enter():
    """The choice need not be unbiased, only logged: counts alone decide, weighted or not."""
    columns = [0, 0, 0, 1, 1, 1], [1, 1, 2, 2, 2, 0], [0, 1, 0, 0, 1, 0]
    plain = PairwiseCounts.from_arrays(3, *columns)
    weighted = PairwiseCounts.from_arrays(3, *columns, weight=[1, 2, 3, 4, 5, 6])
    assert (pair_probabilities(weighted).probability == pair_probabilities(plain).probability).all()


@proves(Kind.TWO_WAYS, pair_probabilities)
@unhurried
@given(comparison_rows(), st.floats(0.05, 0.95), st.sampled_from([1.0, 1.7]))
def test_floor_plus_share_by_loops(rows, floor, design_effect):
    """The design effect multiplies s^2, as often as it stands in the score."""
    policy = pair_probabilities(rows.counts, floor=floor, design_effect=design_effect)
    fit = fit_bradley_terry(rows.counts)
    variances = robust_covariance(fit, ComparisonRows.from_counts(rows.counts)).difference_variances()
    scores = []
    for i, j in policy.pairs.tolist():
        squared = variances[i, j] * design_effect
        gap = abs(fit.strengths[i] - fit.strengths[j])
        share = 1 / (1 + math.exp(-gap))
        judged = rows.counts.counts[i, j] + rows.counts.counts[j, i]
        hopeless = judged.sum() >= 10 and wilson(judged[3], judged.sum()).low > 0.5
        wrong = 0.0 if hopeless else 0.5 * math.erfc(gap / math.sqrt(2 * squared))
        scores.append(wrong * share * (1 - share) * squared)
    total = sum(scores)
    expected = [floor / len(scores) + (1 - floor) * (score / total if total else 1 / len(scores)) for score in scores]
    if not policy.newcomers:
        assert policy.probability == pytest.approx(expected, rel=1e-6)


@proves(Kind.RECOVERY, pair_probabilities)
def test_a_hopeless_pair_does_not_swallow_a_study():
    """1,600 judgments of eight competitors: given up, the pair gets little but the floor, 1 in 93, and the start."""
    gaps = np.subtract.outer(np.linspace(0.9, -0.9, 8), np.linspace(0.9, -0.9, 8))
    log = chosen_study(gaps, 40, 40, np.random.default_rng(4), hopeless=(3, 4))
    hopeless = np.isin(log.first, (3, 4)) & np.isin(log.second, (3, 4))
    assert log.counts.counts[3, 4, 3] + log.counts.counts[4, 3, 3] == hopeless.sum()
    assert hopeless.mean() < 0.04
    assert log.probability[-400:].min() == pytest.approx(0.3 / 28, rel=0.2)


@proves(Kind.RECOVERY, pair_probabilities)
def test_choosing_by_results_spends_judgments_on_close_pairs():
    """Of five pairs of near equals far from each other, the five close pairs of 45 take most of the draws."""
    truth = np.repeat(np.arange(5) * 1.0, 2)
    log = chosen_study(np.subtract.outer(truth, truth), 30, 40, np.random.default_rng(5))
    close = np.abs(truth[log.first] - truth[log.second]) == 0
    assert close[-400:].mean() > 3 * 5 / 45


def spread_evenly(policy):
    return policy.probability == pytest.approx(np.full(len(policy.pairs), 1 / len(policy.pairs)))


@proves(Kind.DEGENERATE, pair_probabilities)
def test_an_empty_log_is_drawn_evenly():
    policy = pair_probabilities(nothing(4))
    assert spread_evenly(policy)
    assert set(policy.reason) == {PairReason.NOT_RANKED}
    assert policy.newcomers == ()
    assert "6 evenly, nobody being ranked yet" in policy.reading


@proves(Kind.DEGENERATE, pair_probabilities)
def test_where_nothing_is_left_to_choose_by_all_goes_to_the_floor():
    all_bad = both_bad(3, 0, 1, 20) + both_bad(3, 1, 2, 20) + both_bad(3, 0, 2, 20)
    assert spread_evenly(pair_probabilities(all_bad))
    settled = pair_probabilities(level_field(3, 300, 300), margin=1.0)
    assert spread_evenly(settled)
    assert set(settled.reason) == {PairReason.WITHIN_MARGIN}


@proves(Kind.DEGENERATE, pair_probabilities)
def test_the_undefeated_have_probabilities_too():
    policy = pair_probabilities(counts_of(3, (0, 1, 8, 0), (0, 2, 8, 0), (1, 2, 4, 4)))
    assert math.fsum(policy.probability) == 1
    assert policy.reason == (PairReason.SCORED,) * 3


@proves(Kind.DEGENERATE, pair_probabilities)
def test_both_bad_joins_nobody_unless_it_counts_as_a_tie():
    counts = counts_of(2) + both_bad(2, 0, 1, 5)
    assert pair_probabilities(counts).reason == (PairReason.NOT_RANKED,)
    assert pair_probabilities(counts, both_bad_as_tie=True).reason == (PairReason.SCORED,)


@proves(Kind.DEGENERATE, pair_probabilities)
def test_one_competitor_has_no_pair():
    with pytest.raises(EmptyInput, match="no pair to draw"):
        pair_probabilities(nothing(1))


@proves(Kind.DEGENERATE, pair_probabilities)
@pytest.mark.parametrize(
    ("candidates", "error", "told"),
    [
        (np.ones((2, 2), dtype=bool), InvalidInput, r"shape \(2, 2\)"),
        (np.ones((3, 3)), InvalidInput, "holds float64"),
        (np.triu(np.ones((3, 3), dtype=bool)), InvalidInput, "not symmetric"),
        (np.eye(3, dtype=bool), EmptyInput, "allows no pair"),
    ],
)
def test_a_wrong_table_of_candidates_is_refused(candidates, error, told):
    with pytest.raises(error, match=told):
        pair_probabilities(CHAIN, candidates=candidates)


@proves(Kind.DEGENERATE, pair_probabilities)
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"floor": 0}, "without a floor some pairs could never be drawn"),
        ({"floor": 1.1}, "floor is 1.1"),
        ({"floor": math.nan}, "floor is nan"),
        ({"newcomer_share": -0.1}, "newcomer_share is -0.1"),
        ({"newcomer_share": 1.5}, "newcomer_share is 1.5"),
        ({"margin": -1}, "margin is -1"),
        ({"margin": math.inf}, "margin is inf"),
        ({"design_effect": 0.5}, "design_effect is 0.5"),
        ({"confidence_level": 95}, "confidence_level is 95"),
    ],
)
def test_numbers_outside_their_range_are_refused(wrong, told):
    with pytest.raises(InvalidInput, match=told):
        pair_probabilities(CHAIN, **wrong)


@proves(Kind.DEGENERATE, pair_probabilities)
def test_an_interval_of_no_width_settles_nobody_unranked():
    """With a confidence level near 0 the quantile is 0, and 0 times an unknown error is not a number."""
    policy = pair_probabilities(nothing(3), margin=1.0, confidence_level=1e-17)
    assert policy.reason == (PairReason.NOT_RANKED,) * 3
