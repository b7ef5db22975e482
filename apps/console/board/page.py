"""What a leaderboard page shows, from a frozen analysis."""

import json
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.analysis.filters import Filters
from apps.analysis.models import Analysis
from apps.analysis.selectors import n_newer_judgments, rater_groups, rules_of, slice_values
from apps.console.header import header_of
from apps.console.words import interval_words, percent_words, sentence_of, signed
from apps.core.models import Job
from apps.rating.dispositions import meaning_of
from apps.rating.rules import SWITCHABLE
from apps.studies.models import Study

from .interval_plot import plot_of, scale_of

Row = dict[str, Any]

# What a look at a board may leave out, as its checkboxes say it.
WITHOUT_WORDS = {
    "told_apart": "judgments where the rater could tell the system",
    "self_identified": "outputs that name their system",
    "unblinded": "judgments given after seeing results",
}


def board_context(
    study: Study, filters: Filters, analysis: Analysis | None, *, job: Job | None, frozen: bool = False
) -> dict[str, Any]:
    """The whole page: the board if there is one, what is newer than it, and how to compute it again."""
    address = [study.workspace.slug, study.slug]
    return {
        "study": header_of(study),
        "board": _board(analysis, address) if analysis else None,
        "frozen": frozen,
        "n_newer": n_newer_judgments(analysis) if analysis else None,
        "compute_url": f"{reverse('console:compute', args=address)}",
        "filter_fields": _hidden_fields(filters),
        "job": _job(job, address) if job else None,
        "filters": _filter_choices(study, filters),
        "json_url": reverse("console:analysis_json", args=[*address, analysis.public_id]) if analysis else None,
    }


def leaderboard_url(study: Study, filters: Filters) -> str:
    """The address of the leaderboard with these filters."""
    query = urlencode([(field["name"], field["value"]) for field in _hidden_fields(filters)])
    address = reverse("console:leaderboard", args=[study.workspace.slug, study.slug])
    return f"{address}?{query}" if query else address


def _hidden_fields(filters: Filters) -> list[dict[str, str]]:
    fields = [{"name": f"slice.{key}", "value": value} for key, value in filters.slices]
    fields += [{"name": "group", "value": filters.rater_group}] if filters.rater_group else []
    return fields + [{"name": "without", "value": name} for name in filters.without]


def _board(analysis: Analysis, address: list[str]) -> dict[str, Any]:
    result = json.loads(analysis.result)
    left_out = _left_out(result["left_out"], Filters.from_settings(analysis.settings["filters"]).without)
    return {
        "sentence": sentence_of(result),
        "computed_at": analysis.created_at,
        "n_judgments": result["n_judgments"],
        "n_raters": result["n_raters"],
        "n_items": result["n_items"],
        "n_unblinded": result["n_unblinded"],
        "islands": _islands(result["systems"]),
        "left_out": left_out,
        "n_for_this_look": sum(row["n"] for row in left_out if row["for_this_look"]),
        "is_a_look": any(row["for_this_look"] for row in left_out),
        "n_all": result["n_judgments"] + sum(row["n"] for row in left_out),
        "agreement": _agreement(result["agreement"]),
        "inputs_sha256": result["inputs_sha256"],
        "method_note": " ".join(dict.fromkeys(note["reason"] for note in result["intervals"])),
        "permalink": reverse("console:analysis", args=[*address, analysis.public_id]),
    }


def _left_out(counts: dict[str, int], without: tuple[str, ...]) -> list[Row]:
    """Every judgment that is not on the board, by the reason; what this look leaves out is told even where it is 0."""
    asked = {f"rule:{name}" for name in without}
    return [
        {"name": name, "n": counts.get(name, 0), "meaning": meaning_of(name), "for_this_look": name in asked}
        for name in sorted(counts.keys() | asked)
    ]


def _islands(systems: list[Row]) -> list[dict[str, Any]]:
    islands: dict[int, list[Row]] = {}
    for system in systems:
        islands.setdefault(system["island"], []).append(system)
    return [{"rows": _rows(members)} for members in islands.values()]


def _rows(members: list[Row]) -> list[Row]:
    scale = scale_of(members)
    baseline = next((row["strength"] for row in members if row["baseline"]), None)
    return [_row(row, plot_of(row, scale, baseline)) for row in members]


def _row(row: Row, plot: dict[str, Any] | None) -> Row:
    return {
        "rank_label": _rank_label(row),
        "system": row["system"],
        "is_baseline": row["baseline"],
        "strength": row["strength"],
        "low": row["low"],
        "high": row["high"],
        "strength_label": signed(row["strength"]),
        "interval_label": interval_words(row["low"], row["high"]),
        "n": row["n"],
        "both_bad_share_label": percent_words(row["both_bad_share"]),
        "both_bad_interval_label": _share_interval(row, "both_bad"),
        "win_share_label": percent_words(row["win_share"]),
        "win_share_interval_label": _share_interval(row, "win_share"),
        "flag": "undefeated" if row["undefeated"] else "winless" if row["winless"] else None,
        "plot": plot,
    }


def _rank_label(row: Row) -> str:
    if row["rank_low"] is None:
        return "–"
    low, high = row["rank_low"], row["rank_high"]
    return str(low) if low == high else f"{low}–{high}"


def _share_interval(row: Row, name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "" if low is None or high is None else f"{percent_words(low)} … {percent_words(high)}"


def _agreement(agreement: Row) -> Row:
    return {
        "human_human": _figures(agreement["human_human"]),
        "judges": [
            {
                "name": name,
                **_figures(figures),
                "rank_correlation_label": _number(figures["rank_correlation"]),
            }
            for name, figures in agreement["judge_human"].items()
        ],
    }


def _figures(figures: Row) -> Row:
    return {
        "percent_label": "–" if figures["percent"] is None else f"{figures['percent']:.0f} %",
        "percent_decisive_label": "–"
        if figures["percent_decisive"] is None
        else f"{figures['percent_decisive']:.0f} %",
        "n_pairs": figures["n_pairs"],
        "n_pairs_decisive": figures["n_pairs_decisive"],
        "alpha_label": _with_interval(figures, "alpha"),
        "kappa_label": _with_interval(figures, "kappa"),
        "reading": figures["reading"],
    }


def _with_interval(figures: Row, name: str) -> str:
    if figures[name] is None:
        return "–"
    return f"{_number(figures[name])} ({_number(figures[name + '_low'])} … {_number(figures[name + '_high'])})"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def _job(job: Job, address: list[str]) -> dict[str, Any]:
    return {
        "state": job.state,
        "percent": job.percent,
        "message": job.message,
        "poll_url": reverse("console:job", args=[*address, job.public_id]),
    }


def _filter_choices(study: Study, filters: Filters) -> dict[str, Any]:
    chosen = set(filters.slices)
    return {
        "slices": [
            {"key": key, "values": [{"value": value, "selected": (key, value) in chosen} for value in values]}
            for key, values in slice_values(study).items()
        ],
        "groups": [{"name": name, "selected": name == filters.rater_group} for name in rater_groups(study)],
        "without": _without_choices(study, filters),
    }


def _without_choices(study: Study, filters: Filters) -> list[Row]:
    always = rules_of(study)
    return [
        {"name": name, "words": WITHOUT_WORDS[name], "chosen": name in filters.without, "always": name in always}
        for name in SWITCHABLE
    ]
