"""Which judgment is which, and which showing it answers."""

import uuid

from apps.rating.exchange.identity import (
    RATER_NAMESPACE,
    comparison_key,
    derived_uuid,
    rater_uuid,
    rubric_key,
)
from apps.rating.exchange.rows import task_key_of


def judged(files, *rows):
    """The judgments of a file in which ada compares plain and chatty on q1."""
    plain = {"item": "q1", "rater": "ada", "output_a": "plain", "output_b": "chatty", "verdict": "A"}
    files.tables["judgments"] = [plain | row for row in rows]
    return files.read().judgments


def test_a_rater_is_a_uuid_if_it_is_one_else_the_uuid_of_its_name():
    name = "8FC07031-F2E2-5BBE-B0EA-955C72DA01D2"
    assert rater_uuid(name) == rater_uuid(name.lower()) == uuid.UUID(name)
    assert rater_uuid("ada") == uuid.uuid5(RATER_NAMESPACE, "ada")
    assert rater_uuid("ZZZZZZZZ-F2E2-5BBE-B0EA-955C72DA01D2").version == 5


def test_a_name_that_is_only_hex_is_a_name():
    assert rater_uuid("8fc07031f2e25bbeb0ea955c72da01d2") == uuid.uuid5(
        RATER_NAMESPACE, "8fc07031f2e25bbeb0ea955c72da01d2"
    )


def test_an_id_is_kept_where_it_is_a_uuid(files):
    given = uuid.uuid4()
    first, second = judged(files, {"judgment": str(given)}, {"judgment": "vote-17"})
    assert first.uuid == given
    assert second.uuid.version == 5


def test_a_rater_who_judged_a_pair_twice_counts_twice(files):
    first, second = judged(files, {}, {"output_a": "chatty", "output_b": "plain", "verdict": "TIE"})
    assert first.uuid != second.uuid
    assert (first.showing, second.showing) == (0, 1)
    assert task_key_of(first) == task_key_of(second)


def test_reading_a_file_again_finds_the_same_judgments(files, tmp_path):
    once = [judgment.uuid for judgment in files.read().judgments]
    files.folder = tmp_path / "again"
    assert [judgment.uuid for judgment in files.read("csv").judgments] == once
    assert len(set(once)) == 5


def test_other_raters_tasks_and_samples_are_other_judgments(files):
    rows = judged(files, {}, {"rater": "bob"}, {"output_b": "curt"}, {"output_b": "chatty", "sample_b": 1})
    assert len({row.uuid for row in rows}) == 4
    assert {row.showing for row in rows} == {0}


def test_a_revision_belongs_to_the_showing_before_it(files):
    rows = judged(files, {}, {"revision": 2, "verdict": "B"}, {}, {"revision": 2}, {"revision": 3})
    assert [(row.showing, row.revision) for row in rows] == [(0, 1), (0, 2), (1, 1), (1, 2), (1, 3)]
    assert len({row.uuid for row in rows}) == 5


def test_named_showings_need_no_order(files):
    rows = judged(files, {"showing": 3, "revision": 2}, {"showing": 1}, {"showing": 3})
    assert [(row.showing, row.revision) for row in rows] == [(3, 2), (1, 1), (3, 1)]


def test_a_task_is_one_whichever_output_is_called_a():
    a, b = ("plain", 0), ("chatty", 1)
    assert comparison_key("q1", a, b) == comparison_key("q1", b, a)
    assert rubric_key("q1", a) != comparison_key("q1", a, b)


def test_derived_ids_never_change():
    """Files read years ago must be recognised: these ids are stored in databases."""
    task = comparison_key("q1", ("plain", 0), ("chatty", 0))
    assert str(rater_uuid("ada")) == "474c6565-d842-5644-8154-f0e76d6e35a9"
    assert str(derived_uuid(task, rater_uuid("ada"), 0)) == "86d6939a-aecf-58b8-aeb7-8d723b268898"
