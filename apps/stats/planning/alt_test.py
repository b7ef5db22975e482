"""How many items each rater needs before a judge can be tested against her."""

from dataclasses import dataclass

from apps.stats.errors import InvalidInput
from apps.stats.intervals import one_sided_quantile
from apps.stats.planning.checks import as_count, check_between, check_positive, still_needed, whole
from apps.stats.planning.words import count, more

# With so many items Student's t is the normal but for rounding, which no further item would overcome.
_MANY = 10**9


@dataclass(frozen=True)
class AltTestPlan:
    """Items each rater must share with others, so that the alternative annotator test can pass a good judge.

    `n_items` is for Student's t test, `n_by_normal` the same with the normal quantile, as textbooks print it.
    `n_items_cautious` is the number if every rater had to meet the strictest threshold of the Benjamini-Yekutieli
    procedure over `n_raters` raters. `n_more` counts towards `n_items`.
    """

    n_items: int
    n_by_normal: int
    n_items_cautious: int
    n_by_normal_cautious: int
    n_more: int
    n_raters: int
    variance: float
    epsilon: float
    power: float
    false_discovery_rate: float
    reading: str


def items_for_alt_test(
    variance: float,
    *,
    epsilon: float = 0.15,
    n_raters: int = 3,
    advantage: float = 0.0,
    power: float = 0.8,
    false_discovery_rate: float = 0.05,
    n_already: int = 0,
) -> AltTestPlan:
    """How many items a rater for the alternative annotator test (Calderon, Reichart & Dror 2025, ACL).

    The test asks for each rater whether she beats the judge by less than `epsilon`, the price of her labour (.2 for
    experts, .15 for the skilled, .1 for crowds): one-sided t over items on d, 1 where she represents the others better,
    -1 where the judge does, 0 where they do alike. n = (t + z_power)^2 variance / (epsilon + advantage)^2.
    `variance` is that of d: .2 where judge and rater mostly do alike, .4 where they often differ. `advantage` is how
    far the judge is truly ahead; 0, as good as a rater. Raises InvalidInput for numbers out of range.
    """
    check_positive("epsilon", epsilon)
    check_between("power", power, 0.0, 1.0)
    check_between("false_discovery_rate", false_discovery_rate, 0.0, 1.0)
    n_raters = as_count("n_raters", n_raters, at_least=1)
    scale = _checked_variance(variance) / _checked_margin(epsilon, advantage) ** 2
    strictest = false_discovery_rate / (n_raters * sum(1 / rank for rank in range(1, n_raters + 1)))
    n_items, by_normal = _items(scale, false_discovery_rate, power)
    cautious, cautious_by_normal = _items(scale, strictest, power)
    n_more = still_needed(n_items, n_already)
    return AltTestPlan(
        n_items=n_items,
        n_by_normal=by_normal,
        n_items_cautious=cautious,
        n_by_normal_cautious=cautious_by_normal,
        n_more=n_more,
        n_raters=n_raters,
        variance=variance,
        epsilon=epsilon,
        power=power,
        false_discovery_rate=false_discovery_rate,
        reading=_reading(n_items, cautious, n_raters, power) + more(n_more, n_already),
    )


def _items(scale: float, error: float, power: float) -> tuple[int, int]:
    """The number by Student's t, whose degrees of freedom depend on it, and by the normal."""
    z_power = one_sided_quantile(power)

    def needed(degrees_of_freedom: int | None) -> int:
        quantile = -one_sided_quantile(error, degrees_of_freedom)
        return max(2, whole(max(quantile + z_power, 0.0) ** 2 * scale))

    n = by_normal = needed(None)
    while n < _MANY and needed(n - 1) > n:
        n += 1
    return n, by_normal


def _checked_variance(variance: float) -> float:
    if not 0 < variance <= 1:
        raise InvalidInput(f"`variance` is {variance:g}; differences of -1, 0 and 1 have one above 0, and at most 1.")
    return variance


def _checked_margin(epsilon: float, advantage: float) -> float:
    if not abs(advantage) <= 1:
        raise InvalidInput(f"`advantage` is {advantage:g}; differences of shares lie between -1 and 1.")
    if not epsilon + advantage > 0:
        raise InvalidInput(
            f"A judge that is {-advantage:g} behind fails at an epsilon of {epsilon:g}, however many items there are; "
            "give a smaller lag."
        )
    return epsilon + advantage


def _reading(n_items: int, cautious: int, n_raters: int, power: float) -> str:
    return (
        f"About {count(n_items)} items a rater, each labelled by at least one other rater too, let a judge as good as "
        f"supposed pass against one rater with {100 * power:.3g} % probability; {count(cautious)} if it must pass the "
        f"strictest of {n_raters} corrected tests."
    )
