"""What the page of one rater shows."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from apps.console.words import percent_words
from apps.quality.selectors import Enrolled, latest_figures, running_job, standing_history
from apps.rating.models import Standing
from apps.studies.models import Study

from .forms import StandingForm
from .fresh import figures_context
from .numbers import Row, again_cell, estimate_cell, seconds, share_cell
from .page import KIND, cells_of, disposition_rows

BAR = 200.0


def rater_context(study: Study, person: Enrolled, *, form: StandingForm | None) -> dict[str, Any]:
    """The whole page; the form only for who may run the study."""
    frozen = latest_figures(study, KIND)
    result = json.loads(frozen.result) if frozen else None
    figures = next((row for row in result["raters"] if row["rater"] == person.rater), None) if result else None
    address = [study.workspace.slug, study.slug]
    return {
        **figures_context(study, KIND, frozen, running_job(study, KIND)),
        "rater": {
            "name": person.name,
            "is_judge": not person.is_person,
            "group": person.group,
            "standing": person.standing,
            "standing_label": Standing(person.standing).label,
            "target": person.target,
        },
        "raters_url": reverse("console:raters", args=address),
        "figures": _figures(figures, result["median_seconds"]) if figures and result else None,
        "history": standing_history(study, UUID(person.rater)),
        "form": form,
        "standings": _standings(person, form) if form else [],
        "standing_url": reverse("console:rater_standing", args=[*address, person.rater]),
    }


def _figures(figures: Row, study_median: float | None) -> dict[str, Any]:
    again, times = figures["again"], figures["times"]
    return {
        "cells": cells_of(figures),
        "study_median": seconds(study_median),
        "signs": figures["signs"],
        "gold_reading": figures["gold"]["reading"],
        "n_gold_unscored": figures["n_gold_unscored"],
        "again_reading": again["reading"],
        "same_side": again_cell(again["same_side"]),
        "again_kappa": estimate_cell(again["kappa"], f"n {again['same_side']['n']:,}"),
        "ties_others": percent_words(figures["ties"]["others"]) if figures["ties"] else None,
        "fast": _fast(times) if times else None,
        "drift": figures["drift"]["reading"],
        "blocks": [_block(number, block) for number, block in enumerate(figures["blocks"], start=1)],
        "bins": _bins(figures["bins"], times["n"] if times else 0),
        "n_timed": times["n"] if times else 0,
        "n_untimed": times["n_missing"] if times else figures["n_work"],
        "dispositions": disposition_rows(figures["dispositions"]),
        "n": figures["n"],
    }


def _fast(times: Row) -> Row | None:
    if times["fast_below"] is None or times["fast"]["value"] is None:
        return None
    return {
        "below": seconds(times["fast_below"]),
        "cell": estimate_cell(times["fast"], f"n {times['n']:,}", as_share=True),
    }


def _block(number: int, block: Row) -> Row:
    return {
        "number": number,
        "first": _moment(block["first_at"]),
        "last": _moment(block["last_at"]),
        "n": block["n"],
        "time": {"label": seconds(block["seconds"]), "under": f"n {block['n_timed']:,}"},
        "cells": [share_cell(block[name]) for name in ("left", "ties", "agreed")],
    }


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def _bins(bins: list[Row], n: int) -> list[Row]:
    """Her times and the others', as shares and as bars of one scale."""
    shares = [(each, each["n"] / n if n else 0.0, each["others"]) for each in bins]
    most = max((share for _, own, others in shares for share in (own, others or 0.0)), default=0.0) or 1.0
    return [
        {
            "words": _bin_words(each["low"], each["high"]),
            "n": each["n"],
            "share": percent_words(own) if n else "–",
            "others": percent_words(others),
            "width": round(BAR * own / most, 1),
            "others_width": round(BAR * (others or 0.0) / most, 1),
        }
        for each, own, others in shares
    ]


def _bin_words(low: int, high: int | None) -> str:
    return f"{low} s and more" if high is None else f"{low} to {high} s" if low else f"below {high} s"


def _standings(person: Enrolled, form: StandingForm) -> list[Row]:
    """The standings to choose from, without the one she has."""
    chosen = form.data.get("standing")
    return [
        {"value": value, "label": label, "chosen": value == chosen}
        for value, label in Standing.choices
        if value != person.standing
    ]
