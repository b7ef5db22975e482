"""Strengths beside covariates: print, hand, an optimiser, known truths, and what peers lose by shrinking."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import binomtest

from apps.stats.errors import (
    ConfoundedCovariates,
    DisconnectedComparisons,
    EmptyInput,
    InvalidInput,
    SeparatedComparisons,
)
from apps.stats.models import fit_bradley_terry, fit_covariates, fit_position_effect
from apps.stats.pairwise import ComparisonRows, Outcome
from apps.stats.simulation import draw_outcomes
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.kinds import Kind, proves
from tests.stats.models.published import baseball
from tests.stats.oracle_values import simulated_rows


def rows_of(n_competitors, first, second, outcome, **known):
    return ComparisonRows.from_arrays(
        n_competitors=n_competitors,
        first=first,
        second=second,
        outcome=outcome,
        **{"rater": np.arange(len(first)), **known},
    )


@proves(Kind.WORKED, fit_covariates)
def test_the_advantage_of_playing_at_home():
    """Agresti (2002, Categorical Data Analysis, 10.6.3): .302, standard error .131, in the American League of 1987."""
    games = ComparisonRows.from_counts(baseball())
    rows = rows_of(7, games.first, games.second, games.outcome, count=games.count)
    fit = fit_covariates(rows, np.ones((len(rows.first), 1)), names=["at home"])
    assert fit.coefficients[0] == pytest.approx(0.302, abs=5e-4)
    assert np.sqrt(fit.joint_model_covariance[-1, -1]) == pytest.approx(0.131, abs=1e-3)
    assert "multiplies the odds of winning by 1.35 " in fit.readings[0]
    assert fit.n_judgments == 273


@proves(Kind.WORKED, fit_covariates)
def test_two_competitors_and_one_switch_are_told_by_their_four_counts():
    """Ahead 12:4 without the covariate, 20:10 with it: log 3, and log 2 - log 3 more. Ties are half: 2 of them."""
    outcome = [0] * 11 + [1] * 3 + [2] * 2 + [0] * 20 + [1] * 10
    switch = np.repeat([0.0, 1.0], [16, 30])
    fit = fit_covariates(rows_of(2, [0] * 46, [1] * 46, outcome), switch[:, None], names=["switch"])
    assert fit.strengths[0] - fit.strengths[1] == pytest.approx(np.log(3), abs=1e-9)
    assert fit.coefficients[0] == pytest.approx(np.log(2 / 3), abs=1e-9)
    # Each part varies by itself: 1/12 + 1/4 and 1/20 + 1/10, were it not for the ties.
    assert fit.joint_model_covariance[-1, -1] == pytest.approx(1 / 12 + 1 / 4 + 1 / 20 + 1 / 10)
    np.testing.assert_allclose(fit.expected, np.where(switch > 0, 2 / 3, 3 / 4), atol=1e-9)


@proves(Kind.TWO_WAYS, fit_covariates)
def test_a_general_optimiser_finds_the_same_top():
    rows, rng = simulated_rows(), np.random.default_rng(3)
    covariates = np.column_stack([rng.normal(0, 1, len(rows.first)), rng.poisson(3, len(rows.first))])
    fit = fit_covariates(rows, covariates, names=["a", "b"])

    def fall(free):
        strengths = np.append(free[:5], -free[:5].sum())
        odds = strengths[rows.first] - strengths[rows.second] + covariates @ free[5:]
        return -(rows.earned * odds - np.logaddexp(0, odds)).sum()

    found = minimize(fall, np.zeros(7), method="BFGS", options={"gtol": 1e-7})
    np.testing.assert_allclose(fit.strengths[:5], found.x[:5], atol=1e-5)
    np.testing.assert_allclose(fit.coefficients, found.x[5:], atol=1e-5)


@proves(Kind.TWO_WAYS, fit_covariates)
def test_a_column_of_ones_is_the_position_effect():
    rows = simulated_rows()
    fit = fit_covariates(rows, np.ones((len(rows.first), 1)), names=["first"])
    position = fit_position_effect(rows.counts)
    np.testing.assert_allclose(fit.strengths, position.strengths, atol=1e-9)
    assert fit.coefficients[0] == pytest.approx(position.effect, abs=1e-9)
    assert (fit.low[0], fit.high[0]) == pytest.approx((position.low, position.high), abs=1e-9)
    np.testing.assert_allclose(fit.covariance, position.covariance, atol=1e-10)


# Laws


@st.composite
def studies(draw):
    """Rows that have a finite fit, with two covariates that differ from row to row."""
    rows = draw(comparison_rows())
    seed = draw(st.integers(0, 2**32))
    covariates = np.random.default_rng(seed).normal(0, 1, (len(rows.first), 2))
    return rows, covariates


def fitted(rows, covariates, **known):
    """The fit; studies too small to have one are passed over."""
    try:
        return fit_covariates(rows, covariates, names=["a", "b"], **known)
    except (ConfoundedCovariates, SeparatedComparisons):
        assume(False)


@pytest.mark.slow
@proves(Kind.PROPERTY, fit_covariates)
@settings(deadline=None, max_examples=40)
@given(studies(), st.randoms(use_true_random=False))
def test_names_sides_and_order_carry_nothing(study, random):
    rows, covariates = study
    fit = fitted(rows, covariates)
    place = list(range(rows.n_competitors))
    random.shuffle(place)
    place = np.array(place)
    order = list(range(len(rows.first)))
    random.shuffle(order)

    def changed(first, second, outcome):
        return ComparisonRows.from_arrays(
            n_competitors=rows.n_competitors,
            first=first,
            second=second,
            outcome=outcome,
            count=rows.count,
            rater=rows.rater,
        )

    renamed = fitted(changed(place[rows.first], place[rows.second], rows.outcome), covariates)
    np.testing.assert_allclose(renamed.strengths[place], fit.strengths, atol=1e-7)
    np.testing.assert_allclose(renamed.joint_covariance[-2:, -2:], fit.joint_covariance[-2:, -2:], rtol=1e-5, atol=1e-9)
    mirrored = fitted(changed(rows.second, rows.first, np.array([1, 0, 2, 3])[rows.outcome]), -covariates)
    np.testing.assert_allclose(mirrored.strengths, fit.strengths, atol=1e-7)
    np.testing.assert_allclose(mirrored.coefficients, fit.coefficients, atol=1e-7)
    shuffled = fitted(rows.where(np.array(order)), covariates[order])
    np.testing.assert_allclose(shuffled.coefficients, fit.coefficients, atol=1e-7)


@pytest.mark.slow
@proves(Kind.PROPERTY, fit_covariates)
@settings(deadline=None, max_examples=40)
@given(studies(), st.floats(0.01, 100))
def test_a_unit_is_a_unit_and_a_count_is_repetition(study, factor):
    rows, covariates = study
    fit = fitted(rows, covariates)
    stretched = fitted(rows, covariates * np.array([factor, 1]))
    np.testing.assert_allclose(stretched.coefficients * [factor, 1], fit.coefficients, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(stretched.standard_errors * [factor, 1], fit.standard_errors, rtol=1e-6)
    np.testing.assert_allclose(stretched.strengths, fit.strengths, atol=1e-7)
    spread = np.repeat(np.arange(len(rows.first)), rows.count)
    single = rows.where(spread)
    repeated = ComparisonRows.from_arrays(
        n_competitors=rows.n_competitors,
        first=single.first,
        second=single.second,
        outcome=single.outcome,
        rater=single.rater,
    )
    again = fitted(repeated, covariates[spread])
    np.testing.assert_allclose(again.coefficients, fit.coefficients, atol=1e-7)
    np.testing.assert_allclose(again.joint_covariance, fit.joint_covariance, rtol=1e-5, atol=1e-9)


@proves(Kind.PROPERTY, fit_covariates)
@settings(deadline=None, max_examples=40)
@given(studies())
def test_the_top_is_the_top(study):
    rows, covariates = study
    fit = fitted(rows, covariates)
    off = (fit.rows.earned - fit.expected) * fit.rows.count
    np.testing.assert_allclose(fit.covariates @ off, 0, atol=1e-6)
    n = rows.n_competitors
    np.testing.assert_allclose(np.bincount(fit.rows.first, off, n) - np.bincount(fit.rows.second, off, n), 0, atol=1e-6)
    assert fit.strengths.mean() == pytest.approx(0, abs=1e-10)
    np.testing.assert_allclose(fit.joint_covariance[:, :n].sum(axis=1), 0, atol=1e-8)
    assert (fit.low < fit.coefficients).all()
    assert (fit.coefficients < fit.high).all()


# Truths found again


def styled_study(rng, n_judgments, coefficients=(0.25, 0.10), tie_width=0.0, n_competitors=10):
    strengths = np.linspace(0.8, -0.8, n_competitors)
    first = rng.integers(0, n_competitors, n_judgments)
    second = (first + rng.integers(1, n_competitors, n_judgments)) % n_competitors
    covariates = rng.normal(0, 1, (n_judgments, 2))
    # A strong competitor is verbose: style and strength have to be told apart.
    covariates[:, 0] += strengths[first] - strengths[second]
    gap = strengths[first] - strengths[second] + covariates @ np.array(coefficients)
    outcome = draw_outcomes(gap=gap, tie_width=tie_width, rng=rng)
    return rows_of(n_competitors, first, second, outcome), covariates, strengths


@pytest.mark.slow
@proves(Kind.RECOVERY, fit_covariates)
def test_style_is_not_shrunk_away():
    """True coefficients .25 and .10 come out within two standard errors.

    A penalty of half the squared parameters on the mean of the loss, the default of a public implementation, finds less
    than a third of them: its users read that style hardly matters.
    """
    rows, covariates, strengths = styled_study(np.random.default_rng(12), 50_000)
    fit = fit_covariates(rows, covariates, names=["length", "lists"])
    assert (np.abs(fit.coefficients - [0.25, 0.10]) < 2 * fit.standard_errors).all()
    assert (fit.standard_errors < 0.012).all()
    errors = np.sqrt(np.diag(fit.covariance))
    assert (np.abs(fit.strengths - strengths) < 3.3 * errors).all()

    def penalised_mean_loss(free):
        odds = free[rows.first] - free[rows.second] + covariates @ free[10:]
        return -(rows.earned * odds - np.logaddexp(0, odds)).mean() + 0.5 * free @ free

    shrunk = minimize(penalised_mean_loss, np.zeros(12)).x[10:]
    assert (shrunk < 0.7 * fit.coefficients).all()


@pytest.mark.slow
@proves(Kind.RECOVERY, fit_covariates)
def test_intervals_hold_the_truth_as_often_as_they_promise():
    rng, n_studies = np.random.default_rng(13), 300
    held = np.zeros(3)
    for _ in range(n_studies):
        rows, covariates, strengths = styled_study(rng, 400, n_competitors=5)
        fit = fit_covariates(rows, covariates, names=["length", "lists"])
        held[:2] += (fit.low <= [0.25, 0.10]) & (fit.high >= [0.25, 0.10])
        held[2] += abs(fit.strengths[0] - strengths[0]) < 1.966 * np.sqrt(fit.covariance[0, 0])
    for covered in held:
        assert binomtest(int(covered), n_studies, 0.95).pvalue > 0.001


# The edges


def lopsided(*extra):
    """Three competitors who beat each other in a ring, and more rows."""
    return np.array([(0, 1, 0), (1, 0, 0), (1, 2, 0), (2, 1, 0), (2, 0, 0), (0, 2, 0), *extra]).T


@proves(Kind.DEGENERATE, fit_covariates)
def test_a_covariate_that_says_nothing_new_is_named():
    columns = lopsided((0, 1, 1), (1, 2, 1))
    rows = rows_of(3, *columns)
    varied = np.array([1.0, 2, -1, 0, 3, 1, -2, 1])
    with pytest.raises(ConfoundedCovariates, match="`b` is 0 throughout"):
        fit_covariates(rows, np.column_stack([varied, np.zeros(8)]), names=["a", "b"])
    with pytest.raises(ConfoundedCovariates, match="`twice` follows from which competitors meet and `a`"):
        fit_covariates(rows, np.column_stack([varied, 2 * varied]), names=["a", "twice"])
    own = np.array([3.0, 1, 0])
    with pytest.raises(ConfoundedCovariates, match="`size` follows from which competitors meet, so"):
        fit_covariates(rows, (own[rows.first] - own[rows.second])[:, None], names=["size"])


@proves(Kind.DEGENERATE, fit_covariates)
def test_a_covariate_that_decides_everything_is_refused():
    columns = lopsided((0, 1, 1), (1, 2, 1))
    decides = np.where(columns[2] == 0, 1.0, -1.0) + np.linspace(0, 0.1, 8)
    with pytest.raises(SeparatedComparisons, match="without exception"):
        fit_covariates(rows_of(3, *columns), decides[:, None], names=["oracle"])


def test_covariates_that_together_decide_everything_by_a_hair_are_refused():
    """The gain dwindles so slowly that the steps run out first, far beyond any log-odds that judgments could show."""
    covariates = [(0.235, 0.946), (-0.746, 0.211), (0.062, 1.418), (0.122, 0.131), (-1.146, -0.006), (-0.552, -0.090)]
    rows = rows_of(2, [0, 0, 0, 0, 1, 1], [1, 1, 1, 1, 0, 0], [0, 1, 0, 1, 0, 1])
    with pytest.raises(SeparatedComparisons, match="without exception"):
        fit_covariates(rows, covariates, names=["a", "b"])


@proves(Kind.DEGENERATE, fit_covariates)
def test_the_undefeated_and_the_winless_are_named():
    """Ford (1957): without a way back from the loser to the winner the likelihood has no top."""
    first, second, outcome = lopsided((3, 0, 0), (3, 1, 0))
    with pytest.raises(SeparatedComparisons, match=r"ever beat or tied \[3\], and \[\] never beat"):
        fit_covariates(rows_of(4, first, second, outcome), np.arange(8.0)[:, None], names=["a"])


@proves(Kind.DEGENERATE, fit_covariates)
def test_islands_are_named_and_both_bad_joins_none():
    first, second, outcome = lopsided((3, 4, 0), (4, 3, 0), (0, 3, Outcome.BOTH_BAD))
    rows, covariate = rows_of(5, first, second, outcome), np.random.default_rng(1).normal(0, 1, (9, 1))
    with pytest.raises(DisconnectedComparisons, match=r"\{0, 1, 2\}; \{3, 4\}"):
        fit_covariates(rows, covariate, names=["a"])
    with pytest.raises(EmptyInput, match="decided or tied"):
        fit_covariates(rows_of(2, [0], [1], [Outcome.BOTH_BAD]), [[1.0]], names=["a"])


def test_both_bad_counts_only_where_it_is_to_count_as_a_tie():
    first, second, outcome = lopsided((0, 1, 1), (1, 2, 1), (0, 1, Outcome.BOTH_BAD), (1, 0, Outcome.BOTH_BAD))
    covariate = np.random.default_rng(1).normal(0, 1, (10, 1))
    left_out = fit_covariates(rows_of(3, first, second, outcome), covariate, names=["a"])
    without = fit_covariates(rows_of(3, first[:8], second[:8], outcome[:8]), covariate[:8], names=["a"])
    np.testing.assert_array_equal(left_out.coefficients, without.coefficients)
    tied = np.where(outcome == Outcome.BOTH_BAD, Outcome.TIE, outcome)
    counted = fit_covariates(rows_of(3, first, second, outcome), covariate, names=["a"], both_bad_as_tie=True)
    as_ties = fit_covariates(rows_of(3, first, second, tied), covariate, names=["a"])
    np.testing.assert_allclose(counted.coefficients, as_ties.coefficients, atol=1e-12)
    assert (left_out.n_judgments, counted.n_judgments) == (8, 10)


@proves(Kind.DEGENERATE, fit_covariates)
def test_tables_that_are_none_are_refused():
    rows = rows_of(3, *lopsided())
    with pytest.raises(InvalidInput, match=r"shape \(5, 1\); give \[6, k\]"):
        fit_covariates(rows, np.ones((5, 1)), names=["a"])
    with pytest.raises(InvalidInput, match=r"shape \(6,\)"):
        fit_covariates(rows, np.ones(6), names=["a"])
    with pytest.raises(InvalidInput, match="2 names for 1 covariates"):
        fit_covariates(rows, np.ones((6, 1)), names=["a", "b"])
    with pytest.raises(InvalidInput, match="each its own"):
        fit_covariates(rows, np.ones((6, 2)), names=["a", "a"])
    with pytest.raises(InvalidInput, match="holds <U"):
        fit_covariates(rows, np.full((6, 1), "long"), names=["a"])
    with pytest.raises(InvalidInput, match="`a` holds a missing"):
        fit_covariates(rows, np.full((6, 1), np.nan), names=["a"])
    for unit in (1e-160, 1e160):
        with pytest.raises(InvalidInput, match=r"`a` reaches 1e.*in another unit"):
            fit_covariates(rows, np.full((6, 1), unit), names=["a"])
    with pytest.raises(InvalidInput, match="confidence_level is 95"):
        fit_covariates(rows, np.ones((6, 1)), names=["a"], confidence_level=95)


def test_covariates_belong_to_rows_in_the_order_given():
    """Nobody knows who judged or on what: rows are still as they came."""
    rng, rows = np.random.default_rng(4), simulated_rows()
    covariates = rng.normal(0, 1, (len(rows.first), 1))
    unknown = ComparisonRows.from_arrays(
        n_competitors=6, first=rows.first, second=rows.second, outcome=rows.outcome, count=rows.count
    )
    known, found = (fit_covariates(each, covariates, names=["a"]) for each in (rows, unknown))
    np.testing.assert_array_equal(found.coefficients, known.coefficients)


def test_millions_of_tokens_do_not_drown_a_share():
    """Units a billion apart: each covariate is fitted in its own."""
    rows, covariates, _ = styled_study(np.random.default_rng(2), 2000, n_competitors=5)
    plain = fit_covariates(rows, covariates, names=["a", "b"])
    stretched = fit_covariates(rows, covariates * [1e6, 1e-3], names=["a", "b"])
    np.testing.assert_allclose(stretched.coefficients * [1e6, 1e-3], plain.coefficients, rtol=1e-7)


def test_without_effect_strengths_are_bradley_and_terrys():
    """A covariate uncorrelated with everything by construction: each comparison twice, with +1 and with -1."""
    rows = simulated_rows()
    twice = rows.where(np.tile(np.arange(len(rows.first)), 2))
    signs = np.repeat([1.0, -1.0], len(rows.first))
    fit = fit_covariates(twice, signs[:, None], names=["nothing"])
    assert fit.coefficients[0] == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(fit.strengths, fit_bradley_terry(rows.counts).strengths, atol=1e-8)
    assert expit(fit.low[0]) < 0.5 < expit(fit.high[0])
