"""Parquet while it is being written: a group of rows at a time goes out, the footer last."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .formats import Manifest
from .shape import Field, Kind, Row

GROUP_BYTES = 8 * 1024**2
MANIFEST_KEY = "touchstone"
_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.JSON: pa.string(),
    Kind.WHOLE: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.YES_NO: pa.bool_(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
}


class ParquetWriter:
    """Typed columns; JSON stands as text. The file's own metadata hold the manifest, always."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._schema = pa.schema([pa.field(one.name, _TYPES[one.kind]) for one in fields])
        self._sink = _Outgoing()
        self._writer = pq.ParquetWriter(self._sink, self._schema, compression="zstd")
        self._held: list[pa.RecordBatch] = []
        self._n_held_bytes = 0

    def begin(self) -> bytes:
        """The magic word."""
        return self._sink.taken()

    def rows(self, batch: Sequence[Row]) -> bytes:
        """Rows are held until they make a group worth reading by itself."""
        columns = list(zip(*batch, strict=True)) or [()] * len(self._schema)
        arrays = [pa.array(column, one.type) for column, one in zip(columns, self._schema, strict=True)]
        made = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        self._held.append(made)
        self._n_held_bytes += made.nbytes
        return self.rest() if self._n_held_bytes >= GROUP_BYTES else b""

    def rest(self) -> bytes:
        """The group that was begun."""
        if self._held:
            self._writer.write_table(pa.Table.from_batches(self._held, self._schema))
            self._held, self._n_held_bytes = [], 0
        return self._sink.taken()

    def end(self, manifest: Manifest | None) -> bytes:
        """The footer, with the manifest in it."""
        if manifest is not None:
            self._writer.add_key_value_metadata({MANIFEST_KEY: json.dumps(manifest, ensure_ascii=False)})
        self._writer.close()
        return self._sink.taken()


class _Outgoing(io.RawIOBase):
    """Where Arrow writes to: what was written since it was last taken."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._n_written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._n_written += len(part)
        return len(part)

    def tell(self) -> int:
        return self._n_written

    def taken(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts = []
        return taken
