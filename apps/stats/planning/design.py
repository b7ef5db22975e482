"""More items, more raters, or more judgments? Where the variance of a mean comes from."""

import math
from dataclasses import dataclass

from apps.stats.errors import InvalidInput
from apps.stats.planning.checks import as_count, check_not_negative
from apps.stats.planning.words import count


@dataclass(frozen=True)
class DesignVariance:
    """The variance of a mean over all judgments of a study, and its parts.

    `from_raters`, `from_items` and `from_residual` sum to `variance`, in the square of the unit that is judged;
    `standard_error` is its root. `design_effect` is how many times larger the variance is than that of as many
    judgments, each by another rater on another item; None where nothing varies.
    """

    variance: float
    standard_error: float
    from_raters: float
    from_items: float
    from_residual: float
    design_effect: float | None
    n_judgments: int
    n_items: int
    raters_per_item: int
    n_raters: int
    reading: str


def variance_of_design(
    *, rater: float, item: float, residual: float, n_raters: int, n_items: int, raters_per_item: int
) -> DesignVariance:
    """The variance of a mean when each of n_items is judged by raters_per_item of n_raters, all equally busy.

    rater / n_raters + item / n_items + residual / (n_items raters_per_item): a decision study of generalizability
    theory (Brennan 2001, Generalizability Theory, chapter 4). `rater`, `item` and `residual` are the variances of a
    single judgment: how much raters differ, how much items differ, and the rest, in the square of the unit that is
    judged; only their proportions matter when designs are compared. Only more raters make the first term smaller,
    only more items the second. Raises InvalidInput for negative parts, and for more raters per item than there are.
    """
    for name, part in (("rater", rater), ("item", item), ("residual", residual)):
        check_not_negative(name, part)
    n_raters = as_count("n_raters", n_raters, at_least=1)
    n_items = as_count("n_items", n_items, at_least=1)
    raters_per_item = as_count("raters_per_item", raters_per_item, at_least=1)
    _check_crossing(n_raters, n_items, raters_per_item)
    n_judgments = n_items * raters_per_item
    terms = (rater / n_raters, item / n_items, residual / n_judgments)
    variance, independent = sum(terms), (rater + item + residual) / n_judgments
    return DesignVariance(
        variance=variance,
        standard_error=math.sqrt(variance),
        from_raters=terms[0],
        from_items=terms[1],
        from_residual=terms[2],
        design_effect=variance / independent if independent else None,
        n_judgments=n_judgments,
        n_items=n_items,
        raters_per_item=raters_per_item,
        n_raters=n_raters,
        reading=_reading(terms, n_items, raters_per_item),
    )


def _check_crossing(n_raters: int, n_items: int, raters_per_item: int) -> None:
    if raters_per_item > n_raters:
        raise InvalidInput(
            f"`raters_per_item` is {raters_per_item} and there are {n_raters} raters; give at most as many, for a "
            "second judgment by the same rater is no other opinion."
        )
    if n_raters > n_items * raters_per_item:
        raise InvalidInput(
            f"{n_items * raters_per_item} judgments leave some of the {n_raters} raters without any; give fewer "
            "raters, or more items."
        )


def _reading(terms: tuple[float, float, float], n_items: int, raters_per_item: int) -> str:
    who = "one rater" if raters_per_item == 1 else f"{raters_per_item} raters"
    start = f"{count(n_items)} items, each judged by {who}"
    if not sum(terms):
        return f"{start}: nothing varies, so the mean is exact."
    source, cure = (
        ("differences between raters", "more raters would help most"),
        ("differences between items", "more items would help most"),
        ("chance in single judgments", "more judgments would help most, by whomever and on whatever"),
    )[terms.index(max(terms))]
    share = 100 * max(terms) / sum(terms)
    return f"{start}: {share:.0f} % of the uncertainty (as a variance) comes from {source}; {cure}."
