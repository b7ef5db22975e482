"""check_integrity is silent on what the services wrote, and finds each kind of damage."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.config.integrity import CHECKS
from apps.rating.models import StudyFigures
from apps.rating.services import freeze_figures
from tests.console.test_console import judge_everything
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

DAMAGE = {
    "standings equal their last change": "UPDATE rating_enrolment SET standing = 'left'",
    "items match their content hashes": "UPDATE studies_item SET context = 'changed'",
    "outputs match their content hashes": "UPDATE studies_output SET text = text || '!'",
    "judged showings have judgments, and only they": """
        UPDATE rating_assignment SET outcome = 'expired', done_number = NULL
        WHERE id = (SELECT max(id) FROM rating_assignment WHERE outcome = 'judged')""",
    "numbers of showings and answers have no gaps": """UPDATE rating_assignment SET shown_number = 99
        WHERE shown_number = 2""",
    "plans have as many draws as they say": "UPDATE rating_plan SET size = size + 1",
    "pair probabilities add to 1 and are those of the draws": "UPDATE rating_draw SET p_pair = 0.5",
    "replacements have task and probabilities of what they replace": """UPDATE rating_draw SET purpose = 'replacement'
        WHERE id = (SELECT max(id) FROM rating_draw WHERE band IS NOT NULL)""",
    "what was chosen by results names the cut it saw": "UPDATE rating_plan SET method = 'adaptive' WHERE number > 0",
    "positions are dense in their band": "UPDATE rating_band SET size = size + 1",
    "drained bands are all judged": """UPDATE rating_band SET drained_at = now();
        INSERT INTO rating_band (study_id, number, size, drained_at) SELECT study_id, 99, 1, now() FROM rating_band;
        UPDATE rating_draw SET band = 99, position = 0 WHERE id = (SELECT d.id FROM rating_draw d WHERE NOT EXISTS (
            SELECT FROM rating_assignment a WHERE a.draw_id = d.id AND a.outcome = 'judged') LIMIT 1)""",
    "stored figures are what the rows give": "UPDATE rating_studyfigures SET n_judged = n_judged + 1",
}


def run() -> str:
    out = StringIO()
    call_command("check_integrity", stdout=out)
    return out.getvalue()


def test_what_the_services_write_is_sound(lab: Lab) -> None:
    judge_everything(lab)
    freeze_figures(study_id=lab.study.pk)
    assert run().count("ok ") == len(CHECKS)


@pytest.mark.slow
@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found(lab: Lab, name: str) -> None:
    lab.add_rater("idle")
    if name != "drained bands are all judged":
        judge_everything(lab)
    freeze_figures(study_id=lab.study.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(DAMAGE[name])
    check = next(check for check in CHECKS if check.name == name)
    assert list(check.violations())
    with pytest.raises(CommandError, match="violations"):
        run()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("shown_number", "shown_number + 1 WHERE shown_number >= 5"),
        ("done_number", "done_number + 1 WHERE done_number >= 5"),
        ("done_number", "done_number + 1"),
        ("shown_number", "shown_number - 1"),
        ("shown_number", "100 WHERE shown_number = 3"),
    ],
)
def test_a_gap_in_either_number_is_found(lab: Lab, name: str, change: str) -> None:
    judge_everything(lab)
    check = next(check for check in CHECKS if check.name == "numbers of showings and answers have no gaps")
    assert list(check.violations()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE rating_assignment DROP CONSTRAINT assignment_shown_number_is_unique")
        cursor.execute("ALTER TABLE rating_assignment DROP CONSTRAINT assignment_done_number_is_unique")
        if "- 1" in change:
            cursor.execute("ALTER TABLE rating_assignment DROP CONSTRAINT rating_assignment_shown_number_check")
        cursor.execute(f"UPDATE rating_assignment SET {name} = {change}")
    assert list(check.violations())


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("{day,TODAY,filled}", "7"),
        ("{rater,RATER,left}", "0"),
        ("{slice,new}", '{"wanted": 1}'),
        ("{disposition,used,n}", "99"),
    ],
)
def test_a_wrong_number_of_the_study_home_is_found(lab: Lab, path: str, wrong: str) -> None:
    """Stored halfway, so that the figures are a sum of steps; then one cell is another."""
    check = next(check for check in CHECKS if check.name == "stored figures are what the rows give")
    freeze_figures(study_id=lab.study.pk)
    judge_everything(lab)
    stored = freeze_figures(study_id=lab.study.pk)
    assert list(check.violations()) == []
    place = path.replace("TODAY", next(iter(stored.counts["day"]))).replace("RATER", next(iter(stored.counts["rater"])))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rating_studyfigures SET counts = jsonb_set(counts, %s, %s)", [place, wrong])
    (sentence,) = check.violations()
    assert sentence.startswith(f"study trial: {path[1:].partition(',')[0]} ") and "the rows give" in sentence
    StudyFigures.objects.all().delete()
    assert list(check.violations()) == []
