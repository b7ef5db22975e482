"""Where the variance of a mean comes from, and how much larger it is than that of independent judgments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.planning import observed_design_effect, variance_of_design
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.planning.plans_for_tests import unhurried

parts, errors = st.floats(0.01, 10), st.floats(0.01, 10)
PARTS = {"rater": 0.01, "item": 0.04, "residual": 0.2}


def crossed(n_raters, n_items, raters_per_item):
    """Who judges which item: raters in turn. [n_judgments]"""
    item = np.repeat(np.arange(n_items), raters_per_item)
    return np.arange(len(item)) % n_raters, item


def simulated(n_raters, n_items, raters_per_item, n_studies, seed):
    """Judgments of rater + item + chance with the variances of PARTS. [n_studies, n_judgments]"""
    rng = np.random.default_rng(seed)
    rater, item = crossed(n_raters, n_items, raters_per_item)
    from_raters = rng.normal(0, PARTS["rater"] ** 0.5, (n_studies, n_raters))[:, rater]
    from_items = rng.normal(0, PARTS["item"] ** 0.5, (n_studies, n_items))[:, item]
    return from_raters + from_items + rng.normal(0, PARTS["residual"] ** 0.5, (n_studies, len(item))), rater, item


@proves(Kind.WORKED, variance_of_design)
def test_the_parts_by_hand():
    """.01 / 10 + .04 / 50 + .2 / 100 = .0038; 100 independent judgments would have .25 / 100."""
    plan = variance_of_design(**PARTS, n_raters=10, n_items=50, raters_per_item=2)
    assert (plan.from_raters, plan.from_items, plan.from_residual) == pytest.approx((0.001, 0.0008, 0.002))
    assert (plan.variance, plan.standard_error) == pytest.approx((0.0038, 0.0038**0.5))
    assert plan.design_effect == pytest.approx(0.0038 / 0.0025)
    assert plan.reading == (
        "50 items, each judged by 2 raters: 53 % of the uncertainty (as a variance) comes from chance in single "
        "judgments; more judgments would help most, by whomever and on whatever."
    )


@proves(Kind.WORKED, observed_design_effect)
def test_the_ratio_of_standard_errors_by_hand():
    """A ratio of 1.59 is a design effect of 2.528; 8931 / 2.528 = 3532.7."""
    plan = observed_design_effect([0.159, 0.224, 0.4], [0.1, 0.2, 0.2], 8931)
    assert plan.design_effect == pytest.approx(2.5281)
    assert (plan.smallest, plan.largest) == pytest.approx((1.2544, 4.0))
    assert (plan.n_effective, plan.n_figures) == (3533, 3)
    assert plan.reading == (
        "Because judgments of one rater or on one item resemble each other, 8,931 judgments say as much as 3,533 "
        "independent ones: plan with a design effect of 2.53."
    )


@proves(Kind.GOLDEN, variance_of_design, observed_design_effect)
def test_results_as_stored():
    design = variance_of_design(rater=0.3, item=1.1, residual=2.9, n_raters=12, n_items=40, raters_per_item=3)
    check_golden("planning/variance_of_design", design)
    observed = observed_design_effect([0.12, 0.2, 0.19, 0.11], [0.1, 0.11, 0.17, 0.1], 640)
    check_golden("planning/observed_design_effect", observed)


@proves(Kind.PROPERTY, variance_of_design)
@unhurried
@given(parts, parts, parts, st.integers(1, 20), st.integers(25, 200), st.integers(1, 5))
def test_items_beat_raters_per_item_for_the_same_number_of_judgments(rater, item, residual, n_raters, n_items, many):
    variances = {"rater": rater, "item": item, "residual": residual, "n_raters": n_raters + many}
    deep = variance_of_design(**variances, n_items=n_items, raters_per_item=many)
    broad = variance_of_design(**variances, n_items=n_items * many, raters_per_item=1)
    assert deep.n_judgments == broad.n_judgments
    assert broad.variance <= deep.variance * (1 + 1e-12)
    assert deep.variance == pytest.approx(deep.from_raters + deep.from_items + deep.from_residual)
    assert deep.design_effect >= 1 - 1e-12
    doubled = {name: 4 * variances[name] for name in ("rater", "item", "residual")}
    scaled = variance_of_design(**doubled, n_raters=n_raters + many, n_items=n_items, raters_per_item=many)
    assert (scaled.standard_error, scaled.design_effect) == pytest.approx((2 * deep.standard_error, deep.design_effect))


@proves(Kind.PROPERTY, observed_design_effect)
@unhurried
@given(st.lists(st.tuples(errors, errors), min_size=1, max_size=9), st.floats(0.1, 10), st.randoms())
def test_units_and_order_do_not_matter(pairs, unit, random):
    clustered, independent = zip(*pairs, strict=True)
    plan = observed_design_effect(clustered, independent, 1000)
    assert plan.smallest <= plan.design_effect <= plan.largest
    random.shuffle(pairs)
    shuffled = observed_design_effect(*(np.array(each) * unit for each in zip(*pairs, strict=True)), 1000)
    assert shuffled.design_effect == pytest.approx(plan.design_effect)
    back = observed_design_effect(independent, clustered, 1000)
    assert (back.smallest, back.largest) == pytest.approx((1 / plan.largest, 1 / plan.smallest))


@proves(Kind.TWO_WAYS, variance_of_design)
@pytest.mark.parametrize("design", [(10, 50, 2), (5, 20, 5), (8, 40, 1)])
def test_the_covariances_of_all_judgments_written_out(design):
    rater, item = crossed(*design)
    shared = [np.equal.outer(each, each) for each in (rater, item, np.arange(len(item)))]
    covariance = sum(part * same for part, same in zip(PARTS.values(), shared, strict=True))
    names = ("n_raters", "n_items", "raters_per_item")
    found = variance_of_design(**PARTS, **dict(zip(names, design, strict=True)))
    assert found.variance == pytest.approx(covariance.mean())


@proves(Kind.TWO_WAYS, observed_design_effect)
def test_it_is_kishs_one_plus_m_minus_one_times_rho():
    """Judgments of a rater correlate rho = 1/21 and she gives 40: 1 + 39/21 (Kish 1965)."""
    design = variance_of_design(rater=0.01, item=0, residual=0.2, n_raters=10, n_items=400, raters_per_item=1)
    observed = observed_design_effect([design.standard_error], [(0.21 / 400) ** 0.5], 400)
    assert observed.design_effect == pytest.approx(1 + 39 / 21)
    assert design.design_effect == pytest.approx(1 + 39 / 21)


@proves(Kind.RECOVERY, variance_of_design, observed_design_effect)
def test_simulated_means_vary_as_planned_and_pilots_show_the_design_effect():
    plan = variance_of_design(**PARTS, n_raters=20, n_items=100, raters_per_item=2)
    judgments, rater, item = simulated(20, 100, 2, 4000, seed=9)
    assert judgments.mean(axis=1).std() == pytest.approx(plan.standard_error, rel=0.05)
    # Two-way cluster-robust: the clusters of raters, plus those of items, minus single judgments.
    centred = judgments - judgments.mean(axis=1, keepdims=True)
    squares = [
        ((centred @ np.eye(labels.max() + 1)[labels]) ** 2).sum(axis=1) for labels in (rater, item, np.arange(200))
    ]
    clustered = np.sqrt(np.maximum(squares[0] * 20 / 19 + squares[1] * 100 / 99 - squares[2], squares[2])) / 200
    independent = np.sqrt(squares[2]) / 200
    observed = observed_design_effect(clustered, independent, 200)
    assert observed.design_effect == pytest.approx(plan.design_effect, rel=0.1)


def test_readings_name_the_largest_part():
    half = {"n_raters": 4, "n_items": 50, "raters_per_item": 1}
    assert "more raters would help most" in variance_of_design(rater=1, item=0, residual=0, **half).reading
    items = variance_of_design(rater=0, item=1, residual=0.1, **half).reading
    assert items.startswith("50 items, each judged by one rater: 91 %")
    assert items.endswith("differences between items; more items would help most.")


@proves(Kind.DEGENERATE, variance_of_design)
def test_designs_that_cannot_be_are_refused():
    constant = variance_of_design(rater=0, item=0, residual=0, n_raters=2, n_items=3, raters_per_item=2)
    assert (constant.variance, constant.design_effect) == (0, None)
    assert constant.reading.endswith("nothing varies, so the mean is exact.")
    sizes = {"n_raters": 4, "n_items": 50, "raters_per_item": 2}
    for name in PARTS:
        for part in (-0.1, float("nan"), float("inf")):
            with pytest.raises(InvalidInput, match=f"`{name}` is .*; give 0 or more"):
                variance_of_design(**{**PARTS, name: part}, **sizes)
    for name in sizes:
        with pytest.raises(InvalidInput, match=f"`{name}` is 0; give a whole number, 1 or more"):
            variance_of_design(**PARTS, **{**sizes, name: 0})
    with pytest.raises(InvalidInput, match="`raters_per_item` is 5 and there are 4 raters"):
        variance_of_design(**PARTS, **{**sizes, "raters_per_item": 5})
    with pytest.raises(InvalidInput, match="100 judgments leave some of the 101 raters without any"):
        variance_of_design(**PARTS, **{**sizes, "n_raters": 101})


@proves(Kind.DEGENERATE, observed_design_effect)
@pytest.mark.parametrize(
    ("arguments", "refusal", "told"),
    [
        (([], [], 10), EmptyInput, "at least one figure"),
        (([0.1], [0.1, 0.2], 10), InvalidInput, "must be equally long"),
        (([0.0], [0.1], 10), InvalidInput, "A standard error is 0 or negative"),
        (([0.1], [-0.1], 10), InvalidInput, "A standard error is 0 or negative"),
        (([np.nan], [0.1], 10), InvalidInput, "`standard_errors` holds a missing"),
        (([0.1], [0.1], 0), InvalidInput, "`n_judgments` is 0"),
    ],
)
def test_standard_errors_that_cannot_be_are_refused(arguments, refusal, told):
    with pytest.raises(refusal, match=told):
        observed_design_effect(*arguments)
