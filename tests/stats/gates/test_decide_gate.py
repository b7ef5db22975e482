"""Gates: a worked example, the errors they promise, and what they refuse."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import f as f_distribution
from scipy.stats import norm
from scipy.stats import t as student_t

from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.gates import Evidence, Rule, Verdict, decide_gate
from apps.stats.gates.rule import LEAST_JUDGMENTS, LEAST_WATCHED
from apps.stats.pairwise import ComparisonRows, win_matrix
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves


def independent(n_won: int, n: int) -> Evidence:
    """Every judgment by somebody else, on another item."""
    return Evidence.of(np.arange(n) < n_won, rater=np.arange(n), item=np.arange(n))


def drawn(rng: np.random.Generator, mean: float, n_raters: int, n_items: int, spread: float) -> Evidence:
    """Every rater judges every item; raters and items differ about the mean."""
    by_rater, by_item = rng.normal(0, spread, (n_raters, 1)), rng.normal(0, spread, (1, n_items))
    earned = rng.random((n_raters, n_items)) < np.clip(mean + by_rater + by_item, 0, 1)
    rater, item = np.indices(earned.shape)
    return Evidence.of(earned.ravel(), rater=rater.ravel(), item=item.ravel())


@proves(Kind.WORKED, decide_gate)
def test_by_hand():
    """112 of 200 independent judgments: the variance is .56 x .44/199, so 199 count, with t(199) = 1.97196.

    That is as wide as 199 (1.95996/1.97196)^2 = 196.586 at the normal quantile, 110.088 of them won. Clopper and
    Pearson's low end by the quantiles of F: a/(a + (n - a + 1) F(.975; 2(n - a + 1), 2a)) with a = 110.088.
    """
    n = 199 * (norm.ppf(0.975) / student_t.ppf(0.975, 199)) ** 2
    won = 0.56 * n
    low = won / (won + (n - won + 1) * f_distribution.ppf(0.975, 2 * (n - won + 1), 2 * won))
    passed = decide_gate([Rule(independent(112, 200), 0.487)])
    assert passed.verdict == Verdict.PASS
    assert passed.rules[0].low == pytest.approx(low) == pytest.approx(0.487608, abs=1e-6)
    open_ = decide_gate([Rule(independent(112, 200), 0.5)])
    assert (open_.verdict, open_.rules[0].leans, open_.rules[0].n_more) == (Verdict.UNDECIDED, Verdict.PASS, 88)


@proves(Kind.WORKED, decide_gate)
def test_a_breach_has_to_show_at_a_stricter_level_among_several_rules():
    """84 of 200 against .5: the binomial tail is .014, below a/2 = .025 and above .0125."""
    losing, holding = Rule(independent(84, 200), 0.5), Rule(independent(150, 200), 0.5)
    assert decide_gate([losing]).verdict == Verdict.BLOCK
    together = decide_gate([losing, holding])
    assert together.verdict == Verdict.UNDECIDED
    assert together.rules[0].leans == Verdict.BLOCK
    # Once a worse breach is found, one test fewer is open, and this one shows too.
    worst = Rule(independent(40, 200), 0.5)
    assert [each.verdict for each in decide_gate([losing, worst]).rules] == [Verdict.BLOCK, Verdict.BLOCK]


@proves(Kind.GOLDEN, decide_gate)
def test_stored_decision():
    rng = np.random.default_rng(5)
    rules = [
        Rule(drawn(rng, 0.55, 8, 40, 0.05), 0.45),
        Rule(drawn(rng, 0.97, 8, 40, 0.01), 0.95, most_useful_n=320),
        Rule(drawn(rng, 0.3, 8, 40, 0.05), 0.45),
    ]
    check_golden("gates/decide_gate", dataclasses.asdict(decide_gate(rules)))


shares = st.integers(0, 120)
bounds = st.floats(0.05, 0.95)


@proves(Kind.PROPERTY, decide_gate)
@given(won=st.lists(st.tuples(shares, bounds), min_size=1, max_size=4), extra=st.tuples(shares, bounds))
@settings(deadline=None, max_examples=40)
def test_another_rule_never_makes_a_gate_pass_and_looking_often_never_helps(won, extra):
    rules = [Rule(independent(n, 120), bound) for n, bound in won]
    alone, more = decide_gate(rules), decide_gate([*rules, Rule(independent(extra[0], 120), extra[1])])
    assert alone.verdict == Verdict.PASS or more.verdict != Verdict.PASS
    watched = decide_gate([dataclasses.replace(rule, most_useful_n=120) for rule in rules])
    assert watched.verdict in {alone.verdict, Verdict.UNDECIDED}
    assert decide_gate(rules[::-1]).verdict == alone.verdict


@proves(Kind.PROPERTY, decide_gate)
@given(seed=st.integers(0, 10**6), bound=bounds)
@settings(deadline=None, max_examples=25)
def test_names_and_order_do_not_matter(seed, bound):
    rng = np.random.default_rng(seed)
    earned, rater, item = rng.choice([0, 0.5, 1], 90), rng.integers(0, 5, 90), rng.integers(0, 20, 90)
    order = rng.permutation(90)
    one = decide_gate([Rule(Evidence.of(earned, rater=rater, item=item), bound)])
    other = decide_gate([Rule(Evidence.of(earned[order], rater=99 - rater[order], item=7 * item[order]), bound)])
    assert one.verdict == other.verdict
    assert (one.rules[0].low, one.rules[0].high) == pytest.approx((other.rules[0].low, other.rules[0].high))


@proves(Kind.TWO_WAYS, decide_gate)
def test_the_interval_holds_that_of_the_matrix_of_pairs_and_the_number_needed_is_the_first_that_does():
    rng = np.random.default_rng(3)
    outcome, rater, item = rng.choice([0, 0, 1, 2], 300), rng.integers(0, 12, 300), rng.integers(0, 50, 300)
    evidence = Evidence.of(np.array([1, 0, 0.5])[outcome], rater=rater, item=item)
    rows = ComparisonRows.from_arrays(
        n_competitors=2, first=np.zeros(300, int), second=np.ones(300, int), outcome=outcome, rater=rater, item=item
    )
    matrix = win_matrix(rows)
    rule = Rule(evidence, 0.6)
    found = decide_gate([rule]).rules[0]
    # Binomial tails instead of Wilson's formula at the same variance: wider by about a judgment each side.
    assert 0 < matrix.low[0, 1] - found.low < 2 / evidence.n_effective
    assert 0 < found.high - matrix.high[0, 1] < 2 / evidence.n_effective
    assert found.n_more > 0
    enough = 300 + found.n_more
    decides = rule.holds if found.leans == Verdict.PASS else rule.breaks
    assert decides(0.95, enough)
    assert not any(decides(0.95, n) for n in range(300, enough))


@pytest.mark.slow
@proves(Kind.RECOVERY, decide_gate)
def test_a_gate_on_its_bound_seldom_passes_and_seldom_blocks():
    """Three rules, each true share on its bound, raters and items differing: either error at most 2.5 %."""
    rng, n_gates = np.random.default_rng(11), 1500
    one_rule = [decide_gate([Rule(drawn(rng, 0.5, 10, 40, 0.1), 0.5)]).verdict for _ in range(n_gates)]
    three = [
        decide_gate([Rule(drawn(rng, 0.5, 10, 40, 0.1), 0.5) for _ in range(3)]).verdict for _ in range(n_gates // 3)
    ]
    allowed = 0.025 + 4 * np.sqrt(0.025 * 0.975 / n_gates)
    assert np.mean([verdict == Verdict.PASS for verdict in one_rule]) < allowed
    assert np.mean([verdict == Verdict.BLOCK for verdict in one_rule]) < allowed
    assert np.mean([verdict == Verdict.BLOCK for verdict in three]) < 0.025 + 4 * np.sqrt(0.025 * 0.975 / len(three))
    assert sum(verdict != Verdict.UNDECIDED for verdict in one_rule) > 0


def failing(
    rng: np.random.Generator, share: float, n_raters: int, n_items: int, slip: float, missed: float
) -> Evidence:
    """A share of the items fails; raters miss some of it, and slip where nothing fails."""
    fails = rng.random((n_raters, n_items)) < np.where(rng.random(n_items) < share, 1 - missed, slip)
    rater, item = np.indices(fails.shape)
    return Evidence.of((~fails).ravel(), rater=rater.ravel(), item=item.ravel())


@pytest.mark.slow
@proves(Kind.RECOVERY, decide_gate)
@pytest.mark.parametrize(
    ("share", "n_raters", "n_items", "slip", "missed"),
    [(0.1, 30, 10, 0.003, 0.0), (0.02, 10, 100, 0.003, 0.2), (0.005, 1, 40, 0.0, 0.0), (0.01, 1, 200, 0.0, 0.0)],
)
def test_a_floor_on_its_bound_seldom_passes_and_seldom_blocks(share, n_raters, n_items, slip, missed):
    """The same items fail for every rater, who slip now and then; or each judges an item of her own."""
    rng, n_gates = np.random.default_rng(14), 500
    least = 1 - share * (1 - missed) - (1 - share) * slip
    found = [
        decide_gate([Rule(failing(rng, share, n_raters, n_items, slip, missed), least)]).verdict for _ in range(n_gates)
    ]
    allowed = 0.025 + 3 * np.sqrt(0.025 * 0.975 / n_gates)
    assert np.mean([verdict == Verdict.PASS for verdict in found]) < allowed
    assert np.mean([verdict == Verdict.BLOCK for verdict in found]) < allowed


@pytest.mark.slow
@proves(Kind.RECOVERY, decide_gate)
def test_looking_fifteen_times_keeps_the_promise_only_where_it_was_asked_for():
    rng, n_gates = np.random.default_rng(12), 200
    watched = looked_once = 0
    for _ in range(n_gates):
        earned = rng.random(1500) < 0.5
        looks = [Evidence.of(earned[:n], rater=np.arange(n), item=np.arange(n)) for n in range(100, 1501, 100)]
        watched += any(decide_gate([Rule(each, 0.5, most_useful_n=700)]).verdict != "UNDECIDED" for each in looks)
        looked_once += any(decide_gate([Rule(each, 0.5)]).verdict != "UNDECIDED" for each in looks)
    assert watched / n_gates < 0.05 + 4 * np.sqrt(0.05 * 0.95 / n_gates)
    assert looked_once / n_gates > 0.12


@pytest.mark.slow
@proves(Kind.RECOVERY, decide_gate)
def test_what_is_clearly_better_passes_and_what_is_clearly_worse_is_blocked():
    rng = np.random.default_rng(13)
    better = [decide_gate([Rule(drawn(rng, 0.6, 12, 60, 0.05), 0.45)]).verdict for _ in range(100)]
    worse = [decide_gate([Rule(drawn(rng, 0.3, 12, 60, 0.05), 0.45)]).verdict for _ in range(100)]
    assert better.count(Verdict.PASS) >= 95
    assert worse.count(Verdict.BLOCK) >= 95


@proves(Kind.DEGENERATE, decide_gate)
def test_where_all_agree_every_item_counts_once():
    many_raters = Evidence.of(np.ones(300), rater=np.arange(300) % 30, item=np.arange(300) % 10)
    assert (many_raters.n_effective, many_raters.share) == (10, 1.0)
    open_ = decide_gate([Rule(many_raters, 0.9)])
    # .025^(1/n) reaches .9 at 35.01 items, 26 more than there are; 30 raters of each would give 780 judgments.
    assert (open_.verdict, open_.rules[0].n_more, open_.rules[0].counts_items) == (Verdict.UNDECIDED, 26, True)


@proves(Kind.DEGENERATE, decide_gate)
def test_one_slip_does_not_make_judgments_of_an_item_independent():
    """Thirty raters pass ten items, one of them once not: still ten items, and not 300 judgments."""
    earned = np.ones(300)
    earned[7] = 0
    slip = Evidence.of(earned, rater=np.arange(300) % 30, item=np.arange(300) % 10)
    assert (slip.n_effective, slip.counts_items) == (10, True)
    assert decide_gate([Rule(slip, 0.9)]).verdict == Verdict.UNDECIDED


@proves(Kind.DEGENERATE, decide_gate)
def test_one_failure_among_few_blocks_no_floor():
    """Of 30 judgments at a rate of .5 %, 14 % have a failure; one alone must not be taken for a breach."""
    assert decide_gate([Rule(independent(29, 30), 0.995)]).verdict == Verdict.UNDECIDED
    assert decide_gate([Rule(independent(24, 30), 0.995)]).verdict == Verdict.BLOCK


@proves(Kind.DEGENERATE, decide_gate)
def test_where_items_are_counted_they_are_from_the_first_judgment_on():
    """Twenty judgments that agree on five items: a floor of 10 % takes 36 items, whoever judges these again."""
    few = Evidence.of(np.ones(20), rater=np.arange(20) % 4, item=np.arange(20) // 4)
    found = decide_gate([Rule(few, 0.9)]).rules[0]
    assert (found.n_more, found.counts_items, found.n_missing) == (31, True, 10)
    # A low bound is reached at once; then the least number of items is what is missing.
    easy = decide_gate([Rule(Evidence.of(np.ones(100), rater=np.arange(100) % 20, item=np.arange(100) % 5), 0.3)])
    assert (easy.rules[0].n_more, easy.rules[0].counts_items) == (5, True)


@proves(Kind.DEGENERATE, decide_gate)
def test_nothing_is_decided_on_too_little():
    nothing = decide_gate([Rule(Evidence.of([], rater=[], item=[]), 0.5)])
    assert nothing.verdict == Verdict.UNDECIDED
    assert (nothing.rules[0].share, nothing.rules[0].n_more) == (None, None)
    assert nothing.rules[0].n_missing == LEAST_JUDGMENTS
    few = decide_gate([Rule(independent(20, 20), 0.5)])
    assert (few.verdict, few.rules[0].n_more) == (Verdict.UNDECIDED, LEAST_JUDGMENTS - 20)
    watched = decide_gate([Rule(independent(60, 60), 0.5, most_useful_n=500)])
    assert watched.rules[0].n_more == LEAST_WATCHED - 60
    one_item = Evidence.of(np.ones(100), rater=np.arange(100), item=np.zeros(100, int))
    assert decide_gate([Rule(one_item, 0.5)]).verdict == Verdict.UNDECIDED


@proves(Kind.DEGENERATE, decide_gate)
def test_a_share_on_its_bound_is_never_decided():
    found = decide_gate([Rule(independent(100, 200), 0.5)]).rules[0]
    assert (found.verdict, found.leans, found.n_more) == (Verdict.UNDECIDED, Verdict.UNDECIDED, None)
    near = decide_gate([Rule(independent(100, 200), 0.5001)]).rules[0]
    assert (near.leans, near.n_more) == (Verdict.BLOCK, None)


@proves(Kind.DEGENERATE, decide_gate)
def test_what_is_no_gate_is_refused():
    with pytest.raises(EmptyInput, match="at least one rule"):
        decide_gate([])
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        Rule(independent(1, 2), 1.0)
    with pytest.raises(InvalidInput, match="most_useful_n"):
        Rule(independent(1, 2), 0.5, most_useful_n=0)
    with pytest.raises(InvalidInput, match="a half for a tie"):
        Evidence.of([0.3], rater=[1], item=[1])
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        decide_gate([Rule(independent(1, 2), 0.5)], confidence_level=95)
