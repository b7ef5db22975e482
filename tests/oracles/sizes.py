"""How many judgments: for a share to be told from a half, and for an interval to be as narrow as wished."""

from typing import Any

from statsmodels.stats.power import normal_power_het, normal_sample_size_one_tail
from statsmodels.stats.proportion import samplesize_confint_proportion

PACKAGES = ("statsmodels",)
SHARES = (0.51, 0.52, 0.55, 0.6, 0.65, 0.7)


def values() -> dict[str, Any]:
    return {
        "told_from_half": [
            {"share": share, "power": power, "statsmodels": _told_from_half(share, power)}
            for share in SHARES
            for power in (0.8, 0.9)
        ],
        "power": [
            {"share": share, "n": n, "statsmodels": _power(share, n)} for share in SHARES for n in (50, 200, 1000)
        ],
        "half_width": [
            {"half_width": width, "statsmodels": samplesize_confint_proportion(0.5, width, alpha=0.05)}
            for width in (0.02, 0.05, 0.1)
        ],
    }


def _spread(share: float) -> float:
    return (share * (1 - share)) ** 0.5


def _told_from_half(share: float, power: float) -> float:
    """Two-sided at 5 %, the wrong side left out of the power."""
    return float(normal_sample_size_one_tail(share - 0.5, power, 0.025, std_null=0.5, std_alternative=_spread(share)))


def _power(share: float, n: int) -> float:
    return float(
        normal_power_het(share - 0.5, n, 0.025, std_null=0.5, std_alternative=_spread(share), alternative="larger")
    )
