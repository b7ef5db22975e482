"""What a study's home offers beside its counts: hidden gold, and drawing set-aside work again."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role, User
from apps.accounts.services import give_role
from apps.rating.models import Draw, Enrolment, Purpose, Task
from apps.rating.selectors.figures import figures_of
from apps.rating.services import (
    change_standing,
    give_assignment,
    mark_shown,
    record_judgment,
    retire_gold,
    set_gold,
)
from apps.studies.services import ProtocolTerms, change_state, revise_protocol
from tests.rating.adaptive_for_tests import adaptive_study, judge
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

STUDY = "/studies/lab/trial/"
REPLACE = f"{STUDY}replace"


def page_for(lab: Lab, client: Client, *, reader: bool = False) -> str:
    client.force_login(lab.analyst if reader else lab.manager)
    return client.get(STUDY).content.decode()


def replaced(client: Client) -> str:
    return client.post(REPLACE, follow=True).content.decode()


@pytest.fixture
def set_aside(lab: Lab, client: Client) -> Lab:
    """Three judgments of a rater who is quarantined; the manager is signed in."""
    judge(lab.enrolments[0], 3)
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="quarantined", reason="a test", by=None)
    client.force_login(lab.manager)
    return lab


# Drawing again ---------------------------------------------------------------------------------------------


def test_set_aside_work_is_drawn_again_at_the_press_of_a_button(set_aside: Lab, client: Client) -> None:
    assert f'action="{REPLACE}"' in page_for(set_aside, client)
    assert "3 draws added" in replaced(client)
    assert Draw.objects.filter(purpose=Purpose.REPLACEMENT).count() == 3
    assert "There is nothing to replace" in replaced(client)
    assert Draw.objects.filter(purpose=Purpose.REPLACEMENT).count() == 3


def test_what_was_imported_has_no_draw_and_the_page_says_so(db: None, client: Client) -> None:
    """Nobody drew it here, so nothing can stand for its draw."""
    study = adaptive_study(n_judged_each=4)
    imported = Enrolment.objects.get(study=study)
    change_standing(enrolment_id=imported.pk, standing="quarantined", reason="a test", by=None)
    manager = User.objects.create_user("manager@lab.example", None, name="Manager")
    give_role(workspace=study.workspace, user=manager, role=Role.MANAGER)
    client.force_login(manager)
    told = client.post(reverse("console:replace", args=["adaptive-it", "it"]), follow=True).content.decode()
    assert "whatever is set aside was imported, is drawn again already, or is gold now" in told
    assert not Draw.objects.filter(purpose=Purpose.REPLACEMENT).exists()


def test_one_draw_is_told_as_one(lab: Lab, client: Client) -> None:
    judge(lab.enrolments[0], 1)
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="quarantined", reason="a test", by=None)
    client.force_login(lab.manager)
    assert "1 draw added" in replaced(client)


def test_the_button_is_there_only_where_it_can_do_something(lab: Lab, client: Client) -> None:
    assert REPLACE not in page_for(lab, client), "nobody is quarantined"
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="quarantined", reason="a test", by=None)
    assert REPLACE in page_for(lab, client)
    assert REPLACE not in page_for(lab, client, reader=True)
    change_state(study_id=lab.study.pk, to="closed", by=None)
    assert REPLACE not in page_for(lab, client)


def test_a_closed_study_says_why_not(set_aside: Lab, client: Client) -> None:
    change_state(study_id=set_aside.study.pk, to="closed", by=None)
    assert "The study is closed" in replaced(client)


def test_only_who_runs_the_study_may_and_only_by_a_post(set_aside: Lab, client: Client) -> None:
    assert client.get(REPLACE).status_code == 405
    for user in (set_aside.analyst, set_aside.raters[1], set_aside.stranger):
        client.force_login(user)
        assert client.post(REPLACE).status_code == 404
    client.logout()
    assert client.post(REPLACE).status_code == 302
    assert not Draw.objects.filter(purpose=Purpose.REPLACEMENT).exists()


# Hidden gold -----------------------------------------------------------------------------------------------


def gold_rows(page: str) -> list[tuple[str, ...]]:
    section = re.search(r'<section class="sheet" aria-labelledby="gold">.*?</section>', page, re.DOTALL)
    assert section
    return re.findall(r'<a href="(.*?)">(.*?)</a></th><td>(\d+)</td><td>(\d+)</td>', section.group())


def test_managers_see_how_often_each_hidden_gold_was_shown(lab: Lab, client: Client) -> None:
    assert 'id="gold"' not in page_for(lab, client), "there is none"
    one, two, training = Task.objects.order_by("pk")[:3]
    golds = [set_gold(task=task, verdict="A", by=None) for task in (one, two)]
    set_gold(task=training, verdict="A", use="training", by=None)
    revise_protocol(study=lab.study, terms=ProtocolTerms(question="?", gold_share=0.999), by=None)
    show_gold(lab.enrolments[0])
    assert 'id="gold"' not in page_for(lab, client, reader=True), "an engineer may be enrolled as a rater"
    rows = gold_rows(page_for(lab, client))
    assert [row[2:] for row in rows] == [("1", "1"), ("0", "0")]
    assert {row[:2] for row in rows} == {
        (f"/studies/lab/trial/read/{task.pk}", task.item.external_id) for task in (one, two)
    }
    assert client.get(rows[0][0]).status_code == 200
    for gold in golds:
        retire_gold(gold=gold, reason="a test", by=None)
    assert 'id="gold"' not in page_for(lab, client)


def show_gold(enrolment: Enrolment) -> None:
    """Until one gold was before her."""
    while (given := give_assignment(enrolment=enrolment)) is not None:
        mark_shown(assignment=given)
        if given.purpose == Purpose.GOLD:
            return
        record_judgment(enrolment=enrolment, assignment_id=given.public_id, submission=uuid4(), choice="left")
    raise AssertionError("no gold came")


# Counts ----------------------------------------------------------------------------------------------------


def test_planned_is_what_was_planned_and_gold_comes_on_top(lab: Lab, client: Client) -> None:
    n = Draw.objects.count()
    assert f"; {n} planned, gold and retests come on top" in page_for(lab, client)
    set_gold(task=Task.objects.order_by("pk")[0], verdict="A", by=None)
    revise_protocol(study=lab.study, terms=ProtocolTerms(question="?", gold_share=0.999), by=None)
    show_gold(lab.enrolments[0])
    assert Draw.objects.filter(purpose=Purpose.GOLD).exists()
    assert figures_of(lab.study).total("wanted") == n
    assert f"; {n} planned, gold and retests come on top" in page_for(lab, client)
