"""The console, view by view."""

import json
import re

import pytest
from django.test import Client

from apps.analysis.models import Analysis
from apps.core.models import Job
from apps.rating.models import Enrolment, ResultsOpening
from apps.rating.services import record_judgment
from tests.studies_for_tests import Lab

STUDY = "/studies/lab/trial/"
BOARD = f"{STUDY}leaderboard"


def judge_everything(lab: Lab) -> int:
    """Both raters judge until their desks are empty; how many judgments that was."""
    from uuid import uuid4

    from apps.rating.services import give_assignment, mark_shown

    n = 0
    for enrolment in lab.enrolments:
        while (given := give_assignment(enrolment=enrolment)) is not None:
            mark_shown(assignment=given)
            choice = ("left", "tie", "both_bad", "right")[n % 4]
            record_judgment(enrolment=enrolment, assignment_id=given.public_id, submission=uuid4(), choice=choice)
            n += 1
    return n


@pytest.fixture
def manager(lab: Lab, client: Client) -> Client:
    client.force_login(lab.manager)
    return client


@pytest.mark.parametrize("path", [STUDY, BOARD])
def test_strangers_raters_and_outsiders_see_nothing(lab: Lab, client: Client, path: str) -> None:
    assert client.get(path).status_code == 302
    for user in (lab.stranger, lab.raters[0]):
        client.force_login(user)
        assert client.get(path).status_code == 404


def test_the_study_page_counts_what_is_there(lab: Lab, manager: Client) -> None:
    n = judge_everything(lab)
    page = manager.get(STUDY).content.decode()
    assert re.search(rf"judgments.*?<dd>{n}</dd>", page, re.DOTALL)
    assert "counted in the board" in page


def test_an_analyst_reads_but_does_not_run(lab: Lab, client: Client) -> None:
    client.force_login(lab.analyst)
    assert "Pause" not in client.get(STUDY).content.decode()
    assert client.post(f"{STUDY}state/paused").status_code == 404
    assert client.post(f"{STUDY}enrol", {"user": lab.manager.pk}).status_code == 404


def test_state_changes_and_refusals_in_words(lab: Lab, manager: Client) -> None:
    assert "paused now" in manager.post(f"{STUDY}state/paused", follow=True).content.decode()
    assert "open now" in manager.post(f"{STUDY}state/open", follow=True).content.decode()
    assert "closed now" in manager.post(f"{STUDY}state/closed", follow=True).content.decode()
    assert "it can become nothing else" in manager.post(f"{STUDY}state/open", follow=True).content.decode()
    assert manager.post(f"{STUDY}state/burning").status_code == 404
    assert manager.get(f"{STUDY}state/open").status_code == 405


def test_enrolling_a_member(lab: Lab, manager: Client) -> None:
    reply = manager.post(f"{STUDY}enrol", {"user": lab.analyst.pk, "target": "20", "group": "desk"}, follow=True)
    assert "can rate in this study now" in reply.content.decode()
    enrolment = Enrolment.objects.get(rater__user=lab.analyst)
    assert (enrolment.target, enrolment.group) == (20, "desk")
    for bad in ({"user": lab.stranger.pk}, {"user": "x"}, {"user": lab.analyst.pk, "target": "-1"}):
        assert "Choose a member" in manager.post(f"{STUDY}enrol", bad, follow=True).content.decode()


def test_no_board_yet_says_so(lab: Lab, manager: Client) -> None:
    assert "There is no leaderboard for this choice yet" in manager.get(BOARD).content.decode()


def test_computing_makes_a_job_and_the_job_a_board(
    lab: Lab,
    manager: Client,
    django_capture_on_commit_callbacks,
    settings,
) -> None:
    from apps.config.celery import app

    n = judge_everything(lab)
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True):
            manager.post(f"{BOARD}/compute")
    finally:
        app.conf.task_always_eager = False
    job = Job.objects.get()
    assert (job.state, job.percent) == ("done", 100)
    page = manager.get(BOARD).content.decode()
    assert f"<b>{n}</b> judgments" in page
    assert "nothing newer" in page
    fragment = manager.get(f"{BOARD}/job/{job.public_id}").content.decode()
    assert "<html" not in fragment
    frozen = Analysis.objects.get()
    assert manager.get(f"{STUDY}analyses/{frozen.public_id}").status_code == 200
    stored = manager.get(f"{STUDY}analyses/{frozen.public_id}.json").content.decode()
    assert stored == frozen.result


def test_filters_reach_the_board(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    page = manager.get(f"{BOARD}?slice.topic=odd").content.decode()
    assert "<option selected>odd</option>" in page
    assert manager.get(f"{BOARD}?slice.topic=&group=").status_code == 200


def test_opening_results_is_remembered_also_before_enrolment(lab: Lab, manager: Client) -> None:
    manager.get(BOARD)
    manager.get(BOARD)
    assert ResultsOpening.objects.count() == 1
    manager.post(f"{STUDY}enrol", {"user": lab.manager.pk})
    lab.enrolments = [Enrolment.objects.select_related("study__workspace", "rater").get(rater__user=lab.manager)]
    n = judge_everything(lab)
    board = json.loads(manager.get("/api/v1/studies/trial/leaderboard").content)
    assert (board["n_judgments"], board["n_unblinded"]) == (n, n)


def test_pages_take_a_bounded_number_of_queries(lab: Lab, manager: Client, django_assert_max_num_queries) -> None:
    judge_everything(lab)
    with django_assert_max_num_queries(32):
        manager.get(STUDY)
    manager.get(BOARD)  # the first time is noted
    with django_assert_max_num_queries(16):
        manager.get(BOARD)


def test_the_api_gives_the_stored_bytes(lab: Lab, client: Client) -> None:
    n = judge_everything(lab)
    url = "/api/v1/studies/trial/leaderboard"
    assert client.get(url).status_code == 403
    for user in (lab.raters[0], lab.stranger):
        client.force_login(user)
        assert client.get(url).status_code == 404
    client.force_login(lab.analyst)
    reply = client.get(url)
    assert reply["Content-Type"] == "application/json"
    assert json.loads(reply.content)["n_judgments"] == n
    assert client.get(f"{url}?workspace=lab").content == reply.content == Analysis.objects.get().result.encode()
    assert client.get(f"{url}?slice=nonsense").status_code == 400
    assert client.get(f"{url}?slice=topic=odd&rater_group=nobody").status_code == 200
    assert client.get("/api/v1/studies/none/leaderboard").status_code == 404
    assert client.get("/api/v1/schema").status_code == 200
