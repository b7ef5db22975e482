"""How many pairs of labels a kappa needs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, as_numbers
from apps.stats.errors import InvalidInput
from apps.stats.intervals import check_confidence_level, one_sided_quantile, two_sided_quantile
from apps.stats.planning.checks import as_count, check_between, check_positive, still_needed, whole
from apps.stats.planning.words import count, more, times


@dataclass(frozen=True)
class KappaPlan:
    """Units that two raters both label, and how closely they pin down Cohen's kappa between them.

    `half_width` is how far the interval reaches to each side. `shares` holds how common each label is.
    `n_more` is what is still needed.
    """

    n_pairs: int
    n_more: int
    half_width: float
    kappa: float
    shares: tuple[float, ...]
    confidence_level: float
    reading: str


@dataclass(frozen=True)
class KappaTestPlan:
    """Units that two raters both label, so that a one-sided test shows kappa to be above a bound.

    `power` is the probability that it does, if kappa truly is `kappa`; `at_most` is the bound. `shares` holds how
    common each label is. `n_more` is what is still needed.
    """

    n_pairs: int
    n_more: int
    at_most: float
    kappa: float
    power: float
    shares: tuple[float, ...]
    confidence_level: float
    reading: str


def pairs_for_kappa(
    kappa: float,
    half_width: float,
    *,
    shares: npt.ArrayLike | int = 2,
    confidence_level: float = 0.95,
    n_already: int = 0,
) -> KappaPlan:
    """How many doubly labelled units put Cohen's kappa within +- half_width.

    n = z^2 V / h^2, V being n times the variance of Fleiss, Cohen & Everitt (1969, Psychological Bulletin 72) for two
    raters with the same label shares who agree beyond chance equally on every label. `kappa` is the value you expect.
    `shares` is a number of equally common labels, or their shares (summing to 1): the more uneven, the more pairs.
    Raises InvalidInput for a kappa of 1 or more, or below what those shares allow, and for shares that are none.
    """
    check_positive("half_width", half_width)
    common = _checked_shares(shares)
    variance = _variance_of_one(kappa, common)
    n = whole(two_sided_quantile(confidence_level) ** 2 * variance / half_width**2)
    n_more = still_needed(n, n_already)
    reading = (
        f"About {count(n)} units that both label put a kappa of {kappa:g} within {half_width:.2g} of the truth, "
        f"{times(confidence_level)}." + more(n_more, n_already)
    )
    return KappaPlan(n, n_more, half_width, kappa, tuple(common.tolist()), confidence_level, reading)


def pairs_to_reject_kappa(
    kappa: float,
    *,
    at_most: float = 0.4,
    power: float = 0.8,
    shares: npt.ArrayLike | int = 2,
    confidence_level: float = 0.95,
    n_already: int = 0,
) -> KappaTestPlan:
    """How many doubly labelled units show that kappa is above a bound, if it truly is `kappa`.

    n = (z + z_power)^2 V / (kappa - at_most)^2, one-sided, V as in `pairs_for_kappa` at the true kappa: the test asks
    whether kappa minus z standard errors is above `at_most` (Donner & Eliasziw 1992, Statistics in Medicine 11, plan
    so with another variance). Below some 30 pairs read the number as an order of magnitude. Raises InvalidInput
    where kappa is not above the bound.
    """
    check_between("power", power, 0.0, 1.0)
    check_between("at_most", at_most, -1.0, 1.0)
    if not kappa > at_most:
        raise InvalidInput(
            f"`kappa` is {kappa:g}, which is not above `at_most` {at_most:g}; give the kappa that you expect, above "
            "the bound that you want to rule out."
        )
    check_positive("kappa - at_most", kappa - at_most)
    check_confidence_level(confidence_level)
    common = _checked_shares(shares)
    errors = one_sided_quantile(confidence_level) + one_sided_quantile(power)
    n = max(2, whole(max(errors, 0.0) ** 2 * _variance_of_one(kappa, common) / (kappa - at_most) ** 2))
    n_more = still_needed(n, n_already)
    reading = (
        f"About {count(n)} units that both label show with {100 * power:.3g} % probability that kappa is above "
        f"{at_most:g}, if it truly is {kappa:g}." + more(n_more, n_already)
    )
    return KappaTestPlan(n, n_more, at_most, kappa, power, tuple(common.tolist()), confidence_level, reading)


def _checked_shares(shares: npt.ArrayLike | int) -> FloatArray:
    """The share of each label, summing to 1. [n_labels]"""
    if isinstance(shares, int | np.integer):
        n_labels = as_count("shares", int(shares), at_least=2)
        return np.full(n_labels, 1 / n_labels)
    common = as_numbers("shares", shares)
    if len(common) < 2 or common.min() <= 0 or abs(common.sum() - 1) > 1e-6:
        raise InvalidInput(
            "`shares` must be the shares of two or more labels, each above 0, summing to 1; or a number of labels."
        )
    return np.asarray(common / common.sum())


def _variance_of_one(kappa: float, shares: FloatArray) -> float:
    """n times the variance of kappa (Fleiss, Cohen & Everitt 1969) at the table k diag(s) + (1 - k) s s'."""
    check_between("kappa", kappa, -1.0, 1.0)
    chance = float(shares @ shares)
    by_chance = np.outer(shares, shares)
    table = kappa * np.diag(shares) + (1 - kappa) * by_chance
    pull = np.eye(len(shares)) - (shares[:, None] + shares[None, :]) * (1 - kappa)
    spread = float((table * pull**2).sum()) - (kappa - chance * (1 - kappa)) ** 2
    if table.min() < -1e-12 or spread <= 1e-12:
        raise InvalidInput(
            f"`kappa` is {kappa:g}, which labels of these shares cannot have, or which leaves nothing to vary; give "
            "the value that you expect, below 1."
        )
    return spread / (1 - chance) ** 2
