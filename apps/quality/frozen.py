"""Frozen figures in the shape of today, whichever method made them: what an older one did not compute is not known."""

import json
from collections.abc import Iterator
from typing import Any

from apps.analysis.models import Analysis

Row = dict[str, Any]
_NOT_KNOWN = {"value": None, "low": None, "high": None}


def result_of(frozen: Analysis) -> Row:
    """The stored numbers."""
    result: Row = json.loads(frozen.result)
    for figures in _figures_in(result):
        figures.setdefault("ac1", _NOT_KNOWN)
        figures.setdefault("n_items", None)
    for question in result.get("questions", ()):
        question.setdefault("answers", [])
    for rater in result.get("raters", ()):
        _complete(rater)
    return result


def _figures_in(result: Row) -> Iterator[Row]:
    if "people" in result:
        yield result["people"]
    for question in result.get("questions", ()):
        yield question["people"]
        for judge in question["judges"]:
            yield judge["with_people"]
            yield judge["people"]
        for slice_ in question["slices"]:
            yield slice_["figures"]


def _complete(rater: Row) -> None:
    rater["again"].setdefault("n_sided", None)
    if rater["ties"]:
        rater["ties"].setdefault("n_others", None)
    for block in rater["blocks"]:
        if not isinstance(block["seconds"], dict):
            block["seconds"] = {**_NOT_KNOWN, "value": block["seconds"]}
