"""What the page of agreement shows: the verdict and each criterion, on each slice, and judges beside people."""

import json
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.analysis.models import Analysis
from apps.core.models import Job
from apps.studies.models import Study

from .fresh import figures_context
from .interval_plot import plot_of
from .numbers import Row, estimate_cell, pairs_words
from .page import disposition_rows

KIND = "agreement"


def agreement_context(study: Study, frozen: Analysis | None, job: Job | None, sort: str = "") -> dict[str, Any]:
    """The whole page."""
    result = json.loads(frozen.result) if frozen else None
    questions = result["questions"] if result else []
    reading = reverse("console:reading", args=[study.workspace.slug, study.slug])
    return {
        **figures_context(study, KIND, frozen, job),
        "has_result": result is not None,
        "n_judgments": result["n_judgments"] if result else None,
        "questions": [_question(place, question, reading) for place, question in enumerate(questions, start=1)],
        "n_more_slices": result["n_slices"] - len(questions[0]["slices"]) if questions and result else 0,
        "dispositions": disposition_rows(result["dispositions"]) if result else [],
    }


def _question(place: int, question: Row, reading: str) -> Row:
    key = question["key"]
    return {
        "id": f"question-{place}",
        "title": question["question"],
        "key": key,
        "people": _figures(question["people"]),
        "reading": question["people"]["reading"],
        "is_ordered": question["people"]["level"] == "ordinal",
        "confusions": [_confusion(one) for one in question["confusions"]],
        "judges": [_judge(judge) for judge in question["judges"]],
        "slices": [_slice(one, key, reading) for one in question["slices"]],
        "n_unknown": question["n_unknown"],
        "reading_url": f"{reading}?{urlencode({'criterion': key} if key else {'disagree': '1'})}",
    }


def _figures(figures: Row) -> Row:
    pairs = pairs_words(figures["n_pairs"])
    tasks = f"{figures['n_tasks']:,} task{'' if figures['n_tasks'] == 1 else 's'}"
    return {
        "alpha": estimate_cell(figures["alpha"], tasks),
        "percent": estimate_cell(figures["percent"], pairs, as_share=True),
        "kappa": estimate_cell(figures["kappa"], pairs),
        "plot": plot_of(figures["alpha"]),
        "n_pairs": figures["n_pairs"],
        "reading": figures["reading"],
    }


def _confusion(found: Row) -> Row:
    return {
        "one": found["one"],
        "other": found["other"],
        "n_mixed": found["n_mixed"],
        "cell": estimate_cell(found["share"], pairs_words(found["n"]), as_share=True),
    }


def _judge(judge: Row) -> Row:
    return {
        "name": judge["judge"],
        "with_people": _figures(judge["with_people"]),
        "people": _figures(judge["people"]),
        "reading": judge["reading"],
    }


def _slice(found: Row, key: str, reading: str) -> Row:
    query = {f"slice.{found['key']}": found["value"], **({"criterion": key} if key else {})}
    return {
        "key": found["key"],
        "value": found["value"],
        "figures": _figures(found["figures"]),
        "url": f"{reading}?{urlencode(query)}",
    }
