"""Tables that were printed with their results."""

import csv

from apps.stats.pairwise import Outcome, PairwiseCounts
from tests.stats.comparisons_for_tests import DATA, counts_of


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


# Davidson (1970): six puddings. i, j (from 1), judgments for i, for j, for neither.
PUDDINGS = tuple(
    tuple(int(row[each]) for each in ("i", "j", "wins_i", "wins_j", "ties")) for row in _rows("davidson_1970")
)
BASEBALL_TEAMS = ("Mil", "Det", "Tor", "NY", "Bos", "Cle", "Bal")


def puddings() -> PairwiseCounts:
    return counts_of(6, *((i - 1, j - 1, *results) for i, j, *results in PUDDINGS))


def baseball() -> PairwiseCounts:
    """The American League East of 1987, the home team shown first (Agresti 2002, table 10.10)."""
    ends = {"home_wins": Outcome.FIRST_WINS, "away_wins": Outcome.SECOND_WINS}
    rows = [
        (BASEBALL_TEAMS.index(row["home"]), BASEBALL_TEAMS.index(row["away"]), outcome, int(row[end]))
        for row in _rows("baseball_1987")
        for end, outcome in ends.items()
    ]
    return PairwiseCounts.from_arrays(len(BASEBALL_TEAMS), *zip(*rows, strict=True))
