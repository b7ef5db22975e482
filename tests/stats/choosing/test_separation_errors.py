"""How often neighbours are said to be separated that are not."""

import numpy as np
import pytest

from apps.stats.choosing import remaining_judgments
from apps.stats.errors import InvalidInput
from apps.stats.intervals import two_sided_quantile
from apps.stats.planning import judgments_to_separate
from tests.stats.kinds import Kind, proves
from tests.stats.uncertainty.covariances_for_tests import centred, covariance_of


@pytest.mark.slow
@proves(Kind.RECOVERY, remaining_judgments)
def test_equals_are_not_separated_by_accident():
    """Eight equals, 600 studies: neighbours are separated in at most 1 of 20; 1.96 would err far oftener."""
    n, n_studies, rng = 8, 600, np.random.default_rng(8)
    covariance = covariance_of(centred([0.02] * n))
    strengths = rng.multivariate_normal(np.zeros(n), covariance.matrix, n_studies)
    found = [remaining_judgments(each, covariance, 500, rng=rng, n_draws=400) for each in strengths]
    wrong = np.mean([any(pair.separated for pair in each.pairs) for each in found])
    assert wrong <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / n_studies)
    assert np.mean([each.critical_value for each in found]) > 1.4 * two_sided_quantile(0.95)
    # Best against worst, looked up and then tested as if named beforehand.
    extremes = strengths.max(axis=1) - strengths.min(axis=1)
    assert np.mean(extremes > two_sided_quantile(0.95) * 0.2) > 0.3


@proves(Kind.TWO_WAYS, remaining_judgments)
@pytest.mark.parametrize("pair", [None, (0, 2), (2, 0)])
def test_the_planner_says_the_same(pair):
    covariance = covariance_of(centred([0.03, 0.02, 0.05]), 40, (centred([0.01, 0.06, 0.01]),))
    found = remaining_judgments([0.4, 0.05, -0.2], covariance, 777, rng=np.random.default_rng(1), pair=pair)
    for each in found.pairs:
        plan = judgments_to_separate(each.gap, each.standard_error, 777, critical=found.critical_value)
        assert (each.n_needed, each.n_remaining) == (plan.n_needed, plan.n_more)
    if pair:
        assert (found.pairs[0].stronger, found.pairs[0].weaker) == (0, 2)
        assert found.critical_value == two_sided_quantile(0.95, 40)


@proves(Kind.DEGENERATE, remaining_judgments)
def test_a_gap_without_error_is_separated():
    found = remaining_judgments([1.0, 0.0], covariance_of(np.zeros((2, 2))), 10, rng=np.random.default_rng(1))
    assert found.pairs[0].separated
    assert found.pairs[0].n_remaining == 0


@proves(Kind.DEGENERATE, remaining_judgments)
def test_too_few_draws_for_the_level_are_refused():
    """Among 100 draws none is rarer than 1 in 100; a pair named beforehand needs no draws."""
    covariance, rng = covariance_of(centred([0.02] * 3)), np.random.default_rng(1)
    asked = {"rng": rng, "n_draws": 100, "confidence_level": 0.999}
    with pytest.raises(InvalidInput, match="n_draws of at least 1000"):
        remaining_judgments([1.0, 0.0, -1.0], covariance, 500, **asked)
    assert remaining_judgments([1.0, 0.0, -1.0], covariance, 500, pair=(0, 1), **asked).pairs[0].separated
