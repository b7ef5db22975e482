"""What other packages say of the same tables: the values that `tests/oracles` computed and stored."""

import csv
import json
from typing import Any

import numpy as np

from apps.stats.pairwise import ComparisonRows
from tests.stats.comparisons_for_tests import DATA

_VALUES = DATA.parents[1] / "oracles" / "values"


def oracle_values(subject: str) -> dict[str, Any]:
    """The values of one subject, by table, model and package."""
    values: dict[str, Any] = json.loads((_VALUES / f"{subject}.json").read_text(encoding="utf-8"))["values"]
    return values


def simulated_rows() -> ComparisonRows:
    """Six competitors, 12 raters, 25 items and ties: the comparisons that the oracles were asked about."""
    with (DATA / "simulated_comparisons.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    names = ("first", "second", "outcome", "rater", "item")
    return ComparisonRows.from_arrays(
        n_competitors=6, **{name: np.array([int(row[name]) for row in table]) for name in names}
    )
