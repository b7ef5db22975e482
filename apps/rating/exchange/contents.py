"""What an import consists of before it is checked: the study's terms and streams of rows, table by table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from apps.studies.material import StudyFile

from .columns import TABLES, Table
from .parsing import ParsedRow, RowParser
from .problems import Report
from .sources import Source, tables_of
from .tables import Stream, open_table, read_whole
from .terms import STUDY_FILE, parse_study

PROGRESS_ROWS = 5_000
Progress = Callable[[str, int, float], None]  # file, rows so far, how much of it from 0 to 1


@dataclass(frozen=True, slots=True)
class Contents:
    """The terms (None where the files do not give them) and the streams of each table, by its name."""

    study: StudyFile | None
    streams: dict[str, list[Stream]] = field(default_factory=dict)

    def files_of(self, table: Table) -> list[str]:
        """The files a table comes from."""
        return [stream.file for stream in self.streams.get(table.name, [])]

    def rows_of(self, table: Table, *, report: Report, on_progress: Progress | None) -> Iterator[ParsedRow]:
        """The rows of a table, parsed."""
        for stream in self.streams.get(table.name, []):
            yield from _rows_of(stream, table, report, on_progress)


def open_documented(source: Source, report: Report) -> Contents:
    """The contents of a source in the documented format."""
    entry = source.find(STUDY_FILE)
    study = parse_study(read_whole(entry.open()), file=STUDY_FILE, report=report) if entry else None
    files = tables_of(source, report)
    streams = {table.name: [open_table(files[table.name], table, report)] for table in TABLES if table.name in files}
    return Contents(study, streams)


def _rows_of(stream: Stream, table: Table, report: Report, on_progress: Progress | None) -> Iterator[ParsedRow]:
    parser = RowParser(table, file=stream.file, report=report, holds_cells=stream.holds_cells)
    n_rows = 0
    for n_rows, (line, raw) in enumerate(stream.rows, start=1):
        yield parser.parse(line, raw)
        if on_progress is not None and n_rows % PROGRESS_ROWS == 0:
            on_progress(stream.file, n_rows, stream.entry.fraction_read if stream.entry else 0.0)
    if on_progress is not None:
        on_progress(stream.file, n_rows, 1.0)
