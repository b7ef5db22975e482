"""Rows of a Parquet file: typed columns, or JSON text where a column holds an object or a list."""

import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .columns import Table
from .kinds import Unfit, cell_to_json
from .parsing import UNREADABLE
from .problems import Problem, Report
from .reading import MAX_UNPACKED_BYTES, Entry, too_large
from .tables import Row, mark_unstorable, read_whole

BATCH_ROWS = 10_000


def read_parquet(entry: Entry, table: Table, report: Report) -> Iterator[Row]:
    """The rows, counted from 1. What Parquet calls null is absent."""
    try:
        with pq.ParquetFile(io.BytesIO(read_whole(entry.open()))) as file:
            _check_size(entry.name, file)
            row = 0
            for batch in file.iter_batches(BATCH_ROWS):
                for values in _to_microseconds(batch).to_pylist():
                    row += 1
                    yield row, _plain_row(values, table, entry.name, row, report)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        report(Problem(entry.name, None, None, "a Parquet file that can be read to its end", reason))


def _check_size(name: str, file: pq.ParquetFile) -> None:
    groups = (file.metadata.row_group(index) for index in range(file.metadata.num_row_groups))
    if sum(group.total_byte_size for group in groups) > MAX_UNPACKED_BYTES:
        raise too_large(name)


def _to_microseconds(batch: pa.RecordBatch) -> pa.RecordBatch:
    # Python's times end at microseconds; finer ones would be refused by to_pylist
    for index, column in enumerate(batch.schema):
        if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
            coarse = batch.column(index).cast(pa.timestamp("us", column.type.tz), safe=False)
            batch = batch.set_column(index, column.name, coarse)
    return batch


def _plain_row(values: dict[str, Any], table: Table, file: str, row: int, report: Report) -> dict[str, Any]:
    plain = {name: _without_nulls(value) for name, value in values.items() if value is not None}
    for name, value in plain.items():
        column = table.by_name.get(name)
        if column is not None and column.kind.from_cell is cell_to_json and type(value) is str:
            try:
                plain[name] = cell_to_json(value)
            except Unfit as unfit:
                report(Problem(file, row, name, column.kind.expected, str(unfit)))
                plain[name] = UNREADABLE
    mark_unstorable(plain, file, row, report)
    return plain


def _without_nulls(value: Any) -> Any:
    # a struct column has every field in every row; a field that is null was not given
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        pairs = value and all(isinstance(entry, tuple) and len(entry) == 2 for entry in value)
        if pairs:  # a map column
            return {key: _without_nulls(inner) for key, inner in value if inner is not None}
        return [_without_nulls(entry) for entry in value]
    return value
