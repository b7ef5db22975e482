"""Intervals of shares, and p-values adjusted for being many."""

from typing import Any

from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

PACKAGES = ("statsmodels",)
TRIALS = ((0, 10), (1, 10), (7, 10), (10, 10), (37, 120), (499, 1000))
LEVELS = (0.9, 0.95, 0.99)
P_VALUES = (0.0002, 0.21, 0.011, 0.04, 0.04, 0.66, 0.0049, 0.03)


def values() -> dict[str, Any]:
    methods = {"wilson": "wilson", "clopper_pearson": "beta", "jeffreys": "jeffreys"}
    tests = {"holm": "holm", "benjamini_hochberg": "fdr_bh"}
    return {
        "intervals": [
            {
                "successes": successes,
                "n": n,
                "confidence_level": level,
                "statsmodels": {
                    name: proportion_confint(successes, n, alpha=1 - level, method=method)
                    for name, method in methods.items()
                },
            }
            for successes, n in TRIALS
            for level in LEVELS
        ],
        "p_values": P_VALUES,
        "adjusted": {
            "statsmodels": {name: multipletests(P_VALUES, method=method)[1] for name, method in tests.items()}
        },
    }
