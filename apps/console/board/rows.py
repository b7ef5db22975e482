"""The strengths of a board as the rows of its table, with the style-controlled ones beside them where asked for."""

from typing import Any

from apps.console.words import interval_words, percent_words, rank_words, share_interval_words, signed

from .interval_plot import Scale, plot_of, scale_of

Row = dict[str, Any]
MANY = 20  # rows of so many systems stand closer


def islands_of(result: Row, *, style: bool) -> list[Row]:
    """The systems, group by group of those that met; `style` adds what each strength is once style is allowed for."""
    islands: dict[int, list[Row]] = {}
    for system in result["systems"]:
        islands.setdefault(system["island"], []).append(system)
    controlled = style_strengths(result) if style else {}
    return [
        {"rows": _rows(members, controlled), "reference": _reference(members), "dense": len(members) > MANY}
        for members in islands.values()
    ]


def style_strengths(result: Row) -> dict[str, Row]:
    """The style-controlled strengths by system; empty where the analysis has none."""
    return {row["system"]: row for row in (result.get("style") or {}).get("systems") or ()}


def style_of(result: Row, *, on: bool) -> Row | None:
    """The switch for style control: whether it can be on, why not, and what style was found to do."""
    style = result.get("style")
    if style is None:
        return None
    return {
        "on": on and "systems" in style,
        "reason": style.get("reason"),
        "effects": [_effect(effect) for effect in style.get("effects") or ()],
    }


def elo_of(result: Row) -> list[Row]:
    """The ticker: Elo after the last judgment, the highest first."""
    rated = [row for row in (result.get("elo") or {}).get("systems") or () if row["elo"] is not None]
    ordered = sorted(rated, key=lambda row: (-row["elo"], row["system"]))
    return [{"system": row["system"], "elo_label": f"{row['elo']:.0f}"} for row in ordered]


def _effect(effect: Row) -> Row:
    low, high = effect["low"], effect["high"]
    known = low is not None and high is not None
    return {
        "feature": str(effect["feature"]).replace("_", " "),
        "label": signed(effect["coefficient"]),
        "interval_label": interval_words(low, high),
        "reading": _direction(low, high) if known else "not known",
    }


def _direction(low: float, high: float) -> str:
    if low > 0:
        return "raters prefer more of it"
    return "raters prefer less of it" if high < 0 else "no preference shown"


def _rows(members: list[Row], controlled: dict[str, Row]) -> list[Row]:
    beside = [controlled[row["system"]] for row in members if row["system"] in controlled]
    scale = scale_of([*members, *beside])
    baseline = next((row["strength"] for row in members if row["baseline"]), None)
    return [_row(row, controlled.get(row["system"]), scale, baseline) for row in members]


def _reference(members: list[Row]) -> str:
    return next((row["system"] for row in members if row["baseline"]), "zero")


def _row(row: Row, controlled: Row | None, scale: Scale, baseline: float | None) -> Row:
    return {
        "rank_label": rank_words(row["rank_low"], row["rank_high"]),
        "system": row["system"],
        "is_baseline": row["baseline"],
        "strength_label": signed(row["strength"]),
        "interval_label": interval_words(row["low"], row["high"]),
        "n": row["n"],
        "both_bad_share_label": percent_words(row["both_bad_share"]),
        "both_bad_interval_label": share_interval_words(row["both_bad_low"], row["both_bad_high"]),
        "win_share_label": percent_words(row["win_share"]),
        "win_share_interval_label": share_interval_words(row["win_share_low"], row["win_share_high"]),
        "flag": "undefeated" if row["undefeated"] else "winless" if row["winless"] else None,
        "plot": plot_of(row, scale, baseline),
        "style": _controlled(controlled, scale) if controlled else None,
    }


def _controlled(row: Row, scale: Scale) -> Row:
    return {
        "strength_label": signed(row["strength"]),
        "interval_label": interval_words(row["low"], row["high"]),
        "rank_label": rank_words(row["rank_low"], row["rank_high"]),
        "plot": plot_of(row, scale, None),
    }
