"""Fixtures for all tests: a database that is never flushed, and small studies to test with.

Facts are append-only, so no test may truncate tables. Ordinary tests roll back (`db`). Tests that need commits,
threads or other processes ask for `fresh_database`: a database of their own, copied from the migrated one.
"""

import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases
from hypothesis import settings as hypothesis_settings
from psycopg import sql

from tests.studies_for_tests import Lab

_numbers = itertools.count()

# The same examples in every run: a failure is somebody's change and not the day's luck. To hunt with new ones:
# pytest --hypothesis-profile=default
hypothesis_settings.register_profile("same", derandomize=True, deadline=None)
hypothesis_settings.load_profile("same")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """The migrated database, made also when only tests with a `fresh_database` run."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
        migrated = connection.settings_dict["NAME"]
        _keep_autovacuum_away()
        connections.close_all()
        # Nobody ever connects to this copy, so that it can be copied at any time.
        _admin("DROP DATABASE IF EXISTS {}", f"{migrated}_pristine")
        _admin("CREATE DATABASE {} TEMPLATE {}", f"{migrated}_pristine", migrated)
    yield
    with django_db_blocker.unblock():
        _admin("DROP DATABASE {}", f"{migrated}_pristine")
        teardown_databases(made, verbosity=0)


@pytest.fixture
def lab(db: None) -> Lab:
    """A workspace with an open study, raters and readers, rolled back afterwards."""
    return Lab.set_up()


@pytest.fixture
def fresh_database(django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """A committed database of the test's own; its name. Dropped afterwards, whoever is still connected."""
    with own_database(django_db_blocker) as name:
        yield name


@pytest.fixture(scope="module")
def module_database(django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """The same for all tests of a module, whose raters are strangers to one another."""
    with own_database(django_db_blocker) as name:
        yield name


@contextmanager
def own_database(django_db_blocker) -> Iterator[str]:
    """A copy of the migrated database, connected to while this lasts."""
    with django_db_blocker.unblock():
        template = connection.settings_dict["NAME"]
        connections.close_all()
        name = f"{template}_{os.getpid()}_{next(_numbers)}"
        _admin("CREATE DATABASE {} TEMPLATE {}", name, f"{template}_pristine")
        _point_at(name)
        try:
            yield name
        finally:
            connections.close_all()
            _point_at(template)
            _admin("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def committed_lab(fresh_database: str) -> Lab:
    """Like `lab`, committed, for tests with threads or processes."""
    return Lab.set_up()


@pytest.fixture
def real_data() -> str:
    """The folder of published judgments; without it the test is skipped, aloud."""
    folder = os.environ.get("TOUCHSTONE_REAL_DATA", "")
    if not folder:
        pytest.skip("TOUCHSTONE_REAL_DATA is unset: the published judgments were not read in this run.")
    return folder


def _keep_autovacuum_away() -> None:
    """It sees nothing of what a test has not committed, and would tell the query planner that full tables are empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = off)").format(sql.Identifier(table)))


def _point_at(name: str) -> None:
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name


def _admin(statement: str, *names: str) -> None:
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    parameters = {
        key: value for key, value in parameters.items() if key in {"host", "port", "user", "password", "dbname"}
    }
    with psycopg.connect(**parameters, autocommit=True) as admin:
        for attempt in range(5):
            try:
                admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
                return
            except psycopg.errors.InsufficientPrivilege:
                # An autovacuum worker in the database that goes: it is no one's to end, and soon done.
                if attempt == 4:
                    raise
                time.sleep(0.5)
