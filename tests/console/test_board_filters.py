"""What a look at a leaderboard leaves out: the checkboxes, the counts, the address that stays."""

import re

import pytest
from django.test import Client

from apps.analysis.filters import Filters
from apps.analysis.models import Analysis
from apps.analysis.services import current_leaderboard
from apps.console.board.choices import WITHOUT_WORDS, leaderboard_url
from apps.core.models import Job
from apps.rating.rules import SWITCHABLE
from apps.rating.services import set_rules
from tests.rating.test_rules import judge
from tests.studies_for_tests import Lab

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
    assert "<b>4</b> judgments on this board" in text
    assert "for this look" not in text
    assert "Nothing: every judgment is on it." in text


def test_a_look_shows_what_it_leaves_out_and_adds_up(judged: Lab, analyst: Client) -> None:
    current_leaderboard(study=judged.study, filters=TOLD, by=None)
    text = page(analyst, f"{BOARD}?without=told_apart")
    assert "checked" in box(text, "told_apart")
    assert "checked" not in box(text, "unblinded")
    assert "<b>3</b> judgments on this board" in text
    assert "<b>1</b> left out for this look" in text
    table = text[text.index('id="left-out"') :]
    numbers = [int(n) for n in re.findall(r"<td>(\d+)</td>", table[: table.index("</table>")])]
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
