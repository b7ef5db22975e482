"""What a leaderboard page shows, from a frozen analysis."""

import json
from typing import Any

from django.urls import reverse

from apps.analysis.filters import Filters
from apps.analysis.history import moment_before
from apps.analysis.models import Analysis
from apps.analysis.reading_filters import UNBLINDED
from apps.analysis.selectors import n_newer_judgments
from apps.console.charts.strengths import rows_of
from apps.console.gates.page import gates_in_force
from apps.console.header import header_of
from apps.console.words import parts_of, sentence_of
from apps.core.models import Job
from apps.studies.models import Study

from .agreement import agreement_of
from .choices import filter_choices, filter_words, hidden_fields, leaderboard_url
from .comparing import what_changed
from .left_out import left_out_of
from .links import Reading, reading_of
from .pairs import pairs_of
from .past import compare_url
from .report import strengths_picture
from .rows import elo_of, islands_of, style_of
from .separation import ON_THE_BOARD, separation_of
from .slices import slices_of
from .spending import both_bad_picture, spending_of

Row = dict[str, Any]


def board_context(
    study: Study,
    filters: Filters,
    analysis: Analysis | None,
    *,
    job: Job | None,
    frozen: bool = False,
    style: bool = False,
) -> Row:
    """The whole page: the board if there is one, what is newer than it, and how to compute it again."""
    address = [study.workspace.slug, study.slug]
    here = reverse("console:analysis", args=[*address, analysis.public_id]) if frozen and analysis else None
    return {
        "study": header_of(study),
        "style_urls": style_urls(here or leaderboard_url(study, filters)),
        "board": _board(analysis, [*address, str(analysis.public_id)], style=style) if analysis else None,
        "frozen": frozen,
        "look": filter_words(filters),
        # What is frozen for ever asks neither what is newer nor what else could be chosen.
        "n_newer": n_newer_judgments(analysis) if analysis and not frozen else None,
        "gates": [] if frozen else gates_in_force(study),
        "filters": None if frozen else filter_choices(study, filters),
        "compute_url": reverse("console:compute", args=address),
        "filter_fields": hidden_fields(filters),
        "job": _job(job, address, style=style) if job else None,
        "json_url": reverse("console:analysis_json", args=[*address, analysis.public_id]) if analysis else None,
    }


def style_urls(here: str) -> Row:
    """This page without and with the style-controlled strengths."""
    return {"off": f"{here}#strengths", "on": f"{here}{'&' if '?' in here else '?'}style=on#strengths"}


def frozen_head(study: Study, analysis: Analysis, part: str) -> Row:
    """The head of a page about one part of a frozen analysis."""
    address = [study.workspace.slug, study.slug, str(analysis.public_id)]
    return {
        "study": header_of(study),
        "part": part,
        "look": filter_words(Filters.from_settings(analysis.settings["filters"])),
        "computed_at": analysis.created_at,
        "board_url": reverse("console:analysis", args=address),
    }


def _board(analysis: Analysis, address: list[str], *, style: bool) -> Row:
    result = json.loads(analysis.result)
    filters = Filters.from_settings(analysis.settings["filters"])
    reading = reading_of(address, filters)
    return {
        "sentence": parts_of(sentence_of(result), [row["system"] for row in result["systems"]]),
        "computed_at": analysis.created_at,
        **{name: result[name] for name in ("n_judgments", "n_raters", "n_items", "n_unblinded", "inputs_sha256")},
        "since": _since(analysis, result, address),
        "islands": islands_of(result, reading, style=style),
        "style": style_of(result, on=style),
        "elo": elo_of(result),
        **left_out_of(result, filters.without, reading),
        **_parts(result, address, reading),
        "agreement": agreement_of(result["agreement"]),
        "method_note": " ".join(dict.fromkeys(note["reason"] for note in result["intervals"])),
        **_addresses(address, reading),
    }


def _since(analysis: Analysis, result: Row, address: list[str]) -> Row | None:
    """What changed since the analysis before; None for the first one."""
    before = moment_before(analysis)
    if before is None:
        return None
    return {
        "computed_at": before.created_at,
        "sentence": what_changed({"n_judgments": before.n_judgments, "systems": before.systems}, result),
        "url": compare_url(address, str(before.public_id), str(analysis.public_id)),
    }


def _parts(result: Row, address: list[str], reading: Reading) -> Row:
    """What old analyses do not have is None, and not on the page."""
    separation = separation_of(result, reading)
    return {
        "separation": separation if sum(len(group["rows"]) for group in separation) <= ON_THE_BOARD else [],
        "slices": slices_of(result, address, reading),
        "pairs": pairs_of(result, address, reading),
        "spending": spending_of(result, address, reading),
        "both_bad_picture": both_bad_picture(result, address),
        "picture": strengths_picture(result, address) if rows_of(result) else None,
    }


def _addresses(address: list[str], reading: Reading) -> Row:
    return {
        "reading_url": reading.to(),
        "unblinded_url": reading.to(disposition=UNBLINDED),
        "disagree_url": reading.to(disagree="1"),
        "conflict_url": reading.to(conflict="1"),
        "raters_url": reverse("console:raters", args=address[:2]),
        "agreement_url": reverse("console:agreement", args=address[:2]),
        "permalink": reverse("console:analysis", args=address),
        "report_url": reverse("console:report", args=address),
        "history_url": reverse("console:history", args=address),
    }


def _job(job: Job, address: list[str], *, style: bool) -> Row:
    url = reverse("console:job", args=[*address, job.public_id])
    return {
        "state": job.state,
        "percent": job.percent,
        "message": job.message,
        "poll_url": f"{url}?style=on" if style else url,
    }
