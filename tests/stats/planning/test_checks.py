"""What every plan refuses, and how it takes numbers that come out of arrays."""

import numpy as np
import pytest

from apps.stats.errors import InvalidInput
from apps.stats.planning import (
    half_width_of_board,
    half_width_of_score,
    items_for_alt_test,
    judge_gain,
    judgments_for_board,
    judgments_for_score,
    judgments_to_separate,
    pairs_for_kappa,
    variance_of_design,
)
from apps.stats.planning.checks import whole


def test_narrow_integers_are_counts_like_others():
    """Twice 100 does not fit into eight bits, nor 385 less one."""
    assert judgments_for_score(0.05, n_already=np.uint64(1000)) == judgments_for_score(0.05, n_already=1000)
    assert judgments_for_score(0.05, n_already=np.int8(100)) == judgments_for_score(0.05, n_already=100)
    assert half_width_of_board(np.int8(100), np.int8(100)) == half_width_of_board(100, 100)
    assert judge_gain(0.5, np.uint8(200), n_judge=np.uint8(200)) == judge_gain(0.5, 200, n_judge=200)
    assert type(half_width_of_board(np.int64(100), 5).n_judgments) is int


@pytest.mark.parametrize("extreme", [1e-320, 1e-200, 1e200, 1e308])
def test_extreme_numbers_are_refused_by_name(extreme):
    """Their squares would be 0 or endless."""
    with pytest.raises(InvalidInput, match="`half_width` is"):
        judgments_for_score(extreme)
    with pytest.raises(InvalidInput, match="`half_width` is"):
        judgments_for_board(5, extreme)
    with pytest.raises(InvalidInput, match="`design_effect` is"):
        half_width_of_score(100, design_effect=extreme)
    with pytest.raises(InvalidInput, match="`gap` is"):
        judgments_to_separate(extreme, 0.1, 100)
    with pytest.raises(InvalidInput, match="`epsilon` is"):
        items_for_alt_test(0.2, epsilon=extreme)


def test_numbers_that_cannot_be_counted_are_refused():
    with pytest.raises(InvalidInput, match="cannot be counted"):
        whole(float("inf"))
    with pytest.raises(InvalidInput, match=r"`rater` is 1e\+308; give 0 or more"):
        variance_of_design(rater=1e308, item=1.0, residual=1.0, n_raters=1, n_items=1, raters_per_item=1)
    with pytest.raises(InvalidInput, match=r"`advantage` is 1e\+300"):
        items_for_alt_test(0.2, advantage=1e300)


def test_no_plan_is_of_nothing():
    """Labels that are always opposite have a kappa of exactly -1, which leaves nothing to plan."""
    with pytest.raises(InvalidInput, match="`kappa` is -1"):
        pairs_for_kappa(-1.0, 0.1)
    assert judgments_for_score(0.4, confidence_level=1e-17).n_judgments == 1


def test_very_high_confidence_is_not_rounded_to_certainty():
    assert "99.999999 times in 100" in judgments_for_score(0.05, confidence_level=0.99999999).reading


def test_endless_items_are_told_in_finite_time():
    """Beyond a billion items Student's t is the normal, but for rounding that no item more would overcome."""
    found = items_for_alt_test(0.3, epsilon=1e-12)
    assert found.n_items == found.n_by_normal > 10**20
    assert items_for_alt_test(0.3, false_discovery_rate=1e-17).n_items > items_for_alt_test(0.3).n_items
