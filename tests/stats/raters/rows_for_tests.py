"""Rows by raters who are known: coins, leaners, lovers of length and of ties."""

import csv

import numpy as np
from scipy.special import expit

from apps.stats.pairwise import ComparisonRows
from tests.stats.comparisons_for_tests import DATA


def table(n_competitors, *groups):
    """Rows from (rater, first, second, outcome, count)."""
    rater, first, second, outcome, count = np.array(groups).T
    return ComparisonRows.from_arrays(
        n_competitors=n_competitors, first=first, second=second, outcome=outcome, rater=rater, count=count
    )


def stored_rows():
    """The 600 comparisons of 6 competitors by 12 raters that are kept as a table, and their length differences."""
    with (DATA / "simulated_comparisons.csv").open(encoding="utf-8") as file:
        stored = list(csv.DictReader(file))
    columns = {name: [int(row[name]) for row in stored] for name in ("first", "second", "outcome", "rater", "item")}
    return ComparisonRows.from_arrays(n_competitors=6, **columns), np.array([float(row["length"]) for row in stored])


def judged_by(rng, strengths, n_each, *, slope, left_bias=0.0, length=None):
    """Each rater's comparisons of random pairs, without ties, and their length differences.

    One rater for each slope; the log-odds that the left wins are bias + slope * gap + length * length difference,
    drawn from the standard normal.
    """
    slope = np.asarray(slope, dtype=float)
    rater = np.repeat(np.arange(len(slope)), n_each)
    n, n_rows = len(strengths), len(rater)
    first = rng.integers(0, n, n_rows)
    second = (first + rng.integers(1, n, n_rows)) % n
    longer = rng.normal(0, 1, n_rows)
    bias, pull = (np.broadcast_to(each, len(slope))[rater] for each in (left_bias, 0.0 if length is None else length))
    seen = bias + slope[rater] * (strengths[first] - strengths[second]) + pull * longer
    outcome = (rng.random(n_rows) > expit(seen)).astype(int)
    rows = ComparisonRows.from_arrays(n_competitors=n, first=first, second=second, outcome=outcome, rater=rater)
    return rows, longer


def mirrored(rows):
    """The same judgments with sides exchanged."""
    return ComparisonRows.from_arrays(
        n_competitors=rows.n_competitors,
        first=rows.second,
        second=rows.first,
        outcome=np.array([1, 0, 2, 3])[rows.outcome],
        rater=rows.rater,
        count=rows.count,
    )


def single_rows(rows, rng):
    """One row a judgment, in any order; and which row each came from."""
    origin = rng.permutation(np.repeat(np.arange(len(rows.first)), rows.count))
    single = ComparisonRows.from_arrays(
        n_competitors=rows.n_competitors,
        first=rows.first[origin],
        second=rows.second[origin],
        outcome=rows.outcome[origin],
        rater=rows.rater[origin],
    )
    return single, origin
