"""Every way in which a file may be wrong ends in a sentence that says what to do, with nothing stored."""

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client

from apps.console.new_study import receiving
from apps.rating.exchange import archives, reading
from apps.studies.models import Study, Upload
from apps.studies.services import uploads
from tests.studies_for_tests import Lab

from .new_study_for_tests import GOOD, NEW, jsonl, send, text_of, wanted, zipped

pytestmark = pytest.mark.slow


@pytest.fixture
def manager(lab: Lab, client: Client) -> Client:
    client.force_login(lab.manager)
    return client


def parquet(**columns: list[Any]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


LATE_BYTE = b"item,system,output\n" + b"".join(b"i%d,one,fine\n" % n for n in range(8_999)) + b"z,one,\x93so\x94\n"
UNKNOWN_SYSTEM = zipped(
    systems__jsonl=jsonl([{"system": "one"}]),
    items__jsonl=jsonl([{"item": "a", "prompt": "?"}]),
    outputs__jsonl=jsonl([{"item": "a", "system": "two", "text": "!"}]),
)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("rows.jsonl", b"this is not json\n", ["rows.jsonl, line 1", "a JSON object"]),
        ("rows.jsonl", jsonl([{"id": 1, "model": "x", "answer": "y"}]), ["the columns item, system, output", "rename"]),
        ("rows.jsonl", jsonl([{**GOOD[0], "promt": "x"}]), ["column promt", "did you mean", "prompt"]),
        ("rows.jsonl", jsonl([GOOD[0], GOOD[0]]), ["line 2, column system", "once", "line 1 already"]),
        ("rows.jsonl", jsonl([GOOD[0], {**GOOD[1], "prompt": "Else?"}]), ["line 2, column prompt", "as in line 1"]),
        ("rows.csv", "item,system,output\na,b,grün\n".encode("latin-1"), ["text in UTF-8", "0xFC", "save it again"]),
        ("rows.csv", "item,system,output\na,b,c\n".encode("utf-16"), ["UTF-16", "save it again as UTF-8"]),
        ("rows.csv", b"item;system;output\na;b;c\n", ["semicolons", "save it again with commas"]),
        ("rows.csv", b"\xef\xbb\xbfitem;system;output\na;b;c\n", ["semicolons", "save it again with commas"]),
        ("rows.csv", b'item;system;"output, text"\na;b;c\n', ["semicolons", "save it again with commas"]),
        ("rows.csv", b"item,system,output\ra,b,c\r", ["lines that end in CR alone", "save it again"]),
        ("rows.csv", b"item,system,output\na,b,c,d\n", ["3 cells, as in the header", "put texts that hold commas"]),
        ("rows.csv", LATE_BYTE, ["line 9001, column output", "0x93", "save it again as UTF-8"]),
        ("rows.jsonl", json.dumps(GOOD).encode(), ["a JSON array", "a line of its own"]),
        ("rows.jsonl", json.dumps(GOOD, indent=1).encode(), ["a JSON array", "a line of its own"]),
        ("rows.jsonl", json.dumps(GOOD[0], indent=1).encode(), ["over several lines", "each object in one line"]),
        ("rows.parquet", parquet(item=[1.5], system=["a"], output=[["x"]]), ["row 1, column item", "column output"]),
        ("study.zip", zipped(), ["one file of rows", "none"]),
        ("study.zip", zipped(a__jsonl=b"", b__csv=b""), ["one file of rows", "a.jsonl and b.csv"]),
        ("rows.csv", b"item,system,output\n", ["a row for each output", "no rows"]),
        ("rows.csv", b'item,system,output\na,b,"c\n', ["quotes closed"]),
        ("rows.csv", b"\x00\x01\x02\x03binary", ["bytes that are no text"]),
        ("rows.jsonl", b"PK\x03\x04rest of a workbook", ["an Excel workbook", "export the rows"]),
        ("rows.parquet", b"PAR1 but not really", ["a Parquet file that can be read to its end"]),
        ("rows.jsonl.gz", b"\x1f\x8b damaged", ["a file that can be read to its end"]),
        ("study.zip", UNKNOWN_SYSTEM, ["outputs.jsonl, line 1, column system", "a system of the systems table"]),
        ("study.zip", b"PK not a zip", ["a whole .zip"]),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_by_row_and_column(manager: Client, name: str, data: bytes, said: list[str]) -> None:
    reply = send(manager, name, data)
    page = text_of(reply)
    for words in said:
        assert words in page
    assert "no rows" not in page or "no rows" in said, "one mistake is told once"
    assert "nothing was stored" in page
    assert "On to the settings" not in page
    upload = Upload.objects.get()
    assert manager.post(f"{NEW}{upload.public_id}/make", wanted()).status_code == 302
    assert Study.objects.count() == 1
    manager.post(f"{NEW}{upload.public_id}/forget")
    assert not Upload.objects.exists()


def test_a_file_of_rows_may_be_packed_with_its_gold(lab: Lab, manager: Client) -> None:
    gold = jsonl([{"item": "a", "output_a": "one", "output_b": "two", "verdict": "A"}])
    page = text_of(send(manager, "packed.zip", zipped(my__jsonl=jsonl(GOOD), gold__jsonl=gold)))
    assert "On to the settings" in page
    upload = Upload.objects.get()
    assert (upload.found["n_hidden"], upload.found["n_comparisons"]) == (1, 1)
    assert upload.found["terms"]["name"] == "Compare two versions", "it brings no terms: those of the template hold"
    manager.post(f"{NEW}{upload.public_id}/make", wanted())
    assert Study.objects.get(slug="refund-answers").state == "open"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("rows.jsonl", b"", "The file is empty"),
        ("rows.xlsx", b"PK", "rows.xlsx is none of them"),
        (".csv", b"item,system,output", "is none of them"),
        ("rows.json", b"[]", "Export the rows as one of these"),
    ],
)
def test_what_no_reader_takes_is_refused_at_the_door(manager: Client, name: str, data: bytes, sentence: str) -> None:
    reply = send(manager, name, data)
    assert reply.status_code == 400
    assert sentence in text_of(reply)
    assert not Upload.objects.exists()


def test_a_file_of_which_no_study_can_be_made_says_what_to_do(manager: Client) -> None:
    page = text_of(send(manager, "rows.jsonl", jsonl(GOOD[:1]), template="support"))
    assert "There is nothing to compare: two systems or more need outputs for the same item" in page
    upload = Upload.objects.get()
    assert manager.get(f"{NEW}{upload.public_id}/settings").headers["Location"] == f"{NEW}{upload.public_id}/"


def test_a_request_without_a_file_is_told_so(manager: Client) -> None:
    reply = manager.post(f"{NEW}file", {"template": "compare"})
    assert (reply.status_code, "No file came with it" in text_of(reply)) == (400, True)
    assert "no template" in text_of(manager.post(f"{NEW}sample", {"sample": "none"}))


def test_a_file_over_the_limit_is_let_go_while_it_comes_in(manager: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(receiving, "MAX_UPLOAD_BYTES", 200_000)
    reply = send(manager, "rows.jsonl", b"x" * 300_000)
    assert reply.status_code == 400
    assert "The file is larger than 100 MB, and nothing of it was kept" in text_of(reply)
    assert not Upload.objects.exists()


def test_the_service_keeps_nothing_over_the_limit_either(lab: Lab, monkeypatch: Any) -> None:
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 10)
    with pytest.raises(uploads.Refused, match="larger than"):
        uploads.keep_upload(
            workspace=lab.workspace, by=lab.manager.uuid, name="x.csv", chunks=[b"x" * 8] * 2, template="compare"
        )
    assert not Upload.objects.exists()


def test_a_zip_bomb_is_refused(manager: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "SMALL_BYTES", 1024**2)
    assert archives.check_ratio is reading.check_ratio
    bomb = zipped(items__jsonl=b"0" * 20 * 1024**2)
    assert len(bomb) < 100_000
    page = text_of(send(manager, "bomb.zip", bomb))
    assert "unpacks to at most 200 times its size" in page
    assert Study.objects.count() == 1
