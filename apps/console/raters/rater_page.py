"""What the page of one rater shows."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from apps.analysis.selectors import rater_groups
from apps.console.words import percent_words
from apps.core.models import Job
from apps.quality.frozen import result_of
from apps.quality.selectors import Enrolled, standing_history
from apps.rating.models import Standing

from .forms import StandingForm, TermsForm, terms_shown
from .fresh import figures_context
from .links import rater_urls
from .numbers import Row, estimate_cell, points_words, seconds, seconds_estimate, share_cell
from .page import cells_of, disposition_rows
from .place import FORMATS, Place

BAR = 200.0
TABLES = ("figures", "stretches", "times", "dispositions")


@dataclass(frozen=True, slots=True)
class Deciding:
    """What a manager may decide here; the forms that came back with something wrong."""

    standing: StandingForm | None = None
    terms: TermsForm | None = None


def rater_context(place: Place, person: Enrolled, job: Job | None, deciding: Deciding | None) -> dict[str, Any]:
    """The whole page; the forms only for who may run the study."""
    result = result_of(place.frozen) if place.frozen else None
    figures = next((row for row in result["raters"] if row["rater"] == person.rater), None) if result else None
    return {
        **figures_context(place, job),
        "rater": _rater(person),
        "raters_url": place.url,
        "newest_url": place.newest_rater_url(person.rater),
        "permanent_url": replace(place, is_permanent=True).rater_url(person.rater) if figures else None,
        "figures": _figures(place, figures, result) if figures and result else None,
        "tables": {name: place.table(name, rater=person.rater) for name in TABLES} if figures else {},
        **_standing(place, person),
        **(_forms(place, person, deciding) if deciding else {}),
    }


def _rater(person: Enrolled) -> Row:
    return {
        "name": person.name,
        "is_judge": not person.is_person,
        "group": person.group,
        "standing": person.standing,
        "standing_label": Standing(person.standing).label,
        "target": person.target,
    }


def _standing(place: Place, person: Enrolled) -> Row:
    args = [*place.address, person.rater]
    return {
        "history": standing_history(place.study, UUID(person.rater)),
        "history_table": {one: reverse("console:rater_history", args=[*args, one]) for one in FORMATS},
    }


def _forms(place: Place, person: Enrolled, deciding: Deciding) -> Row:
    args = [*place.address, person.rater]
    return {
        "deciding": deciding,
        "standings": _standings(person, deciding.standing),
        "standing_url": reverse("console:rater_standing", args=args),
        "terms": terms_shown(person, deciding.terms),
        "terms_url": reverse("console:rater_terms", args=args),
        "groups": rater_groups(place.study),
    }


def _standings(person: Enrolled, sent: StandingForm | None) -> list[Row]:
    """The standings to choose from, without the one she has."""
    chosen = sent.data.get("standing") if sent else None
    return [
        {"value": value, "label": label, "chosen": value == chosen}
        for value, label in Standing.choices
        if value != person.standing
    ]


def _figures(place: Place, figures: Row, result: Row) -> Row:
    times, ties = figures["times"], figures["ties"]
    return {
        "cells": cells_of(figures),
        "urls": rater_urls(place.study, figures["rater"], figures["dispositions"]),
        "study_median": f"{seconds(result['median_seconds'])} (n {result['n_timed']:,})",
        "signs": figures["signs"],
        "gold_reading": figures["gold"]["reading"],
        "n_gold_unscored": figures["n_gold_unscored"],
        "again_reading": figures["again"]["reading"],
        "ties": _ties(ties) if ties and ties["others"] is not None else None,
        "fast": _fast(times) if times else None,
        "drift": figures["drift"]["reading"],
        "blocks": [_block(number, block) for number, block in enumerate(figures["blocks"], start=1)],
        "bins": _bins(figures["bins"], times["n"] if times else 0),
        "n_timed": times["n"] if times else 0,
        "n_untimed": times["n_missing"] if times else figures["n_work"],
        "dispositions": disposition_rows(place.study, figures["dispositions"], figures["rater"]),
        "n": figures["n"],
    }


def _ties(ties: Row) -> Row:
    n = "" if ties["n_others"] is None else f" (n {ties['n_others']:,})"
    return {"others": percent_words(ties["others"]) + n, "difference": points_words(ties["difference"])}


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
        "time": seconds_estimate(block["seconds"], block["n_timed"]),
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
