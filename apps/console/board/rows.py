"""The strengths of a board as the rows of its table, with the style-controlled ones beside them where asked for."""

from typing import Any

from apps.console.words import interval_words, percent_words, rank_words, share_interval_words, signed

from .interval_plot import Scale, plot_of, scale_of
from .links import Reading

Row = dict[str, Any]
MANY = 20  # rows of so many systems stand closer
ON_THE_TICKER = 8


def islands_of(result: Row, reading: Reading, *, style: bool) -> list[Row]:
    """The systems, group by group of those that met; `style` adds what each strength is once style is allowed for."""
    islands: dict[int, list[Row]] = {}
    for system in result["systems"]:
        islands.setdefault(system["island"], []).append(system)
    controlled = style_strengths(result) if style else {}
    return [
        {"rows": _rows(members, controlled, reading), "reference": _reference(members), "dense": len(members) > MANY}
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


def elo_of(result: Row) -> Row | None:
    """The ticker: Elo after the last judgment, the highest first, and what their order alone does; None without any."""
    elo = result.get("elo") or {}
    if not elo.get("systems"):
        return None
    ordered = sorted(elo["systems"], key=lambda row: (-row["elo"], row["system"]))
    rows = [{"system": row["system"], "elo_label": f"{row['elo']:.0f}"} for row in ordered]
    return {"rows": rows, "n_more": max(len(rows) - ON_THE_TICKER, 0), "noise": _order_noise(elo)}


def _order_noise(elo: Row) -> str:
    if not elo.get("n_orders"):
        return "How far another order of the same judgments would move them was not computed: there are too many."
    spreads = [row["order_sd"] for row in elo["systems"]]
    low, high = (f"{found(spreads):.0f}" for found in (min, max))
    points = f"{low} points" if low == high else f"{low} to {high} points, by system"
    return (
        f"The same judgments in another order would move them by about {points} "
        f"(standard deviation over {elo['n_orders']} random orders)."
    )


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


def _rows(members: list[Row], controlled: dict[str, Row], reading: Reading) -> list[Row]:
    beside = [controlled[row["system"]] for row in members if row["system"] in controlled]
    scale = scale_of([*members, *beside])
    baseline = next((row["strength"] for row in members if row["baseline"]), None)
    return [_row(row, controlled.get(row["system"]), scale, baseline) | _ways(row, reading) for row in members]


def _ways(row: Row, reading: Reading) -> Row:
    """To what the system was seen in; to where somebody said both bad, if anybody did."""
    return {
        "url": reading.to(first=row["system"]),
        "both_bad_url": reading.to(first=row["system"], both_bad="1") if row["both_bad_share"] else None,
    }


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
