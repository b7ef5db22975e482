"""Small tables of comparisons, and ways to draw random ones."""

import csv
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from apps.stats.pairwise import ComparisonRows, Outcome, PairwiseCounts
from apps.stats.simulation import SimulatedComparisons

DATA = Path(__file__).parent / "data"


def counts_of(n_competitors: int, *pairs: tuple[int, ...]) -> PairwiseCounts:
    """Counts from (i, j, wins of i, wins of j[, ties])."""
    table = PairwiseCounts.from_arrays(n_competitors, [], [], np.array([], dtype=int))
    for i, j, *results in pairs:
        for outcome, count in zip(Outcome, results, strict=False):
            table += PairwiseCounts.from_arrays(n_competitors, [i], [j], [outcome], [count])
    return table


def golden_table(name: str) -> tuple[list[str], PairwiseCounts, dict[str, float]]:
    """Competitors, their counts, and the Bradley-Terry scores printed for them."""
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        results = list(csv.DictReader(file))
    with (DATA / f"{name}-golden.csv").open(encoding="utf-8") as file:
        golden = {
            row["item"]: float(row["score"]) for row in csv.DictReader(file) if row["algorithm"] == "bradley_terry"
        }
    names = sorted(golden)
    code = {competitor: place for place, competitor in enumerate(names)}
    ends = {"left": Outcome.FIRST_WINS, "right": Outcome.SECOND_WINS, "tie": Outcome.TIE}
    counts = PairwiseCounts.from_arrays(
        len(names),
        [code[row["left"]] for row in results],
        [code[row["right"]] for row in results],
        [ends[row["winner"]] for row in results],
    )
    return names, counts, golden


def labels_of(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Unit and label of every filled cell of a table with coders down and units across."""
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        table = list(csv.reader(file))
    cells = [(unit, cell) for row in table for unit, cell in enumerate(row) if cell]
    names = sorted({cell for _, cell in cells})
    return np.array([unit for unit, _ in cells]), np.array([names.index(cell) for _, cell in cells])


@st.composite
def comparison_rows(draw: st.DrawFn, most_competitors: int = 5) -> ComparisonRows:
    """Random rows in which everybody beat, and was beaten by, a neighbour: a finite fit exists."""
    n = draw(st.integers(2, most_competitors))
    who, what = st.integers(0, 3), st.integers(0, 4)
    row = st.tuples(st.integers(0, n - 1), st.integers(1, n - 1), st.integers(0, 3), st.integers(1, 3), who, what)
    drawn = draw(st.lists(row, max_size=25))
    ring = [(i, 1, end, 1, draw(who), draw(what)) for i in range(n) for end in (0, 1)]
    first, shift, outcome, count, rater, item = np.array(drawn + ring).T
    return ComparisonRows.from_arrays(
        n_competitors=n,
        first=first,
        second=(first + shift) % n,
        outcome=outcome,
        count=count,
        rater=rater,
        item=item,
    )


def rows_of_study(study: SimulatedComparisons) -> ComparisonRows:
    """A simulated study as rows."""
    return ComparisonRows.from_arrays(
        n_competitors=study.n_competitors,
        first=study.first,
        second=study.second,
        outcome=study.outcome,
        rater=study.rater,
        item=study.item,
    )
