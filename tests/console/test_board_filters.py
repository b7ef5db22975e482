"""What a look at a leaderboard leaves out: the checkboxes, the counts, the address that stays."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.analysis.filters import Filters
from apps.analysis.models import Analysis
from apps.analysis.selectors import slice_values
from apps.analysis.services import current_leaderboard
from apps.console.board import choices
from apps.console.board.choices import WITHOUT_WORDS, leaderboard_url
from apps.core.models import Job
from apps.rating.rules import SWITCHABLE
from apps.rating.services import set_rules
from tests.console.boards_for_tests import everything, frozen
from tests.rating.test_rules import judge
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

STUDY = "/studies/lab/trial/"
BOARD = f"{STUDY}leaderboard"
TOLD = Filters(without=("told_apart",))


@pytest.fixture
def judged(lab: Lab) -> Lab:
    """Four judgments, of one of which the rater could tell the system."""
    for rater, flags in ((0, ("identified",)), (0, ()), (1, ()), (1, ())):
        judge(lab, rater, flags=flags)
    return lab


@pytest.fixture
def analyst(lab: Lab, client: Client) -> Client:
    client.force_login(lab.analyst)
    return client


def page(client: Client, url: str) -> str:
    reply = client.get(url)
    assert reply.status_code == 200
    return re.sub(r"\s+", " ", reply.content.decode())


def box(text: str, name: str) -> str:
    found = re.search(rf'<input type="checkbox" name="without" value="{name}"[^>]*>', text)
    assert found, name
    return found[0]


def test_every_switch_has_its_words_and_a_label(judged: Lab, analyst: Client) -> None:
    assert set(WITHOUT_WORDS) == set(SWITCHABLE)
    text = page(analyst, BOARD)
    for name, words in WITHOUT_WORDS.items():
        assert "checked" not in box(text, name)
        assert re.search(rf"<label[^>]*>{re.escape(box(text, name))} <span>{words}", text)


def test_the_default_board_says_nothing_of_looks(judged: Lab, analyst: Client) -> None:
    current_leaderboard(study=judged.study, filters=Filters(), by=None)
    text = page(analyst, BOARD)
    assert "<b>4</b> judgments</a> on this board" in text
    assert "for this look" not in text
    assert "Nothing: every judgment is on it." in text


def test_a_look_shows_what_it_leaves_out_and_adds_up(judged: Lab, analyst: Client) -> None:
    current_leaderboard(study=judged.study, filters=TOLD, by=None)
    text = page(analyst, f"{BOARD}?without=told_apart")
    assert "checked" in box(text, "told_apart")
    assert "checked" not in box(text, "unblinded")
    assert "<b>3</b> judgments</a> on this board" in text
    assert "<b>1</b> left out for this look" in text
    table = text[text.index('id="left-out"') :]
    numbers = [int(n) for n in re.findall(r"<td>(?:<a[^>]*>)?(\d+)", table[: table.index("</table>")])]
    assert numbers == [1, 3, 4], "left out, on the board, all"


def test_leaving_out_what_is_not_there_is_told_too(judged: Lab, analyst: Client) -> None:
    look = Filters(without=("self_identified",))
    current_leaderboard(study=judged.study, filters=look, by=None)
    text = page(analyst, leaderboard_url(judged.study, look))
    assert "<b>0</b> left out for this look" in text
    assert "an output says which system it is" in text


def test_a_frozen_look_says_so_for_ever(judged: Lab, analyst: Client) -> None:
    current_leaderboard(study=judged.study, filters=TOLD, by=None)
    text = page(analyst, f"{STUDY}analyses/{Analysis.objects.get().public_id}")
    assert "<b>1</b> left out for this look" in text


def test_rules_of_the_study_cannot_be_switched_off_for_a_look(judged: Lab, analyst: Client) -> None:
    set_rules(study=judged.study, rules=[{"name": "told_apart"}], by=None)
    text = page(analyst, BOARD)
    assert "checked disabled" in box(text, "told_apart")
    assert "always, by the study’s rules" in text
    assert "disabled" not in box(text, "unblinded")


def test_computing_keeps_the_look(judged: Lab, analyst: Client) -> None:
    url = f"{BOARD}?slice.topic=odd&without=told_apart&without=unblinded"
    text = page(analyst, url)
    assert text.count('<input type="hidden" name="without"') == 2
    fields = {"slice.topic": "odd", "without": ["told_apart", "unblinded"]}
    assert analyst.post(f"{BOARD}/compute", fields).headers["Location"] == url
    assert Job.objects.get().arguments["filters"]["without"] == ["told_apart", "unblinded"]


def test_what_cannot_be_left_out_is_refused_in_words(judged: Lab, analyst: Client) -> None:
    for url in (f"{BOARD}?without=nonsense", "/api/v1/studies/trial/leaderboard?without=too_fast"):
        reply = analyst.get(url)
        assert reply.status_code == 400
        assert "Choose from: unblinded, told_apart, self_identified." in reply.content.decode()


def test_the_api_leaves_out_too(judged: Lab, analyst: Client) -> None:
    board = analyst.get("/api/v1/studies/trial/leaderboard?without=told_apart&without=unblinded").json()
    assert (board["n_judgments"], board["left_out"]) == (3, {"rule:told_apart": 1})
    assert board["filters"]["without"] == ["told_apart", "unblinded"]
    assert '"self_identified"' in analyst.get("/api/v1/schema?format=json").content.decode()


@pytest.mark.parametrize("query", ["slice.topic=a%00b", "slice.a%00b=x", "group=%00", "without=%00"])
def test_what_no_name_can_hold_is_refused_in_words(lab: Lab, analyst: Client, query: str) -> None:
    reply = analyst.get(f"{BOARD}?{query}")
    assert reply.status_code == 400
    assert "Choose from the lists on the page" in reply.content.decode()


def test_any_words_may_be_a_slice_and_half_of_one_is_none(lab: Lab, analyst: Client) -> None:
    assert analyst.get(f"{BOARD}?slice.=x&slice.topic=").status_code == 200
    analyst.post(f"{BOARD}/compute", {"slice.a=b": "c=d"})
    assert Job.objects.get().arguments["filters"]["slices"] == [["a=b", "c=d"]]


def test_a_frozen_part_of_the_study_says_so_on_every_page(judged: Lab, analyst: Client) -> None:
    """Numbers of a part must not be taken for those of the whole."""
    look = Filters(slices=(("topic", "odd"),), rater_group="desk", without=("told_apart",))
    analysis = frozen(judged.study, filters=look, **everything())
    for part in ("", "/pairs", "/slice?key=topic&value=topic-0", "/history", "/report"):
        text = page(analyst, f"{STUDY}analyses/{analysis.public_id}{part}")
        assert "nly topic = odd; raters of desk; without judgments where the rater could tell" in text, part


def test_a_frozen_board_does_not_ask_what_is_newer_or_what_could_be_chosen(judged: Lab, analyst: Client) -> None:
    analysis = current_leaderboard(study=judged.study, filters=Filters(), by=None)
    analyst.get(BOARD)
    with CaptureQueriesContext(connection) as live:
        analyst.get(BOARD)
    with CaptureQueriesContext(connection) as kept:
        analyst.get(f"{STUDY}analyses/{analysis.public_id}")
    said = " ".join(query["sql"] for query in kept)
    assert "jsonb_each_text" not in said and "COUNT" not in said
    assert len(kept) < len(live)


def test_a_slice_with_very_many_values_is_typed(judged: Lab, analyst: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page(analyst, f"{BOARD}?slice.topic=odd")
    assert '<select id="slice-1" name="slice.topic">' in text
    monkeypatch.setattr(choices, "MOST_OPTIONS", 1)
    text = page(analyst, f"{BOARD}?slice.topic=odd")
    assert '<input id="slice-1" name="slice.topic" value="odd" placeholder="one of 2">' in text


def test_what_is_left_out_can_be_read(judged: Lab, analyst: Client) -> None:
    set_rules(study=judged.study, rules=[{"name": "told_apart"}], by=None)
    current_leaderboard(study=judged.study, filters=Filters(), by=None)
    text = page(analyst, BOARD)
    assert "disposition=rule%3Atold_apart" in text
    assert analyst.get("/studies/lab/trial/read?disposition=rule%3Atold_apart").status_code == 200


def test_what_one_look_leaves_out_is_read_by_what_it_is(judged: Lab, analyst: Client) -> None:
    analysis = current_leaderboard(study=judged.study, filters=TOLD, by=None)
    text = page(analyst, f"{STUDY}analyses/{analysis.public_id}")
    assert '/studies/lab/trial/read?flag=identified"' in text
    assert analyst.get("/studies/lab/trial/read?flag=identified").status_code == 200


def test_the_slices_to_choose_from_are_one_query_however_many_items(lab: Lab, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert slice_values(lab.study) == {"topic": ["even", "odd"]}
