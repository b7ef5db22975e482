"""What can be wrong with the bytes of a file."""

import pytest

from apps.rating.exchange import tables
from apps.rating.exchange.bundle import read_bundle
from apps.rating.exchange.problems import ImportRefused


def refusals(path):
    with pytest.raises(ImportRefused) as refusal:
        read_bundle(path)
    return [problem.sentence() for problem in refusal.value.problems]


def changed(files, name, change, ending="jsonl"):
    path = files.write(ending) / name
    path.write_bytes(change(path.read_bytes()))
    return refusals(files.folder)


BAD_LINES = [
    (b'{"item": "q3", "prompt": "p"', "line 3: expected a JSON object"),
    (b'["q3", "p"]', "line 3: expected a JSON object"),
    (b'{"item": "q3", "prompt": "p"} {}', "More than one value"),
    (b'{"item": "q3", "prompt": "p", "item": "q4"}', 'the name "item" twice in one object'),
    (b'{"item": "q3", "prompt": "p", "metadata": {"x": NaN}}', "NaN, which is not JSON"),
    (b'{"item": "q3", "prompt": "p", "metadata": {"x": -Infinity}}', "-Infinity, which is not JSON"),
    (b'{"item": "q3", "prompt": "p", "metadata": {"x": 1e999}}', "the number 1e999, which is too large"),
    (b'{"item": "q3", "prompt": "p", "metadata": {"x": ' + b"9" * 5000 + b"}}", "thousands of digits"),
    (b'{"item": "q3", "prompt": "p", "metadata": ' + b'{"x":' * 70 + b"1" + b"}" * 71, "more than 64 levels"),
    (b"[" * 100_000, "more than 64 levels"),
    (b'{"item": "q3", "prompt": "a\\u0000b"}', "column prompt: expected text that can be stored"),
    (b'{"item": "q3", "prompt": "\\ud83d!"}', "found half of a surrogate pair (U+D83D)"),
    (b'{"item": "q3", "prompt": "p", "slices": {"\\udc00": "x"}}', "column slices: expected text that can"),
    (b'{"item": "q3", "prompt": "caf\xe9"}', "UTF-8 text; found the byte 0xE9 at position 30"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "words"), BAD_LINES)
def test_a_bad_line_is_told(files, line, words):
    sentences = changed(files, "items.jsonl", lambda data: data + line + b"\n")
    assert len(sentences) == 1
    assert sentences[0].startswith("items.jsonl, line 3")
    assert words in sentences[0]


def test_a_surrogate_pair_is_one_character(files):
    path = files.write() / "items.jsonl"
    path.write_bytes(path.read_bytes() + b'{"item": "q3", "prompt": "\\ud83d\\ude42"}\n')
    assert read_bundle(files.folder).items[2].messages[0]["content"] == "🙂"


BAD_CSV = [  # item,prompt,slices,metadata,group,messages,context,reference
    (b"a,b\n", "line 4: expected 8 cells, as in the header; found 2 cells"),
    (b'q3,"p,,,,,,\n', "expected CSV with quotes closed and doubled"),
    (b'q3,"p"p,,,,,,\n', "line 4: expected CSV with quotes closed and doubled"),
    (b"q3,caf\xe9,,,,,,\n", "line 4, column prompt: expected text that can be stored; found the byte 0xE9"),
    (b"q3,a\0b,,,,,,\n", "line 4, column prompt: expected text that can be stored; found a NUL"),
    (b'q3,p,"{""a"":""\\ud800""}",,,,,\n', "line 4, column slices: expected an object of texts"),
]


@pytest.mark.parametrize(("row", "words"), BAD_CSV)
def test_a_bad_csv_row_is_told(files, row, words):
    files.tables["items"][1]["messages"] = [{"role": "user", "content": "one line"}]
    sentences = changed(files, "items.csv", lambda data: data.replace(b"\r\n", b"\n") + row, "csv")
    assert len(sentences) == 1
    assert words in sentences[0]


def test_a_json_cell_is_checked_for_what_cannot_be_stored(files):
    files.tables["items"][0]["metadata"] = '{"a": "\\u0000"}'
    assert "a NUL character" in files.only_problem("csv").found
    files.tables["items"][0]["metadata"] = '{"a": "\\ud800"}'
    assert "surrogate" in files.only_problem("csv").found


def test_a_header_names_each_column_once(files):
    twice = changed(files, "items.csv", lambda data: data.replace(b"group", b"item", 1), "csv")
    assert 'items.csv, line 1: expected a header that names each column once; found "item" twice.' in twice


def test_a_csv_of_nothing_has_no_rows(files):
    files.write("csv")
    (files.folder / "gold.csv").write_bytes(b"")
    assert read_bundle(files.folder).golds == ()


def test_utf_16_is_no_utf_8(files):
    sentences = changed(files, "items.jsonl", lambda data: data.decode().encode("utf-16"))
    assert sentences[0].startswith("items.jsonl, line 1: expected UTF-8 text; found the byte 0xFF")


def test_damaged_files_are_told(files):
    sentences = changed(files, "items.jsonl.gz", lambda data: data[:-12], "jsonl.gz")
    assert "items.jsonl.gz, line" in sentences[0]
    assert "a file that can be read to its end" in sentences[0]


def test_a_damaged_parquet_file_is_told(files):
    sentences = changed(files, "items.parquet", lambda data: data[:50], "parquet")
    assert "items.parquet: expected a Parquet file that can be read to its end" in sentences[0]


def test_parquet_text_that_cannot_be_stored_is_told(files):
    files.tables["outputs"][0]["text"] = "a\0b"
    problem = files.only_problem("parquet")
    assert (problem.line, problem.column) == (1, "text")


def test_a_line_without_end_is_told(files, monkeypatch):
    monkeypatch.setattr(tables, "MAX_LINE_BYTES", 1024**2)
    sentences = changed(files, "items.jsonl", lambda data: data + b" " * (1024**2 + 1))
    assert "line 3: expected lines of at most 1 MiB" in sentences[0]
