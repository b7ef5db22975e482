"""What a leaderboard page shows, from a frozen analysis."""

import json
from typing import Any

from django.urls import reverse

from apps.analysis.filters import Filters
from apps.analysis.models import Analysis
from apps.analysis.selectors import n_newer_judgments
from apps.console.charts.strengths import rows_of
from apps.console.header import header_of
from apps.console.words import parts_of, sentence_of
from apps.core.models import Job
from apps.studies.models import Study

from .agreement import agreement_of
from .choices import filter_choices, hidden_fields, leaderboard_url
from .left_out import left_out_of
from .pairs import pairs_of
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
        "n_newer": n_newer_judgments(analysis) if analysis else None,
        "compute_url": reverse("console:compute", args=address),
        "filter_fields": hidden_fields(filters),
        "job": _job(job, address) if job else None,
        "filters": filter_choices(study, filters),
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
        "computed_at": analysis.created_at,
        "board_url": reverse("console:analysis", args=address),
    }


def _board(analysis: Analysis, address: list[str], *, style: bool) -> Row:
    result = json.loads(analysis.result)
    without = Filters.from_settings(analysis.settings["filters"]).without
    return {
        "sentence": parts_of(sentence_of(result), [row["system"] for row in result["systems"]]),
        "computed_at": analysis.created_at,
        **{name: result[name] for name in ("n_judgments", "n_raters", "n_items", "n_unblinded", "inputs_sha256")},
        "islands": islands_of(result, style=style),
        "style": style_of(result, on=style),
        "elo": elo_of(result),
        **left_out_of(result, without),
        **_parts(result, address),
        "agreement": agreement_of(result["agreement"]),
        "method_note": " ".join(dict.fromkeys(note["reason"] for note in result["intervals"])),
        **_addresses(address),
    }


def _parts(result: Row, address: list[str]) -> Row:
    """What old analyses do not have is None, and not on the page."""
    separation = separation_of(result)
    return {
        "separation": separation if sum(len(group["rows"]) for group in separation) <= ON_THE_BOARD else [],
        "slices": slices_of(result, address),
        "pairs": pairs_of(result, address),
        "spending": spending_of(result, address),
        "both_bad_picture": both_bad_picture(result, address),
        "picture": strengths_picture(result, address) if rows_of(result) else None,
    }


def _addresses(address: list[str]) -> Row:
    return {
        "permalink": reverse("console:analysis", args=address),
        "report_url": reverse("console:report", args=address),
        "history_url": reverse("console:history", args=address),
    }


def _job(job: Job, address: list[str]) -> Row:
    return {
        "state": job.state,
        "percent": job.percent,
        "message": job.message,
        "poll_url": reverse("console:job", args=[*address, job.public_id]),
    }
