"""What the database itself refuses, whatever the code says."""

from importlib import import_module
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Assignment, Draw, Judgment, Task
from apps.rating.services import open_study, record_judgment, take_cut, withdraw_judgment
from apps.studies.models import Study
from tests.studies_for_tests import Lab, bundle_of

APPEND_ONLY = (
    *import_module("apps.rating.migrations.0002_invariants").APPEND_ONLY,
    *import_module("apps.studies.migrations.0002_invariants").IMMUTABLE,
    "core_auditevent",
    "analysis_analysis",
)


def refused(statement: str, *parameters: object) -> str:
    """The database's words when it refuses; fails if it does not."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return str(error.value)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_no_fact_is_truncated(db: None, table: str) -> None:
    assert "append-only" in refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_append_only_tables_have_their_trigger(db: None, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE '%%append_only'", [table]
        )
        assert cursor.fetchone() == (1,)


def test_facts_are_neither_updated_nor_deleted(lab: Lab) -> None:
    stored = judged(lab)
    withdraw_judgment(judgment=stored, reason="a test", by=None)
    take_cut(study_id=lab.study.pk)
    for table in ("rating_judgment", "rating_standingchange", "rating_plan", "rating_draw", "rating_cut",
                  "rating_withdrawal", "studies_item", "studies_output", "studies_protocolversion",
                  "studies_studytransition", "core_auditevent"):  # fmt: skip
        assert "append-only" in refused(f"UPDATE {table} SET id = id")
        assert "append-only" in refused(f"DELETE FROM {table}")


def judged(lab: Lab) -> Judgment:
    given = lab.assignment()
    return record_judgment(
        enrolment=lab.enrolments[0], assignment_id=given.public_id, submission=uuid4(), choice="left"
    ).judgment


def copy_of(row: Judgment | Assignment, **changes: object) -> Judgment | Assignment:
    """A second row like `row`, with changes."""
    generated = {"supersedes_revision"}
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in generated}
    return type(row)(**{**values, "id": None, **changes})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"revision": 1}, "judgment_revision_is_unique"),
        ({"revision": 2}, "judgment_revision_needs_the_one_before"),
        ({"revision": 3, "supersedes_id": "self"}, "supersedes"),
        ({"revision": 2, "supersedes_id": "self", "verdict": None}, "judgment_says_something"),
        ({"revision": 2, "supersedes_id": "self", "verdict": "C"}, "judgment_verdict_is_known"),
        ({"revision": 2, "supersedes_id": "self", "confidence": 1.5}, "judgment_confidence_is_a_share"),
        ({"revision": 2, "supersedes_id": "self", "submission": "same"}, "judgment_submission_is_unique"),
    ],
)
def test_bad_judgments_are_refused(lab: Lab, changes: dict[str, object], words: str) -> None:
    stored = judged(lab)
    named = {"self": stored.pk, "same": stored.submission}
    filled = {name: named.get(str(value), value) for name, value in changes.items()}
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        copy_of(stored, **{"submission": uuid4(), **filled}).save()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert copy_of(stored, submission=uuid4(), revision=2, supersedes_id=stored.pk).save() is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "assignment_public_id_is_unique"),
        ({"public_id": "new"}, "draw_is_filled_once|assignment_showing_is_unique"),
        ({"public_id": "new", "showing": 1}, "draw_is_filled_once"),
        ({"public_id": "new", "showing": 1, "outcome": "expired"}, "assignment_ended_has_an_outcome"),
        ({"public_id": "new", "showing": 1, "draw_id": None}, "assignment_served_has_a_lease"),
        ({"public_id": "new", "showing": 1, "a_on_left": None}, "assignment_served_has_sides"),
        ({"public_id": "new", "showing": 1, "source": "else"}, "assignment_"),
        (
            {"public_id": "new", "showing": 1, "outcome": "expired", "ended_at": "now", "skip_reason": "broken"},
            "assignment_skip_has_a_reason",
        ),
    ],
)
def test_bad_assignments_are_refused(lab: Lab, changes: dict[str, object], words: str) -> None:
    given = lab.assignment()
    filled = {name: {"new": uuid4(), "now": timezone.now()}.get(str(value), value) for name, value in changes.items()}
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        copy_of(given, **filled).save()


def test_rows_of_two_studies_cannot_meet(lab: Lab) -> None:
    import_bundle(bundle=bundle_of(2), workspace=lab.workspace, slug="other", by=None)
    other = open_study(study=Study.objects.get(slug="other"), by=None)
    task, foreign = Task.objects.filter(study=lab.study).first(), Task.objects.filter(study=other).first()
    draw, given = Draw.objects.filter(study=other).first(), lab.assignment()
    assert task and foreign and draw
    assert "fk" in refused("UPDATE rating_assignment SET task_id = %s WHERE id = %s", foreign.pk, given.pk)
    assert "fk" in refused("UPDATE rating_assignment SET draw_id = %s WHERE id = %s", draw.pk, given.pk)
    last = Task.objects.filter(study=lab.study).order_by("pk").last()
    assert last
    assert "fk" in refused("UPDATE rating_task SET item_id = %s WHERE id = %s", last.item_id, task.pk)
    assert "fk" in refused("UPDATE rating_enrolment SET workspace_id = workspace_id + 1")


def test_a_task_compares_two_outputs_in_order(lab: Lab) -> None:
    task = Task.objects.first()
    assert task is not None
    swap = "UPDATE rating_task SET output_a_id = output_b_id, output_b_id = output_a_id WHERE id = %s"
    assert "task_compares_two_or_rates_one" in refused(swap, task.pk)
    assert "task_compares_two_or_rates_one" in refused(
        "UPDATE rating_task SET system_b_id = system_a_id WHERE id = %s", task.pk
    )
