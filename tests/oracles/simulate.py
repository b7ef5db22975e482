"""Writes the simulated tables of `tests/stats/data`: seeded, from numpy only, and knowing nothing of our models.

They are committed and read from there, so that a new numpy that draws other numbers changes nothing.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

DATA = Path(__file__).parents[1] / "stats" / "data"


def write(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with (DATA / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def comparisons(n_judgments: int = 600) -> None:
    """Six competitors, 12 raters, 25 items; a taste for the left side, for length and for lists; ties."""
    rng = np.random.default_rng(20_240_601)
    strengths = np.array([0.9, 0.5, 0.1, -0.2, -0.5, -0.8])
    first = rng.integers(0, 6, n_judgments)
    second = (first + rng.integers(1, 6, n_judgments)) % 6
    rater, item = rng.integers(0, 12, n_judgments), rng.integers(0, 25, n_judgments)
    length, lists = rng.normal(0, 1, n_judgments).round(3), rng.integers(-2, 3, n_judgments)
    tastes, leanings = rng.normal(0, 0.5, (12, 6)), rng.normal(0, 0.7, (25, 6))
    worth = strengths + tastes[rater] + leanings[item]
    rows = np.arange(n_judgments)
    lead = worth[rows, first] - worth[rows, second] + 0.25 + 0.4 * length - 0.15 * lists
    felt = lead + rng.logistic(0, 1, n_judgments)
    outcome = np.where(np.abs(felt) < 0.6, 2, np.where(felt > 0, 0, 1))
    write(
        "simulated_comparisons",
        ["first", "second", "outcome", "rater", "item", "length", "lists"],
        zip(first, second, outcome, rater, item, length, lists, strict=True),
    )


def labels(n_units: int = 60, n_raters: int = 6) -> None:
    """Units down, raters across, five ordered labels, a quarter of the cells empty."""
    rng = np.random.default_rng(20_240_602)
    truth = rng.integers(1, 6, (n_units, 1))
    off = rng.choice([-2, -1, 0, 1, 2], (n_units, n_raters), p=[0.05, 0.15, 0.6, 0.15, 0.05])
    given = np.clip(truth + off, 1, 5)
    empty = rng.random((n_units, n_raters)) < 0.25
    rows = np.where(empty, "", given.astype(str))
    write("simulated_labels", [f"rater_{number}" for number in range(1, n_raters + 1)], rows)


def judged(n_human: int = 80, n_judge_only: int = 400) -> None:
    """Verdicts 0 or 1 of a human, where there is one, and probabilities of a judge, who leans upwards."""
    rng = np.random.default_rng(20_240_603)
    chance = rng.beta(2, 2, n_human + n_judge_only)
    judge = np.clip(chance + 0.1 + rng.normal(0, 0.1, len(chance)), 0.01, 0.99).round(3)
    human = (rng.random(len(chance)) < chance).astype(int)
    rows = [(human[row] if row < n_human else "", judge[row]) for row in range(len(chance))]
    write("simulated_judge", ["human", "judge"], rows)


if __name__ == "__main__":
    comparisons()
    labels()
    judged()
