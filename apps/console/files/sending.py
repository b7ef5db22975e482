"""A table on its way to the browser: which rows, in which format, under which name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict

from apps.analysis.models import Analysis
from apps.analysis.selectors import latest_analysis
from apps.core.errors import Refused
from apps.rating.exchange.downloads import DOWNLOADS, Field, Look
from apps.rating.exchange.downloads.formats import CsvWriter, JsonlWriter, Manifest, TableWriter
from apps.rating.exchange.downloads.noting import note_begun, note_downloaded
from apps.rating.exchange.downloads.shape import Batches
from apps.rating.exchange.downloads.streaming import batches_of, streamed
from apps.studies.models import Study

from . import board_table
from .forms import Wish, cut_asked_for

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
TABLES = (board_table.NAME, *DOWNLOADS)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything about a file but its bytes, which come as they are asked for."""

    fields: Sequence[Field]
    batches: Batches
    about: dict[str, Any]


def prepared(study: Study, table: str, wish: Wish, query: QueryDict, *, is_manager: bool) -> Prepared:
    """The table through the filters, as of its cut."""
    if table == board_table.NAME:
        return _board(study, wish, latest_analysis(study, wish.filters))
    wanted, cut = DOWNLOADS[table], cut_asked_for(study, query)
    filters = wish.filters
    look = Look(cut, dict(filters.slices), filters.rater_group, filters.without)
    about = _about(study, table, wish)
    if wanted.obeys_cut:
        about |= {"cut": cut.pk, "cut_taken_at": cut.taken_at.isoformat()}
    return Prepared(wanted.fields_for(is_manager=is_manager), batches_of(wanted, look, is_manager=is_manager), about)


def _board(study: Study, wish: Wish, analysis: Analysis | None) -> Prepared:
    if analysis is None:
        raise Refused("There is no leaderboard for these filters yet. Compute it on the leaderboard's page first.")
    about = _about(study, board_table.NAME, wish) | {
        "cut": analysis.cut_id,
        "cut_taken_at": analysis.cut.taken_at.isoformat(),
        "analysis": str(analysis.public_id),
    }
    return Prepared(board_table.FIELDS, board_table.batches_of(analysis), about)


def _about(study: Study, table: str, wish: Wish) -> dict[str, Any]:
    return {"study": study.slug, "table": table, "filters": wish.filters.as_settings()}


def file_name(about: dict[str, Any], ending: str) -> str:
    """STUDY-TABLE-cutN.ENDING: files of two cuts can lie side by side."""
    cut = f"-cut{about['cut']}" if "cut" in about else ""
    return f"{about['study']}-{about['table']}{cut}.{ending}"


def file_bytes(study: Study, file: Prepared, ending: str, wish: Wish, by: UUID) -> Iterator[bytes]:
    """The file. That it was asked for is noted at once, what it held when it has gone."""
    about = file.about | {"format": ending}
    note_begun(study=study, about=about, by=by)

    def at_end(manifest: Manifest) -> None:
        note_downloaded(study=study, manifest=manifest, by=by)

    # Parquet has a place of its own for it, where no reader takes it for a row.
    tells_manifest = wish.tells_manifest or ending == "parquet"
    writer = _writer(file.fields, ending, wish)
    return streamed(file.batches, writer, about=about, tells_manifest=tells_manifest, at_end=at_end)


def _writer(fields: Sequence[Field], ending: str, wish: Wish) -> TableWriter:
    if ending == "csv":
        return CsvWriter(fields, marked=wish.marked)
    if ending == "jsonl":
        return JsonlWriter(fields)
    from apps.rating.exchange.downloads.parquet_writer import ParquetWriter

    return ParquetWriter(fields)
