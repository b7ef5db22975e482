"""The board on one page of paper: frozen, with its method, its hash, its date and the address where it stays."""

import json
from typing import Any

from apps.analysis.filters import Filters
from apps.analysis.models import Analysis
from apps.console.charts import strengths
from apps.console.charts.plots import picture_of
from apps.console.header import header_of
from apps.console.words import parts_of, sentence_of
from apps.studies.models import Study

from .agreement import agreement_of
from .choices import filter_words
from .left_out import left_out_of
from .links import reading_of
from .rows import islands_of
from .slices import slices_of

Row = dict[str, Any]
PLOTTED = 12  # with more systems the table alone fills the page


def report_context(study: Study, analysis: Analysis) -> Row:
    """What the printed page holds."""
    result = json.loads(analysis.result)
    filters = Filters.from_settings(analysis.settings["filters"])
    address = [study.workspace.slug, study.slug, str(analysis.public_id)]
    reading = reading_of(address, filters)
    names = [row["system"] for row in result["systems"]]
    drawn = strengths.rows_of(result)
    return {
        "study": header_of(study),
        "result": result,
        "analysis": analysis,
        "look": filter_words(filters),
        "sentence": parts_of(sentence_of(result), names),
        "islands": islands_of(result, reading, style=False),
        "dense": len(names) > PLOTTED,
        "picture": strengths_picture(result, address) if drawn and len(names) <= PLOTTED else None,
        "agreement": agreement_of(result["agreement"]),
        "slices": slices_of(result, address, reading),
        "method_note": " ".join(dict.fromkeys(note["reason"] for note in result["intervals"])),
        "versions": ", ".join(f"{name} {number}" for name, number in analysis.versions.items() if name != "method"),
        **left_out_of(result, filters.without, reading),
    }


def strengths_picture(result: Row, address: list[str]) -> Row:
    """The plot of strengths, told in words for whoever does not see it."""
    rows = strengths.rows_of(result)
    alt = (
        f"Strengths of {len(rows)} systems with 95 % intervals, from {rows[0]['system']} down to {rows[-1]['system']}."
    )
    return picture_of("strengths", address, result, alt=f"{alt} The table has all numbers.")
