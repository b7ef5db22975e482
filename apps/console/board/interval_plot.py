"""Where an interval is drawn: from log-odds to the 0..480 of the row's picture."""

from dataclasses import dataclass
from typing import Any

from apps.console.words import interval_words, signed

WIDTH, MARGIN = 480.0, 12.0


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale shared by all rows of an island."""

    lowest: float
    highest: float

    def x(self, value: float) -> float:
        """The place of `value`, in units of the picture, to a tenth."""
        span = (self.highest - self.lowest) or 1.0
        return round(MARGIN + (value - self.lowest) / span * (WIDTH - 2 * MARGIN), 1)


def scale_of(rows: list[dict[str, Any]]) -> Scale:
    """A scale that holds every strength and every closed end."""
    values = [row[name] for row in rows for name in ("low", "strength", "high") if row[name] is not None]
    return Scale(min(values, default=-1.0), max(values, default=1.0))


def plot_of(row: dict[str, Any], scale: Scale, baseline: float | None) -> dict[str, Any] | None:
    """Numbers for the row's picture; None for a system without a strength. An open end runs to the edge."""
    if row["strength"] is None:
        return None
    return {
        "x": scale.x(row["strength"]),
        "x_low": 0.0 if row["low"] is None else scale.x(row["low"]),
        "x_high": WIDTH if row["high"] is None else scale.x(row["high"]),
        "open_low": row["low"] is None,
        "open_high": row["high"] is None,
        "x_zero": scale.x(0.0 if baseline is None else baseline),
        "label": f"{signed(row['strength'])}, 95 % interval {interval_words(row['low'], row['high'])}",
    }
