"""A table on its way out: a server-side cursor, a writer, and the count and hash of what has gone."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from django.db import connection, transaction

from .formats import Manifest, TableWriter
from .shape import Batches, Download, Look

BATCH_ROWS = 2_000


def batches_of(download: Download, look: Look, *, is_manager: bool) -> Batches:
    """The rows of a table, a batch at a time: neither this process nor the driver ever holds more."""
    query, parameters = download.query(look, is_manager=is_manager)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Else the server plans for the first tenth of the rows, and takes minutes for all of them.
            cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
        with connection.chunked_cursor() as cursor:
            cursor.execute(query, parameters)
            while batch := cursor.fetchmany(BATCH_ROWS):
                yield batch


def streamed(
    batches: Batches,
    writer: TableWriter,
    *,
    about: dict[str, Any],
    tells_manifest: bool,
    at_end: Callable[[Manifest], None],
) -> Iterator[bytes]:
    """The bytes of the file. `at_end` hears what it held, once all of it has gone.

    The SHA-256 is over everything before the manifest: all of the file where it is not told.
    """
    digest, n_rows = hashlib.sha256(), 0
    with closing(batches):
        for part in _parts(batches, writer):
            n_new, data = part
            n_rows += n_new
            digest.update(data)
            if data:
                yield data
    manifest = {**about, "n": n_rows, "sha256": digest.hexdigest()}
    last = writer.end(manifest if tells_manifest else None)
    if last:
        yield last
    at_end(manifest)


def _parts(batches: Batches, writer: TableWriter) -> Iterator[tuple[int, bytes]]:
    yield 0, writer.begin()
    for batch in batches:
        yield len(batch), writer.rows(batch)
    yield 0, writer.rest()
