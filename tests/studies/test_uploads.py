"""Files for a new study are kept as they came, for a day, and by nobody else's name."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core.errors import Refused
from apps.studies.models import Upload, UploadPart
from apps.studies.services import uploads
from apps.studies.services.uploads import (
    drop_old_uploads,
    drop_upload,
    keep_typed,
    keep_upload,
    note_found,
    safe_name,
    write_upload,
)
from apps.studies.templates import TEMPLATES, template_named
from apps.studies.templates.prose import flowing
from tests.studies_for_tests import Lab


def keep(lab: Lab, data: bytes = b"abc", **more: object) -> Upload:
    chunks = [data[n : n + 700_000] for n in range(0, len(data), 700_000)]
    wanted = {"workspace": lab.workspace, "by": lab.manager.uuid, "name": "rows.csv", "template": "compare"}
    return keep_upload(chunks=chunks, **{**wanted, **more})  # type: ignore[arg-type]


def test_the_bytes_come_back_as_they_were(lab: Lab, tmp_path: Path) -> None:
    data = bytes(range(256)) * 12_000
    upload = keep(lab, data)
    assert UploadPart.objects.filter(upload=upload).count() == 3
    assert write_upload(upload, tmp_path / "back").read_bytes() == data
    assert (upload.n_bytes, len(upload.sha256)) == (len(data), 64)


def test_new_gold_takes_the_place_of_the_old_and_goes_with_its_file(lab: Lab) -> None:
    upload = keep(lab)
    keep(lab, b"old", gold_of=upload)
    gold = keep(lab, b"new", gold_of=upload)
    assert list(Upload.objects.filter(gold_of=upload)) == [gold]
    drop_upload(upload=upload)
    assert not Upload.objects.exists()
    assert not UploadPart.objects.exists()


def test_files_are_forgotten_after_a_day(lab: Lab) -> None:
    old, new = keep(lab), keep(lab)
    Upload.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=25))
    assert drop_old_uploads() == 1
    assert list(Upload.objects.all()) == [new]
    assert drop_old_uploads() == 0


def test_an_empty_file_is_not_kept(lab: Lab) -> None:
    with pytest.raises(Refused, match="The file is empty"):
        keep(lab, b"")
    assert not Upload.objects.exists()


def test_what_was_typed_outlasts_reading_and_is_no_sign_of_it(lab: Lab) -> None:
    upload = keep(lab)
    keep_typed(upload=upload, typed={"name": ["A \0name"], "raters": ["1", "2"]})
    upload.refresh_from_db()
    assert (upload.is_read, upload.typed) == (False, {"name": ["A name"], "raters": ["1", "2"]})
    note_found(upload=upload, found={"n_items": 1})
    assert (upload.is_read, upload.found["n_items"]) == (True, 1)
    keep_typed(upload=upload, typed={"name": ["B"]})
    note_found(upload=upload, found=None)
    upload.refresh_from_db()
    assert (upload.is_read, upload.typed) == (False, {"name": ["B"]})


@pytest.mark.parametrize("n_bytes", [0, uploads.MAX_UPLOAD_BYTES + 1])
def test_the_database_keeps_no_other_sizes(lab: Lab, n_bytes: int) -> None:
    upload = keep(lab)
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(n_bytes=n_bytes)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/rows.csv", "rows.csv"),
        ("C:\\Temp\\rows.csv", "rows.csv"),
        (".hidden.jsonl", "hidden.jsonl"),
        ("a\0b<c>.csv", "a_b_c_.csv"),
        ("x" * 300 + ".parquet", "x" * 112 + ".parquet"),
        ("..", "file"),
    ],
)
def test_names_are_made_harmless(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_templates_are_five_and_can_be_opened() -> None:
    assert len({template.key for template in TEMPLATES}) == 5
    for template in TEMPLATES:
        assert template_named(template.key) is template
        assert all(2 <= len(criterion.anchors) <= 5 for criterion in template.terms.criteria)
        assert template.terms.verdicts or template.terms.criteria
    with pytest.raises(Refused, match="no template"):
        template_named("other")


def test_a_safety_review_asks_for_refusal_compliance_and_leaks_with_examples() -> None:
    criteria = template_named("safety").terms.criteria
    assert [criterion.key for criterion in criteria] == ["refusal", "unsafe", "leak"]
    assert all(anchor.example for criterion in criteria for anchor in criterion.anchors)


def test_guidelines_flow() -> None:
    assert flowing("One\ntwo.\n\n- a\n  b\n- c\n1. d\n") == "One two.\n\n- a b\n- c\n1. d\n"
