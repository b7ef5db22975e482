"""Two analyses beside one another: what changed in strengths, ranks and counts, and what in their settings."""

import json
from typing import Any

from django.urls import reverse

from apps.analysis.filters import Filters
from apps.analysis.history import Listed
from apps.analysis.models import Analysis
from apps.console.words import interval_words, percent_words, rank_words, signed

from .choices import filter_words

Row = dict[str, Any]


def comparison_of(first: Analysis, second: Analysis, address: list[str]) -> Row:
    """Everything that the page of two analyses shows."""
    before, after = json.loads(first.result), json.loads(second.result)
    rows = _systems(before, after)
    return {
        "sentence": _sentence(before, after, rows),
        "is_shared_scale": {row["system"] for row in before["systems"]} == {row["system"] for row in after["systems"]},
        "sides": [_side(first, before, address), _side(second, after, address)],
        "rows": rows,
        "counts": _counts(before, after),
        "settings": _settings(first, second),
    }


def choices_of(listed: tuple[Listed, ...], chosen: str) -> list[Row]:
    """The newest analyses of a study as the options of a form."""
    return [
        {
            "value": str(each.public_id),
            "computed_at": each.created_at,
            "looks": "" if each.is_plain else "part of the study",
            "selected": str(each.public_id) == chosen,
        }
        for each in listed
    ]


def what_changed(before: Row, after: Row) -> str:
    """The change in one sentence, of two results' `n_judgments` and `systems`."""
    return _sentence(before, after, _systems(before, after))


def _side(analysis: Analysis, result: Row, address: list[str]) -> Row:
    return {
        "computed_at": analysis.created_at,
        "n_judgments": result["n_judgments"],
        "url": reverse("console:analysis", args=[*address, analysis.public_id]),
    }


def _systems(before: Row, after: Row) -> list[Row]:
    """In the order of the second board; what is only on the first comes last."""
    old = {row["system"]: row for row in before["systems"]}
    new = {row["system"]: row for row in after["systems"]}
    names = [*new, *(name for name in old if name not in new)]
    changes = _changes(old, new)
    return [_system(name, old.get(name), new.get(name), changes.get(name)) for name in names]


def _changes(old: dict[str, Row], new: dict[str, Row]) -> dict[str, float]:
    """By how much the strengths changed, of the systems that both boards have on their largest scale.

    Each board's strengths have mean 0 over its own systems, so that one that comes or goes moves all others: both are
    taken from the mean of the systems they share.
    """
    shared = [name for name in new if _is_ranked(old.get(name)) and _is_ranked(new[name])]
    if not shared:
        return {}
    drift = sum(new[name]["strength"] - old[name]["strength"] for name in shared) / len(shared)
    return {name: new[name]["strength"] - old[name]["strength"] - drift for name in shared}


def _is_ranked(row: Row | None) -> bool:
    return row is not None and row["island"] == 1 and row["strength"] is not None


def _system(name: str, old: Row | None, new: Row | None, change: float | None) -> Row:
    return {
        "system": name,
        "before": _figures(old),
        "after": _figures(new),
        "change": change,
        "change_label": signed(change),
        "n_change_label": _counted_change((old or {}).get("n", 0), (new or {}).get("n", 0)),
        "rank_changed": _ranks(old) != _ranks(new),
        "only": "only in the first" if new is None else "only in the second" if old is None else "",
    }


def _figures(row: Row | None) -> Row:
    if row is None:
        return {"rank_label": "–", "strength_label": "–", "interval_label": "", "n": "–", "both_bad_label": "–"}
    return {
        "rank_label": rank_words(row["rank_low"], row["rank_high"]),
        "strength_label": signed(row["strength"]),
        "interval_label": interval_words(row["low"], row["high"]),
        "n": row["n"],
        "both_bad_label": percent_words(row["both_bad_share"]),
    }


def _ranks(row: Row | None) -> tuple[Any, Any] | None:
    return None if row is None else (row["rank_low"], row["rank_high"])


def _counted_change(old: int, new: int) -> str:
    return f"{new - old:+d}".replace("-", "−") if new != old else "same"


def _sentence(before: Row, after: Row, rows: list[Row]) -> str:
    moved = [row for row in rows if row["change"] is not None]
    most = max(moved, key=lambda row: abs(row["change"]), default=None)
    judgments = after["n_judgments"] - before["n_judgments"]
    words = _more_or_fewer(judgments) if judgments else "As many judgments"
    n_ranks = sum(row["rank_changed"] and not row["only"] for row in rows)
    ranks = f"the ranks of {n_ranks} of {len(rows)} systems changed" if n_ranks else "no rank changed"
    farthest = (
        f"; {most['system']} moved most, by {most['change_label']}" if most and abs(most["change"]) > 0.005 else ""
    )
    return f"{words}: {ranks}{farthest}."


def _more_or_fewer(n: int) -> str:
    return f"{abs(n)} {'more' if n > 0 else 'fewer'} judgment{'' if abs(n) == 1 else 's'}"


def _counts(before: Row, after: Row) -> list[Row]:
    names = {"n_judgments": "judgments on the board", "n_raters": "raters", "n_items": "items"}
    counts = [(words, before[name], after[name]) for name, words in names.items()]
    left_out = sorted(before["left_out"].keys() | after["left_out"].keys())
    counts += [
        (f"left out: {name}", before["left_out"].get(name, 0), after["left_out"].get(name, 0)) for name in left_out
    ]
    return [
        {"words": words, "before": old, "after": new, "change_label": _counted_change(old, new)}
        for words, old, new in counts
    ]


def _settings(first: Analysis, second: Analysis) -> Row:
    """Every setting of the two, those that differ apart from those that do not."""
    old, new = _told(first), _told(second)
    rows = [
        {"name": name, "before": old.get(name, "–"), "after": new.get(name, "–")}
        for name in sorted(old.keys() | new.keys())
    ]
    return {
        "differ": [row for row in rows if row["before"] != row["after"]],
        "same": [row for row in rows if row["before"] == row["after"]],
    }


def _told(analysis: Analysis) -> Row:
    settings = {name.replace("_", " "): value for name, value in analysis.settings.items() if name != "filters"}
    versions = {f"version of {name}": value for name, value in analysis.versions.items()}
    look = "; ".join(filter_words(Filters.from_settings(analysis.settings["filters"]))) or "the whole study"
    told = {**settings, **versions, "look": look, "seed": analysis.seed, "inputs": analysis.inputs_sha256}
    return {name: "–" if value is None else str(value) for name, value in told.items()}
