"""Exact answers, slowly: Newton's method whose gradients are summed in extended precision; alpha in fractions."""

from fractions import Fraction

import numpy as np

from apps.stats.arrays import FloatArray, IntArray

_STEPS = 60
_SMALL = 1e-15


def exact_strengths(half_wins: FloatArray) -> FloatArray:
    """Bradley-Terry strengths with mean zero, to about 1e-15. `half_wins` [n, n]"""
    n = len(half_wins)
    earned, met = half_wins.astype(np.longdouble), (half_wins + half_wins.T).astype(np.longdouble)
    strengths = np.zeros(n, dtype=np.longdouble)
    for _ in range(_STEPS):
        share = 1 / (1 + np.exp(strengths[None, :] - strengths[:, None]))
        gradient = (earned - met * share).sum(axis=1)
        weights = (met * share * (1 - share)).astype(np.float64)
        step = _solved(np.diag(weights.sum(axis=1)) - weights, gradient)
        strengths += step
        if np.abs(step).max() < _SMALL:
            break
    return np.asarray(strengths - strengths.mean(), dtype=np.float64)


def exact_strengths_and_coefficients(
    n: int, first: IntArray, second: IntArray, earned: FloatArray, features: FloatArray
) -> FloatArray:
    """Strengths [n] with mean zero, then coefficients of the features [n_rows, k]."""
    k = features.shape[1]
    found = np.zeros(n + k)
    # The step is exact as far as its gradient is, and the gradient vanishes at the same place in either precision.
    for _ in range(_STEPS):
        share = 1 / (1 + np.exp(-(found[first] - found[second] + features @ found[n:])))
        gradient = _gradient(n, first, second, (earned - share).astype(np.longdouble), features)
        step = _solved(_information(n, first, second, share * (1 - share), features), gradient)
        found += step
        if np.abs(step).max() < 100 * _SMALL:
            break
    return np.concatenate([found[:n] - found[:n].mean(), found[n:]])


def _gradient(n: int, first: IntArray, second: IntArray, residual: FloatArray, features: FloatArray) -> FloatArray:
    pulled = np.zeros(n, dtype=np.longdouble)
    np.add.at(pulled, first, residual)
    np.subtract.at(pulled, second, residual)
    return np.concatenate([pulled, (residual[:, None] * features).sum(axis=0)])


def _information(n: int, first: IntArray, second: IntArray, weights: FloatArray, features: FloatArray) -> FloatArray:
    among = np.zeros((n, n))
    np.add.at(among, (first, second), weights)
    among += among.T
    across = np.zeros((n, features.shape[1]))
    np.add.at(across, first, weights[:, None] * features)
    np.subtract.at(across, second, weights[:, None] * features)
    strengths = np.diag(among.sum(axis=1)) - among
    return np.block([[strengths, across], [across.T, features.T @ (weights[:, None] * features)]])


def _solved(information: FloatArray, gradient: FloatArray) -> FloatArray:
    """The step, without a part along the direction that changes nothing: a common shift of all strengths."""
    return np.linalg.lstsq(information, gradient.astype(np.float64), rcond=1e-12)[0]


def exact_alpha(values: IntArray) -> float:
    """Krippendorff's nominal alpha. `values` [n_units, n_labels] says how often each label was given."""
    size = values.sum(axis=1)
    paired, size = values[size > 1], size[size > 1]
    unlike = size**2 - (paired**2).sum(axis=1)
    observed = sum(
        (Fraction(int(unlike[size == number].sum()), int(number) - 1) for number in np.unique(size)), Fraction(0)
    )
    each = [int(number) for number in paired.sum(axis=0)]
    total = sum(each)
    expected = Fraction(total**2 - sum(number**2 for number in each), total - 1)
    return float(1 - observed / expected)
