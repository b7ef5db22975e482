"""What the pages of the desk say: in training, at the end of the queue, about her progress and her past answers."""

import re

from tests.workbench.markup_for_tests import attributes, elements, find, words
from tests.workbench.states_for_tests import CARD, NOW, RECENT, desk, feedback, rendered


def test_training_says_right_and_not_right_in_words_and_in_a_picture() -> None:
    for state, sentence in (("right", "Right"), ("not right", "Not what we would have said")):
        (head,) = [e for e in elements(desk(state)) if "lesson-head" in attributes(e).get("class", "")]
        assert words(head).strip() == sentence
        assert len(find(head, "svg")) == 1
    html = desk("not right")
    assert "You said <b>A is better</b>. We say <b>Tie</b>." in html
    assert "B invents a period." in html
    assert "<b>3</b> of 8" in html


def test_training_goes_on_without_a_script() -> None:
    (link,) = [e for e in elements(desk("right")) if "data-go-on" in attributes(e)]
    assert (link.name, attributes(link)["aria-keyshortcuts"]) == ("a", "Enter")


def test_only_training_says_that_it_is_training() -> None:
    assert "data-training" in desk("training")
    assert "training" not in desk("comparison").lower()


def test_the_result_of_the_qualification_names_its_numbers() -> None:
    assert "7 of 8 as we would have said; 6 were needed." in desk("qualified")
    assert "Not qualified yet" in desk("not qualified")
    assert "4 of 8" in desk("not qualified")


def test_training_without_a_task_is_no_fraction_of_nothing() -> None:
    """The last training task was retired while she answered it, or before she came."""
    explained = rendered("workbench/desk.html", feedback=feedback(right=True, n_done=0, n_all=0))
    untested = {**CARD, "standing": "training", "qualification": {"n_done": 0, "n_all": 0, "needed": 0, "passed": None}}
    card = rendered("workbench/own.html", desks=[untested])
    assert "Training: no task is left." in explained
    assert "Qualification: no training task is left" in card
    for text in (explained, card):
        assert not re.search(r"\b0(</b>)? of 0\b", text)
        assert 'max="0"' not in text


def test_an_empty_desk_says_why_and_when_to_come_back() -> None:
    html = desk("nothing")
    assert "3 tasks are with other raters." in html
    assert f'<time datetime="{NOW.isoformat()}"' in html
    assert "Come back at" not in desk("not qualified")


def test_progress_is_said_in_numbers() -> None:
    count = find(desk("comparison"), "span", class_="count")[0]
    assert re.sub(r"\s+", " ", words(count)) == "34 of 60 · 12 today · about 18 min left"
    assert find(desk("no target"), "progress") == []


def test_a_break_is_offered_when_the_server_says_so() -> None:
    assert "data-break" in desk("break")
    assert "data-break" not in desk("comparison")


def test_the_guideline_says_its_version() -> None:
    assert "version 3" in rendered("workbench/guideline.html")
    assert "version 3" in words(find(desk("comparison"), "dialog", id="guideline")[0])


def test_a_raters_own_page_says_how_she_stands() -> None:
    training = {**CARD, "standing": "training", "qualification": {"n_done": 3, "n_all": 8, "needed": 6, "passed": None}}
    closed = {**CARD, "can_rate": False, "why_not": "This study is paused.", "state": "paused"}
    html = rendered("workbench/own.html", desks=[CARD, training, closed])
    for said in ("12 today", "42 s each", "Qualification: 3 of 8 done", "This study is paused.", "A is better"):
        assert said in html
    assert len([e for e in find(html, "a") if words(e).startswith("Rate")]) == 2
    assert "You are not enrolled" in rendered("workbench/own.html", desks=[])
    assert "Nothing yet" in rendered("workbench/own.html", desks=[{**CARD, "recent": []}])


def test_an_answer_that_cannot_be_changed_any_more_is_no_link() -> None:
    old = {**RECENT[0], "url": None}
    assert len(find(rendered("workbench/recent.html#recent", recent=[RECENT[0], old]), "a")) == 1
