"""What a comparison of slices says, in sentences."""

from collections.abc import Sequence

from apps.stats.boards.slice_rows import SliceRow
from apps.stats.boards.spread import Spread

Groups = Sequence[tuple[int, ...]]


def slice_reading(
    name: str, rows: Sequence[SliceRow], groups: Groups, n_judgments: tuple[int, int], confidence_level: float
) -> str:
    """Who differs in one slice, and who could not be compared. `n_judgments` inside and outside."""
    inside, outside = n_judgments
    begun = f"`{name}` holds {inside} judgments, the rest {outside}. "
    if not groups:
        return begun + "No two competitors were ranked together in both, so nothing is compared."
    beyond = [row.competitor for row in rows if row.p_holm is not None and row.p_holm < 1 - confidence_level]
    return begun + _who_differs(beyond, confidence_level) + _left_out(rows, groups)


def _who_differs(beyond: list[int], confidence_level: float) -> str:
    level = _percent(1 - confidence_level)
    if not beyond:
        return f"No competitor differs by more than chance explains (Holm, {level}); that does not make them alike."
    names, verb = ", ".join(map(str, beyond)), "differ" if len(beyond) > 1 else "differs"
    return f"Of the competitors {names} {verb} by more than chance explains (Holm, {level})."


def _left_out(rows: Sequence[SliceRow], groups: Groups) -> str:
    """Nothing where all were compared with one another."""
    alone = [row.competitor for row in rows if not row.compared_with]
    said = ""
    if len(groups) > 1:
        told = "; ".join("{" + ", ".join(map(str, group)) + "}" for group in groups)
        said += f" Only inside these groups were competitors ranked together in both, and compared: {told}."
    if alone:
        said += f" Ranked with nobody in both, and not compared: {', '.join(map(str, alone))}."
    return said


def comparison_reading(n_beyond: int, n_tests: int, spread: Spread | None, confidence_level: float) -> str:
    """All slices in one sentence or two."""
    if spread is None:
        return "In no slice were two competitors ranked together both in it and in the rest: nothing is compared."
    return (
        f"{n_beyond} of {n_tests} differences between a slice and the rest are more than chance explains (Holm, "
        f"{_percent(1 - confidence_level)}). Beyond chance, strengths in a slice stray from the rest by about "
        f"{spread.sd:.2f} log-odds ({_percent(confidence_level)} interval: {spread.low:.2f} to {spread.high:.2f})."
    )


def _percent(share: float) -> str:
    return f"{100 * share:g} %"
