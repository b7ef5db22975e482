"""The pages of raters and of agreement, view by view."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from apps.analysis.models import Analysis
from apps.core.models import AuditEvent, Job, JobState
from apps.quality.services import freeze_figures
from apps.rating.models import Enrolment, Rater, ResultsOpening, StandingChange
from tests.console.test_console import judge_everything
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

STUDY = "/studies/lab/trial/"
RATERS, AGREEMENT = f"{STUDY}raters", f"{STUDY}agreement"


@pytest.fixture
def manager(lab: Lab, client: Client) -> Client:
    client.force_login(lab.manager)
    return client


def freeze(lab: Lab, *kinds: str) -> None:
    for kind in kinds or ("raters", "agreement"):
        freeze_figures(study=lab.study, kind=kind, by=None, report=lambda percent, message: None)


def page_of(lab: Lab, number: int = 0) -> str:
    return f"{RATERS}/{lab.enrolments[number].rater.uuid}"


def text(client: Client, path: str) -> str:
    reply = client.get(path)
    assert reply.status_code == 200
    return reply.content.decode()


@pytest.mark.parametrize("page", ["raters", "agreement", "rater"])
def test_strangers_and_raters_see_nothing(lab: Lab, client: Client, page: str) -> None:
    path = page_of(lab) if page == "rater" else f"{STUDY}{page}"
    assert client.get(path).status_code == 302
    for user in (lab.stranger, lab.raters[0]):
        client.force_login(user)
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", [RATERS, AGREEMENT])
def test_opening_a_page_is_remembered_for_blindness(lab: Lab, manager: Client, path: str) -> None:
    text(manager, path)
    assert ResultsOpening.objects.filter(rater__user=lab.manager).exists()


def test_nothing_computed_offers_to_compute(lab: Lab, manager: Client) -> None:
    page = text(manager, RATERS)
    assert "not computed yet" in page
    assert "Rater0" in page  # who is enrolled is known all the same
    assert "Agreement is not computed yet" in text(manager, AGREEMENT)
    assert "not computed yet" in text(manager, page_of(lab))


@pytest.mark.parametrize("kind", ["raters", "agreement"])
def test_computing_makes_a_job_that_the_page_watches(lab: Lab, manager: Client, kind: str) -> None:
    path = f"{STUDY}{kind}"
    reply = manager.post(f"{path}/compute")
    assert (reply.status_code, reply.url) == (302, path)
    job = Job.objects.get(kind=kind)
    page = text(manager, path)
    assert f"{path}/job/{job.public_id}" in page
    assert "htmx-2.min.js" in page
    assert f'action="{path}/compute"' not in page
    manager.post(f"{path}/compute")
    assert Job.objects.filter(kind=kind).count() == 1
    fragment = text(manager, f"{path}/job/{job.public_id}")
    assert "<html" not in fragment
    assert 'id="figures"' in fragment


def test_a_job_that_is_done_or_failed_is_told_in_the_fragment(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    manager.post(f"{RATERS}/compute")
    job = Job.objects.get()
    job.state, job.message = JobState.FAILED, "It failed: the disk is full"
    job.save()
    failed = text(manager, f"{RATERS}/job/{job.public_id}")
    assert "the disk is full" in failed
    assert "hx-get" not in failed
    job.state = JobState.DONE
    job.save()
    freeze(lab)
    done = text(manager, f"{RATERS}/job/{job.public_id}?sort=name")
    assert "hx-get" not in done
    assert "Who needs a look first" in done


def test_jobs_of_another_kind_are_not_found(lab: Lab, manager: Client) -> None:
    manager.post(f"{RATERS}/compute")
    job = Job.objects.get()
    assert manager.get(f"{AGREEMENT}/job/{job.public_id}").status_code == 404
    assert manager.get(f"{RATERS}/job/{uuid4()}").status_code == 404
    assert manager.get(f"{RATERS}/compute").status_code == 405


def test_an_analyst_may_compute_and_not_decide(lab: Lab, client: Client) -> None:
    client.force_login(lab.analyst)
    judge_everything(lab)
    freeze(lab)
    assert client.post(f"{RATERS}/compute").status_code == 302
    assert "Change the standing" not in text(client, page_of(lab))
    change = {"standing": "quarantined", "reason": "because"}
    assert client.post(f"{page_of(lab)}/standing", change).status_code == 404
    assert not StandingChange.objects.filter(standing="quarantined").exists()


def test_the_table_has_a_row_a_rater_and_how_old_it_is(lab: Lab, manager: Client) -> None:
    n = judge_everything(lab)
    freeze(lab)
    page = text(manager, RATERS)
    assert "no judgment since" in page
    assert page.count('<th scope="row"><a href="/studies/lab/trial/raters/') == 2
    counted = [int(found) for found in re.findall(r"</th>\s*<td>(\d+)", page)]
    assert sum(counted[:2]) == n


def test_what_came_since_is_counted(lab: Lab, manager: Client) -> None:
    freeze(lab)
    n = judge_everything(lab)
    for path in (RATERS, AGREEMENT):
        assert f"<b>{n} judgments</b> since" in text(manager, path)


def test_every_heading_sorts_by_a_link(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    freeze(lab)
    page = text(manager, RATERS)
    links = re.findall(r'href="/studies/lab/trial/raters\?sort=(\w+)"', page)
    assert len(links) == 11
    for name in links:
        sorted_by = text(manager, f"{RATERS}?sort={name}")
        assert f'sort={name}" aria-current="true"' in sorted_by
    assert "aria-current" in text(manager, f"{RATERS}?sort=nonsense")
    names = re.findall(r'raters/[0-9a-f-]+">(\w+)</a>', text(manager, f"{RATERS}?sort=name"))
    assert names == sorted(names)


def test_a_rater_page_tells_figures_and_history(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    freeze(lab)
    page = text(manager, page_of(lab))
    assert "Over time" in page
    assert "Where these judgments count" in page
    assert "enrolled" in page
    assert manager.get(f"{RATERS}/{uuid4()}").status_code == 404


def test_a_rater_who_came_later_has_no_figures_yet(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    freeze(lab)
    lab.enrolments.append(lab.add_rater("late"))
    assert "There was no judgment of Late" in text(manager, page_of(lab, 2))


def test_a_standing_is_set_with_its_reason(lab: Lab, manager: Client) -> None:
    sent = {"standing": "quarantined", "reason": "  Same side 13 times of 13 <b>.  "}
    page = manager.post(f"{page_of(lab)}/standing", sent, follow=True).content.decode()
    assert "Rater0 is quarantined now" in page
    assert "Same side 13 times of 13 &lt;b&gt;." in page
    assert "by Manager" in page
    change = StandingChange.objects.get(standing="quarantined")
    assert (change.reason, change.by) == ("Same side 13 times of 13 <b>.", lab.manager.uuid)
    assert AuditEvent.objects.filter(verb="standing changed", by=lab.manager.uuid).count() == 1
    assert "quarantined" in text(manager, RATERS)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"standing": "quarantined"}, "never without a reason"),
        ({"standing": "quarantined", "reason": "   "}, "never without a reason"),
        ({"reason": "kept text"}, "Choose a standing"),
        ({"standing": "banned", "reason": "kept text"}, "Choose one of the standings"),
        ({"standing": "left", "reason": "x" * 1001}, "Shorten the reason"),
        ({"standing": "left", "reason": "a\x00b"}, "Null characters"),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_stored(lab: Lab, manager: Client, sent: dict, sentence: str) -> None:
    before = StandingChange.objects.count()
    reply = manager.post(f"{page_of(lab)}/standing", sent)
    page = reply.content.decode()
    assert reply.status_code == 400
    assert sentence in page
    assert StandingChange.objects.count() == before
    if sent.get("reason") == "kept text":
        assert ">kept text</textarea>" in page


def test_the_standing_she_has_changes_nothing(lab: Lab, manager: Client) -> None:
    before = StandingChange.objects.count()
    page = manager.post(f"{page_of(lab)}/standing", {"standing": "active", "reason": "again"}, follow=True)
    assert "nothing was changed" in page.content.decode()
    assert StandingChange.objects.count() == before
    assert manager.get(f"{page_of(lab)}/standing").status_code == 405


def test_a_judge_has_figures_and_no_standing(lab: Lab, manager: Client) -> None:
    judge = Rater.objects.create(workspace=lab.workspace, uuid=uuid4(), kind="judge", name="mini")
    Enrolment.objects.create(study=lab.study, workspace=lab.workspace, rater=judge)
    path = f"{RATERS}/{judge.uuid}"
    assert "Change the standing" not in text(manager, path)
    for page, sent in (("standing", {"standing": "left", "reason": "another model"}), ("terms", {"target": "3"})):
        refused = manager.post(f"{path}/{page}", sent)
        assert refused.status_code == 400
        assert "A judge has no standing, target or group" in refused.content.decode()


def test_agreement_tells_its_reading_and_leads_to_the_outputs(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    freeze(lab)
    page = text(manager, AGREEMENT)
    assert "The verdict" in page
    assert "How to read these figures" in page
    assert "topic" in page
    for address in re.findall(rf'href="({reverse("console:reading", args=["lab", "trial"])}[^"]*)"', page):
        assert manager.get(address.replace("&amp;", "&")).status_code == 200


def test_no_style_or_script_stands_in_a_page(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    freeze(lab)
    for path in (RATERS, AGREEMENT, page_of(lab)):
        page = text(manager, path)
        assert "style=" not in page
        assert not re.search(r"<script(?![^>]*src=)", page)


@pytest.mark.parametrize("page", ["raters", "agreement", "rater"])
def test_queries_do_not_grow_with_raters(lab: Lab, manager: Client, page: str, django_assert_max_num_queries) -> None:
    judge_everything(lab)
    for number in range(6):
        lab.enrolments.append(lab.add_rater(f"more{number}"))
    freeze(lab)
    path = page_of(lab) if page == "rater" else f"{STUDY}{page}"
    manager.get(path)  # the first time is noted
    with django_assert_max_num_queries(16):
        manager.get(path)


def test_figures_are_no_leaderboard(lab: Lab, manager: Client) -> None:
    """They are frozen like one, but have no page of a leaderboard, and the study's home lists boards alone."""
    judge_everything(lab)
    freeze(lab)
    frozen = Analysis.objects.filter(study=lab.study)
    assert {analysis.kind for analysis in frozen} == {"raters", "agreement"}
    home = text(manager, STUDY)
    for analysis in frozen:
        assert manager.get(f"{STUDY}analyses/{analysis.public_id}").status_code == 404
        assert str(analysis.public_id) not in home


@pytest.mark.parametrize("kind", ["raters", "agreement"])
def test_a_finished_job_leads_to_its_figures(lab: Lab, manager: Client, kind: str) -> None:
    manager.post(f"{STUDY}{kind}/compute")
    figures = uuid4()
    Job.objects.update(state=JobState.DONE, result={"figures": str(figures)})
    assert f'href="{STUDY}figures/{figures}"' in text(manager, "/studies/lab/jobs")
