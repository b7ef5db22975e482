"""The whole leaderboard page: what stands on it with everything there, and with nothing but an old analysis."""

import re
from typing import Any

import pytest
from django.test import Client

from apps.analysis.filters import Filters
from apps.analysis.models import Analysis
from apps.console.board import rows
from apps.console.board.spending import _figure
from tests.console.boards_for_tests import everything, frozen
from tests.console.test_console import judge_everything
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

STUDY = "/studies/lab/trial/"
BOARD = f"{STUDY}leaderboard"
PARTS = ("separation", "pairs", "slices", "style", "elo", "spending")


@pytest.fixture
def analyst(lab: Lab, client: Client) -> Client:
    judge_everything(lab)
    client.force_login(lab.analyst)
    return client


def page(client: Client, url: str) -> str:
    reply = client.get(url)
    assert reply.status_code == 200, reply.content.decode()[:400]
    return re.sub(r"\s+", " ", reply.content.decode())


def board_of(lab: Lab, **more: Any) -> Analysis:
    return frozen(lab.study, **{**everything(), **more})


def address(analysis: Analysis, part: str = "") -> str:
    return f"{STUDY}analyses/{analysis.public_id}{part}"


def test_everything_that_an_analysis_holds_is_on_its_page(lab: Lab, analyst: Client) -> None:
    text = page(analyst, address(board_of(lab)))
    for heading in ("Strength", "Slices", "Who is surely ahead", "Pair by pair", "Quality against cost", "History"):
        assert heading in text, heading
    assert "about 180 more" in text
    assert "<b>system-00</b> and <b>system-01</b>, the baseline, are not separable yet: about 180 more ratings" in text
    assert "Regressions: <b>system-02</b> on topic = topic-0." in text


def test_an_analysis_from_before_these_parts_has_a_page_without_them(lab: Lab, analyst: Client) -> None:
    bare = dict.fromkeys(PARTS)
    text = page(analyst, address(frozen(lab.study, **bare)))
    for heading in ("Slices", "Who is surely ahead", "Pair by pair", "Quality against", "with style", "Elo"):
        assert heading not in text, heading
    assert "Strength" in text and "History" in text


def test_a_real_analysis_has_a_page_and_every_part_of_it(lab: Lab, analyst: Client) -> None:
    analysis = frozen(lab.study)
    for part in ("", "?style=on", "/history", "/report", ".json"):
        assert analyst.get(address(analysis, part)).status_code == 200, part


@pytest.mark.parametrize(
    "part", ["", "/pairs", "/pairs.csv", "/slice?key=topic&value=topic-0", "/history", "/report", ".json"]
)
def test_strangers_see_no_part_of_it(lab: Lab, client: Client, part: str) -> None:
    judge_everything(lab)
    url = address(board_of(lab), part)
    assert client.get(url).status_code == 302
    for user in (lab.stranger, lab.raters[0]):
        client.force_login(user)
        assert client.get(url).status_code == 404
    client.force_login(lab.analyst)
    assert client.get(url).status_code == 200


@pytest.mark.parametrize(
    "part", ["/pairs?system=nobody", "/slice", "/slice?key=topic&value=none", "/plots/nonsense.svg", "/plots/cost.gif"]
)
def test_what_an_analysis_does_not_hold_is_not_found(lab: Lab, analyst: Client, part: str) -> None:
    assert analyst.get(address(board_of(lab), part)).status_code == 404


def test_pages_of_parts_that_an_old_analysis_lacks_are_not_found(lab: Lab, analyst: Client) -> None:
    analysis = frozen(lab.study, **dict.fromkeys(PARTS))
    assert analyst.get(address(analysis, "/pairs")).status_code == 404
    assert analyst.get(address(analysis, "/pairs.csv")).status_code == 404
    assert analyst.get(address(analysis, "/slice?key=topic&value=topic-0")).status_code == 404


def test_an_analysis_of_another_study_is_not_found(lab: Lab, analyst: Client) -> None:
    assert analyst.get(f"{STUDY}analyses/11111111-1111-1111-1111-111111111111/pairs").status_code == 404


# Style control ---------------------------------------------------------------------------------------------


def test_style_control_is_switched_by_the_address(lab: Lab, analyst: Client) -> None:
    analysis = board_of(lab)
    plain, controlled = page(analyst, address(analysis)), page(analyst, address(analysis, "?style=on"))
    assert "beside style-controlled</a>" in plain and "with style <br>allowed for" not in plain
    assert "with style <br>allowed for" in controlled
    assert "raters prefer more of it" in controlled and "no preference shown" in controlled
    assert controlled.count('class="hollow"') == 3
    assert 'aria-current="true">beside style-controlled' in controlled


def test_the_switch_keeps_the_look(lab: Lab, analyst: Client) -> None:
    board_of(lab)
    frozen_look = f"{BOARD}?without=told_apart"
    analyst.get(frozen_look)
    assert 'href="/studies/lab/trial/leaderboard?style=on#strengths"' in page(analyst, BOARD)


def test_without_style_control_the_reason_is_said(lab: Lab, analyst: Client) -> None:
    analysis = board_of(lab, style={"reason": "All outputs are equally long."})
    text = page(analyst, address(analysis, "?style=on"))
    assert "Style control is not there: All outputs are equally long." in text
    assert "style=on" not in text


# Slices ----------------------------------------------------------------------------------------------------


def test_slices_stand_beside_one_another_with_regressions_first(lab: Lab, analyst: Client) -> None:
    text = page(analyst, address(board_of(lab)))
    assert text.index("topic = topic-0</a>") < text.index("topic = topic-1</a>")
    regression = re.search(r'<td class="regression">(.*?)</td>', text)
    assert regression and "worse" in regression[1] and "<b>31 %</b>" in regression[1]
    assert "12 % … 47 % · n <a" in regression[1] and ">9</a>" in regression[1]
    assert "share of the decisions won against system-01" in text


def test_without_a_baseline_slices_are_held_against_elsewhere(lab: Lab, analyst: Client) -> None:
    result = everything(baseline=None)
    for found in result["slices"]:
        found["against_baseline"] = []
    text = page(analyst, address(frozen(lab.study, **result)))
    assert "strength in the slice less strength elsewhere" in text
    regression = re.search(r'<td class="regression">(.*?)</td>', text)
    assert regression and "−0.29" in regression[1] and ">22</a>" in regression[1]


def test_a_slice_has_a_page_with_every_system(lab: Lab, analyst: Client) -> None:
    text = page(analyst, address(board_of(lab), "/slice?key=topic&value=topic-0"))
    assert text.count('<td class="plot">') == 3
    assert "<td>.020</td>" in text
    assert 'aria-current="page">topic = topic-0</a>' in text


def test_a_slice_that_cannot_say_is_shown_as_such(lab: Lab, analyst: Client) -> None:
    slices = everything()["slices"]
    nothing = ("strength", "low", "high", "difference", "difference_low", "difference_high", "p_adjusted")
    slices[0]["systems"][0] |= dict.fromkeys(nothing)
    slices[0]["against_baseline"][0] |= {"share": None, "low": None, "high": None, "n": 0}
    analysis = board_of(lab, slices=slices)
    assert "too few judgments" in page(analyst, address(analysis, "/slice?key=topic&value=topic-0"))
    assert analyst.get(address(analysis)).status_code == 200


# Elo and spending ------------------------------------------------------------------------------------------


def test_elo_stands_with_what_the_order_alone_does(lab: Lab, analyst: Client) -> None:
    text = page(analyst, address(board_of(lab)))
    assert (
        "The same judgments in another order would move them by about 9 to 11 points, by system "
        "(standard deviation over 100 random orders)." in text
    )


def test_elo_says_where_its_noise_is_not_known() -> None:
    rated = {"systems": [{"system": "a", "elo": 1000.0, "order_sd": None}], "n_orders": 0}
    found = rows.elo_of({"elo": rated})
    assert found and "was not computed" in found["noise"]
    rated = {"systems": [{"system": "a", "elo": 1000.0, "order_sd": 4.2}], "n_orders": 50}
    found = rows.elo_of({"elo": rated})
    assert found and "by about 4 points (standard deviation over 50" in found["noise"]
    assert rows.elo_of({"elo": {"systems": [], "n_orders": 0}}) is None


def test_what_outputs_cost_stands_with_how_many_are_known(lab: Lab, analyst: Client) -> None:
    text = page(analyst, address(board_of(lab)))
    assert "0.01<span" in text and "0.009 … 0.011 · n 38" in text and "450 … 560 · n 39" in text
    assert "US dollars" in text


@pytest.mark.parametrize(
    ("value", "words"), [(None, "–"), (0.0000123456, "0.0000123"), (0.5, "0.5"), (999.4, "999"), (12345.6, "12,346")]
)
def test_figures_are_never_powers_of_ten(value: float | None, words: str) -> None:
    assert _figure(value) == words


# Large boards ----------------------------------------------------------------------------------------------


def test_a_board_of_59_systems_stays_light(lab: Lab, analyst: Client, django_assert_max_num_queries) -> None:
    analysis = frozen(lab.study, **everything(59, n_slices=12))
    analyst.get(address(analysis))
    with django_assert_max_num_queries(16):
        reply = analyst.get(address(analysis, "?style=on"))
    assert len(reply.content) < 200_000
    assert "All 1711 pairs" in reply.content.decode()
    for part in ("/pairs", "/slice?key=topic&value=topic-0", "/history", "/report"):
        reply = analyst.get(address(analysis, part))
        assert reply.status_code == 200 and len(reply.content) < 200_000, (part, len(reply.content))


def test_a_board_of_a_hundred_systems_with_style_beside_it_stays_light(lab: Lab, analyst: Client) -> None:
    analysis = frozen(lab.study, **everything(100, n_slices=40, prefix="mistral-7b-instruct"))
    for part in ("?style=on", "/pairs", "/slice?key=topic&value=topic-0", "/report"):
        reply = analyst.get(address(analysis, part))
        assert reply.status_code == 200 and len(reply.content) < 200_000, (part, len(reply.content))


def test_names_cannot_become_markup(lab: Lab, analyst: Client) -> None:
    hostile = everything(prefix="<script>alert(1)</script>")
    analysis = frozen(lab.study, **hostile)
    for part in ("", "?style=on", "/pairs", "/slice?key=topic&value=topic-0", "/history", "/report"):
        text = page(analyst, address(analysis, part))
        assert "<script>alert" not in text and "&lt;script&gt;alert" in text, part


# The report ------------------------------------------------------------------------------------------------


def test_the_report_says_what_it_stands_on(lab: Lab, analyst: Client) -> None:
    analysis = board_of(lab)
    text = page(analyst, address(analysis, "/report"))
    assert analysis.inputs_sha256 in text and analysis.result_sha256 in text
    assert f"http://testserver{address(analysis)}</code>" in text
    assert analysis.versions["method"] in text
    assert "worse in topic = topic-0" in text
    assert text.count("<picture>") == 1
    assert f"http://testserver{address(analysis)}</code>" in page(analyst, address(analysis, "/report?from=a-mail"))


def test_a_look_is_named_on_its_report(lab: Lab, analyst: Client) -> None:
    analysis = frozen(lab.study, filters=Filters(slices=(("topic", "odd"),), without=("told_apart",)))
    text = page(analyst, address(analysis, "/report"))
    assert "Only topic = odd; without judgments where the rater could tell the system" in text


def test_a_study_without_a_decision_still_has_all_its_pages(lab: Lab, client: Client) -> None:
    client.force_login(lab.analyst)
    analysis = frozen(lab.study)
    for part in ("", "/history", "/report"):
        assert client.get(address(analysis, part)).status_code == 200
    assert "There is nothing to rank yet" in page(client, address(analysis))
