"""What the page of all raters shows: frozen figures, beside names and standings as they are now."""

import json
from typing import Any

from django.urls import reverse

from apps.analysis.models import Analysis
from apps.console.words import percent_words
from apps.core.models import Job
from apps.quality.selectors import Enrolled, enrolled
from apps.rating.dispositions import meaning_of
from apps.rating.models import RaterKind, Standing
from apps.studies.models import Study

from .fresh import figures_context
from .numbers import (
    NO_CELL,
    Row,
    again_cell,
    estimate_cell,
    gold_cell,
    n_words,
    pace_cell,
    pairs_words,
    seconds,
    seconds_cell,
    share_cell,
)
from .sorting import headings, in_order

KIND = "raters"
CELLS = ("judgments", "pace", "time", "left", "ties", "gold", "again", "agreement")


def raters_context(study: Study, frozen: Analysis | None, job: Job | None, sort: str) -> dict[str, Any]:
    """The whole page."""
    result = json.loads(frozen.result) if frozen else None
    figures = {row["rater"]: row for row in result["raters"]} if result else {}
    rows = [_row(study, person, figures.get(person.rater)) for person in enrolled(study)]
    people = [row for row in rows if row["kind"] == RaterKind.HUMAN]
    address = reverse("console:raters", args=[study.workspace.slug, study.slug])
    return {
        **figures_context(study, KIND, frozen, job),
        "summary": _summary(result) if result else None,
        "looks": [row for row in in_order(people, "look") if row["signs"]],
        "raters": in_order(people, sort),
        "judges": in_order([row for row in rows if row["kind"] != RaterKind.HUMAN], "name"),
        "headings": headings(address, sort),
        "sort": sort,
        "dispositions": disposition_rows(result["dispositions"]) if result else [],
    }


def disposition_rows(counts: dict[str, int]) -> list[Row]:
    """Where judgments went: each in exactly one row."""
    named = sorted(counts, key=lambda name: (name != "used", -counts[name]))
    return [{"name": name, "n": counts[name], "meaning": meaning_of(name)} for name in named]


def cells_of(figures: Row) -> dict[str, Row]:
    """The figures of one rater as the tables print them."""
    agreement, ties = figures["agreement"], figures["ties"]
    n_aside = figures["n"] - figures["n_work"]
    return {
        "judgments": {
            "label": f"{figures['n']:,}",
            "under": f"{figures['n_work']:,} of work" if n_aside else "",
            "is_none": False,
        },
        "pace": pace_cell(figures["times"]),
        "time": seconds_cell(figures["times"]),
        "left": share_cell(figures["left"]),
        "ties": estimate_cell(ties["share"], f"n {ties['n']:,}", as_share=True) if ties else NO_CELL,
        "gold": gold_cell(figures["gold"]),
        "again": again_cell(figures["again"]["same"]),
        "agreement": estimate_cell(agreement["kappa"], n_words(agreement["n_pairs"])),
        "percent": estimate_cell(agreement["percent"], n_words(agreement["n_pairs"]), as_share=True),
    }


def _row(study: Study, person: Enrolled, figures: Row | None) -> Row:
    cells = cells_of(figures) if figures else {}
    return {
        "name": person.name,
        "kind": person.kind,
        "group": person.group,
        "standing": person.standing,
        "standing_label": Standing(person.standing).label,
        "url": reverse("console:rater", args=[study.workspace.slug, study.slug, person.rater]),
        "figures": figures,
        "signs": figures["signs"] if figures else [],
        "cells": [{"name": name, **cells.get(name, NO_CELL)} for name in CELLS],
    }


def _summary(result: Row) -> Row:
    people = result["people"]
    return {
        "n_judgments": result["n_judgments"],
        "n_raters": sum(row["kind"] == RaterKind.HUMAN for row in result["raters"]),
        "median": seconds(result["median_seconds"]) if result["n_timed"] else None,
        "n_timed": result["n_timed"],
        "kappa": estimate_cell(people["kappa"], pairs_words(people["n_pairs"])),
        "percent": percent_words(people["percent"]["value"]),
    }
