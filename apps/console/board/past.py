"""The history of a look: what its analyses said, one after another."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from apps.analysis.history import Moment, history_of
from apps.analysis.models import Analysis
from apps.console.charts.history import shown_systems
from apps.console.charts.plots import picture_of
from apps.console.words import interval_words, signed

Row = dict[str, Any]


def past_of(analysis: Analysis, address: list[str]) -> Row:
    """The plot with its table: the newest analysis first, with the way to each and to what changed since."""
    moments = history_of(analysis)
    systems = shown_systems(moments)
    return {
        "systems": systems,
        "rows": [_row(moment, systems, analysis, address) for moment in reversed(moments)],
        "picture": _picture(moments, systems, address) if len(moments) > 1 and systems else None,
    }


def compare_url(address: list[str], first: str, second: str) -> str:
    """What changed from one analysis to the other."""
    return f"{reverse('console:compare', args=address[:2])}?{urlencode({'a': first, 'b': second})}"


def _picture(moments: Sequence[Moment], systems: list[str], address: list[str]) -> Row:
    alt = (
        f"Strengths of {', '.join(systems)} over {len(moments)} analyses, from {moments[0].n_judgments} to "
        f"{moments[-1].n_judgments} judgments. The table below has all numbers."
    )
    return picture_of("history", address, moments, alt=alt)


def _row(moment: Moment, systems: list[str], analysis: Analysis, address: list[str]) -> Row:
    rows = {row["system"]: row for row in moment.systems if row["island"] == 1}
    here = moment.public_id == analysis.public_id
    return {
        "computed_at": moment.created_at,
        "n_judgments": moment.n_judgments,
        "url": reverse("console:analysis", args=[*address[:2], moment.public_id]),
        "compare_url": None if here else compare_url(address, str(moment.public_id), str(analysis.public_id)),
        "cells": [_cell(rows.get(name)) for name in systems],
    }


def _cell(row: Row | None) -> Row:
    if row is None or row["strength"] is None:
        return {"strength_label": "–", "interval_label": ""}
    return {
        "strength_label": signed(row["strength"]),
        "interval_label": interval_words(row["low"], row["high"]),
    }
