"""The rows of earlier releases keep their meaning when the tables change."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.rating.models import Assignment
from apps.rating.services import give_assignment, mark_shown, release_assignment, skip_assignment
from tests.studies_for_tests import Lab

from .desk_for_tests import Page, work_through

NUMBER_SHOWINGS = import_module("apps.rating.migrations.0004_desk").NUMBER_SHOWINGS
START = datetime(2026, 1, 1, tzinfo=UTC)

# study, rater, source, minutes until shown, minutes until ended, outcome; then the numbers they must get.
ROWS: tuple[tuple[tuple[Any, ...], tuple[int | None, int | None]], ...] = (
    ((1, 1, "served", 30, 31, "judged"), (3, 2)),
    ((1, 1, "served", 10, 40, "judged"), (1, 3)),
    ((1, 1, "served", 20, 25, "skipped"), (2, None)),
    ((1, 1, "served", None, 26, "released"), (None, None)),
    ((1, 1, "served", None, 27, "judged"), (None, 1)),
    ((1, 1, "served", 40, None, None), (4, None)),
    ((1, 1, "served", None, None, None), (None, None)),
    ((1, 1, "served", 40, 50, "late"), (5, 4)),
    ((1, 1, "served", 41, 50, "expired"), (6, None)),
    ((1, 1, "imported", None, 5, "judged"), (None, None)),
    ((1, 2, "served", 5, 6, "judged"), (1, 1)),
    ((2, 1, "served", 1, 2, "judged"), (1, 1)),
    ((2, 1, "judge", None, None, "judged"), (None, None)),
)


def test_showings_and_answers_are_numbered_by_their_times(db: None) -> None:
    """In a table of the same columns, which stands before the real one for this connection only."""
    with connection.cursor() as cursor:
        cursor.execute("""CREATE TEMPORARY TABLE rating_assignment (id int, study_id int, rater_id int, source text,
            shown_at timestamptz, ended_at timestamptz, outcome text, shown_number int, done_number int)""")
        for number, (row, _) in enumerate(ROWS, start=1):
            study, rater, source, shown, ended, outcome = row
            moments = [None if n is None else START + timedelta(minutes=n) for n in (shown, ended)]
            cursor.execute(
                "INSERT INTO rating_assignment VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [number, study, rater, source, *moments, outcome],
            )
        cursor.execute(NUMBER_SHOWINGS)
        cursor.execute("SELECT shown_number, done_number FROM rating_assignment ORDER BY id")
        assert cursor.fetchall() == [numbers for _, numbers in ROWS]
        cursor.execute("DROP TABLE rating_assignment")


@pytest.mark.slow
def test_going_back_a_release_and_forward_again_numbers_the_same(fresh_database: str) -> None:
    lab = Lab.set_up(n_items=8)
    work_in_every_way(lab)
    before = numbers()
    assert len(before) > 15
    migrate([("rating", "0003_open_showings_are_checked")])
    migrate([leaf for leaf in MigrationExecutor(connection).loader.graph.leaf_nodes() if leaf[0] == "rating"])
    assert numbers() == before
    assert work_through(lab.enrolments[1]) > 0, "and the desk goes on"


def work_in_every_way(lab: Lab) -> None:
    page = Page(lab.enrolments[0])
    page.open()
    for n in range(16):
        page.skip() if n % 5 == 4 else page.answer()
    other = lab.enrolments[1]
    for n in range(4):
        given = give_assignment(enrolment=other)
        assert given is not None
        if n % 2:
            mark_shown(assignment=given)
        release_assignment(enrolment=other, assignment=given)
    given = give_assignment(enrolment=other)
    assert given is not None
    skip_assignment(enrolment=other, assignment=given, reason="technical")


def numbers() -> list[tuple[int, int | None, int | None]]:
    return list(Assignment.objects.order_by("pk").values_list("pk", "shown_number", "done_number"))


def migrate(targets: list[tuple[str, str]]) -> None:
    MigrationExecutor(connection).migrate(targets)
