"""A study's home: figures that follow the raters, when it is done, its cost, what changed, who needs a look."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.analysis.filters import Filters
from apps.analysis.services import current_leaderboard
from apps.console.study import addresses, live, progress
from apps.console.study import page as study_page
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Assignment, Enrolment, Judgment, Rater, Standing, Task
from apps.rating.selectors import figures as selectors
from apps.rating.services import (
    change_standing,
    freeze_figures,
    give_assignment,
    mark_shown,
    open_study,
    record_judgment,
    set_gold,
    set_rules,
    skip_assignment,
    withdraw_judgment,
)
from apps.studies.models import Study
from apps.studies.services import ProtocolTerms, change_state, revise_protocol
from tests.studies_for_tests import Lab, bundle_of

pytestmark = pytest.mark.slow

STUDY = "/studies/lab/trial/"
LIVE = f"{STUDY}live"


@pytest.fixture
def manager(lab: Lab, client: Client) -> Client:
    client.force_login(lab.manager)
    return client


def judge(enrolment: Enrolment, n: int, *, choice: str = "left", shown_ms: int = 9_000) -> None:
    for _ in range(n):
        given = give_assignment(enrolment=enrolment)
        assert given is not None
        mark_shown(assignment=given)
        record_judgment(
            enrolment=enrolment, assignment_id=given.public_id, submission=uuid4(), choice=choice, shown_ms=shown_ms
        )


def ago(enrolment: Enrolment, **delta: float) -> None:
    """Move what this rater did so far into the past."""
    for one in Assignment.objects.filter(rater=enrolment.rater, ended_at__isnull=False):
        Assignment.objects.filter(pk=one.pk).update(ended_at=one.ended_at - timedelta(**delta))


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def read(client: Client, url: str = LIVE) -> str:
    return text(client.get(url).content.decode())


def read_html(client: Client, url: str = LIVE) -> str:
    return client.get(url).content.decode()


def section(page: str, name: str) -> str:
    found = re.search(rf'<section class="sheet" aria-labelledby="{name}">.*?</section>', page, re.DOTALL)
    assert found, name
    return found.group()


# Doors and the fragment ------------------------------------------------------------------------------------


def test_the_fragment_is_for_readers_and_holds_no_page(lab: Lab, client: Client) -> None:
    assert client.get(LIVE).status_code == 302
    for user in (lab.stranger, lab.raters[0]):
        client.force_login(user)
        assert client.get(LIVE).status_code == 404
    client.force_login(lab.analyst)
    reply = client.get(LIVE)
    assert reply.status_code == 200
    assert "<html" not in reply.content.decode()
    assert "no-cache" in reply["Cache-Control"]
    assert client.post(LIVE).status_code == 405


def test_the_page_asks_for_it_only_while_the_study_is_open(lab: Lab, manager: Client) -> None:
    assert f'hx-get="{LIVE}" hx-trigger="every 5s"' in manager.get(STUDY).content.decode()
    assert "HX-Refresh" not in manager.get(LIVE)
    change_state(study_id=lab.study.pk, to="paused", by=None)
    page = manager.get(STUDY).content.decode()
    assert "hx-get" not in page
    assert "htmx" not in page.split("</head>")[1]
    assert manager.get(LIVE)["HX-Refresh"] == "true", "pages that are open still show the new state"


def test_a_study_without_anything_says_so(lab: Lab, manager: Client) -> None:
    import_bundle(bundle=bundle_of(2), workspace=lab.workspace, slug="bare", by=None)
    page = read(manager, "/studies/lab/bare/")
    assert "Open the study" in page
    assert "0 of 0" in page
    assert "nothing is planned yet" in page
    assert "Pairs appear here once the study is open" in page
    assert "Nobody rates here yet" in page


# Progress --------------------------------------------------------------------------------------------------


def test_progress_of_pairs_and_slices_adds_up(lab: Lab, manager: Client) -> None:
    judge(lab.enrolments[0], 5)
    page = manager.get(LIVE).content.decode()
    assert "5 of 14" in text(page)
    for name in ("pairs", "slices"):
        rows = re.findall(r"<td>(\d+)</td><td>(\d+)</td><td class=\"bar-cell\">", section(page, name))
        assert [sum(map(int, column)) for column in zip(*rows, strict=True)] == [5, 14]
    assert 'aria-label="5 of 14 judged"' in page


def test_numbers_lead_to_the_rows_behind_them(lab: Lab, manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        progress, "reading_of", lambda study, **query: "/read?" + "&".join(f"{k}={v}" for k, v in query.items())
    )
    page = manager.get(LIVE).content.decode()
    assert 'href="/read?slice.topic=odd"' in section(page, "slices")
    assert 'href="/read?first=zebra-canary-one&amp;second=zebra-canary-two"' in section(page, "pairs")


def test_every_number_on_the_page_has_a_way_to_its_rows(lab: Lab, manager: Client) -> None:
    """Each link that the page offers is followed: none is dead, and the raters' ones name them."""
    judge(lab.enrolments[0], 3)
    for task in Task.objects.order_by("pk")[:1]:
        withdraw_judgment(judgment=Judgment.objects.get(assignment__done_number=1), reason="a test", by=None)
        set_gold(task=task, verdict="A", by=None)
    change_standing(enrolment_id=lab.enrolments[1].pk, standing="quarantined", reason="a test", by=None)
    page = read_html(manager, STUDY)
    one, other = (enrolment.rater.uuid for enrolment in lab.enrolments)
    room, raters = f"{STUDY}read?", f"{STUDY}raters/"
    assert f'"{room}rater={one}" aria-label="Read the 3 of Rater0">3<' in section(page, "raters")
    assert f'href="{raters}{one}"' in section(page, "raters") and f"rater={other}" not in section(page, "raters")
    assert f'href="{raters}{other}"' in section(page, "changes")
    assert f'href="{room}disposition=withdrawn"' in section(page, "changes")
    assert f'"{room}disposition=withdrawn" aria-label="Read the 1 of withdrawn">1<' in section(page, "dispositions")
    assert f'href="{room}disposition=used"' in section(page, "dispositions")
    assert f'href="{room}first=zebra-canary-one"' in section(page, "systems")
    assert f'href="{room}sort=newest"' in section(page, "days")
    links = {unescape(url) for url in re.findall(r'href="(/studies/lab/trial/[^"]*)"', page)}
    assert len(links) > 15
    assert {url: manager.get(url).status_code for url in links if manager.get(url).status_code != 200} == {}


def test_a_rule_as_a_disposition_has_its_way_too(lab: Lab, manager: Client) -> None:
    judge(lab.enrolments[0], 2, shown_ms=100)
    set_rules(study=lab.study, rules=[{"name": "too_fast", "min_shown_ms": 1_000}], by=None)
    assert f'href="{STUDY}read?disposition=rule%3Atoo_fast"' in section(read_html(manager), "dispositions")


def test_a_page_that_does_not_exist_gives_no_link(lab: Lab) -> None:
    assert addresses.address_of(lab.study, "no-such-page") is None
    assert addresses.address_of(lab.study, "study", {"pairs": 2}) == f"{STUDY}?pairs=2"


def test_pairs_come_by_the_page_those_behind_first(lab: Lab, manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PAIRS_A_PAGE", 2)
    judge(lab.enrolments[0], 3)
    first, second = (section(manager.get(f"{LIVE}?pairs={n}").content.decode(), "pairs") for n in (1, 2))
    shares = [int(done) / int(wanted) for done, wanted in re.findall(r"<td>(\d+)</td><td>(\d+)</td>", first + second)]
    assert shares == sorted(shares)
    assert len(shares) == 3
    assert 'href="?pairs=2#pairs"' in first
    assert 'href="?pairs=1#pairs"' in second
    assert f'hx-get="{LIVE}?pairs=2"' in manager.get(f"{STUDY}?pairs=2").content.decode()
    assert section(manager.get(f"{LIVE}?pairs=nonsense").content.decode(), "pairs") == first


def test_imported_judgments_stand_beside_what_is_judged_here(lab: Lab, manager: Client) -> None:
    from apps.rating.exchange.rows import JudgmentRow

    rows = tuple(
        JudgmentRow(
            uuid=uuid4(), showing=0, item=f"item-{n}", rater="far",
            output_a="zebra-canary-one", output_b="zebra-canary-two", verdict="A",
            judged_at=datetime(2026, 3, 1 + n, 9, tzinfo=UTC),
        )
        for n in range(3)
    )  # fmt: skip
    import_bundle(bundle=bundle_of(4, judgments=rows), workspace=lab.workspace, slug="old", by=None)
    page = manager.get("/studies/lab/old/").content.decode()
    assert "imported" in section(page, "pairs")
    assert re.findall(r"<th scope=\"row\">(.*?)</th>", section(page, "days")) == ["Tue 3 Mar", "Mon 2 Mar", "Sun 1 Mar"]


# Pace and the finishing date -------------------------------------------------------------------------------


def test_today_and_the_last_hour_are_counted_apart(lab: Lab, manager: Client) -> None:
    judge(lab.enrolments[0], 2)
    ago(lab.enrolments[0], days=1)
    judge(lab.enrolments[1], 3)
    assert "3 judged today" in _figures(manager)
    assert "3 in the last hour; 1 at work now" in _figures(manager)


def _figures(client: Client) -> str:
    """Each figure's value before its label, as it is read on the page."""
    page = client.get(LIVE).content.decode()
    return " ".join(
        text(value + " " + label) for label, value in re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    )


def test_a_date_needs_a_whole_day(lab: Lab, manager: Client) -> None:
    judge(lab.enrolments[0], 2)
    assert "too early" in _figures(manager)
    ago(lab.enrolments[0], days=1)
    figures = _figures(manager)
    assert "a day of the last whole day" in figures
    assert re.search(r"at the 2 a day of the last whole day", figures)
    expected = timezone.now().date() + timedelta(days=6)
    assert f"{expected.day} {expected:%b}" in figures, "12 left at 2 a day"


def test_no_date_where_nothing_is_done_or_nothing_is_left(lab: Lab, manager: Client) -> None:
    judge(lab.enrolments[0], 2)
    ago(lab.enrolments[0], days=30)
    assert "no date" in _figures(manager)
    assert "nothing was judged on the last 7 whole days" in _figures(manager)
    change_state(study_id=lab.study.pk, to="paused", by=None)
    assert "the study is paused" in _figures(manager)
    change_state(study_id=lab.study.pk, to="open", by=None)
    for enrolment in lab.enrolments:
        while give_assignment(enrolment=enrolment) is not None:
            judge(enrolment, 1)
    assert "done" in _figures(manager)


# Cost and agreement ----------------------------------------------------------------------------------------


def test_cost_is_at_the_price_of_the_protocol_that_was_shown(lab: Lab, manager: Client) -> None:
    assert "cost" not in _figures(manager), "no price, no cost"
    terms = {"question": "Which is better?", "guideline": "Be **fair**."}
    revise_protocol(study=lab.study, terms=ProtocolTerms(**terms, price_per_judgment=Decimal("0.50")), by=None)
    judge(lab.enrolments[0], 4)
    revise_protocol(study=lab.study, terms=ProtocolTerms(**terms, price_per_judgment=Decimal("1")), by=None)
    judge(lab.enrolments[0], 1)
    figures = _figures(manager)
    assert "3.00 EUR cost so far" in figures
    assert "about 12.00 EUR when all that is planned is judged" in figures, "9 left at the price of today"
    assert "at 1 EUR a judgment" in figures
    assert f'<a href="{STUDY}read?sort=newest">cost so far</a>' in read_html(manager)


def test_gold_and_retests_are_paid_for_as_well(lab: Lab, manager: Client) -> None:
    terms = ProtocolTerms(question="?", retest_share=0.3, price_per_judgment=Decimal("1"))
    revise_protocol(study=lab.study, terms=terms, by=None)
    assert "about 20.00 EUR when all" in _figures(manager), "14 draws are seven tenths of what is shown"


def test_agreement_is_the_newest_frozen_analysis_and_leads_there(lab: Lab, manager: Client) -> None:
    assert "agreement" not in _figures(manager)
    judge(lab.enrolments[0], 8)
    first = current_leaderboard(study=lab.study, filters=Filters(), by=None)
    page = manager.get(LIVE).content.decode()
    assert f"/studies/lab/trial/analyses/{first.public_id}" in page
    assert "1 leaderboard computed" in text(page)


def test_agreement_comes_with_its_interval_and_n(lab: Lab, manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    frozen = current_leaderboard(study=lab.study, filters=Filters(), by=None)
    people = '{"alpha": 0.46, "alpha_low": -0.05, "alpha_high": 0.51, "n_pairs": 1234}'
    frozen.result = f'{{"agreement": {{"human_human": {people}}}}}'
    monkeypatch.setattr(live, "latest_analysis", lambda study, filters: frozen)
    assert "0.46 agreement of people, α −0.05 … 0.51 (95 %), 1,234 pairs of judgments" in _figures(manager)


# What changed, and who needs a look ------------------------------------------------------------------------


def test_what_changed_since_yesterday_has_its_times(lab: Lab, manager: Client) -> None:
    judge(lab.enrolments[0], 2)
    given = give_assignment(enrolment=lab.enrolments[1])
    assert given is not None
    mark_shown(assignment=given)
    skip_assignment(enrolment=lab.enrolments[1], assignment=given, reason="broken")
    change_standing(enrolment_id=lab.enrolments[1].pk, standing="quarantined", reason="a | test", by=None)
    told = section(manager.get(LIVE).content.decode(), "changes")
    for words in (
        "2 judgments by 1 rater",
        "1 task skipped; last reason: Both are broken",
        "Rater1 is quarantined now: a | test",
        "2 raters enrolled",
        "14 draws planned",
        "The study became open",
    ):
        assert words in text(told)
    times = re.findall(r'<time datetime="(.*?)"', told)
    assert times == sorted(times, reverse=True)


def test_names_may_hold_any_character(lab: Lab, manager: Client) -> None:
    Rater.objects.filter(pk=lab.enrolments[1].rater_id).update(name="A | b|left")
    change_standing(enrolment_id=lab.enrolments[1].pk, standing="quarantined", reason="no | reason", by=None)
    assert "A | b|left is quarantined now: no | reason" in text(section(read_html(manager), "changes"))


def test_standings_beyond_the_newest_are_counted(lab: Lab, manager: Client) -> None:
    for number in range(4):
        for standing in ("quarantined", "active"):
            change_standing(enrolment_id=lab.enrolments[1].pk, standing=standing, reason=f"{number}", by=None)
    told = section(read_html(manager), "changes")
    assert text(told).count("Rater1 is ") == 6
    assert "2 earlier changes of standing" in text(told)
    assert f'<a href="{STUDY}raters">2 earlier' in told


def test_what_is_older_than_yesterday_is_no_news(lab: Lab, manager: Client) -> None:
    judge(lab.enrolments[0], 2)
    ago(lab.enrolments[0], days=2)
    assert "judgments by" not in section(manager.get(LIVE).content.decode(), "changes")


def remarks(client: Client) -> str:
    return text(section(client.get(LIVE).content.decode(), "remarks"))


def test_silence_is_remarked_on_only_while_there_is_work_for_her(lab: Lab, manager: Client) -> None:
    Enrolment.objects.filter(pk=lab.enrolments[1].pk).update(created_at=timezone.now() - timedelta(days=5))
    assert "Rater1 no answer for 5 days" in remarks(manager)
    assert "Rater0" not in remarks(manager)
    change_state(study_id=lab.study.pk, to="paused", by=None)
    assert "Nobody" in remarks(manager)
    change_state(study_id=lab.study.pk, to="open", by=None)
    change_standing(enrolment_id=lab.enrolments[1].pk, standing=Standing.LEFT, reason="a test", by=None)
    assert "Nobody" in remarks(manager)


def test_haste_and_leaning_need_their_whole_interval(manager: Client, lab: Lab) -> None:
    """Two answers out of two prove nothing; twelve out of twelve do."""
    judge(lab.enrolments[0], 2, shown_ms=800)
    assert "Nobody" in remarks(manager)
    judge(lab.enrolments[0], 10, shown_ms=800)
    assert "Rater0 most answers in under 3 s: 100 % (76 % … 100 %) of 12; chooses the left side" in remarks(manager)


# Raters, large studies, cost of the page -------------------------------------------------------------------


def test_a_study_that_is_being_counted_says_so(lab: Lab, manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    judge(lab.enrolments[0], 3)
    monkeypatch.setattr(selectors, "MOST_COUNTED_LIVE", 1)
    assert "it is being counted by a job" in read(manager)
    freeze_figures(study_id=lab.study.pk)
    assert "being counted" not in read(manager)
    judge(lab.enrolments[0], 2)
    assert "more than 1 judgments came since" in read(manager)


def test_queries_do_not_grow_with_what_the_study_holds(lab: Lab, manager: Client) -> None:
    judge(lab.enrolments[0], 1)
    with CaptureQueriesContext(connection) as few:
        manager.get(LIVE)
    judge(lab.enrolments[0], 9)
    judge(lab.add_rater("third"), 2)
    with CaptureQueriesContext(connection) as more:
        manager.get(LIVE)
    assert len(more) == len(few) <= 24


def test_a_long_table_is_cut_short_and_says_so(lab: Lab, manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study_page, "MOST_ROWS", 1)
    judge(lab.enrolments[1], 1)
    set_gold(task=Task.objects.order_by("pk")[0], verdict="A", by=None)
    page = read_html(manager, STUDY)
    raters = text(section(page, "raters"))
    assert "2 in this study" in raters and "Rater1" in raters
    assert "The busiest; 1 more have a row on the page of the raters" in raters
    assert "and 2 more: the leaderboard names them all" in text(section(page, "systems"))
    assert "less often" not in text(section(page, "gold"))


def test_looking_stores_nothing(lab: Lab, manager: Client) -> None:
    from apps.rating.models import Cut, ResultsOpening

    judge(lab.enrolments[0], 1)
    manager.get(STUDY)
    manager.get(LIVE)
    assert not Cut.objects.exists()
    assert not ResultsOpening.objects.exists()


# The list of studies on the home page ----------------------------------------------------------------------


def test_the_list_of_studies_shows_how_far_each_is(lab: Lab, manager: Client) -> None:
    judge(lab.enrolments[0], 3)
    page = manager.get("/").content.decode()
    assert "3 of 14" in page
    assert '<progress class="study-progress" max="14" value="3"' in page
    assert f"{timezone.now():%-d %b %Y}" in page


def test_the_list_costs_the_same_for_one_study_and_for_many(lab: Lab, manager: Client) -> None:
    with CaptureQueriesContext(connection) as few:
        manager.get("/")
    for number in range(3):
        import_bundle(bundle=bundle_of(2), workspace=lab.workspace, slug=f"more-{number}", by=None)
    open_study(study=Study.objects.get(slug="more-0"), by=None)
    with CaptureQueriesContext(connection) as more:
        page = manager.get("/").content.decode()
    assert page.count("study-progress") == 2
    assert len(more) == len(few)
