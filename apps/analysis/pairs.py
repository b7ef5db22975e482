"""What each pair of systems earned from one another, before any model."""

from typing import Any

from apps.stats.pairwise import ComparisonRows, win_matrix


def pairs_of(rows: ComparisonRows, systems: tuple[str, ...], confidence_level: float) -> list[dict[str, Any]]:
    """Every pair in system order, also those that never met; the share is null where nothing was decided or tied."""
    matrix = win_matrix(rows, confidence_level=confidence_level)
    columns = {
        "n_first": matrix.wins,
        "n_second": matrix.losses,
        "n_tie": matrix.ties,
        "n_both_bad": matrix.both_bad,
    }
    shares = {"first_share": matrix.share, "low": matrix.low, "high": matrix.high}
    found = []
    for one, first in enumerate(systems):
        for other in range(one + 1, len(systems)):
            counts = {name: int(table[one, other]) for name, table in columns.items()}
            decided = matrix.n[one, other] > 0
            found.append(
                {
                    "first": first,
                    "second": systems[other],
                    "n": sum(counts.values()),
                    **counts,
                    **{name: float(table[one, other]) if decided else None for name, table in shares.items()},
                }
            )
    return found
