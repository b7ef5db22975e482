"""History and the comparison of two analyses."""

import re
from typing import Any

import pytest
from django.test import Client

from apps.analysis.filters import Filters
from apps.analysis.history import history_of, latest_analyses, moment_before
from apps.analysis.models import Analysis
from apps.rating.services import set_rules
from tests.console.boards_for_tests import everything, frozen, with_result
from tests.rating.test_rules import judge
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

STUDY = "/studies/lab/trial/"
COMPARE = f"{STUDY}leaderboard/compare"


def page(client: Client, url: str) -> str:
    reply = client.get(url)
    assert reply.status_code == 200, reply.content.decode()[:400]
    return re.sub(r"\s+", " ", reply.content.decode())


@pytest.fixture
def three(lab: Lab, client: Client) -> list[Analysis]:
    """Three cuts, two judgments apart; the analyst is signed in."""
    found = []
    for _ in range(3):
        judge(lab, 0)
        judge(lab, 1)
        found.append(frozen(lab.study))
    client.force_login(lab.analyst)
    return found


def test_history_goes_up_to_its_analysis_oldest_first(three: list[Analysis]) -> None:
    assert [moment.n_judgments for moment in history_of(three[2])] == [2, 4, 6]
    assert [moment.n_judgments for moment in history_of(three[1])] == [2, 4]
    assert history_of(three[0])[0].public_id == three[0].public_id
    before = moment_before(three[2])
    assert before and before.public_id == three[1].public_id and before.n_judgments == 4
    assert moment_before(three[0]) is None


def test_history_is_of_one_look(lab: Lab, three: list[Analysis]) -> None:
    frozen(lab.study, filters=Filters(without=("told_apart",)))
    assert len(history_of(three[2])) == 3
    assert [listed.is_plain for listed in latest_analyses(lab.study)] == [False, True, True, True]


def test_a_cut_that_was_computed_again_counts_once_and_its_own_page_shows_itself(
    lab: Lab, three: list[Analysis]
) -> None:
    again = with_result(three[1], everything() | {"n_judgments": 4})
    assert [moment.public_id for moment in history_of(three[2])][1] == again.public_id
    assert [moment.public_id for moment in history_of(three[1])][1] == three[1].public_id


def test_long_histories_are_thinned_evenly_and_keep_both_ends(three: list[Analysis]) -> None:
    assert [moment.n_judgments for moment in history_of(three[2], at_most=2)] == [2, 6]


def test_history_takes_few_queries_however_long(three: list[Analysis], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        history_of(three[2])


def test_the_history_page_leads_to_each_analysis_and_to_what_changed(three: list[Analysis], client: Client) -> None:
    text = page(client, f"{STUDY}analyses/{three[2].public_id}/history")
    assert "3 analyses through this look" in text
    for analysis in three:
        assert f"{STUDY}analyses/{analysis.public_id}" in text
    assert f"a={three[0].public_id}&amp;b={three[2].public_id}" in text
    assert "plots/history.svg" in text
    alone = page(client, f"{STUDY}analyses/{three[0].public_id}/history")
    assert "a line needs two" in alone and "plots/history" not in alone


def test_the_board_asks_for_its_history_as_a_fragment(three: list[Analysis], client: Client) -> None:
    url = f"{STUDY}analyses/{three[2].public_id}/history"
    assert f'hx-get="{url}"' in page(client, f"{STUDY}leaderboard")
    fragment = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment and fragment.strip().startswith("<section")


def test_a_board_says_what_changed_since_the_one_before(three: list[Analysis], client: Client) -> None:
    text = page(client, f"{STUDY}analyses/{three[2].public_id}")
    assert "Since the analysis of" in text and "2 more judgments:" in text
    assert f"a={three[1].public_id}&amp;b={three[2].public_id}" in text
    assert "Since the analysis of" not in page(client, f"{STUDY}analyses/{three[0].public_id}")
    look = frozen(three[0].study, filters=Filters(without=("told_apart",)))
    assert "Since the analysis of" not in page(client, f"{STUDY}analyses/{look.public_id}"), "the first of its look"


def test_the_way_to_the_analysis_before_is_one_query(three: list[Analysis], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        moment_before(three[2])


# Two analyses ----------------------------------------------------------------------------------------------


def compared(client: Client, first: Analysis, second: Analysis) -> str:
    return page(client, f"{COMPARE}?a={first.public_id}&b={second.public_id}")


def test_what_changed_between_two_analyses(three: list[Analysis], client: Client) -> None:
    text = compared(client, three[0], three[2])
    assert "4 more judgments:" in text
    assert '<th scope="row">judgments on the board</th><td>2</td><td>6</td><td>+4</td>' in text
    assert "4 fewer judgments:" in compared(client, three[2], three[0])
    assert '<th scope="row">inputs</th>' in text.partition("alike</summary>")[0], "other inputs are said to differ"


def test_the_same_analysis_twice_changed_nothing(three: list[Analysis], client: Client) -> None:
    text = compared(client, three[1], three[1])
    assert "As many judgments: no rank changed." in text
    assert "Nothing differs." in text


def test_strengths_ranks_and_systems_that_came_and_went(three: list[Analysis], client: Client) -> None:
    before, after = everything(3), everything(4)
    after["systems"][0] |= {"strength": 1.15, "rank_high": 1}
    del after["systems"][1]
    texts = compared(client, frozen_of(three[0], before), frozen_of(three[2], after))
    # 00 and 02 are on both: 1.00 farther apart than before, and each has moved by half of it.
    assert "<b>+0.50</b>" in texts and "<b>−0.50</b>" in texts and "moved most, by " in texts
    assert "taken from the mean of the systems on both" in texts
    assert "only in the first" in texts and "only in the second" in texts
    assert '1 <span class="tag gold">changed</span>' in texts


def frozen_of(computed: Analysis, result: dict[str, Any]) -> Analysis:
    import json

    return with_result(computed, {**json.loads(computed.result), **result})


def test_a_system_that_joins_moves_nobody(three: list[Analysis], client: Client) -> None:
    """Each board has mean 0 over its own systems: without allowing for it all others would seem to have changed."""
    text = compared(client, frozen_of(three[0], everything(3)), frozen_of(three[2], everything(4)))
    assert text.count("<b>0.00</b>") + text.count("<b>+0.00</b>") + text.count("<b>−0.00</b>") == 3
    assert "moved most" not in text


def test_systems_on_other_scales_are_not_compared(three: list[Analysis], client: Client) -> None:
    before, after = everything(3), everything(3)
    after["systems"][2] |= {"island": 2, "strength": 0.7}
    text = compared(client, frozen_of(three[0], before), frozen_of(three[2], after))
    assert text.count("<b>–</b>") == 1


def test_one_judgment_more_is_one_judgment(lab: Lab, three: list[Analysis], client: Client) -> None:
    judge(lab, 0)
    assert "1 more judgment:" in compared(client, three[2], frozen(lab.study))


def test_settings_that_differ_stand_apart(lab: Lab, three: list[Analysis], client: Client) -> None:
    set_rules(study=lab.study, rules=[{"name": "told_apart"}], by=None)
    other = frozen(lab.study, filters=Filters(slices=(("topic", "odd"),)))
    text = compared(client, three[2], other)
    differ, _, same = text[text.index("compared-settings") :].partition("alike</summary>")
    assert "topic = odd" in differ and "the whole study" in differ
    assert "confidence level" in same and "confidence level" not in differ


def test_without_two_there_is_a_choice(three: list[Analysis], client: Client) -> None:
    text = page(client, COMPARE)
    assert text.count(f'<option value="{three[0].public_id}"') == 2


def test_the_choice_holds_the_two_that_are_shown_however_old(three: list[Analysis]) -> None:
    listed = latest_analyses(three[0].study, also=(three[0], three[2]), at_most=1)
    assert [each.public_id for each in listed] == [three[2].public_id, three[0].public_id]
    assert listed[1].is_plain and listed[1].last_judgment == three[0].cut.last_judgment


def test_before_the_second_analysis_the_page_says_so(lab: Lab, client: Client) -> None:
    client.force_login(lab.analyst)
    assert "There are not two analyses of this study yet." in page(client, COMPARE)


@pytest.mark.parametrize("bad", ["nonsense", "0f1e2d3c-4b5a-4968-8776-655443322110", "' OR 1=1"])
def test_analyses_that_are_not_there_are_not_found(three: list[Analysis], client: Client, bad: str) -> None:
    assert client.get(COMPARE, {"a": bad, "b": three[0].public_id}).status_code == 404


def test_strangers_compare_nothing(lab: Lab, client: Client) -> None:
    assert client.get(COMPARE).status_code == 302
    for user in (lab.stranger, lab.raters[0]):
        client.force_login(user)
        assert client.get(COMPARE).status_code == 404
