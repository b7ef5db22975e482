"""A table of figures as a file: CSV as every download writes it, or one JSON document that says what it is of."""

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from apps.analysis.models import Analysis
from apps.core.errors import NotFound
from apps.quality.frozen import result_of
from apps.quality.selectors import Change
from apps.rating.exchange.downloads.formats import CsvWriter, time_text
from apps.rating.exchange.downloads.shape import Kind

from .columns import Column, Row, text
from .tables import OF_A_RATER, TABLES

_HISTORY = (
    Column("at", Kind.TIME, lambda row: row["at"]), text("standing"), text("reason"), text("by"),
)  # fmt: skip


def figures_file(study: str, frozen: Analysis, table: str, ending: str, *, question: str = "") -> HttpResponse:
    """One table of frozen figures; `question` leaves the rows of that question alone."""
    wanted = TABLES[frozen.kind].get(table)
    if wanted is None:
        raise NotFound("There is no such table of these figures. Their page links to all there are.")
    rows = list(wanted.rows(result_of(frozen)))
    if question:
        rows = [row for row in rows if str(row.get("question")) == question]
    about = _about(study, frozen, table) | ({"question": question} if question else {})
    name = "-".join(part for part in (study, frozen.kind, table, question, str(frozen.public_id)[:8]) if part)
    return _file(name, about, wanted.columns, rows, ending)


def rater_file(study: str, frozen: Analysis, rater: str, table: str, ending: str) -> HttpResponse:
    """One table of one rater's frozen figures."""
    wanted, figures = OF_A_RATER.get(table), figures_of_rater(frozen, rater)
    if wanted is None or figures is None:
        raise NotFound("There is no such table of this rater. Her page links to all there are.")
    about = {**_about(study, frozen, table), "rater": rater}
    name = f"{study}-rater-{rater[:8]}-{table}-{str(frozen.public_id)[:8]}"
    return _file(name, about, wanted.columns, list(wanted.rows(figures)), ending)


def history_file(study: str, rater: str, history: Iterable[Change], ending: str) -> HttpResponse:
    """Every change of a rater's standing; who decided appears by uuid."""
    rows = [
        {"at": one.at, "standing": one.standing, "reason": one.reason, "by": one.by_uuid and str(one.by_uuid)}
        for one in history
    ]
    about = {"study": study, "rater": rater, "table": "standing"}
    return _file(f"{study}-rater-{rater[:8]}-standing", about, _HISTORY, rows, ending)


def figures_of_rater(frozen: Analysis, rater: str) -> Row | None:
    """Her row of frozen figures; None where she is not in them."""
    found = result_of(frozen).get("raters", ())
    return next((row for row in found if row["rater"] == rater), None)


def _about(study: str, frozen: Analysis, table: str) -> dict[str, Any]:
    return {
        "study": study,
        "figures": str(frozen.public_id),
        "kind": frozen.kind,
        "table": table,
        "computed_at": time_text(frozen.created_at),
        "method": frozen.versions["method"],
        "confidence_level": frozen.settings["confidence_level"],
        "inputs_sha256": frozen.inputs_sha256,
    }


def _file(name: str, about: dict[str, Any], columns: tuple[Column, ...], rows: list[Row], ending: str) -> HttpResponse:
    make = {"csv": _csv, "json": _json}.get(ending)
    if make is None:
        raise NotFound("Tables come as .csv and as .json: end the address with one of them.")
    response = make(about, columns, rows)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _csv(about: dict[str, Any], columns: tuple[Column, ...], rows: list[Row]) -> HttpResponse:
    writer = CsvWriter([column.field for column in columns])
    lines = writer.rows([tuple(column.of(row) for column in columns) for row in rows])
    return HttpResponse(writer.begin() + lines, content_type="text/csv; charset=utf-8")


def _json(about: dict[str, Any], columns: tuple[Column, ...], rows: list[Row]) -> HttpResponse:
    found = [{column.name: column.of(row) for column in columns} for row in rows]
    document = json.dumps({**about, "rows": found}, ensure_ascii=False, indent=1, default=time_text)
    return HttpResponse(document, content_type="application/json")
