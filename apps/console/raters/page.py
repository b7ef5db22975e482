"""What the page of all raters shows: frozen figures, beside names and standings as they are now."""

from typing import Any

from django.core.paginator import Paginator

from apps.core.models import Job
from apps.quality.frozen import result_of
from apps.quality.selectors import Enrolled, enrolled
from apps.rating.dispositions import meaning_of
from apps.rating.models import RaterKind, Standing
from apps.studies.models import Study

from .fresh import figures_context
from .links import judgments_url
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
from .place import Place
from .sorting import headings, in_order

KIND = "raters"
CELLS = ("judgments", "pace", "time", "left", "ties", "gold", "again", "agreement")
ON_A_PAGE = 100
MOST_LOOKS = 30


def raters_context(place: Place, job: Job | None, *, sort: str = "", page: str = "") -> dict[str, Any]:
    """The whole page. Where figures stay for ever, whoever is not in them is not on it."""
    result = result_of(place.frozen) if place.frozen else None
    figures = {row["rater"]: row for row in result["raters"]} if result else {}
    known = [one for one in enrolled(place.study) if one.rater in figures or not place.is_permanent]
    rows = [_row(place, person, figures.get(person.rater)) for person in known]
    people = in_order([row for row in rows if row["kind"] == RaterKind.HUMAN], sort)
    looks = [row for row in in_order(people, "look") if row["signs"]]
    shown = Paginator(people, ON_A_PAGE).get_page(page)
    return {
        **figures_context(place, job),
        "summary": _summary(result) if result else None,
        "looks": looks[:MOST_LOOKS],
        "n_more_looks": max(len(looks) - MOST_LOOKS, 0),
        "raters": shown,
        "judges": in_order([row for row in rows if row["kind"] != RaterKind.HUMAN], "name"),
        "headings": headings(place.url, sort),
        "sort": sort,
        "dispositions": disposition_rows(place.study, result["dispositions"]) if result else [],
        "tables": {name: place.table(name) for name in ("raters", "judges", "signs", "dispositions")} if result else {},
    }


def disposition_rows(study: Study, counts: dict[str, int], rater: str | None = None) -> list[Row]:
    """Where judgments went: each in exactly one row, with the way to them."""
    named = sorted(counts, key=lambda name: (name != "used", -counts[name]))
    return [
        {
            "name": name,
            "n": counts[name],
            "meaning": meaning_of(name),
            "url": judgments_url(study, rater=rater, disposition=name),
        }
        for name in named
    ]


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
        "ties": estimate_cell(ties["share"], n_words(ties["n"]), as_share=True) if ties else NO_CELL,
        "gold": gold_cell(figures["gold"]),
        "again": again_cell(figures["again"]["same"]),
        "agreement": estimate_cell(agreement["kappa"], n_words(agreement["n_pairs"])),
        "percent": estimate_cell(agreement["percent"], n_words(agreement["n_pairs"]), as_share=True),
    }


def _row(place: Place, person: Enrolled, figures: Row | None) -> Row:
    cells = cells_of(figures) if figures else {}
    return {
        "name": person.name,
        "kind": person.kind,
        "group": person.group,
        "standing": person.standing,
        "standing_label": Standing(person.standing).label,
        "url": place.rater_url(person.rater),
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
        "percent": estimate_cell(people["percent"], "", as_share=True),
    }
