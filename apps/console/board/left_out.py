"""What is not on a board: every judgment, by the one reason that keeps it out."""

from typing import Any

from apps.rating.dispositions import meaning_of

from .links import Reading

Row = dict[str, Any]


def left_out_of(result: Row, without: tuple[str, ...], reading: Reading) -> Row:
    """Every judgment that is not on the board, by the reason; what this look leaves out is told even where it is 0."""
    counts, asked = result["left_out"], {f"rule:{name}" for name in without}
    rows = [_row(name, counts.get(name, 0), name in asked, reading) for name in sorted(counts.keys() | asked)]
    return {
        "left_out": rows,
        "n_for_this_look": sum(row["n"] for row in rows if row["for_this_look"]),
        "is_a_look": any(row["for_this_look"] for row in rows),
        "n_all": result["n_judgments"] + sum(row["n"] for row in rows),
    }


def _row(name: str, n: int, for_this_look: bool, reading: Reading) -> Row:
    return {
        "name": name,
        "n": n,
        "meaning": meaning_of(name),
        "for_this_look": for_this_look,
        "url": reading.left_out(name, for_this_look=for_this_look) if n else None,
    }
