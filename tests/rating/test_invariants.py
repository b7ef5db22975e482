"""Every constraint lets the good row in and keeps the bad one out; facts are never changed, by anyone."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from tests.studies_for_tests import Lab

from .invariant_cases import CASES, Case
from .world_for_tests import build_world, copy_row

APPEND_ONLY = (
    "core_auditevent",
    *import_module("apps.studies.migrations.0002_invariants").IMMUTABLE,
    *import_module("apps.studies.migrations.0004_findings").APPEND_ONLY,
    *import_module("apps.rating.migrations.0002_invariants").APPEND_ONLY,
    "analysis_analysis",
    "analysis_selection",
    "analysis_selectedtask",
    "analysis_gate",
    "analysis_gateretirement",
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[Lab]:
    """Built once for this file, never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        lab = build_world()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield lab
        transaction.set_rollback(True)


@pytest.fixture
def rolled_back(world: Lab) -> Iterator[Lab]:
    """The world, as it was before each test."""
    with transaction.atomic():
        yield world
        transaction.set_rollback(True)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_good_row_enters_and_the_bad_one_is_refused(rolled_back: Lab, case: Case) -> None:
    with transaction.atomic():
        copy_row(case.table, case.good, case.where)
        transaction.set_rollback(True)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        copy_row(case.table, case.good | case.bad, case.where)
    assert refusal.value.__cause__.diag.constraint_name == case.constraint


def test_every_constraint_has_a_case(world: Lab) -> None:
    assert _stated_in_models() | _composite_keys() == {case.constraint for case in CASES}


def _stated_in_models() -> set[str]:
    """Names of checks and unique keys. What holds the primary key and more is there for composite keys only."""
    found = set()
    for model in apps.get_models():
        if not model.__module__.startswith("apps."):
            continue
        found |= {c.name for c in model._meta.constraints if "id" not in getattr(c, "fields", ())}
        found |= {
            f"{model._meta.db_table}_{field.column}_key"
            for field in model._meta.local_fields
            if field.unique and not field.primary_key
        }
    return found


def _composite_keys() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'f' AND cardinality(conkey) > 1")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_facts_are_never_changed(rolled_back: Lab, table: str, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0], f"{table} holds no row: nothing would be tried"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_every_guarded_table_is_tried(world: Lab) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%append_only'")
        assert {name for (name,) in cursor.fetchall()} == set(APPEND_ONLY)
