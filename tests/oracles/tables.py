"""The small tables of `tests/stats/data`, as plain arrays and frames."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(__file__).parents[1] / "stats" / "data"


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def games(name: str) -> pd.DataFrame:
    """`food` and `simple`: left, right (codes in the order of the names), earned (1, 1/2, 0) by the left one."""
    rows = rows_of(name)
    names = sorted({row[side] for row in rows for side in ("left", "right")})
    earned = {"left": 1.0, "tie": 0.5, "right": 0.0}
    return pd.DataFrame(
        {
            "left": [names.index(row["left"]) for row in rows],
            "right": [names.index(row["right"]) for row in rows],
            "earned": [earned[row["winner"]] for row in rows],
        }
    )


def simulated_games() -> pd.DataFrame:
    """The simulated comparisons with the same columns, and rater, item, length, lists."""
    frame = pd.read_csv(DATA / "simulated_comparisons.csv")
    frame["earned"] = frame["outcome"].map({0: 1.0, 1: 0.0, 2: 0.5})
    return frame.rename(columns={"first": "left", "second": "right"})


def baseball() -> pd.DataFrame:
    """A row for each game: left (home) and right (away) as codes in the order of the table, earned."""
    rows = rows_of("baseball_1987")
    teams = list(dict.fromkeys(row["home"] for row in rows))
    played = [
        (teams.index(row["home"]), teams.index(row["away"]), earned)
        for row in rows
        for earned, column in ((1.0, "home_wins"), (0.0, "away_wins"))
        for _ in range(int(row[column]))
    ]
    return pd.DataFrame(played, columns=["left", "right", "earned"])


def puddings() -> pd.DataFrame:
    """A row for each comparison of Davidson's puddings."""
    compared = [
        (int(row["i"]) - 1, int(row["j"]) - 1, earned)
        for row in rows_of("davidson_1970")
        for earned, column in ((1.0, "wins_i"), (0.0, "wins_j"), (0.5, "ties"))
        for _ in range(int(row[column]))
    ]
    return pd.DataFrame(compared, columns=["left", "right", "earned"])


def n_competitors(frame: pd.DataFrame) -> int:
    return 1 + int(max(frame["left"].max(), frame["right"].max()))


def design(frame: pd.DataFrame) -> np.ndarray:
    """+1 for the left, -1 for the right; the last competitor, the reference, has no column. [n_rows, n - 1]"""
    n, rows = n_competitors(frame), np.arange(len(frame))
    found = np.zeros((len(frame), n))
    found[rows, frame["left"]] = 1
    found[rows, frame["right"]] = -1
    return found[:, :-1]


def codings() -> np.ndarray:
    """Krippendorff's 4 coders (down) x 12 units (across), nan where a coder did not see a unit."""
    return np.genfromtxt(DATA / "codings.csv", delimiter=",")


def gcl() -> np.ndarray:
    """Coders (down) x units (across) of tags, as 0 and 1."""
    with (DATA / "gcl.csv").open(encoding="utf-8") as file:
        table = list(csv.reader(file))
    codes = {"": np.nan, "NN": 0.0, "VBP": 1.0}
    return np.array([[codes[cell] for cell in row] for row in table])


def simulated_labels() -> np.ndarray:
    """Raters (down) x units (across)."""
    return np.genfromtxt(DATA / "simulated_labels.csv", delimiter=",", skip_header=1).T


def fleiss() -> np.ndarray:
    """How many raters put each subject (down) in each category (across)."""
    return np.genfromtxt(DATA / "fleiss_10x14.csv", delimiter=",", skip_header=1, dtype=int)[:, 1:]
