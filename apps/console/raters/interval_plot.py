"""Where an alpha and its interval are drawn: −.25 to 1 on the 0..480 of the row's picture, beside the line at .6."""

from typing import Any

from .numbers import Row, decimal

WIDTH, MARGIN = 480.0, 12.0
LOWEST, HIGHEST, LINE = -0.25, 1.0, 0.6


def plot_of(alpha: Row) -> dict[str, Any] | None:
    """Numbers for the picture; None without a value. An end beyond the scale, or unknown, runs open to the edge."""
    value, low, high = alpha["value"], alpha["low"], alpha["high"]
    if value is None:
        return None
    ends = f"{decimal(low)} to {decimal(high)}" if low is not None and high is not None else "unknown"
    return {
        "x": _x(max(value, LOWEST)),
        "x_low": 0.0 if low is None or low < LOWEST else _x(low),
        "x_high": WIDTH if high is None else _x(high),
        "open_low": low is None or low < LOWEST,
        "open_high": high is None,
        "x_zero": _x(LINE),
        "label": f"alpha {decimal(value)}, 95 % interval {ends}",
    }


def _x(value: float) -> float:
    return round(MARGIN + (value - LOWEST) / (HIGHEST - LOWEST) * (WIDTH - 2 * MARGIN), 1)
