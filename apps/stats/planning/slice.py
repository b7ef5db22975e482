"""How many judgments a slice needs before it can be seen to differ from the rest."""

from dataclasses import dataclass

from apps.stats.errors import InvalidInput
from apps.stats.intervals import one_sided_quantile, two_sided_quantile
from apps.stats.planning.checks import as_count, check_between, check_positive, still_needed, whole
from apps.stats.planning.score import score_variance
from apps.stats.planning.words import count, more, points


@dataclass(frozen=True)
class SlicePlan:
    """Judgments of two competitors inside a slice that show a shift of the score against the rest.

    `shift` is the difference between the score inside the slice and in the rest, as a share; `n_rest` judgments
    are outside (None: so many that they add nothing). `power` is the probability that a two-sided test at the
    confidence level finds the shift, if it is that large. `n_more` is what the slice still needs.
    """

    n_slice: int
    n_more: int
    n_rest: int | None
    shift: float
    power: float
    expected_score: float
    tie_share: float
    design_effect: float
    confidence_level: float
    reading: str


def judgments_for_slice(
    shift: float,
    *,
    n_rest: int | None = None,
    power: float = 0.8,
    tie_share: float = 0.0,
    expected_score: float = 0.5,
    design_effect: float = 1.0,
    confidence_level: float = 0.95,
    n_already: int = 0,
) -> SlicePlan:
    """How many judgments of A with B a slice needs, so that a shift of A's score against the rest is shown.

    1/n_slice = shift^2 / ((z + z_power)^2 v deff) - 1/n_rest: the comparison of two means of 1, 1/2 and 0 with one
    variance v of a judgment (Cochran 1977, Sampling Techniques, chapter 4). `shift` is a share: .05 for 5 points.
    `tie_share`, `expected_score` and `design_effect` as in `judgments_for_score`. Where many slices are looked at,
    give the corrected level: .995 for ten. Raises InvalidInput for shares that cannot be, and where the rest is too
    small for any slice to show the shift.
    """
    check_positive("shift", shift)
    check_between("power", power, 0.0, 1.0)
    check_positive("design_effect", design_effect)
    errors = two_sided_quantile(confidence_level) + one_sided_quantile(power)
    alone = max(errors, 0.0) ** 2 * score_variance(expected_score, tie_share) * design_effect / shift**2
    n = whole(_against_rest(alone, n_rest, shift))
    n_more = still_needed(n, n_already)
    reading = _reading(n, n_rest, shift, power) + more(n_more, n_already)
    return SlicePlan(
        n, n_more, n_rest, shift, power, expected_score, tie_share, design_effect, confidence_level, reading
    )


def _against_rest(alone: float, n_rest: int | None, shift: float) -> float:
    """How many are needed against so many others, when `alone` would do against endless others."""
    if n_rest is None:
        return alone
    n_rest = as_count("n_rest", n_rest, at_least=1)
    if alone >= n_rest:
        raise InvalidInput(
            f"`n_rest` is {n_rest}, and a slice of any size shows a shift of {points(shift)} only against more than "
            f"{count(whole(alone))} judgments; collect more outside the slice, or look for a larger shift."
        )
    return alone * n_rest / (n_rest - alone)


def _reading(n: int, n_rest: int | None, shift: float, power: float) -> str:
    rest = "endless others" if n_rest is None else f"{count(n_rest)} others"
    return (
        f"About {count(n)} judgments in the slice, against {rest}, show a shift of {points(shift)} with "
        f"{100 * power:.3g} % probability."
    )
