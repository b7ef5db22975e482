"""Whatever the files look like, the same study comes out of them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.core.errors import Refused
from apps.rating.exchange.bundle import read_bundle
from apps.rating.exchange.known import Known
from apps.studies.material import VERDICT_WORDS

ENDINGS = ["csv", "parquet", "jsonl.gz", "csv.gz"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_file_format_gives_the_same_bundle(files, tmp_path, ending):
    expected = files.read("jsonl")
    files.folder = tmp_path / "other"
    assert files.read(ending) == expected


@pytest.mark.parametrize("prefix", ["", "my study/"])
@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tgz"])
def test_every_archive_gives_the_same_bundle(files, tmp_path, make_zip, make_tar, kind, prefix):
    expected = files.read()
    inside = {f"{prefix}{name}": data for name, data in files.files().items()}
    path = tmp_path / f"study.{kind}"
    if kind == "zip":
        make_zip(path, inside)
    else:
        make_tar(path, inside, "w" if kind == "tar" else "w:gz")
    assert read_bundle(path) == expected


def test_values_are_read_as_documented(files):
    bundle = files.read()
    first = bundle.judgments[0]
    assert first.judged_at == datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
    assert (first.kind, first.purpose, first.revision, first.showing) == ("human", "base", 1, 0)
    assert first.flags == ("identified",)
    assert first.a_was_left is False
    assert bundle.outputs[0].cost_usd == Decimal("0.0001")
    assert bundle.outputs[1].text == ""
    assert bundle.items[0].group == "q1"
    assert bundle.items[0].messages == ({"role": "user", "content": "Refund, please"},)
    assert bundle.study.criteria[0].anchors[1].example == "Dear Ada"
    assert (first.file, first.line) == ("judgments.jsonl", 1)


def test_a_csv_row_is_placed_at_its_first_line(files):
    files.tables["judgments"][0]["comment"] = "two\nlines"
    assert [judgment.line for judgment in files.read("csv").judgments] == [2, 4, 5, 6, 7]


def test_whole_numbers_may_be_names(files):
    files.tables = {
        "items": [{"item": 7, "prompt": "p", "slices": {"turn": 1, "long": True}}],
        "outputs": [{"item": 7, "system": "plain", "text": "t"}],
    }
    bundle = files.read()
    assert bundle.items[0].external_id == "7"
    assert bundle.items[0].slices == {"turn": "1", "long": "true"}


def test_systems_are_taken_from_outputs_where_no_table_declares_them(files):
    del files.tables["systems"]
    systems = files.read().systems
    assert [(system.name, system.declared) for system in systems] == [
        ("plain", False),
        ("chatty", False),
        ("curt", False),
    ]


def test_without_study_json_the_four_verdicts_hold(files):
    files.study = None
    files.tables["gold"].pop()
    files.tables["judgments"].pop(3)
    assert files.read().study is None
    files.study = {}
    assert files.read().study.verdicts == VERDICT_WORDS


def test_parquet_may_hold_structs_lists_maps_and_fine_times(files):
    import pyarrow as pa
    import pyarrow.parquet as pq

    expected = files.read()
    rows = files.tables["items"]
    slices = [list(row.get("slices", {}).items()) or None for row in rows]
    columns = {name: [row.get(name) for row in rows] for name in ("item", "group", "prompt", "messages")}
    columns |= {name: [row.get(name) for row in rows] for name in ("context", "reference", "metadata")}
    table = pa.table(columns | {"slices": pa.array(slices, pa.map_(pa.string(), pa.string()))})
    (files.folder / "items.jsonl").unlink()
    pq.write_table(table, files.folder / "items.parquet")
    assert read_bundle(files.folder) == expected

    moment = pa.array([expected.judgments[0].judged_at] + [None] * 4, pa.timestamp("ns", "UTC"))
    rows = files.tables["judgments"]
    names = dict.fromkeys(name for row in rows for name in row)
    table = pa.table({name: [row.get(name) for row in rows] for name in names if name != "judged_at"})
    (files.folder / "judgments.jsonl").unlink()
    pq.write_table(table.append_column("judged_at", moment), files.folder / "judgments.parquet")
    # a struct column has every criterion in every row: nulls in it are not answers
    assert read_bundle(files.folder) == expected


def test_a_byte_order_mark_and_blank_lines_are_no_rows(files):
    expected = files.read()
    items = files.folder / "items.jsonl"
    items.write_bytes(b"\xef\xbb\xbf" + items.read_bytes().replace(b"\n", b"\r\n\r\n"))
    assert read_bundle(files.folder) == expected


def test_anchors_may_be_an_object_or_a_list_of_texts(files):
    criteria = files.study["criteria"]
    criteria[0]["anchors"] = {"1": "rude", "3": "kind"}
    assert [anchor.value for anchor in files.read().study.criteria[0].anchors] == [1, 3]
    criteria[0]["anchors"] = ["1", "3"]
    judged = files.read().judgments[3]
    assert judged.criteria == {"tone": "3"}, "answers become the anchors' own values"


def test_progress_is_told_by_file_and_ends_at_one(files):
    told = []
    files.read(on_progress=lambda *args: told.append(args))
    assert ("judgments.jsonl", 5, 1.0) in told
    assert [file for file, _, _ in told] == [
        f"{table}.jsonl" for table in ("systems", "items", "outputs", "gold", "judgments")
    ]


def test_known_material_lets_a_file_of_judgments_extend_a_study(files):
    whole = files.read()
    known = Known(
        items={item.external_id for item in whole.items},
        outputs={output.key for output in whole.outputs},
        systems={system.name for system in whole.systems},
        verdicts=("A", "B"),
        criteria=whole.study.criteria,
    )
    for file in files.folder.iterdir():
        if file.name != "judgments.jsonl":
            file.unlink()
    files.tables = {"judgments": [files.tables["judgments"][0], files.tables["judgments"][3]]}
    files.study = None
    assert len(files.read(known=known).judgments) == 2
    files.tables["judgments"][0]["verdict"] = "TIE"
    assert "(A, B)" in files.only_problem(known=known).expected


def test_an_unknown_format_is_refused_with_the_known_ones(files):
    with pytest.raises(Refused, match="touchstone, flat, mtbench, llmfao"):
        files.read(format="lmsys")
