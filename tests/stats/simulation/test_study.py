"""A simulated study holds what was asked: overlap, retests, gold, drift, loads, times."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import Outcome
from apps.stats.simulation import (
    NO_GOLD,
    Extras,
    ItemTraits,
    Purpose,
    RaterTraits,
    expected_strengths,
    simulate_comparisons,
    simulate_study,
)
from tests.stats.comparisons_for_tests import rows_of_study
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

STRENGTHS = [1.0, 0.2, -0.3, -0.9]
EXTRAS = Extras(overlap_share=0.2, retest_share=0.05, gold_share=0.1)


def study_of(seed=1, n_judgments=1000, raters=None, items=None, extras=EXTRAS, **settings):
    return simulate_study(
        strengths=STRENGTHS,
        n_judgments=n_judgments,
        raters=raters or RaterTraits(10),
        items=items or ItemTraits(50),
        extras=extras,
        rng=np.random.default_rng(seed),
        **settings,
    )


@proves(Kind.WORKED, simulate_study)
def test_purposes_come_in_their_shares_and_gold_is_as_easy_as_said():
    """By hand: 20 %, 5 % and 10 % of 1,000; a gold gap of ln 9 without ties is answered right 9 times in 10."""
    study = study_of()
    assert np.bincount(study.purpose).tolist() == [650, 200, 50, 100]
    gold = study_of(n_judgments=40_000, extras=Extras(gold_share=0.5, gold_gap=np.log(9)), tie_width=0.0)
    assert gold.gold_right[gold.purpose == Purpose.GOLD].mean() == pytest.approx(0.9, abs=0.01)
    assert not gold.gold_right[gold.purpose == Purpose.BASE].any()


@given(
    seed=st.integers(0, 2**32), overlap=st.floats(0, 0.3), retest=st.floats(0, 0.2), gold=st.floats(0, 0.2),
    together=st.integers(2, 4),
)  # fmt: skip
@settings(deadline=None, max_examples=40)
@proves(Kind.PROPERTY, simulate_study)
def test_repeats_repeat_what_they_say(seed, overlap, retest, gold, together):
    """Overlap: the same task, other raters. Retest: the same rater, later, mirrored. Time only passes."""
    extras = Extras(overlap_share=overlap, retest_share=retest, gold_share=gold, raters_per_overlap=together)
    study = study_of(seed, n_judgments=300, extras=extras)
    others, again = (np.flatnonzero(study.purpose == purpose) for purpose in (Purpose.OVERLAP, Purpose.RETEST))
    for rows in (others, again):
        assert (study.purpose[study.repeats[rows]] == Purpose.BASE).all()
        np.testing.assert_array_equal(study.item[rows], study.item[study.repeats[rows]])
    seen = {(study.repeats[row], study.rater[row]) for row in others} | {(row, study.rater[row]) for row in
            set(study.repeats[others].tolist())}  # fmt: skip
    assert len(seen) == len(others) + len(set(study.repeats[others].tolist()))
    np.testing.assert_array_equal(study.rater[again], study.rater[study.repeats[again]])
    np.testing.assert_array_equal(study.first[again], study.second[study.repeats[again]])
    assert (study.position[again] > study.position[study.repeats[again]]).all()
    assert (np.diff(study.finished_at) >= 0).all()
    assert ((study.gold_answer == NO_GOLD) == (study.purpose != Purpose.GOLD)).all()


@proves(Kind.TWO_WAYS, simulate_study)
def test_without_extras_it_is_the_plain_simulation():
    """The same truth through `simulate_comparisons` earns every pair the same share."""
    study = study_of(n_judgments=120_000, extras=None, items=ItemTraits(50, both_bad_probability=0.1))
    plain = simulate_comparisons(
        strengths=STRENGTHS, n_raters=10, n_items=50, n_judgments=120_000, both_bad_probability=0.1,
        rng=np.random.default_rng(5),
    )  # fmt: skip
    assert (study.purpose == Purpose.BASE).all()
    for left in range(4):
        ours, theirs = (np.bincount(each.outcome[each.first == left], minlength=4) for each in (study, plain))
        np.testing.assert_allclose(ours / ours.sum(), theirs / theirs.sum(), atol=0.012)


@pytest.mark.slow
@proves(Kind.RECOVERY, simulate_study)
def test_the_board_of_a_big_study_stands_where_expected():
    """Raters who tire, lean left and judge unequally often."""
    traits = RaterTraits(200, skill=1.2, drift=-0.8, left_bias=0.4, load=np.linspace(1, 3, 200))
    study = study_of(n_judgments=400_000, raters=traits, items=ItemTraits(1000))
    expected = expected_strengths(STRENGTHS, skill=1.2, drift=-0.8, left_bias=0.4)
    fit = fit_bradley_terry(rows_of_study(study.comparisons()).counts)
    np.testing.assert_allclose(fit.strengths, expected, atol=0.02)


def test_a_skill_that_falls_is_worse_in_the_last_third():
    tired = study_of(
        n_judgments=60_000, raters=RaterTraits(5, skill=1.0, drift=-1.0), extras=Extras(gold_share=0.4, gold_gap=2.0)
    )
    gold = tired.purpose == Purpose.GOLD
    share = tired.position / tired.position.max()
    right_early, right_late = (tired.gold_right[gold & part].mean() for part in (share < 1 / 3, share > 2 / 3))
    assert right_early - right_late > 0.1
    np.testing.assert_allclose(tired.skill_then.min(), 0.0, atol=0.01)


def test_loads_and_seconds_are_those_of_the_raters():
    traits = RaterTraits(3, load=[1.0, 2.0, 5.0], median_seconds=[10.0, 20.0, 30.0])
    study = study_of(n_judgments=40_000, raters=traits, extras=None)
    np.testing.assert_allclose(np.bincount(study.rater) / 40_000, [1 / 8, 2 / 8, 5 / 8], atol=0.01)
    medians = [np.median(study.seconds[study.rater == rater]) for rater in range(3)]
    np.testing.assert_allclose(medians, [10, 20, 30], rtol=0.05)
    hers = study.rater == 1
    np.testing.assert_allclose(study.finished_at[hers], np.cumsum(study.seconds[hers]))


@proves(Kind.GOLDEN, simulate_study)
def test_the_stored_study():
    study = study_of(
        n_judgments=24, extras=replace(EXTRAS, gold_share=0.2, n_gold=3), raters=RaterTraits(3, taste_sd=1)
    )
    check_golden("simulation/simulate_study", study)


@proves(Kind.DEGENERATE, simulate_study)
@pytest.mark.parametrize(
    ("settings", "refusal", "told"),
    [
        ({"n_judgments": 0}, EmptyInput, "at least one rater, one item and one judgment"),
        ({"raters": RaterTraits(0)}, EmptyInput, "at least one rater"),
        ({"raters": RaterTraits(3, load=0.0)}, InvalidInput, "`load` must be 0 or more, not all 0"),
        ({"raters": RaterTraits(3, skill=[1.0, 2.0])}, InvalidInput, r"`skill` has shape \(2,\)"),
        ({"raters": RaterTraits(3, seconds_sd=-1.0)}, InvalidInput, "`seconds_sd` is -1"),
        ({"items": ItemTraits(3, both_bad_probability=[0.5])}, InvalidInput, "`both_bad_probability` has shape"),
        ({"extras": Extras(overlap_share=0.6, gold_share=0.5)}, InvalidInput, "sum to less than 1"),
        ({"extras": Extras(overlap_share=0.6)}, InvalidInput, "base judgments to repeat"),
        ({"extras": Extras(overlap_share=0.1, raters_per_overlap=11)}, InvalidInput, "with 10 raters able to judge"),
        ({"extras": Extras(gold_share=0.1, n_gold=0)}, EmptyInput, "at least one gold task"),
    ],
)
def test_a_study_that_cannot_be_is_refused(settings, refusal, told):
    with pytest.raises(refusal, match=told):
        study_of(**settings)


def test_ties_and_both_bad_never_end_gold_tasks_as_both_bad():
    study = study_of(n_judgments=5000, items=ItemTraits(50, both_bad_probability=0.9))
    bad = study.outcome == Outcome.BOTH_BAD
    assert not bad[study.purpose == Purpose.GOLD].any()
    assert bad[study.purpose == Purpose.BASE].mean() == pytest.approx(0.9, abs=0.02)


@proves(Kind.DEGENERATE, simulate_study)
def test_one_rater_with_nearly_all_of_the_load_still_leaves_overlap_to_others():
    raters = RaterTraits(n=3, load=[1e15, 3.0, 1.0])
    study = simulate_study(
        strengths=STRENGTHS,
        n_judgments=400,
        raters=raters,
        items=ItemTraits(n=5),
        rng=np.random.default_rng(0),
        extras=Extras(overlap_share=0.4),
    )
    others = study.rater[study.purpose == Purpose.OVERLAP]
    assert set(others.tolist()) == {1, 2}
    assert (others == 1).mean() == pytest.approx(0.75, abs=0.15)


@proves(Kind.DEGENERATE, simulate_study, simulate_comparisons, expected_strengths)
def test_numbers_beyond_all_size_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(InvalidInput, match="`seconds_sd` is 1000"):
        simulate_study(
            strengths=STRENGTHS, n_judgments=9, raters=RaterTraits(2, seconds_sd=1000), items=ItemTraits(2), rng=rng
        )
    with pytest.raises(InvalidInput, match="1e100 at most"):
        simulate_comparisons(strengths=[-1e308, 1e308], n_raters=1, n_items=1, n_judgments=9, rng=rng)
    with pytest.raises(InvalidInput, match="1e100 at most"):
        expected_strengths([0.0, 1.0], rater_taste_sd=1e200)
