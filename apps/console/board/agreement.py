"""How far people agree with one another, and judges with people, in words."""

from typing import Any

Row = dict[str, Any]


def agreement_of(agreement: Row) -> Row:
    """The table of agreement."""
    return {
        "human_human": _figures(agreement["human_human"]),
        "judges": [
            {"name": name, **_figures(figures), "rank_correlation_label": _number(figures["rank_correlation"])}
            for name, figures in agreement["judge_human"].items()
        ],
    }


def _figures(figures: Row) -> Row:
    return {
        "percent_label": _percent(figures["percent"]),
        "percent_interval_label": _percent_interval(figures),
        "n_pairs": figures["n_pairs"],
        "alpha_label": _with_interval(figures, "alpha"),
        "kappa_label": _with_interval(figures, "kappa"),
        "reading": figures["reading"],
    }


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} %"


def _percent_interval(figures: Row) -> str:
    low, high = figures.get("percent_low"), figures.get("percent_high")
    return "" if low is None or high is None else f"{_percent(low)} … {_percent(high)}"


def _with_interval(figures: Row, name: str) -> str:
    if figures[name] is None:
        return "–"
    return f"{_number(figures[name])} ({_number(figures[name + '_low'])} … {_number(figures[name + '_high'])})"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")
