"""The pages of the desk in every state: names, keys, alike panes, nothing inline, and sentences where they are due."""

import re
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test.html import Element, parse_html

from tests.workbench.markup_for_tests import ancestors, attributes, documents, elements, find, parents, words
from tests.workbench.states_for_tests import (
    CARD,
    CRITERIA,
    NOW,
    RECENT,
    STATES,
    changed,
    desk,
    feedback,
    nothing,
    rendered,
    reply,
    result,
    rubric,
    task,
)

PAGES = {
    **{state: lambda state=state: desk(state) for state in STATES},
    "recent": lambda: rendered("workbench/recent.html", recent=RECENT, may_change=True),
    "nothing recent": lambda: rendered("workbench/recent.html", recent=[]),
    "guideline": lambda: rendered("workbench/guideline.html"),
    "own": lambda: rendered("workbench/own.html", desks=[CARD, {**CARD, "recent": []}]),
    "not enrolled": lambda: rendered("workbench/own.html", desks=[]),
}
COMPARED = [state for state, given in STATES.items() if "A is better" in desk(state) and "task" in given]
OWN_CSS = ("desk", "answers", "criteria", "lesson", "under", "recent")


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> str:
    return PAGES[request.param]()


# What holds on every page --------------------------------------------------------------------------------------


def test_nothing_is_inline(page: str) -> None:
    for element in elements(page):
        given = attributes(element)
        assert element.name != "style"
        assert not [name for name in given if name == "style" or name.startswith("on")]
        if element.name == "script":
            assert given["src"].startswith("/static/")
            assert words(element).strip() == ""


def test_ids_are_unique_and_what_they_name_exists(page: str) -> None:
    for document in documents(page):
        ids = [attributes(element)["id"] for element in document if "id" in attributes(element)]
        assert [name for name, n in Counter(ids).items() if n > 1] == []
        for element in document:
            given = attributes(element)
            named = [given.get(name, "") for name in ("aria-labelledby", "aria-describedby", "for")]
            assert set(" ".join(named).split()) <= set(ids)


def test_everything_that_is_pressed_or_filled_in_has_a_name(page: str) -> None:
    whole = parse_html(page)
    above = parents(whole)
    labelled = {attributes(label).get("for") for label in find(whole, "label")}
    for element in elements(whole):
        given = attributes(element)
        if given.get("type") == "hidden" or "hidden" in given:
            continue
        named = given.get("aria-label") or given.get("aria-labelledby")
        if element.name in {"input", "textarea", "select"}:
            assert named or given.get("id") in labelled or any(a.name == "label" for a in ancestors(element, above))
        if element.name in {"button", "a", "summary"}:
            assert named or words(element).strip()


def test_stored_text_is_never_markup(page: str) -> None:
    assert "<script>x" not in page
    assert "<b>my money" not in page


def test_stylesheets_and_scripts_of_our_own_exist(page: str) -> None:
    links = [attributes(e).get("href", "") for e in find(page, "link", rel="stylesheet")]
    assert len(links) > 4
    assert [link for link in links if finders.find(link.removeprefix("/static/")) is None] == []


def test_pages_are_small(page: str) -> None:
    assert len(page.encode()) < 60_000


# Keys ----------------------------------------------------------------------------------------------------------


def context_of(element: Element, above: dict[int, Element]) -> int:
    """In which context a key acts: an open menu, the criterion in focus, or the desk."""
    for ancestor in ancestors(element, above):
        given = attributes(ancestor)
        if "data-criterion" in given or ("data-menu" in given and element.name != "summary"):
            return id(ancestor)
    return 0


@pytest.mark.parametrize("state", STATES)
def test_no_two_things_in_one_context_carry_the_same_key(state: str) -> None:
    html = parse_html(desk(state))
    above = parents(html)
    keys: Counter[tuple[int, str]] = Counter()
    for element in elements(html):
        for key in attributes(element).get("aria-keyshortcuts", "").split():
            keys[context_of(element, above), key] += 1
    assert [key for key, n in keys.items() if n > 1] == []
    assert {"z", "r", "g", "?", ","} <= {key for _, key in keys}


def test_an_answer_carries_its_digit_and_its_letter() -> None:
    buttons = find(desk("comparison"), "button", name="choice")
    assert [(attributes(b)["value"], attributes(b)["aria-keyshortcuts"]) for b in buttons] == [
        ("left", "1 a"),
        ("tie", "2 t"),
        ("both_bad", "3 x"),
        ("right", "4 b"),
    ]


def test_the_key_sheet_names_every_key_on_the_desk() -> None:
    html = desk("criteria")
    printed = {words(k).strip().lower() for k in find(find(html, "dialog", id="keys")[0], "kbd")}
    used = {key.lower() for e in elements(html) for key in attributes(e).get("aria-keyshortcuts", "").split()}
    digits = {str(digit) for digit in range(1, 6)}
    assert used - digits <= printed


# The panes -----------------------------------------------------------------------------------------------------


def shape_of(element: Element) -> tuple[object, ...]:
    """Names and attributes, without letters and without what a model wrote."""
    given = {name: re.sub(r"pane-[ab]", "pane", value) for name, value in attributes(element).items()}
    inside = [child for child in element.children if isinstance(child, Element)] if "data-output" not in given else []
    return (element.name, given, [shape_of(child) for child in inside])


@pytest.mark.parametrize("state", [state for state in COMPARED if state != "empty output"])
def test_both_panes_are_alike_but_for_letter_and_text(state: str) -> None:
    a, b = find(desk(state), "article")
    assert shape_of(a) == shape_of(b)
    assert [words(find(pane, "h2")[0]).split() for pane in (a, b)] == [["Output", "A"], ["Output", "B"]]


def test_an_empty_output_changes_nothing_but_its_text() -> None:
    full, empty = (
        attributes(pane) | {"id": "", "aria-labelledby": ""} for pane in find(desk("empty output"), "article")
    )
    assert full == empty


def test_answers_stand_as_the_panes_do() -> None:
    html = desk("comparison")
    assert (
        html.index('id="pane-a"') < html.index('id="pane-b"') < html.index('value="left"') < html.index('value="right"')
    )


def test_both_texts_follow_their_own_direction() -> None:
    assert [attributes(e)["dir"] for e in elements(desk("comparison")) if "data-output" in attributes(e)] == [
        "auto"
    ] * 2


def test_an_empty_output_is_said_in_words() -> None:
    assert "This output is empty" in desk("empty output")
    assert "This output is empty" not in desk("comparison")


# Forms ---------------------------------------------------------------------------------------------------------


def answer_form(html: str) -> Element:
    (form,) = [e for e in find(html, "form") if "data-answer" in attributes(e)]
    return form


def test_enter_in_a_field_never_answers_a() -> None:
    """A form's first submit button is what Enter presses in any of its fields."""
    for state in COMPARED:
        first = next(e for e in elements(answer_form(desk(state))) if e.name == "button")
        assert {"disabled", "hidden"} <= set(attributes(first))
        assert "name" not in attributes(first)


def test_the_answer_form_sends_what_the_server_reads() -> None:
    fields = [e for e in elements(answer_form(desk("change with criteria"))) if e.name != "details"]
    names = {attributes(e).get("name") for e in fields} - {None}
    assert names == {
        "csrfmiddlewaretoken", "assignment", "submission", "supersedes", "shown_ms", "first_seen",
        "choice", "flags", "comment", "criterion.true", "criterion.short", "criterion.kind",
    }  # fmt: skip


def test_a_rubric_has_no_verdict_and_a_button_to_save() -> None:
    form = answer_form(desk("rubric"))
    assert find(form, "button", name="choice") == []
    assert "first_seen" not in {attributes(e).get("name") for e in elements(form)}
    assert "data-save" in attributes(next(e for e in elements(form) if e.name == "button"))


def test_anchors_are_radio_buttons_with_their_example() -> None:
    form = answer_form(desk("rubric"))
    radios = find(form, "input", type="radio")
    assert len(radios) == sum(len(row["anchors"]) for group in CRITERIA for row in group["rows"])
    assert all("required" in attributes(radio) for radio in radios)
    like = attributes(radios[0])["aria-describedby"]
    assert words(find(form, "span", id=like)[0]) == "Names 14 days"
    assert "aria-describedby" not in attributes(find(form, "input", name="criterion.short")[0])


def test_skipping_is_a_form_of_its_own_and_not_offered_for_an_old_answer() -> None:
    html = desk("comparison")
    assert find(answer_form(html), "form") == [answer_form(html)]
    assert [attributes(b)["value"] for b in find(html, "button", name="reason")] == ["broken", "topic"]
    assert find(desk("change"), "button", name="reason") == []


def test_an_old_answer_is_marked_and_can_be_left_as_it_is() -> None:
    html = desk("change")
    marked = [attributes(b)["value"] for b in find(html, "button", name="choice") if "aria-pressed" in attributes(b)]
    assert marked == ["left"]
    assert "You are changing an earlier answer" in html
    assert "&lt;script&gt;x" in html


# Fragments -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("task", {"task": task()}),
        ("task", {"task": changed()}),
        ("task", {"task": rubric()}),
        ("feedback", {"feedback": feedback(right=True, result=result(passed=True))}),
        ("empty", {"task": None, "empty": nothing()}),
    ],
)
def test_a_reply_brings_one_element_of_its_kind(kind: str, given: dict[str, object]) -> None:
    html = reply(stored={"at": NOW, "submission": uuid4()}, notice="Said.", is_break=True, study={}, **given)
    assert "<html" not in html
    (template,) = find(html, "template", id="next", data_kind=kind)
    assert [child.name for child in template.children if isinstance(child, Element)] == ["section"]
    assert len([e for e in elements(html) if "data-notice" in attributes(e)]) == 2
    assert attributes(find(html, "div", id="reply")[0])["data-saved"] == NOW.isoformat()


def test_a_reply_with_nothing_new_brings_no_task() -> None:
    html = reply()
    assert find(html, "template") == []
    assert attributes(find(html, "div", id="reply")[0]) == {"id": "reply", "data-saved": "", "data-submission": ""}


# Style sheets ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OWN_CSS)
def test_style_sheets_take_colours_from_tokens_and_know_no_left(name: str) -> None:
    css = re.sub(r"/\*.*?\*/", "", (Path(settings.BASE_DIR) / f"static/css/{name}.css").read_text(), flags=re.S)
    assert re.findall(r"#[0-9a-f]{3,8}\b(?![^{]*\{)|rgba?\(|hsla?\(|oklch\(", css) == []
    assert (
        re.findall(
            r"(?:margin|padding|border|inset)-(?:left|right)|text-align:\s*(?:left|right)|\bfloat:\s*(?:left|right)",
            css,
        )
        == []
    )
    assert css.lstrip().startswith("@layer tokens, base, parts, pages;")
