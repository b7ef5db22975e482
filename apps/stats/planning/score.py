"""How many comparisons a head-to-head score needs."""

import math
from dataclasses import dataclass

from apps.stats.errors import InvalidInput
from apps.stats.intervals import two_sided_quantile
from apps.stats.planning.checks import as_count, check_positive, check_tie_share, still_needed, whole
from apps.stats.planning.words import count, more, points, times


@dataclass(frozen=True)
class ScorePlan:
    """Comparisons of two competitors, and how closely they pin down the score of one against the other.

    The score counts a win 1, a tie half and a loss 0, on average: .5 is even. `half_width` is how far its
    interval reaches to each side, as a share (.05 is 5 points). `n_more` is what is still needed, 0 where the
    number of judgments was given.
    """

    n_judgments: int
    n_more: int
    half_width: float
    expected_score: float
    tie_share: float
    design_effect: float
    confidence_level: float
    reading: str


def judgments_for_score(
    half_width: float,
    *,
    tie_share: float = 0.0,
    expected_score: float = 0.5,
    design_effect: float = 1.0,
    confidence_level: float = 0.95,
    n_already: int = 0,
) -> ScorePlan:
    """How many comparisons of A with B put A's score within +- half_width of the truth.

    n = deff z^2 [(w + l) - (w - l)^2] / (4 h^2), w, l the shares of wins and losses: the normal interval of a
    mean of 1, 1/2 and 0 (Cochran 1977, Sampling Techniques, chapter 4). `half_width` is a share: .05 for 5
    points. `tie_share` and `expected_score` are guesses, best from a pilot; without ties and at .5 the number is
    largest. `design_effect` is how many times larger the variance is because judgments of one rater or item hang
    together (1 if they do not). Raises InvalidInput for shares that cannot be, and where nothing would vary.
    """
    check_positive("half_width", half_width)
    variance = score_variance(expected_score, tie_share) * _checked(design_effect)
    n = whole(two_sided_quantile(confidence_level) ** 2 * variance / half_width**2)
    n_more = still_needed(n, n_already)
    reading = _reading(n, half_width, confidence_level) + more(n_more, n_already)
    return ScorePlan(n, n_more, half_width, expected_score, tie_share, design_effect, confidence_level, reading)


def half_width_of_score(
    n_judgments: int,
    *,
    tie_share: float = 0.0,
    expected_score: float = 0.5,
    design_effect: float = 1.0,
    confidence_level: float = 0.95,
) -> ScorePlan:
    """How closely so many comparisons pin down a score: the inverse of `judgments_for_score`.

    Arguments, source and errors as there. The normal interval is meant for 30 judgments and more.
    """
    n_judgments = as_count("n_judgments", n_judgments, at_least=1)
    variance = score_variance(expected_score, tie_share) * _checked(design_effect)
    half_width = two_sided_quantile(confidence_level) * math.sqrt(variance / n_judgments)
    reading = _reading(n_judgments, half_width, confidence_level)
    return ScorePlan(n_judgments, 0, half_width, expected_score, tie_share, design_effect, confidence_level, reading)


def score_variance(expected_score: float, tie_share: float) -> float:
    """The variance of one judgment that counts 1, 1/2 or 0."""
    check_tie_share(tie_share)
    decided, lead = 1 - tie_share, 2 * expected_score - 1
    if not abs(lead) <= decided + 1e-12:
        raise InvalidInput(
            f"A score of {expected_score:g} with {tie_share:g} ties cannot be: wins or losses would be below 0. "
            "Give a score nearer to .5, or fewer ties."
        )
    variance = (decided - lead**2) / 4
    if variance <= 1e-12:
        raise InvalidInput(
            f"At an expected score of {expected_score:g} nothing varies, so there is nothing to plan; give the least "
            "extreme score that you could believe."
        )
    return variance


def _checked(design_effect: float) -> float:
    check_positive("design_effect", design_effect)
    return design_effect


def _reading(n: int, half_width: float, confidence_level: float) -> str:
    return (
        f"About {count(n)} comparisons put the score of A against B within {points(half_width)}, "
        f"{times(confidence_level)}."
    )
