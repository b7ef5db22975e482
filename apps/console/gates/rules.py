"""A gate's rules as a page shows them: in words, with their interval beside the bound, and the way to the outputs."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from apps.console.words import about
from apps.rating.models import Flag
from apps.studies.models import Criterion

Row = dict[str, Any]
WIDTH, MARGIN = 480.0, 12.0
VERDICTS = {"PASS": "holds", "BLOCK": "is broken", "UNDECIDED": "is open"}


def rule_words(rule: Row, baseline: str | None, criteria: Mapping[str, Criterion]) -> str:
    """The rule as a sentence about the candidate."""
    if rule["kind"] == "margin":
        where = f"In {rule['slice'][0]} = {rule['slice'][1]} it" if rule["slice"] else "Over all items it"
        if not rule["allowed"]:
            return f"{where} may not lose to {baseline}."
        return f"{where} may lose to {baseline} by at most {points(rule['allowed'])}."
    limit = f"At most {exactly(rule['allowed'])} of"
    if rule["kind"] == "both_bad":
        return f"{limit} its comparisons may end with both bad."
    if rule["kind"] == "flag":
        return f"{limit} its showings may be flagged “{Flag(rule['name']).label}”."
    criterion = criteria.get(rule["name"])
    question = criterion.question if criterion else rule["name"]
    return f"{limit} its ratings may answer {_answers(rule, criterion)} to “{question}”"


def _answers(rule: Row, criterion: Criterion | None) -> str:
    labels = {anchor["value"]: anchor["label"] for anchor in criterion.anchors} if criterion else {}
    return " or ".join(f"“{labels.get(value, value)}”" for value in rule["failing"])


def rule_row(rule: Row, names: Row, criteria: Mapping[str, Criterion], reading_url: str) -> Row:
    """A rule with what became of it; `names` has the candidate and the baseline."""
    is_margin = rule["kind"] == "margin"
    return {
        "words": rule_words(rule, names["baseline"], criteria),
        "verdict": rule["verdict"],
        "verdict_words": VERDICTS[rule["verdict"]],
        "share": percent(rule["share"]),
        "interval": "" if rule["low"] is None else f"{percent(rule['low'])} … {percent(rule['high'])}",
        "measured": "of the comparisons earned" if is_margin else "failed",
        "bound": f"{exactly(0.5 - rule['allowed'])} or more" if is_margin else f"{exactly(rule['allowed'])} or less",
        "n": rule["n"],
        "n_raters": rule["n_raters"],
        "n_items": rule["n_items"],
        "needs": needs_words(rule),
        "plot": plot_of(rule),
        "url": f"{reading_url}?{urlencode(_reading(rule, names))}" if rule["n"] else None,
    }


def needs_words(rule: Row) -> str:
    """What a rule still needs, and where that would lead; empty once it is decided."""
    if rule["verdict"] != "UNDECIDED":
        return ""
    if rule["n_more"] is None:
        return f"at least {rule['n_missing']} more" if rule["n_missing"] else "none would do: it lies on the bound"
    towards = "hold" if rule["leans"] == "PASS" else "be broken"
    what = "more items" if rule["counts_items"] else "more"
    return f"{about(max(rule['n_more'], 1))} {what}, to {towards}"


def plot_of(rule: Row) -> Row | None:
    """Where the share and its interval are drawn: right of the line the rule holds, each on a scale of its own."""
    if rule["share"] is None:
        return None
    low, share, high = _beyond(rule)
    span = max(abs(low), abs(high), 1e-9)
    return {
        "x": _x(share / span),
        "x_low": _x(low / span),
        "x_high": _x(high / span),
        "x_zero": _x(0.0),
        "open_low": False,
        "open_high": False,
        "label": f"{percent(rule['share'])}, 95 % interval {percent(rule['low'])} to {percent(rule['high'])}",
    }


def _beyond(rule: Row) -> tuple[float, float, float]:
    """Low end, share and high end as distances from the bound, on the side where the rule holds being positive."""
    if rule["kind"] == "margin":
        least = 0.5 - rule["allowed"]
        return rule["low"] - least, rule["share"] - least, rule["high"] - least
    return rule["allowed"] - rule["high"], rule["allowed"] - rule["share"], rule["allowed"] - rule["low"]


def _x(place: float) -> float:
    return round(WIDTH / 2 + place * (WIDTH / 2 - MARGIN), 1)


def _reading(rule: Row, names: Row) -> list[tuple[str, str]]:
    """The reading room's filters for the outputs behind a rule."""
    wanted = [("first", names["candidate"])]
    if rule["kind"] == "margin":
        wanted.append(("second", names["baseline"]))
    if rule["slice"]:
        wanted.append((f"slice.{rule['slice'][0]}", rule["slice"][1]))
    if rule["kind"] == "both_bad":
        wanted.append(("both_bad", "1"))
    if rule["kind"] in ("flag", "criterion"):
        wanted.append((rule["kind"], rule["name"]))
    return wanted


def percent(share: float | None) -> str:
    """A measured share in percent, to the digit that such a bound needs; never on a limit that it has not reached."""
    if share is None:
        return "–"
    if share >= 0.1:
        return f"{min(round(share * 100, 1), 99.9) if share < 1 else 100:g} %"
    return f"{share * 100:.2g} %"


def exactly(share: float) -> str:
    """A bound in percent, as it was written down."""
    return f"{round(share * 100, 4):g} %"


def points(share: float) -> str:
    """A margin in points."""
    return "1 point" if share == 0.01 else f"{share * 100:g} points"
