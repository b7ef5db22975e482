"""Slices by hand, by brute force, and at the edges where nothing can be compared."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from apps.stats.boards import compare_slices, fit_board
from apps.stats.boards.half_fits import Half, Halves
from apps.stats.errors import EmptyInput, InvalidInput, UnknownOutcome
from apps.stats.pairwise import Outcome
from apps.stats.uncertainty import robust_covariance
from tests.stats.boards.slices_for_tests import column, compared, sliced_study
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.oracle_values import simulated_rows

WIN, LOSS, TIE, BAD = Outcome


def two_competitors(**settings):
    """30:10 inside, 20:20 outside; nobody knows who judged."""
    return compare_slices(
        n_competitors=2,
        first=[0] * 4,
        second=[1] * 4,
        outcome=[WIN, LOSS, WIN, LOSS],
        count=[30, 10, 20, 20],
        slices={"short": [True, True, False, False]},
        **settings,
    )


@proves(Kind.WORKED, compare_slices)
def test_two_competitors_by_hand():
    """Gaps ln 3 and 0, half for each; variances (1/30 + 1/10)/4 and (1/20 + 1/20)/4, times 40/39; 39 degrees."""
    found = two_competitors()
    ahead = found.slices[0].rows[0]
    inside, outside = (1 / 30 + 1 / 10) / 4 * 40 / 39, (1 / 20 + 1 / 20) / 4 * 40 / 39
    difference, error = np.log(3) / 2, np.sqrt(inside + outside)
    assert (ahead.strength, ahead.rest_strength) == pytest.approx((np.log(3) / 2, 0), abs=1e-9)
    assert ahead.difference == pytest.approx(difference)
    assert ahead.strength_high == pytest.approx(np.log(3) / 2 + 2.02269 * np.sqrt(inside), rel=1e-5)
    assert ahead.difference_high == pytest.approx(difference + 2.02269 * error, rel=1e-5)
    assert ahead.p_value == pytest.approx(2 * student.sf(difference / error, 39))
    assert ahead.p_holm == pytest.approx(2 * ahead.p_value)
    assert ahead.p_benjamini_hochberg == pytest.approx(ahead.p_value)
    assert (ahead.n, ahead.n_rest, found.n_tests) == (40, 40, 2)
    # Both differ by the same: the spread is what is left of it beyond its variance, and the share moved is V_s / d^2.
    assert found.spread == pytest.approx(np.sqrt(difference**2 - inside - outside))
    moved = inside / difference**2
    assert ahead.shrunk == pytest.approx(difference * (1 - moved))
    error = (1 - moved) ** 2 * inside + moved**2 * (outside + found.spread**2)
    assert ahead.shrunk_high - ahead.shrunk == pytest.approx(2.02269 * np.sqrt(error), rel=1e-5)


@proves(Kind.GOLDEN, compare_slices)
def test_slices_stay_as_they_are():
    rows = simulated_rows()
    check_golden("boards/compare_slices", compared(rows, {"even": rows.item % 2 == 0, "few": rows.item < 4}))


@proves(Kind.TWO_WAYS, compare_slices)
def test_strengths_are_those_of_boards_of_the_parts():
    rows = simulated_rows()
    inside = rows.item % 3 == 0
    found = compared(rows, {"third": inside})
    for name, part in (("strength", rows.where(inside)), ("rest_strength", rows.where(~inside))):
        board = fit_board(
            n_competitors=6, first=part.first, second=part.second, outcome=part.outcome, rng=np.random.default_rng(1)
        )
        np.testing.assert_allclose(column(found, name), [row.strength for row in board.rows], atol=1e-9)


def influences(half):
    """How much each row moves each strength, by a pseudo-inverse. [n_rows, n]"""
    rows, fit = half.scored, half.fits[0]
    places = np.arange(len(rows.first))
    design = np.zeros((len(places), rows.n_competitors))
    design[places, rows.first], design[places, rows.second] = 1, -1
    expected = fit.probabilities[rows.first, rows.second]
    bread = np.linalg.pinv(design.T * (expected * (1 - expected)) @ design)
    return ((rows.earned - expected)[:, None] * design) @ bread


@proves(Kind.TWO_WAYS, compare_slices)
def test_the_variance_of_a_difference_is_that_of_cluster_sums_over_both_halves():
    """A rater's influence is what she adds to the slice's strength less what she adds to the rest's."""
    rows = simulated_rows()
    inside = rows.rater * 7 + rows.item * 3 < 60
    parts = [Half.of(rows.where(inside)), Half.of(rows.where(~inside))]
    halves = Halves(*parts)

    def clustered(codes):
        totals = np.zeros((len(np.unique(codes)), 6))
        names = np.unique(codes)
        for half, part, sign in zip(parts, (inside, ~inside), (1, -1), strict=True):
            n_judgments, n_clusters = part.sum(), len(np.unique(codes[part]))
            factor = n_clusters / (n_clusters - 1) * (n_judgments - 1) / (n_judgments - 5)
            np.add.at(totals, np.searchsorted(names, codes[part]), sign * np.sqrt(factor) * influences(half))
        return totals.T @ totals

    by_rater, by_item = clustered(rows.rater), clustered(rows.item)
    two_way = np.diag(by_rater + by_item - clustered(rows.rater * 1000 + rows.item))
    places = np.arange(6)
    matrix = halves.covariance.matrix
    found = np.diag(matrix[:6, :6] + matrix[6:, 6:] - matrix[:6, 6:] - matrix[6:, :6])
    np.testing.assert_allclose(found, two_way, atol=1e-10)
    floored = halves.covariance.difference_variances()[places, places + 6]
    assert (floored >= np.maximum(np.diag(by_rater), np.diag(by_item)) - 1e-12).all()
    margin = student.ppf(0.975, halves.covariance.degrees_of_freedom) * np.sqrt(floored)
    result = compared(rows, {"part": inside})
    np.testing.assert_allclose(column(result, "difference_high") - column(result, "difference"), margin)


def test_halves_without_a_common_rater_or_item_vary_by_themselves():
    """Then the variance of a difference is the sum, and each half's that of its own board."""
    rows = simulated_rows()
    inside, outside = (rows.rater < 6) & (rows.item < 12), (rows.rater >= 6) & (rows.item >= 12)
    parts = [Half.of(rows.where(side)) for side in (inside, outside)]
    matrix = Halves(*parts).covariance.matrix
    np.testing.assert_allclose(matrix[:6, 6:], 0, atol=1e-12)
    for half, block in zip(parts, (matrix[:6, :6], matrix[6:, 6:]), strict=True):
        np.testing.assert_allclose(block, robust_covariance(half.fits[0], half.scored).matrix, atol=1e-10)


def test_common_tastes_make_a_difference_surer_than_its_parts():
    """Who is generous to a competitor is so in slice and rest: the sum of variances would be far too wide."""
    columns, slices, _ = sliced_study(np.random.default_rng(5), n_slices=2, n_judgments=6000, taste_sd=1.0)
    half = compare_slices(**columns, slices={"half": slices["slice 0"]})
    alone = compare_slices(**{**columns, "rater": np.arange(6000)}, slices={"half": slices["slice 0"]})
    width = column(half, "difference_high") - column(half, "difference_low")
    width_alone = column(alone, "difference_high") - column(alone, "difference_low")
    boards = []
    for side in (slices["slice 0"], ~slices["slice 0"]):
        kept = {name: codes[side] for name, codes in columns.items() if name != "n_competitors"}
        boards.append(fit_board(n_competitors=5, **kept, rng=np.random.default_rng(1), n_draws=100))
    apart = np.sqrt(sum(np.array([row.high - row.low for row in board.rows]) ** 2 for board in boards))
    assert (width < 0.7 * apart).all()
    assert (width < 1.5 * width_alone).all()


# Laws


@st.composite
def halved(draw):
    rows = draw(comparison_rows())
    inside = np.array(draw(st.lists(st.booleans(), min_size=len(rows.first), max_size=len(rows.first))))
    return rows, inside


@pytest.mark.slow
@proves(Kind.PROPERTY, compare_slices)
@settings(deadline=None, max_examples=40)
@given(halved(), st.randoms(use_true_random=False))
def test_names_order_and_sides_carry_nothing(halves, random):
    rows, inside = halves
    found = compared(rows, {"a": inside})
    place, order = list(range(rows.n_competitors)), list(range(len(rows.first)))
    random.shuffle(place)
    random.shuffle(order)
    place, order = np.array(place), np.array(order)
    shuffled = rows.where(order)
    renamed = compared(
        shuffled,
        {"b": inside[order]},
        first=place[shuffled.second],
        second=place[shuffled.first],
        outcome=np.array([1, 0, 2, 3])[shuffled.outcome],
        rater=shuffled.rater * 17 - 4,
    )
    for name in ("difference", "p_value", "p_holm", "shrunk", "shrunk_low", "n", "n_rest"):
        np.testing.assert_allclose(column(renamed, name)[place], column(found, name), rtol=1e-5, atol=1e-7)


@proves(Kind.PROPERTY, compare_slices)
@settings(deadline=None, max_examples=40)
@given(halved())
def test_what_a_slice_gains_the_rest_loses(halves):
    rows, inside = halves
    found = compared(rows, {"in": inside, "out": ~inside})
    np.testing.assert_allclose(column(found, "difference"), -column(found, "difference", 1), atol=1e-7)
    np.testing.assert_allclose(column(found, "p_value"), column(found, "p_value", 1), atol=1e-7)
    np.testing.assert_allclose(
        column(found, "difference_low"), -column(found, "difference_high", 1), rtol=1e-6, atol=1e-7
    )
    for each in found.slices:
        assert each.n_judgments + each.n_rest == rows.scored(both_bad_as_tie=False).n_judgments
        for row in each.rows:
            assert (row.difference is None) == (not row.compared_with)
            if row.difference is None:
                continue
            assert row.p_value <= row.p_benjamini_hochberg <= row.p_holm <= 1
            assert min(row.strength, row.rest_strength) - 1e-9 <= row.shrunk
            assert row.shrunk <= max(row.strength, row.rest_strength) + 1e-9
            assert row.shrunk_low < row.shrunk < row.shrunk_high
    assert found.spread is None or found.spread_low <= found.spread <= found.spread_high


# The edges


@proves(Kind.DEGENERATE, compare_slices)
def test_islands_inside_a_slice_are_named_and_not_compared_across():
    """Outside all four met; inside only 0 with 1 and 2 with 3: strengths differ within these pairs alone."""
    ring = [(0, 1), (1, 2), (2, 3), (3, 0)]
    pairs = [pair for pair in (*ring, *[(b, a) for a, b in ring]) for _ in range(3)]
    islands = [pair for pair in ((0, 1), (1, 0), (2, 3), (3, 2)) for _ in range(4)]
    first, second = np.array(pairs + islands).T
    found = compare_slices(
        n_competitors=5,
        first=first,
        second=second,
        outcome=[WIN] * len(first),
        slices={"apart": np.arange(len(first)) >= len(pairs)},
    )
    apart = found.slices[0]
    assert apart.islands == apart.groups == ((0, 1), (2, 3))
    assert [row.compared_with for row in apart.rows] == [(0, 1), (0, 1), (2, 3), (2, 3), ()]
    assert apart.rows[4].strength is None
    assert "{0, 1}; {2, 3}" in apart.reading
    assert "not compared: 4" in apart.reading
    assert apart.rows[0].difference == pytest.approx(-apart.rows[1].difference)
    assert found.n_tests == 4


@proves(Kind.DEGENERATE, compare_slices)
def test_a_slice_with_nothing_or_everything_is_said_to_compare_nothing():
    columns, slices, _ = sliced_study(np.random.default_rng(1), n_slices=2, n_judgments=200)
    everything = np.ones(200, dtype=bool)
    found = compare_slices(**columns, slices={"all": everything, "none": ~everything})
    assert (found.spread, found.spread_low, found.n_tests) == (None, None, 0)
    assert "nothing is compared" in found.reading
    for each in found.slices:
        assert each.groups == ()
        assert each.clustering is None
        assert "nothing is compared" in each.reading
        assert all(row.difference is None and row.p_holm is None for row in each.rows)
    with_one = compare_slices(**columns, slices={"none": ~everything, **slices})
    assert with_one.slices[0].n_judgments == 0
    assert with_one.slices[1].rows[0].difference is not None


@proves(Kind.DEGENERATE, compare_slices)
def test_an_undefeated_competitor_in_a_slice_has_no_upper_end():
    found = compare_slices(
        n_competitors=2,
        first=[0] * 3,
        second=[1] * 3,
        outcome=[WIN, WIN, LOSS],
        count=[5, 20, 20],
        slices={"few": [True, False, False]},
    )
    few = found.slices[0]
    assert few.penalised
    ahead, behind = few.rows
    assert ahead.difference_high is ahead.strength_high is None
    assert behind.difference_low is behind.strength_low is None
    assert ahead.difference_low < ahead.difference == pytest.approx(np.log(11) / 2, abs=1e-8)
    assert ahead.p_value > 0.01
    assert ahead.shrunk_low < ahead.shrunk < ahead.strength
    assert np.isfinite(ahead.shrunk_high)


def test_one_rater_inside_means_that_raters_say_nothing():
    rows = simulated_rows()
    found = compared(rows, {"hers": rows.rater == 3})
    assert found.slices[0].clustering == "item"
    assert "nothing about other raters" in found.slices[0].clustering_reason
    item = compared(rows, {"this": rows.item == 3})
    assert item.slices[0].clustering == "rater"
    hidden = compared(rows, {"half": rows.item < 12}, rater=None, item=None)
    assert hidden.slices[0].clustering == "independent"
    assert "independent" in hidden.slices[0].clustering_reason


def test_both_bad_enters_only_as_a_tie():
    rows = {"n_competitors": 2, "first": [0, 0, 0, 0, 0], "second": [1] * 5, "outcome": [WIN, LOSS, WIN, LOSS, BAD]}
    slices = {"in": [True, True, False, False, True]}
    assert compare_slices(**rows, slices=slices).slices[0].n_judgments == 2
    assert compare_slices(**rows, slices=slices, both_bad_as_tie=True).slices[0].rows[0].n == 3
    with pytest.raises(EmptyInput, match="decided or tied"):
        compare_slices(n_competitors=2, first=[0], second=[1], outcome=[BAD], slices={"in": [True]})


@proves(Kind.DEGENERATE, compare_slices)
def test_what_is_no_slice_is_refused():
    rows = {"n_competitors": 2, "first": [0, 0], "second": [1, 1], "outcome": [WIN, LOSS]}
    with pytest.raises(EmptyInput, match="no slice"):
        compare_slices(**rows, slices={})
    with pytest.raises(InvalidInput, match=r"Slice `de` is bool of shape \(3,\)"):
        compare_slices(**rows, slices={"de": [True, False, True]})
    with pytest.raises(InvalidInput, match="Slice `de` is int64"):
        compare_slices(**rows, slices={"de": [1, 0]})
    with pytest.raises(InvalidInput, match="confidence_level is 95"):
        compare_slices(**rows, slices={"de": [True, False]}, confidence_level=95)
    with pytest.raises(UnknownOutcome):
        compare_slices(**{**rows, "outcome": [0, 9]}, slices={"de": [True, False]})


def test_a_difference_beyond_chance_is_said():
    found = compare_slices(
        n_competitors=2,
        first=[0] * 4,
        second=[1] * 4,
        outcome=[WIN, LOSS, WIN, LOSS],
        count=[90, 10, 50, 50],
        slices={"short": [True, True, False, False]},
    )
    assert "competitors 0, 1 differ by more than chance" in found.slices[0].reading
    assert "2 of 2 differences" in found.reading
    assert "No competitor differs" in two_competitors(confidence_level=0.999).slices[0].reading
    # Never rounded to 100 %, which no interval has.
    assert "(99.99 % interval" in two_competitors(confidence_level=0.9999).reading
