"""What can be told of a file before its rows are read: one mistake is then one sentence and not a thousand."""

from typing import Any

from .columns import Table
from .problems import ImportRefused, Problem, shown
from .reading import Entry
from .tables import DAMAGE, Row

_LOOKED_AT = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_OTHER_KINDS = {
    b"PK": "a zip archive or an Excel workbook",
    b"\x1f\x8b": "a gzip file (its name then ends in .gz)",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"PAR1": "a Parquet file (its name then ends in .parquet)",
}
# What other tools call our columns.
_OTHER_NAMES = {
    "item": ("id", "item_id", "prompt_id", "question_id", "example", "example_id", "key"),
    "system": ("model", "model_name", "system_name", "generator", "version", "variant"),
    "output": ("response", "answer", "completion", "text", "generation", "prediction", "result", "model_output"),
}


def told_by_its_bytes(entry: Entry) -> None:
    """Refuse a file whose first bytes say that it is something else than its name does."""
    if entry.name.endswith(".parquet"):
        return
    head = _head(entry)
    expected = "text in UTF-8, a row a line"
    if head.startswith(_UTF_16):
        raise _refused(entry.name, expected, "text in UTF-16: save it again as UTF-8")
    kind = next((words for magic, words in _OTHER_KINDS.items() if head.startswith(magic)), None)
    if kind is None and b"\0" in head:
        kind = "bytes that are no text"
    if kind is not None:
        raise _refused(entry.name, expected, f"{kind}: export the rows as .jsonl, .csv or .parquet")
    _check_text(entry.name, head)
    if b"\r" in head and b"\n" not in head:
        raise _refused(entry.name, expected, "lines that end in CR alone: save it again with line ends LF or CRLF", 1)
    if entry.name.removesuffix(".gz").endswith(".csv"):
        _check_commas(entry.name, head)
    else:
        _check_objects(entry.name, head)


def _head(entry: Entry) -> bytes:
    try:
        with entry.open() as stream:
            return stream.read(_LOOKED_AT)
    except DAMAGE:
        return b""  # whoever reads the rows says what is wrong


def _check_text(name: str, head: bytes) -> None:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if len(head) < _LOOKED_AT or error.start < len(head) - 3:  # else the last character was cut in two
            found = f"the byte 0x{head[error.start]:02X}, as other encodings have it: save it again as UTF-8"
            line = head.count(b"\n", 0, error.start) + 1
            raise _refused(name, "text in UTF-8", found, line) from None


def _check_commas(name: str, head: bytes) -> None:
    header = head.split(b"\n", 1)[0].decode(errors="replace")
    other = next((mark for mark in (";", "\t") if header.count(mark) > max(header.count(","), 1)), None)
    if other is not None:
        found = f"{'semicolons' if other == ';' else 'tabs'} between them: save it again with commas"
        raise _refused(name, "commas between the columns", found, 1)


def _check_objects(name: str, head: bytes) -> None:
    """JSON of another shape: one array, or objects that go on over several lines."""
    first = head.removeprefix(_BOM).lstrip().split(b"\n", 1)[0].strip()
    if first.startswith(b"["):
        kind = "a JSON array: write each of its objects in a line of its own, without the brackets and commas"
    elif first == b"{":
        kind = "an object over several lines: write each object in one line"
    else:
        return
    raise _refused(name, "a JSON object in every line", kind, 1)


def missing_columns(file: str, first: Row, table: Table, *, is_header: bool) -> Problem | None:
    """The problem of a file whose first row has not got all that each row needs, or None."""
    line, raw = first
    missing = [column.name for column in table.required if column.name not in raw]
    if not missing:
        return None
    needed = ", ".join(column.name for column in table.required)
    has = ", ".join(shown(name) for name in raw) or "nothing"
    place = "the first row" if is_header else "it"
    hints = [hint for name in missing if (hint := _rename_hint(name, raw))]
    found = f"{place} with {has}, so without {' and '.join(missing)}" + (f"; {'; '.join(hints)}" if hints else "")
    return Problem(file, line, None, f"the columns {needed} in every row", found)


def _rename_hint(missing: str, raw: dict[str, Any]) -> str | None:
    near = next((name for name in raw if name.lower() in (missing, *_OTHER_NAMES[missing])), None)
    return f"rename {shown(near)} to {shown(missing)}" if near else None


def _refused(file: str, expected: str, found: str, line: int | None = None) -> ImportRefused:
    return ImportRefused([Problem(file, line, None, expected, found)])
