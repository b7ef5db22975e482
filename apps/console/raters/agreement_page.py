"""What the page of agreement shows: the verdict and each criterion, on each slice, and judges beside people."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.core.models import Job
from apps.quality.frozen import result_of

from .fresh import figures_context
from .interval_plot import plot_of
from .numbers import Row, count_words, estimate_cell, pairs_words
from .page import disposition_rows
from .place import Place

KIND = "agreement"
TABLES = ("agreement", "answers", "mixed")
# A page of many questions on many slices shows the largest of each; the files hold them all.
MOST_SLICES, FEWEST_SLICES = 90, 3


def agreement_context(place: Place, job: Job | None, *, sort: str = "", page: str = "") -> dict[str, Any]:
    """The whole page. It has one order and one page, whatever was asked for."""
    result = result_of(place.frozen) if place.frozen else None
    questions = result["questions"] if result else []
    return {
        **figures_context(place, job),
        "has_result": result is not None,
        "n_judgments": result["n_judgments"] if result else None,
        "questions": [_question(place, number, found, len(questions)) for number, found in enumerate(questions, 1)],
        "n_never_computed": result["n_slices"] - len(questions[0]["slices"]) if questions and result else 0,
        "clusters_by_item": all(question["people"]["n_items"] is not None for question in questions),
        "dispositions": disposition_rows(place.study, result["dispositions"]) if result else [],
        "tables": {"dispositions": place.table("dispositions")} if result else {},
    }


def _question(place: Place, number: int, question: Row, n_questions: int) -> Row:
    key = question["key"]
    reading = reverse("console:reading", args=place.address)
    shown = _largest(question["slices"], max(FEWEST_SLICES, MOST_SLICES // n_questions))
    return {
        "id": f"question-{number}",
        "title": question["question"],
        "key": key,
        "alpha": _alpha(question["people"]),
        "people": _figures(question["people"]),
        "reading": question["people"]["reading"],
        "is_ordered": question["people"]["level"] == "ordinal",
        "answers": [_answer(one) for one in question["answers"]],
        "confusions": [_confusion(one) for one in question["confusions"]],
        "judges": [_judge(judge) for judge in question["judges"]],
        "slices": [_slice(one, key, reading) for one in shown],
        "n_more_slices": len(question["slices"]) - len(shown),
        "n_unknown": question["n_unknown"],
        "reading_url": f"{reading}?{urlencode({'criterion': key} if key else {'disagree': '1'})}",
        "tables": {name: place.table(name, question=number) for name in TABLES},
    }


def _largest(slices: list[Row], most: int) -> list[Row]:
    kept = sorted(slices, key=lambda one: -one["figures"]["n_pairs"])[:most]
    return [one for one in slices if one in kept]


def _figures(figures: Row) -> Row:
    return {
        "cells": [
            estimate_cell(figures["alpha"], ""),
            estimate_cell(figures["percent"], "", as_share=True),
            estimate_cell(figures["kappa"], ""),
            estimate_cell(figures["ac1"], ""),
        ],
        "counts": [count_words(figures[name]) for name in ("n_tasks", "n_items", "n_pairs")],
        "plot": plot_of(figures["alpha"]),
        "n_pairs": figures["n_pairs"],
    }


def _alpha(figures: Row) -> Row:
    return estimate_cell(figures["alpha"], _tasks_words(figures["n_tasks"], figures["n_items"]))


def _tasks_words(n_tasks: int, n_items: int | None) -> str:
    told = f"{n_tasks:,} task{'' if n_tasks == 1 else 's'}"
    if n_items is None or n_items == n_tasks:
        return told
    return f"{told} of {n_items:,} item{'' if n_items == 1 else 's'}"


def _answer(found: Row) -> Row:
    return {
        "answer": found["answer"],
        "n_given": count_words(found["n_given"]),
        "cell": estimate_cell(found["share"], f"of {found['n']:,}", as_share=True),
    }


def _confusion(found: Row) -> Row:
    return {
        "one": found["one"],
        "other": found["other"],
        "n_mixed": count_words(found["n_mixed"]),
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
