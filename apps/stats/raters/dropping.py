"""When a rater may be paused: evidence that stays honest however often one looks."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaln

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.errors import InvalidInput
from apps.stats.intervals import check_confidence_level, wilson
from apps.stats.raters.plain_share import as_indicators

_NOTHING_YET = (
    "None of this rater's judgments has been compared with a known answer or another rater, so nothing can be said; "
    "give the rater gold or tasks that others judge too."
)
# Below this the incomplete beta function loses digits and then vanishes.
_SMALLEST_TAIL = 1e-250
# exp of more than this is no longer a number.
_LARGEST_LOG = 700.0


class Advice(StrEnum):
    """What the evidence allows."""

    NOTHING = "nothing"
    WARN = "warn"
    PAUSE = "pause"


@dataclass(frozen=True, eq=False)
class RaterWatch:
    """What a rater's agreements say so far, and what may be done about it.

    `kappa` is agreement beyond chance, (share - by_chance) / (1 - by_chance), with Wilson's ends (good for one look,
    not for many). `probability_below` is the posterior probability that it lies below `least_kappa`, under a Jeffreys
    prior. `e_values` [n] is the evidence against a good enough rater after each judgment, 1 being none, cut at 1e304;
    `largest_e_value` the most it ever was (1 before the first) and `e_value_needed` what pausing takes. `paused_after`
    is the number of judgments after which that was reached first, None if never. Numbers that need a judgment are None
    where `n` is 0. `reading` says it in words.
    """

    advice: Advice
    n: int
    n_agreed: int
    kappa: float | None
    low: float | None
    high: float | None
    probability_below: float | None
    e_values: FloatArray
    largest_e_value: float
    e_value_needed: float
    paused_after: int | None
    least_kappa: float
    by_chance: float
    confidence_level: float
    reading: str


def watch_rater(
    agreed: npt.ArrayLike,
    *,
    by_chance: float,
    least_kappa: float = 0.4,
    false_alarm_rate: float = 0.05,
    warn_above: float = 0.8,
    warn_from: int = 15,
    confidence_level: float = 0.95,
) -> RaterWatch:
    """Nothing, a warning, or a pause, from one rater's agreements in the order in which they came.

    `agreed` [n] says of each judgment whether it equals the gold answer, or another rater's (1 or True, else 0).
    `by_chance` is how often a coin would agree: sum over labels of (share of label) squared, or 1 / (number of
    labels); fix it and `least_kappa` before looking. The hypothesis is that the rater agrees with probability at
    least p0 = least_kappa + (1 - least_kappa) by_chance. A pause takes an e-value of 1 / false_alarm_rate: the
    likelihood ratio against p0, averaged over all p below p0 alike. A rater at or above the bound ever gets
    there with at most that probability (Ville 1939; Ramdas, Gruenwald, Vovk & Shafer 2023, Statistical Science 38),
    however often one looks; the pause rests on the largest value so far. A warning takes `warn_from` judgments and
    a posterior probability above `warn_above`: it is for a person to look, and unlike the pause it promises
    nothing under repeated looks. Raises InvalidInput for settings out of range.
    """
    _check(by_chance, least_kappa, false_alarm_rate, warn_above, warn_from)
    check_confidence_level(confidence_level)
    yes = as_indicators("agreed", agreed)
    n, n_agreed = len(yes), int(yes.sum())
    least_share = least_kappa + (1 - least_kappa) * by_chance
    log_evidence = log_e_values(np.cumsum(yes), np.arange(1, n + 1), least_share)
    evidence = np.exp(np.minimum(log_evidence, _LARGEST_LOG))
    reached = np.flatnonzero(log_evidence >= -math.log(false_alarm_rate))
    below = float(betainc(n_agreed + 0.5, n - n_agreed + 0.5, least_share)) if n else None
    warned = below is not None and n >= warn_from and below > warn_above
    kappa, low, high = _kappa(n_agreed, n, by_chance, confidence_level)
    found = RaterWatch(
        advice=Advice.PAUSE if reached.size else Advice.WARN if warned else Advice.NOTHING,
        n=n,
        n_agreed=n_agreed,
        kappa=kappa,
        low=low,
        high=high,
        probability_below=below,
        e_values=evidence,
        largest_e_value=float(evidence.max(initial=1.0)),
        e_value_needed=1 / false_alarm_rate,
        paused_after=int(reached[0]) + 1 if reached.size else None,
        least_kappa=least_kappa,
        by_chance=by_chance,
        confidence_level=confidence_level,
        reading=_NOTHING_YET,
    )
    return replace(found, reading=_reading(found)) if n else found


def log_e_values(n_agreed: IntArray, n: IntArray, least_share: float) -> FloatArray:
    """The logarithm of the e-value after n judgments of which n_agreed agreed; elementwise, any shape.

    E = integral over p from 0 to p0 of p^x (1-p)^(n-x) dp / (p0 p0^x (1-p0)^(n-x)), p0 being `least_share`.
    """
    x, m = n_agreed.astype(np.float64), (n - n_agreed).astype(np.float64)
    tail = np.asarray(betainc(x + 1, m + 1, least_share))
    seen = tail > _SMALLEST_TAIL
    at_bound = x * math.log(least_share) + m * math.log1p(-least_share)
    found = betaln(x + 1, m + 1) + np.log(np.where(seen, tail, 1.0)) - math.log(least_share) - at_bound
    found[~seen] = _log_far_above(x[~seen], m[~seen], least_share)
    return np.asarray(found)


def _log_far_above(x: FloatArray, m: FloatArray, least_share: float) -> FloatArray:
    """The same where far more agreed than p0 asks for: (1-p0)/(x+1) 2F1(x+m+2, 1; x+2; p0), by its series."""
    total = term = np.ones(len(x))
    k = 0
    while (term > 1e-17 * total).any():
        term = term * (x + m + 2 + k) / (x + 2 + k) * least_share
        total = total + term
        k += 1
    return np.asarray(np.log(total) + math.log1p(-least_share) - np.log(x + 1))


def _check(by_chance: float, least_kappa: float, false_alarm_rate: float, warn_above: float, warn_from: int) -> None:
    if not 0 <= by_chance < 1:
        raise InvalidInput(f"`by_chance` is {by_chance:g}; give a share from 0 to below 1, as 1/3 for three labels.")
    if not 0 < least_kappa < 1:
        raise InvalidInput(f"`least_kappa` is {least_kappa:g}; give a number between 0 and 1, as 0.4.")
    if least_kappa + (1 - least_kappa) * by_chance >= 1:
        raise InvalidInput(
            f"`least_kappa` {least_kappa:g} and `by_chance` {by_chance:g} ask for agreement every time, to rounding; "
            "lower one of them."
        )
    if not 0 < false_alarm_rate < 1:
        raise InvalidInput(f"`false_alarm_rate` is {false_alarm_rate:g}; give a share between 0 and 1, as 0.05.")
    if not 0 < warn_above < 1:
        raise InvalidInput(f"`warn_above` is {warn_above:g}; give a probability between 0 and 1, as 0.8.")
    if warn_from < 1:
        raise InvalidInput(f"`warn_from` is {warn_from}; give a number of judgments of 1 or more.")


def _kappa(
    n_agreed: int, n: int, by_chance: float, confidence_level: float
) -> tuple[float | None, float | None, float | None]:
    """Agreement beyond chance and its ends; None without judgments."""
    if not n:
        return None, None, None
    ends = wilson(n_agreed, n, confidence_level)
    kappa, low, high = ((share - by_chance) / (1 - by_chance) for share in (n_agreed / n, ends.low, ends.high))
    return kappa, low, high


def _reading(found: RaterWatch) -> str:
    seen = (
        f"Over {found.n} compared judgments this rater agrees with kappa {found.kappa:.2f}; the probability that it is "
        f"truly below {found.least_kappa:g} is {found.probability_below:.2f}."
    )
    if found.advice is Advice.PAUSE:
        largest = found.largest_e_value
        reached = f"{largest:.0f}" if largest < 1e6 else "more than a million"
        return (
            f"{seen} After {found.paused_after} judgments the evidence was enough to pause the rater (it reached "
            f"{reached}, and {found.e_value_needed:.0f} is needed). A person should look and decide; excluding is "
            "reversible, and the board is to be shown with and without the rater."
        )
    if found.advice is Advice.WARN:
        return f"{seen} That is worth a look by a person, and not enough to pause anybody."
    return f"{seen} Nothing needs doing."
