"""Alpha at the ordinal, interval and ratio levels: printed values, the package, brute force, and its interval."""

import csv

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stats.agreement import Level, krippendorff_alpha
from apps.stats.agreement.alpha_sums import AlphaSums
from apps.stats.agreement.krippendorff_alpha import checked_units
from apps.stats.errors import InvalidInput
from tests.stats.agreement.labels_for_tests import as_columns, covers, numbers, simulated, unhurried
from tests.stats.comparisons_for_tests import DATA, labels_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

labelled = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=4, max_size=40)
every_level = pytest.mark.parametrize("level", list(Level))


def codings():
    """Four coders of twelve units; the codes 1 to 5, gaps left out."""
    unit, label = labels_of("codings")
    return unit, label + 1


@proves(Kind.WORKED, krippendorff_alpha)
@pytest.mark.parametrize(
    ("level", "printed"),
    [("nominal", 0.7434211), ("ordinal", 0.8153875), ("interval", 0.8491071), ("ratio", 0.7974028)],
)
def test_printed_values(level, printed):
    """Krippendorff 2011, section E, prints .743, .815, .849 and .797; the digits are the package's."""
    found = krippendorff_alpha(*codings(), level=level)
    assert found.value == pytest.approx(printed, abs=5e-8)
    assert (found.level, found.n_units, found.n_values, found.n_replicates) == (level, 11, 40, 0)
    assert found.reading.startswith("Alpha is" if level == "nominal" else f"Alpha ({level}) is")


@proves(Kind.GOLDEN, krippendorff_alpha)
@every_level
def test_codings_as_stored(level):
    check_golden(f"agreement/krippendorff_alpha_{level}", krippendorff_alpha(*codings(), level=level))


@proves(Kind.TWO_WAYS, krippendorff_alpha)
@every_level
def test_the_sums_give_what_the_package_gives_from_the_matrix(level):
    """Missing cells are nan there and absent rows here."""
    with (DATA / "codings.csv").open(encoding="utf-8") as file:
        matrix = np.array([[float(cell) if cell else np.nan for cell in row] for row in csv.reader(file)])
    known, units = checked_units(*codings(), None, level, None)
    expected = krippendorff.alpha(reliability_data=matrix, level_of_measurement=level)
    assert AlphaSums.of(units, known).value == pytest.approx(expected, abs=1e-12)
    assert krippendorff_alpha(*codings(), level=level).value == pytest.approx(expected, abs=1e-12)


@proves(Kind.TWO_WAYS, krippendorff_alpha)
@every_level
def test_large_tables_do_without_the_package(level):
    """Ninety values of 200 units are more than the package's table may hold: brute force over all pairs."""
    rng = np.random.default_rng(21)
    unit = np.repeat(np.arange(200), 4)
    label = np.repeat(rng.integers(0, 60, 200), 4) + rng.integers(0, 30, 800)
    rank = {value: np.mean(label < value) + np.mean(label == value) / 2 for value in np.unique(label)}
    one, other = label[:, None].astype(float), label[None, :].astype(float)
    place = np.array([rank[value] for value in label])
    distance = {
        "nominal": (one != other).astype(float),
        "ordinal": (place[:, None] - place[None, :]) ** 2,
        "interval": (one - other) ** 2,
        "ratio": np.divide(one - other, one + other, out=np.zeros((800, 800)), where=one + other > 0) ** 2,
    }[level]
    same = unit[:, None] == unit[None, :]
    observed, expected = distance[same].sum() / 3, distance.sum() / 799
    found = krippendorff_alpha(unit, label, level=level)
    assert found.value == pytest.approx(1 - observed / expected, abs=1e-12)


def test_measurements_that_are_all_different():
    """Two thousand units by four thousand values: alpha is one minus the variance within over the variance of all."""
    rng = np.random.default_rng(26)
    label = rng.normal(size=(2000, 1)) + rng.normal(size=(2000, 2)) * 0.5
    found = krippendorff_alpha(*as_columns(label), level="interval")
    within = ((label[:, 0] - label[:, 1]) ** 2).mean() / 2
    assert found.value == pytest.approx(1 - within / label.var(ddof=1), abs=1e-12)
    assert (found.n_units, found.n_values) == (2000, 4000)


@proves(Kind.TWO_WAYS, krippendorff_alpha)
@every_level
def test_the_standard_error_is_near_the_jackknife_over_units(level):
    """The ordinal one too, where leaving out a unit moves the distances of all others."""
    rng = np.random.default_rng(22)
    truth, unit = rng.integers(1, 6, 150), np.repeat(np.arange(150), rng.integers(2, 7, 150))
    label = np.clip(truth[unit] + rng.integers(-2, 3, len(unit)), 1, 5)
    left_out = np.array([krippendorff_alpha(unit[unit != u], label[unit != u], level=level).value for u in range(150)])
    jackknife = np.sqrt(149 / 150 * ((left_out - left_out.mean()) ** 2).sum())
    assert krippendorff_alpha(unit, label, level=level).standard_error == pytest.approx(jackknife, rel=0.02)


@every_level
def test_the_influence_is_the_slope_in_each_units_weight(level):
    unit, label = codings()
    known, units = checked_units(unit, label, None, level, None)
    sums, step = AlphaSums.of(units, known), 1e-6
    for one, expected in enumerate(sums.influence(units, known)):
        nudge = step * (np.arange(units.n_units) == one)
        up, down = (sums.weighted(units, known, 1 + sign * nudge).value for sign in (1, -1))
        assert (up - down) / (2 * step) == pytest.approx(expected, abs=1e-7)


@proves(Kind.PROPERTY, krippendorff_alpha)
@unhurried
@given(labelled, st.integers(2, 9), st.integers(-50, 50))
def test_stretching_and_shifting_leave_interval_alpha(rows, stretch, shift):
    unit, label = np.array(rows).T
    expected = numbers(krippendorff_alpha(unit, label, level="interval"))
    moved = krippendorff_alpha(unit, label * stretch / 7 + shift, level="interval")
    np.testing.assert_allclose(numbers(moved), expected, atol=1e-9)


@proves(Kind.PROPERTY, krippendorff_alpha)
@unhurried
@given(labelled, st.lists(st.floats(0.01, 10), min_size=5, max_size=5))
def test_ordinal_alpha_knows_only_the_order(rows, steps):
    unit, label = np.array(rows).T
    expected = numbers(krippendorff_alpha(unit, label, level="ordinal"))
    stretched = krippendorff_alpha(unit, np.cumsum(steps)[label], level="ordinal")
    np.testing.assert_allclose(numbers(stretched), expected, atol=1e-9)
    turned = krippendorff_alpha(unit, -label, level="ordinal")
    np.testing.assert_allclose(numbers(turned)[0], expected[0], atol=1e-9)


@proves(Kind.PROPERTY, krippendorff_alpha)
@unhurried
@given(labelled, st.floats(0.01, 100), st.sampled_from(list(Level)), st.randoms(use_true_random=False))
def test_the_scale_of_ratio_labels_and_the_order_of_rows_do_not_matter(rows, scale, level, random):
    unit, label = np.array(rows).T
    ratio = numbers(krippendorff_alpha(unit, label, level="ratio"))
    np.testing.assert_allclose(numbers(krippendorff_alpha(unit, label * scale, level="ratio")), ratio, atol=1e-9)
    order = random.sample(range(len(rows)), len(rows))
    expected = numbers(krippendorff_alpha(unit, label, level=level))
    np.testing.assert_allclose(numbers(krippendorff_alpha(unit[order], label[order], level=level)), expected, atol=1e-9)


@proves(Kind.PROPERTY, krippendorff_alpha)
@unhurried
@given(labelled)
def test_with_two_labels_all_levels_are_one(rows):
    unit, label = np.array(rows).T
    found = [numbers(krippendorff_alpha(unit, label % 2, level=level)) for level in Level]
    for one in found[1:]:
        np.testing.assert_allclose(one, found[0], atol=1e-9)


@proves(Kind.RECOVERY, krippendorff_alpha)
@pytest.mark.slow
@every_level
def test_the_interval_holds_the_truth(level):
    """Thirty units, ten raters, alpha .49 at every level."""
    rng = np.random.default_rng(23)
    found = [
        krippendorff_alpha(*as_columns(simulated(rng, 30, 10, knows=0.7, shares=[0.4, 0.3, 0.2, 0.1]) + 1), level=level)
        for _ in range(600)
    ]
    assert np.mean([covers(one, 0.49) for one in found]) == pytest.approx(0.945, abs=0.025)
    assert np.mean([one.value for one in found]) == pytest.approx(0.49, abs=0.02)


@proves(Kind.RECOVERY, krippendorff_alpha)
@pytest.mark.slow
def test_the_interval_holds_the_truth_where_units_hang_together():
    """Five units of one text share their truth: clustered by text the intervals hold, taken apart they do not."""
    rng, text = np.random.default_rng(24), np.repeat(np.arange(40), 5)
    held = np.zeros(2)
    for _ in range(300):
        quality = rng.random(40)[text] < 0.5
        careless = simulated(rng, 200, 3, knows=0.2, shares=[0.5, 0.3, 0.2])
        careful = simulated(rng, 200, 3, knows=0.9, shares=[0.5, 0.3, 0.2])
        unit, label = as_columns(np.where(quality[:, None], careful, careless))
        clustered = krippendorff_alpha(unit, label, cluster=text[unit])
        held += covers(clustered, (0.81 + 0.04) / 2), covers(krippendorff_alpha(unit, label), (0.81 + 0.04) / 2)
    assert held[0] / 300 == pytest.approx(0.95, abs=0.035)
    assert held[1] / 300 < 0.85


@proves(Kind.DEGENERATE, krippendorff_alpha)
def test_far_off_values_lose_no_digits():
    unit, label = codings()
    expected = krippendorff_alpha(unit, label, level="interval")
    found = krippendorff_alpha(unit, label + 1e9, level="interval")
    assert numbers(found) == pytest.approx(numbers(expected), abs=1e-9)


@proves(Kind.DEGENERATE, krippendorff_alpha)
@every_level
def test_perfect_agreement_is_not_certain_at_any_level(level):
    found = krippendorff_alpha(np.repeat(np.arange(9), 2), np.repeat([0.0, 1.0, 3.0] * 3, 2).astype(int), level=level)
    assert (found.value, found.high) == (1.0, 1.0)
    assert -1 <= found.low < 0.95


@proves(Kind.DEGENERATE, krippendorff_alpha)
def test_what_a_level_does_not_take_is_refused():
    with pytest.raises(InvalidInput, match="`level` is 'metric'; give one of nominal, ordinal, interval, ratio"):
        krippendorff_alpha([0, 0], [1, 2], level="metric")
    with pytest.raises(InvalidInput, match="below 0; ratio labels count from a true zero"):
        krippendorff_alpha([0, 0], [-1, 2], level="ratio")
    with pytest.raises(InvalidInput, match="`label` holds float64; give whole numbers"):
        krippendorff_alpha([0, 0], [0.5, 2], level="nominal")
    with pytest.raises(InvalidInput, match="`label` holds a missing or infinite number"):
        krippendorff_alpha([0, 0], [np.nan, 2], level="interval")
    with pytest.raises(InvalidInput, match=r"equally long.*unit 2, label 2, count 1"):
        krippendorff_alpha([0, 0], [1, 2], [1], level="interval")


@proves(Kind.DEGENERATE, krippendorff_alpha)
@pytest.mark.parametrize("size", [1e-200, 2.0**-600, 2.0**600, 1e200])
def test_the_size_of_interval_labels_overflows_nothing(size):
    unit, label = np.repeat(np.arange(6), 2), np.array([1, 2, 3, 3, 2, 5, 4, 4, 1, 1, 5, 3])
    plain = krippendorff_alpha(unit, label, level=Level.INTERVAL)
    found = krippendorff_alpha([*unit, 9], [*(label * size), 1e300], level=Level.INTERVAL)
    assert (found.value, found.low, found.high) == pytest.approx((plain.value, plain.low, plain.high))
