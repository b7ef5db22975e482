"""Four figures together, and the paradox by name."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stats.agreement import (
    gwet_ac,
    krippendorff_alpha,
    pairs_within_units,
    percent_agreement,
    summarise_agreement,
)
from apps.stats.errors import InvalidInput
from tests.stats.agreement.labels_for_tests import as_columns, covers, simulated, unhurried
from tests.stats.comparisons_for_tests import labels_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves


def pairs_as_units(table):
    """Units of two labels, `table[i][j]` of them labelled i and j."""
    cells = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    return as_columns(np.array(cells))


@proves(Kind.WORKED, summarise_agreement)
def test_the_paradox_of_feinstein_and_cicchetti():
    """Feinstein & Cicchetti 1990: 85 of 100 agree twice, kappa .70 with even categories and .32 with a common one.

    Their tables 40 9 / 6 45 and 80 10 / 5 5. Alpha by hand of the second: labels 175 : 25, chance disagreement
    2 (175)(25) / (200 (199)) = .2198, so 1 - .15 / .2198 = .318.
    """
    even, skewed = (summarise_agreement(*pairs_as_units(table)) for table in ([[40, 9], [6, 45]], [[80, 10], [5, 5]]))
    assert (even.percent.percent, skewed.percent.percent) == (85.0, 85.0)
    assert even.alpha.value == pytest.approx(0.70, abs=0.005)
    assert skewed.alpha.value == pytest.approx(0.318, abs=5e-4)
    assert (even.paradox, skewed.paradox) == (False, True)
    assert skewed.ac1.value > 0.8
    assert [share.share for share in skewed.categories] == [0.875, 0.125]
    assert "the kappa paradox. Category 0 takes 87.5 of 100 labels" in skewed.reading
    assert even.reading == "Over 100 units alpha is 0.701, AC1 0.701, and 85.0 of 100 pairs agree."


@proves(Kind.GOLDEN, summarise_agreement)
def test_codings_as_stored():
    check_golden("agreement/summarise_agreement", summarise_agreement(*labels_of("codings")))


@proves(Kind.TWO_WAYS, summarise_agreement)
def test_it_is_each_figure_by_itself():
    unit, label = labels_of("codings")
    found = summarise_agreement(unit, label, cluster=unit // 2, categories=range(6), confidence_level=0.9)
    pairs = pairs_within_units(unit, label)
    assert found.alpha == krippendorff_alpha(unit, label, cluster=unit // 2, confidence_level=0.9)
    assert found.ac1 == gwet_ac(unit, label, cluster=unit // 2, categories=range(6), confidence_level=0.9)
    alone = percent_agreement(pairs.first, pairs.second, pairs.unit // 2, confidence_level=0.9)
    assert (found.percent.percent, found.percent.n_pairs) == (alone.percent, alone.n_pairs)
    assert (found.percent.low, found.percent.high) == pytest.approx((alone.low, alone.high))
    assert [each.category for each in found.categories] == [0, 1, 2, 3, 4, 5]
    assert [each.share * each.n for each in found.categories] == pytest.approx(np.bincount(label, minlength=6))


FIGURES = (("alpha", "value"), ("ac1", "value"), ("ac1", "low"), ("percent", "percent"))


def figure(summary, measure, field):
    found = getattr(getattr(summary, measure), field)
    return -9.0 if found is None else found


@proves(Kind.PROPERTY, summarise_agreement)
@unhurried
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30),
    st.randoms(use_true_random=False),
)
def test_order_and_repetition_do_not_matter_and_shares_fill_up(rows, random):
    unit, label, count = np.array(rows).T
    order, spread = random.sample(range(len(rows)), len(rows)), np.repeat(np.arange(len(rows)), count)
    expected = summarise_agreement(unit, label, count=count)
    shuffled = summarise_agreement(unit[order], label[order], count=count[order])
    repeated = summarise_agreement(unit[spread], label[spread])
    for other in (shuffled, repeated):
        assert [figure(other, *name) for name in FIGURES] == pytest.approx(
            [figure(expected, *name) for name in FIGURES], abs=1e-9
        )
    assert expected.paradox == shuffled.paradox == repeated.paradox
    shares = [each.share for each in expected.categories]
    assert sum(shares) == pytest.approx(1) or not shares
    assert all(each.low <= each.share <= each.high for each in expected.categories)


@proves(Kind.RECOVERY, summarise_agreement)
@pytest.mark.slow
def test_every_interval_holds_its_truth():
    rng, shares = np.random.default_rng(61), np.array([0.7, 0.2, 0.1])
    agreement = 0.49 + 0.51 * (shares**2).sum()
    chance = (shares * (1 - shares)).sum() / 2
    held = np.zeros(4)
    for _ in range(300):
        found = summarise_agreement(*as_columns(simulated(rng, 100, 3, knows=0.7, shares=shares)))
        held += (
            covers(found.alpha, 0.49),
            covers(found.ac1, (agreement - chance) / (1 - chance)),
            found.percent.low <= 100 * agreement <= found.percent.high,
            found.categories[0].low <= 0.7 <= found.categories[0].high,
        )
    assert held / 300 == pytest.approx(np.full(4, 0.945), abs=0.035)


@proves(Kind.DEGENERATE, summarise_agreement)
def test_nothing_to_compare_is_said():
    nothing = summarise_agreement([], [])
    assert (nothing.categories, nothing.paradox, nothing.alpha.value) == ((), False, None)
    assert "no pair of labels" in nothing.reading
    alone = summarise_agreement([0, 1, 2], [0, 1, 1])
    assert alone.percent.percent is None
    assert [each.share for each in alone.categories] == pytest.approx([1 / 3, 2 / 3])


@proves(Kind.DEGENERATE, summarise_agreement)
def test_one_category_throughout_is_the_extreme_of_the_paradox():
    found = summarise_agreement(np.repeat(np.arange(9), 2), np.full(18, 5), categories=[4, 5])
    assert (found.alpha.value, found.ac1.value, found.percent.percent, found.paradox) == (None, 1.0, 100.0, True)
    assert "alpha is undefined, AC1 1.000, and 100.0 of 100 pairs agree: the kappa paradox" in found.reading
    assert found.categories[0].high > 0.1  # a category never seen may still exist


@proves(Kind.DEGENERATE, summarise_agreement)
def test_malformed_input_is_refused():
    with pytest.raises(InvalidInput, match=r"equally long.*unit 2, label 1"):
        summarise_agreement([0, 0], [1])
    with pytest.raises(InvalidInput, match="Label 9 is not among `categories`"):
        summarise_agreement([0, 0], [1, 9], categories=[1, 2])
