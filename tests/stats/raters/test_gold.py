"""Accuracy on gold: posteriors by hand, by drawing, and intervals that hold alone and pooled."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, betabinom

from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.raters import gold_accuracy
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

unhurried = settings(deadline=None, max_examples=30)
answers = st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=50)


def judged(right, wrong, **more):
    """Raters 0, 1, ... with so many right and wrong answers."""
    rater = np.repeat(np.arange(len(right)), 2)
    return gold_accuracy(rater, np.tile([1, 0], len(right)), np.column_stack([right, wrong]).ravel(), **more)


def every(found):
    """All numbers of the result in one row a rater."""
    columns = [found.alone.accuracy, found.alone.low, found.alone.high, found.alone.probability_below]
    if found.pooled is not None:
        pooled = found.pooled
        columns += [pooled.accuracy, pooled.low, pooled.high, pooled.probability_below]
    return np.column_stack([found.n_correct, found.n, *columns])


@proves(Kind.WORKED, gold_accuracy)
def test_the_arcsine_law_by_hand():
    """One right answer of one: Beta(3/2, 1/2), below t with probability 2/pi (asin sqrt t - sqrt(t (1 - t)))."""
    found = gold_accuracy([7], [1], threshold=0.5).alone
    assert found.probability_below[0] == pytest.approx(2 / np.pi * (np.pi / 4 - 0.5))
    low = found.low[0]
    assert 2 / np.pi * (np.arcsin(np.sqrt(low)) - np.sqrt(low * (1 - low))) == pytest.approx(0.025)
    assert (found.accuracy[0], found.high[0]) == (1.0, 1.0)


@proves(Kind.WORKED, gold_accuracy)
def test_a_pool_by_hand():
    """Three raters right once each: the likelihood is mean^3, whatever the worth w, which keeps its prior.

    With the Jeffreys prior, mean^3.5 (1 - mean)^.5 is largest at 3.5 / 4; w / (1 + w)^2 at 1.
    """
    pool = judged([1, 1, 1], [0, 0, 0]).pool
    assert (pool.mean, pool.worth, pool.n_raters) == (pytest.approx(0.875), pytest.approx(1.0), 3)
    assert pool.sd == pytest.approx(np.sqrt(0.875 * 0.125 / 2))


@proves(Kind.GOLDEN, gold_accuracy)
def test_five_raters_as_stored():
    check_golden("raters/gold_accuracy", judged([18, 9, 3, 40, 0], [2, 1, 3, 9, 1]))


@proves(Kind.TWO_WAYS, gold_accuracy)
def test_jeffreys_intervals_by_scipy():
    found = judged([7, 0, 12], [3, 9, 0]).alone
    posterior = beta(np.array([7, 0, 12]) + 0.5, np.array([3, 9, 0]) + 0.5)
    np.testing.assert_allclose(found.low, [posterior.ppf(0.025)[0], 0.0, posterior.ppf(0.025)[2]])
    np.testing.assert_allclose(found.high, [posterior.ppf(0.975)[0], posterior.ppf(0.975)[1], 1.0])
    np.testing.assert_allclose(found.probability_below, posterior.cdf(0.7))


@proves(Kind.TWO_WAYS, gold_accuracy)
def test_the_pooled_posterior_by_drawing():
    """Pools drawn from a fine table of their posterior, then each rater's accuracy from the beta posterior."""
    right, wrong = np.array([18, 9, 3, 40, 10]), np.array([2, 1, 3, 9, 4])
    found = judged(right, wrong)
    logit, log_worth = np.meshgrid(np.linspace(-4, 6, 300), np.linspace(-3, 8, 300))
    mean, worth = 1 / (1 + np.exp(-logit.ravel())), np.exp(log_worth.ravel())
    a, b, typical = mean * worth, (1 - mean) * worth, np.median(right + wrong)
    height = sum(betabinom.logpmf(x, x + m, a, b) for x, m in zip(right, wrong, strict=True))
    height += 0.5 * np.log(mean * (1 - mean)) + np.log(worth * typical / (worth + typical) ** 2)
    top = height.argmax()
    assert (found.pool.mean, found.pool.worth) == (
        pytest.approx(mean[top], abs=0.01),
        pytest.approx(worth[top], rel=0.05),
    )
    rng = np.random.default_rng(0)
    weight = np.exp(height - height.max())
    drawn = rng.choice(len(mean), 40_000, p=weight / weight.sum())
    accuracy = rng.beta(right + a[drawn][:, None], wrong + b[drawn][:, None])
    pooled = found.pooled
    np.testing.assert_allclose(pooled.accuracy, accuracy.mean(axis=0), atol=0.01)
    np.testing.assert_allclose(pooled.low, np.quantile(accuracy, 0.025, axis=0), atol=0.02)
    np.testing.assert_allclose(pooled.high, np.quantile(accuracy, 0.975, axis=0), atol=0.02)
    np.testing.assert_allclose(pooled.probability_below, (accuracy < 0.7).mean(axis=0), atol=0.02)


@pytest.mark.slow
@proves(Kind.PROPERTY, gold_accuracy)
@unhurried
@given(answers, st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter_and_a_count_is_repetition(rows, random):
    rater, correct = np.array(rows).T
    found = gold_accuracy(rater, correct)
    order = random.sample(range(len(rows)), len(rows))
    np.testing.assert_allclose(every(gold_accuracy(rater[order], correct[order])), every(found), atol=1e-9)
    renamed = gold_accuracy(5 - 3 * rater, correct)
    assert renamed.rater.tolist() == (5 - 3 * found.rater[::-1]).tolist()
    np.testing.assert_allclose(every(renamed)[::-1], every(found), atol=1e-6)
    alike, count = np.unique(np.array(rows), axis=0, return_counts=True)
    np.testing.assert_allclose(every(gold_accuracy(*alike.T, count)), every(found), atol=1e-9)


@pytest.mark.slow
@proves(Kind.PROPERTY, gold_accuracy)
@unhurried
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=8))
def test_right_and_wrong_exchanged_and_more_right_is_better(pairs):
    right, wrong = np.array([pair for pair in pairs if sum(pair)] or [(1, 2)] * 3).T
    found, opposite = judged(right, wrong, threshold=0.4), judged(wrong, right, threshold=0.6)
    for here, there in ((found.alone, opposite.alone), (found.pooled, opposite.pooled)):
        if here is not None:
            np.testing.assert_allclose(here.accuracy, 1 - there.accuracy, atol=1e-6)
            np.testing.assert_allclose(here.low, 1 - there.high, atol=1e-5)
            np.testing.assert_allclose(here.probability_below, 1 - there.probability_below, atol=1e-5)
            assert (here.low <= here.accuracy + 1e-12).all()
            assert (here.accuracy <= here.high + 1e-12).all()
    better = judged(right + 1, wrong)
    assert (better.alone.probability_below < judged(right, wrong).alone.probability_below).all()


@pytest.mark.slow
@proves(Kind.RECOVERY, gold_accuracy)
@pytest.mark.parametrize(("n_raters", "n_each"), [(3, 20), (10, 20), (40, 10), (40, 40)])
def test_intervals_hold_the_accuracies(n_raters, n_each):
    """Alone 95 %; pooled nearly so, as the pool is estimated, and nearer to the truth."""
    rng = np.random.default_rng(12)
    held, off, of_pool = [], [], []
    for _ in range(60):
        truth = rng.beta(8, 2, n_raters)
        right = rng.binomial(n_each, truth)
        found = judged(right, n_each - right)
        held.append([((each.low <= truth) & (truth <= each.high)).mean() for each in (found.alone, found.pooled)])
        off.append([((each.accuracy - truth) ** 2).mean() for each in (found.alone, found.pooled)])
        of_pool.append(found.pool.mean_low <= 0.8 <= found.pool.mean_high)
    # Raters are independent given the pool, hence binomial; the pooled ones share what was estimated.
    alone, pooled = np.mean(held, axis=0)
    assert alone == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / (60 * n_raters)) + 0.01)
    assert 0.90 < pooled < 0.98
    assert np.mean(of_pool) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 60)
    assert np.mean(off, axis=0)[1] < np.mean(off, axis=0)[0]


@proves(Kind.RECOVERY, gold_accuracy)
def test_the_pool_is_found_again():
    rng = np.random.default_rng(2)
    right = rng.binomial(50, rng.beta(16, 4, 400))
    pool = judged(right, 50 - right).pool
    assert pool.mean_low < 0.8 < pool.mean_high
    assert pool.worth_low < 20 < pool.worth_high
    assert pool.worth == pytest.approx(20, rel=0.3)


@proves(Kind.DEGENERATE, gold_accuracy)
def test_two_raters_make_no_pool():
    found = judged([5, 3], [1, 4])
    assert (found.pool, found.pooled) == (None, None)
    assert "from these answers alone" in found.readings[0]


@proves(Kind.DEGENERATE, gold_accuracy)
@pytest.mark.parametrize("right", [[4, 4, 4], [0, 0, 0], [4, 0, 4]])
def test_raters_always_right_or_wrong_are_not_certain(right):
    found = judged(right, 4 - np.array(right))
    for each in (found.alone, found.pooled):
        assert (each.high - each.low > 0.05).all()
        assert ((each.probability_below > 0) & (each.probability_below < 1)).all()
    assert np.isfinite(found.pool.worth_high)


@proves(Kind.DEGENERATE, gold_accuracy)
def test_raters_exactly_alike_have_a_finite_pool():
    found = judged([80] * 30, [20] * 30)
    assert 100 < found.pool.worth < 1e5
    np.testing.assert_allclose(found.pooled.accuracy, 0.8, atol=0.01)


@proves(Kind.DEGENERATE, gold_accuracy)
@pytest.mark.parametrize(
    ("change", "refused", "told"),
    [
        ({"rater": [], "correct": []}, EmptyInput, "no gold answer"),
        ({"count": [0, 0]}, EmptyInput, "no gold answer"),
        ({"rater": [1]}, InvalidInput, "equally long"),
        ({"correct": [1, 3]}, InvalidInput, "other than 0 and 1"),
        ({"count": [1, -1]}, InvalidInput, "negative entry"),
        ({"threshold": 1.0}, InvalidInput, "`threshold` is 1"),
        ({"confidence_level": 0}, InvalidInput, "confidence_level is 0"),
    ],
)
def test_columns_that_cannot_be_read(change, refused, told):
    with pytest.raises(refused, match=told):
        gold_accuracy(**({"rater": [1, 2], "correct": [1, 0]} | change))


def test_a_rater_with_few_answers_is_drawn_to_the_others():
    found = judged([18, 17, 19, 1, 18], [2, 3, 1, 1, 2])
    assert found.alone.accuracy[3] == 0.5
    assert found.pooled.accuracy[3] > 0.75
    assert found.pooled.probability_below[3] < found.alone.probability_below[3]
    assert "with what the other raters suggest" in found.readings[3]


@proves(Kind.DEGENERATE, gold_accuracy)
@pytest.mark.parametrize("n", [1, 1000, 10**6])
@pytest.mark.parametrize("n_wrong", [0, 1, 6, 12])
def test_raters_who_are_all_right_or_all_wrong_have_a_pool(n, n_wrong):
    """One who mixed up the scale among perfect ones: the search for the pool must not step into overflow."""
    right = np.where(np.arange(12) < n_wrong, 0, n)
    found = judged(right, n - right)
    assert np.isfinite(every(found)).all()
    assert 0 < found.pool.mean_low < found.pool.mean < found.pool.mean_high < 1
    assert 0 < found.pool.worth_low < found.pool.worth < found.pool.worth_high < np.inf


@proves(Kind.DEGENERATE, gold_accuracy)
def test_more_answers_than_double_precision_tells_apart_are_refused():
    with pytest.raises(InvalidInput, match="2000000 answers, too many"):
        judged([10**6] * 3, [10**6] * 3)
    assert judged([10**6] * 2, [10**6] * 2).pooled is None


@proves(Kind.PROPERTY, gold_accuracy)
@unhurried
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(sum), min_size=1, max_size=8),
    st.floats(0.01, 0.99),
)
def test_every_interval_holds_its_accuracy(answered, confidence_level):
    """A posterior heaped up at 0 or 1 has its mean outside its central interval."""
    found = judged(*np.array(answered).T, confidence_level=confidence_level)
    for each in (found.alone, found.pooled or found.alone):
        assert (each.low <= each.accuracy).all()
        assert (each.accuracy <= each.high).all()
