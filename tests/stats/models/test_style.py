"""Style features by hand, by scikit-learn's scaler, and through a fit to a truth that likes length."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from apps.stats.errors import ConfoundedCovariates, EmptyInput, InvalidInput
from apps.stats.models import STYLE_NAMES, fit_bradley_terry, fit_covariates, style_features
from apps.stats.pairwise import ComparisonRows
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

FIRST = np.array([[300, 2, 6, 4], [100, 0, 0, 1], [200, 1, 3, 0]])
SECOND = np.array([[100, 2, 1, 0], [100, 0, 0, 1], [400, 0, 4, 3]])
counts_of_markup = st.lists(
    st.tuples(*[st.integers(0, 500)] * 8).filter(lambda row: row[:4] != row[4:]), min_size=1, max_size=20
)


@proves(Kind.WORKED, style_features)
def test_relative_differences_by_hand():
    """(a - b) / (a + b) of tokens: 1/2, 0, -1/3; (a - b) / (a + b + 1) of headers, lists and bold spans."""
    found = style_features(first=FIRST, second=SECOND)
    by_hand = np.array(
        [[1 / 2, 0, -1 / 3], [0, 0, 1 / 2], [5 / 8, 0, -1 / 8], [4 / 5, 0, -3 / 4]],
    ).T
    np.testing.assert_allclose(found.values * found.scales, by_hand, atol=1e-15)
    np.testing.assert_allclose(found.scales, np.sqrt((by_hand**2).sum(axis=0) / 3))
    assert found.names == STYLE_NAMES == ("tokens", "headers", "lists", "bold")
    assert found.constant == ()


@proves(Kind.GOLDEN, style_features)
def test_features_stay_as_they_are():
    check_golden("models/style_features", style_features(first=FIRST, second=SECOND))


@proves(Kind.TWO_WAYS, style_features)
def test_scikit_learns_scaler_without_the_mean_scales_alike():
    """With as many rows swapped as not the mean is zero, and a scaler that takes it out finds the same."""
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng(4)
    one, two = rng.poisson(20, (80, 4)), rng.poisson(25, (80, 4))
    first, second = np.vstack([one, two]), np.vstack([two, one])
    differences = (first - second) / (first + second + np.array([0, 1, 1, 1]))
    np.testing.assert_allclose(
        style_features(first=first, second=second).values, StandardScaler().fit_transform(differences), atol=1e-12
    )


@proves(Kind.PROPERTY, style_features)
@settings(deadline=None, max_examples=60)
@given(counts_of_markup, st.integers(1, 4))
def test_swapping_flips_copies_change_nothing_and_all_have_one_scale(table, copies):
    table = np.array(table)
    first, second = table[:, :4], table[:, 4:]
    found = style_features(first=first, second=second)
    swapped = style_features(first=second, second=first)
    np.testing.assert_array_equal(swapped.values, -found.values)
    repeated = style_features(first=np.tile(first, (copies, 1)), second=np.tile(second, (copies, 1)))
    np.testing.assert_allclose(repeated.values[: len(first)], found.values, rtol=1e-12)
    np.testing.assert_allclose((found.values**2).mean(axis=0), 1)
    assert set(found.names) | set(found.constant) == set(STYLE_NAMES)
    assert not set(found.names) & set(found.constant)


@pytest.mark.slow
@proves(Kind.RECOVERY, style_features)
def test_a_verbose_competitor_stands_where_it_would_without_its_length():
    """Equal but for length, which raters like: the plain board ranks the verbose first, with features it does not."""
    rng = np.random.default_rng(11)
    n_rows, length = 30_000, np.array([400.0, 200.0, 100.0])
    first = rng.integers(0, 3, n_rows)
    second = (first + rng.integers(1, 3, n_rows)) % 3
    tokens = [rng.poisson(length[shown] * rng.lognormal(0, 0.6, n_rows)) for shown in (first, second)]
    markup = [rng.poisson(2, (n_rows, 3)) for _ in range(2)]
    shown = [np.column_stack([tokens[side], markup[side]]) for side in range(2)]
    features = style_features(first=shown[0], second=shown[1])
    likes = features.values @ np.array([0.6, 0.0, 0.2, 0.0])
    rows = ComparisonRows.from_arrays(
        n_competitors=3, first=first, second=second, outcome=(rng.random(n_rows) > expit(likes)).astype(int),
        rater=np.arange(n_rows),
    )  # fmt: skip
    plain = fit_bradley_terry(rows.counts).strengths
    fit = fit_covariates(rows, features.values, names=features.names)
    assert plain[0] - plain[2] > 0.5
    errors = np.sqrt(np.diag(fit.covariance))
    assert (np.abs(fit.strengths) < 3.3 * errors).all()
    np.testing.assert_allclose(fit.coefficients, [0.6, 0.0, 0.2, 0.0], atol=3.3 * fit.standard_errors.max())


@proves(Kind.DEGENERATE, style_features)
def test_counts_that_never_differ_are_named_and_left_out():
    first, second = FIRST.copy(), SECOND.copy()
    first[:, 1], second[:, 1] = 3, 3
    found = style_features(first=first, second=second)
    assert found.constant == ("headers",)
    assert found.names == ("tokens", "lists", "bold")
    assert found.values.shape == (3, 3)
    with pytest.raises(ConfoundedCovariates, match="No two outputs differ"):
        style_features(first=FIRST, second=FIRST)


@proves(Kind.DEGENERATE, style_features)
def test_empty_outputs_are_alike():
    found = style_features(first=[[0, 0, 0, 0], [5, 0, 0, 0]], second=[[0, 0, 0, 0], [0, 0, 0, 0]])
    assert found.names == ("tokens",)
    assert found.values[0, 0] == 0


@proves(Kind.DEGENERATE, style_features)
def test_what_is_no_table_of_counts_is_refused():
    with pytest.raises(InvalidInput, match=r"`first` has shape \(3, 3\)"):
        style_features(first=FIRST[:, :3], second=SECOND)
    with pytest.raises(InvalidInput, match="`second` holds <U"):
        style_features(first=FIRST, second=SECOND.astype(str))
    with pytest.raises(InvalidInput, match="`first` has 2 rows and `second` 3"):
        style_features(first=FIRST[:2], second=SECOND)
    for wrong in (-1.0, np.nan):
        with pytest.raises(InvalidInput, match="negative or missing"):
            style_features(first=FIRST, second=np.where(SECOND == 400, wrong, SECOND))
    with pytest.raises(EmptyInput, match="at least one row"):
        style_features(first=np.zeros((0, 4)), second=np.zeros((0, 4)))
