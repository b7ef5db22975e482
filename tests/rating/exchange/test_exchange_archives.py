"""What can be wrong with a folder or an archive as a whole."""

import io
import tarfile
import zipfile

import pytest

from apps.rating.exchange import archives, reading
from apps.rating.exchange.bundle import read_bundle
from apps.rating.exchange.problems import ImportRefused


def refusal(path, **options):
    with pytest.raises(ImportRefused) as refused:
        read_bundle(path, **options)
    return str(refused.value)


def test_nothing_there(tmp_path):
    assert "expected a folder or an archive; found nothing there" in refusal(tmp_path / "none")


@pytest.mark.parametrize("data", [b"", b"item,prompt\n", b"PK\x03\x04broken", b"\x1f\x8bbroken"])
def test_a_file_that_is_no_archive(tmp_path, data):
    path = tmp_path / "study.zip"
    path.write_bytes(data)
    assert "study.zip: expected a folder, or a whole .zip, .tar, .tar.gz or .tgz" in refusal(path)


def test_a_truncated_archive(files, tmp_path, make_tar):
    path = make_tar(tmp_path / "study.tgz", files.files(), "w:gz")
    path.write_bytes(path.read_bytes()[:-200])
    assert "study.tgz" in refusal(path)


def test_a_zip_with_a_damaged_file(files, tmp_path, make_zip):
    path = make_zip(tmp_path / "study.zip", files.files())
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("items.jsonl")
    data = bytearray(path.read_bytes())
    data[member.header_offset + 60] ^= 0xFF
    path.write_bytes(data)
    assert "items.jsonl, line" in refusal(path)


@pytest.mark.parametrize("name", ["../items.jsonl", "/etc/items.jsonl", "a/../../items.jsonl", "C:\\x.csv"])
def test_paths_that_leave_the_archive(tmp_path, make_zip, make_tar, name):
    for path in (
        make_zip(tmp_path / "study.zip", {name: b"{}"}),
        make_tar(tmp_path / "study.tar", {name: b"{}"}, "w"),
    ):
        assert "expected paths that stay inside the archive" in refusal(path)


def test_links_in_archives(tmp_path):
    path = tmp_path / "study.tar"
    with tarfile.open(path, "w") as archive:
        link = tarfile.TarInfo("items.jsonl")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert "expected plain files; found the link or device 'items.jsonl'" in refusal(path)
    path = tmp_path / "study.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("items.jsonl")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert "expected plain files; found the link 'items.jsonl'" in refusal(path)


def test_a_password(files, tmp_path, make_zip):
    path = make_zip(tmp_path / "study.zip", files.files())
    data = path.read_bytes()
    path.write_bytes(data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"))
    assert "expected an archive without a password" in refusal(path)


def test_too_many_files(tmp_path, make_zip, make_tar, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    inside = {f"{number}.txt": b"" for number in range(4)}
    assert "expected at most 3 files" in refusal(make_zip(tmp_path / "study.zip", inside))
    assert "expected at most 3 files" in refusal(make_tar(tmp_path / "study.tar", inside, "w"))


@pytest.fixture
def small_limits(monkeypatch):
    for module in (reading, archives):
        monkeypatch.setattr(module, "MAX_UNPACKED_BYTES", 2 * 1024**2)
    monkeypatch.setattr(reading, "SMALL_BYTES", 64 * 1024)


@pytest.mark.usefixtures("small_limits")
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, make_zip, make_tar):
    bomb = {"items.jsonl": b" " * 1024**2}
    words = f"unpacks to at most {reading.MAX_RATIO} times its size"
    assert words in refusal(make_zip(tmp_path / "study.zip", bomb))
    assert words in refusal(make_tar(tmp_path / "study.tgz", bomb, "w:gz"))


@pytest.mark.usefixtures("small_limits")
def test_a_bomb_inside_a_table_is_refused_while_it_is_unpacked(files, tmp_path, cell_writers, make_tar):
    rows = [{"item": "q1", "prompt": " " * 1024**2}]
    files.write()
    (files.folder / "items.jsonl").unlink()
    (files.folder / "items.jsonl.gz").write_bytes(cell_writers["jsonl.gz"](rows))
    assert "items.jsonl.gz: expected a file that unpacks to at most 200 times its size" in refusal(files.folder)
    inside = {"items.jsonl.gz": cell_writers["jsonl.gz"](rows)}
    assert "times its size" in refusal(make_tar(tmp_path / "study.tar", inside, "w"))


@pytest.mark.usefixtures("small_limits")
def test_too_much_is_refused_whatever_its_ratio(files, tmp_path, make_zip, monkeypatch):
    monkeypatch.setattr(reading, "MAX_RATIO", 10**6)
    path = make_zip(tmp_path / "study.zip", {"items.jsonl": b" " * (3 * 1024**2)})
    assert "study.zip: expected at most" in refusal(path)
    import gzip

    files.write()
    (files.folder / "items.jsonl.gz").write_bytes(gzip.compress(b"\n" * (3 * 1024**2)))
    (files.folder / "items.jsonl").unlink()
    assert "items.jsonl.gz: expected at most" in refusal(files.folder)


def test_two_files_of_one_table(files):
    files.write()
    (files.folder / "items.csv").write_text("item,prompt\n")
    assert "expected one file of the table items; found both items.csv and items.jsonl" in refusal(files.folder)


def test_a_table_nobody_knows(files):
    files.write()
    (files.folder / "judgements.jsonl").write_text("")
    (files.folder / "votes.csv").write_text("")
    text = refusal(files.folder)
    assert "found 'judgements'; did you mean judgments?" in text
    assert "found 'votes'; rename or remove it" in text


def test_a_misspelt_study_json(files):
    files.write()
    (files.folder / "Study.json").write_text("{}")
    assert "Study.json: expected study.json" in refusal(files.folder)


def test_other_files_are_left_alone(files, tmp_path, make_zip):
    expected = files.read()
    (files.folder / "README.md").write_text("About")
    (files.folder / "truth.json").write_text("{")
    (files.folder / ".DS_Store").write_bytes(b"\0")
    (files.folder / "pictures").mkdir()
    assert read_bundle(files.folder) == expected
    inside = files.files() | {"__MACOSX/._items.jsonl": b"\0", "notes/read me.txt": b""}
    assert read_bundle(make_zip(tmp_path / "study.zip", inside)) == expected


def test_tables_in_two_folders_of_an_archive(tmp_path, make_zip):
    path = make_zip(tmp_path / "study.zip", {"a/items.jsonl": b"", "b/outputs.jsonl": b""})
    assert "expected all tables in one folder of the archive; found tables in a, b" in refusal(path)
    path = make_zip(tmp_path / "deep.zip", {"a/b/items.jsonl": b""})
    assert "at the top of the archive or in its one folder; found them in a/b" in refusal(path)


def test_an_archive_of_other_things(tmp_path, make_zip):
    text = refusal(make_zip(tmp_path / "holiday.zip", {"beach.jpg": b""}))
    assert "holiday.zip: expected a table items" in text


def test_small_files_after_large_ones_are_no_bombs(tmp_path, make_zip, files, monkeypatch):
    monkeypatch.setattr(reading, "SMALL_BYTES", 1024)
    files.tables["items"][0]["prompt"] = "".join(chr(33 + n * n % 90) for n in range(100_000))
    assert len(read_bundle(make_zip(tmp_path / "study.zip", files.files())).items) == 2


def test_counted_streams_read_what_is_there():
    counts = []
    stream = io.BufferedReader(reading._Counted(io.BytesIO(b"abc"), counts.append), 2)
    assert stream.read() == b"abc"
    assert sum(counts) == 3
