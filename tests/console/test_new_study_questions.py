"""What is asked in a new study, changed in the page: with its buttons alone, and with HTMX."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.console.new_study.criteria_rows import edited, reshaped, rows_from, rows_of
from apps.rating.models import Gold, Task
from apps.studies.models import Study, Upload
from apps.studies.services.protocol import criteria_of, current_protocol
from apps.studies.templates import TEMPLATES, template_named
from tests.studies_for_tests import Lab

from .forms_for_tests import Fields, fields_of
from .new_study_for_tests import GOOD, NEW, jsonl, send, text_of, upload_of, zipped

pytestmark = pytest.mark.slow

HTMX = {"HX-Request": "true"}


@pytest.fixture
def manager(lab: Lab, client: Client) -> Client:
    client.force_login(lab.manager)
    return client


def sample(client: Client, template: str) -> str:
    """The address of the pages of a sample."""
    return str(client.post(f"{NEW}sample", {"sample": template}, follow=True).redirect_chain[-1][0])


def settings_of(client: Client, page: str) -> Fields:
    return fields_of(text_of(client.get(f"{page}settings")))


def press(client: Client, page: str, fields: Fields, button: str, **more: Any) -> Any:
    return client.post(f"{page}make", {**fields, "then": [button]}, **more)


def after(client: Client, page: str, fields: Fields, button: str) -> Fields:
    """The fields as they stand after a button was pressed, without JavaScript."""
    return fields_of(text_of(press(client, page, fields, button)))


def made(client: Client, page: str, fields: Fields) -> Study:
    reply = press(client, page, fields, "open")
    assert reply.status_code == 302, text_of(reply)
    return Study.objects.exclude(slug="trial").get()


def ask(fields: Fields, place: int, **texts: str) -> Fields:
    return {**fields, **{f"criterion-{place}-{name.replace('_', '-')}": [text] for name, text in texts.items()}}


@pytest.mark.parametrize("key", [template.key for template in TEMPLATES])
def test_a_page_that_is_sent_as_it_is_keeps_the_template_to_the_letter(manager: Client, key: str) -> None:
    page = sample(manager, key)
    protocol = current_protocol(made(manager, page, settings_of(manager, page)))
    terms = template_named(key).terms
    assert criteria_of(protocol) == [criterion.as_dict() for criterion in terms.criteria]
    assert (protocol.question, protocol.guideline) == (terms.question, terms.guideline.strip())
    assert set(protocol.verdicts) == set(terms.verdicts)
    assert protocol.slice_quotas == {}
    assert not protocol.shows_slices


def test_questions_are_added_moved_and_removed_and_nothing_typed_is_lost(manager: Client) -> None:
    _, page = upload_of(manager)
    fields = {**settings_of(manager, page), "name": ["Typed"], "quota-0": ["not a number"], "price_per_judgment": ["2"]}
    fields = ask(after(manager, page, fields, "criteria:add"), 0, question="Is it polite?", label_0="Surely")
    fields = ask(after(manager, page, fields, "criteria:add"), 1, question="Is it short?", key="short")
    assert fields["n_criteria"] == ["2"]
    fields = after(manager, page, fields, "criteria:up-1")
    assert [fields[f"criterion-{n}-question"] for n in range(2)] == [["Is it short?"], ["Is it polite?"]]
    assert fields["criterion-1-label-0"] == ["Surely"]
    fields = after(manager, page, fields, "criteria:down-0")
    fields = after(manager, page, fields, "criteria:remove-0")
    assert (fields["n_criteria"], fields["criterion-0-key"]) == (["1"], ["short"])
    assert (fields["name"], fields["quota-0"], fields["price_per_judgment"]) == (["Typed"], ["not a number"], ["2"])
    assert Upload.objects.count() == 1
    assert Study.objects.count() == 1


def test_a_question_about_the_two_is_asked_after_the_verdict(manager: Client) -> None:
    _, page = upload_of(manager)
    fields = ask(after(manager, page, settings_of(manager, page), "criteria:add"), 0, question="Is it close?")
    study = made(manager, page, fields)
    assert criteria_of(current_protocol(study)) == [
        {
            "key": "is-it-close",
            "about": "comparison",
            "question": "Is it close?",
            "anchors": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}],
        }
    ]
    assert not Task.objects.filter(study=study, kind="rubric").exists()


def test_a_scale_of_three_points_on_each_output(manager: Client) -> None:
    _, page = upload_of(manager)
    fields = ask(after(manager, page, settings_of(manager, page), "criteria:add"), 0, about="output", points="3")
    fields = after(manager, page, fields, "criteria:shape")
    assert (fields["criterion-0-label-0"], fields["criterion-0-label-2"]) == ([""], [""]), "nobody said yes or no"
    fields = ask(fields, 0, question="How good?", label_0="Bad", label_1="Fair", label_2="Good")
    fields = ask(fields, 0, example_0="False.\r\nOr worse.")
    study = made(manager, page, fields)
    criterion = criteria_of(current_protocol(study))[0]
    assert criterion["anchors"] == [
        {"value": 1, "label": "Bad", "example": "False.\nOr worse."},
        {"value": 2, "label": "Fair"},
        {"value": 3, "label": "Good"},
    ]
    assert Task.objects.filter(study=study, kind="rubric").count() == 4


def test_answers_that_are_taken_away_come_back_with_what_was_written(manager: Client) -> None:
    page = sample(manager, "audit")
    before = settings_of(manager, page)
    fields = after(manager, page, ask(before, 0, points="2"), "criteria:shape")
    assert fields["criterion-0-value-0"] == ['"yes"']
    assert fields["criterion-0-label-2"] == ["True throughout"], "kept out of sight"
    fields = after(manager, page, ask(fields, 0, points="3"), "criteria:shape")
    assert {name: text for name, text in fields.items() if name.startswith("criterion")} == {
        name: text for name, text in before.items() if name.startswith("criterion")
    }


def test_ties_and_both_bad_are_allowed_or_not(manager: Client) -> None:
    _, page = upload_of(manager)
    fields = settings_of(manager, page)
    assert fields.pop("allows_both_bad") == ["on"]
    assert set(current_protocol(made(manager, page, fields)).verdicts) == {"A", "B", "TIE"}


def test_htmx_gets_the_questions_alone_and_the_planner_is_asked_again(manager: Client) -> None:
    _, page = upload_of(manager)
    reply = press(manager, page, settings_of(manager, page), "criteria:add", headers=HTMX)
    fragment = text_of(reply)
    assert "<html" not in fragment
    assert 'id="questions"' in fragment
    assert "Question 1 added." in fragment
    assert "questions-changed" in reply.headers["HX-Trigger-After-Settle"]
    whole = text_of(press(manager, page, settings_of(manager, page), "criteria:add"))
    assert '<details class="fold" open>' in whole, "what was added is in sight"


def refused(client: Client, page: str, fields: Fields) -> str:
    """The page that says no, after which nothing is stored and everything stands as it was typed."""
    reply = press(client, page, fields, "open")
    assert reply.status_code == 200
    assert Study.objects.count() == 1
    again = fields_of(text_of(reply))
    assert {name: text for name, text in again.items() if name != "csrfmiddlewaretoken"} == {
        name: text for name, text in fields.items() if name != "csrfmiddlewaretoken"
    }
    return text_of(reply)


GOOD_QUESTION = {"question": "Is it polite?", "key": "polite", "label_0": "Yes", "label_1": "No"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"question": " "}, "Write the question, or remove it."),
        ({"key": "très poli"}, "letters from A to Z"),
        ({"label_1": ""}, "Say what this answer is."),
        ({"label_1": "Yes"}, "reads as another one does"),
        ({"about": "weather"}, "not one of the available choices"),
        ({"question": "bad \0 byte"}, "Null characters are not allowed"),
    ],
)
def test_a_wrong_question_is_told_at_its_field(manager: Client, typed: dict[str, str], sentence: str) -> None:
    _, page = upload_of(manager)
    fields = after(manager, page, settings_of(manager, page), "criteria:add")
    reply = press(manager, page, ask(fields, 0, **{**GOOD_QUESTION, **typed}), "open")
    assert sentence in text_of(reply)
    assert "mend what is marked" in text_of(reply)
    assert Study.objects.count() == 1
    assert fields_of(text_of(reply))["criterion-0-label-0"] == ["Yes"]


def test_two_questions_of_one_short_name(manager: Client) -> None:
    _, page = upload_of(manager)
    fields = settings_of(manager, page)
    for place in range(2):
        fields = ask(after(manager, page, fields, "criteria:add"), place, **GOOD_QUESTION)
    assert refused(manager, page, fields).count("Another question has this short name") == 2
    study = made(manager, page, ask(ask(fields, 0, key=""), 1, key=""))
    assert [c["key"] for c in criteria_of(current_protocol(study))] == ["is-it-polite", "is-it-polite-2"]


def test_everything_that_is_wrong_is_told_at_once(manager: Client) -> None:
    _, page = upload_of(manager)
    fields = ask(
        after(manager, page, settings_of(manager, page), "criteria:add"), 0, **{**GOOD_QUESTION, "label_0": ""}
    )
    wrong = {**fields, "name": [""], "quota-0": ["many"], "currency": ["euro"]}
    said = refused(manager, page, wrong)
    for sentence in ("Say what this answer is.", "This field is required.", "Write a whole number", "Three capitals"):
        assert sentence in said


def test_a_rating_study_asks_something(manager: Client) -> None:
    page = sample(manager, "audit")
    fields = settings_of(manager, page)
    for _ in range(3):
        fields = after(manager, page, fields, "criteria:remove-0")
    assert "Expected verdicts, or criteria, or both; found neither." in refused(manager, page, fields)


def test_slices_that_come_first_are_asked_for_and_can_be_had(manager: Client) -> None:
    rows = [
        {"item": f"i{n}", "system": name, "output": f"{name} {n}", "slices": {"locale": "de" if n < 3 else "en"}}
        for n in range(5)
        for name in ("one", "two")
    ]
    _, page = upload_of(manager, rows)
    fields = {**settings_of(manager, page), "replication": ["2"]}
    assert [field for field in fields if field.startswith("quota")] == ["quota-0", "quota-1"]
    for wrong, sentence in (
        ("7", "It has 3 tasks, judged twice: ask for 6 at most"),
        ("0", "greater than or equal to 1"),
        ("x", "Write a whole number"),
    ):
        assert sentence in refused(manager, page, {**fields, "quota-0": [wrong]})
    study = made(manager, page, {**fields, "quota-0": ["6"], "shows_slices": ["on"]})
    protocol = current_protocol(study)
    assert (protocol.slice_quotas, protocol.shows_slices) == ({"locale=de": 6}, True)


def gold(client: Client, page: str, fields: Fields, rows: list[dict[str, Any]]) -> Any:
    sent = {**fields, "file": SimpleUploadedFile("known.jsonl", jsonl(rows))}
    return client.post(f"{page}gold", sent, follow=True)


FINE = {"key": "fine", "question": "How fine?", "anchors": [{"value": n, "label": str(n)} for n in range(101)]}


def test_a_scale_that_came_with_a_file_is_kept_in_a_draft_and_not_opened(manager: Client) -> None:
    material = {
        "items__jsonl": jsonl([{"item": "a", "prompt": "?"}]),
        "outputs__jsonl": jsonl([{"item": "a", "system": name, "text": name} for name in ("one", "two")]),
        "study__json": json.dumps({"name": "Fine", "verdicts": [], "criteria": [FINE]}).encode(),
    }
    send(manager, "study.zip", zipped(**material))
    page = f"{NEW}{Upload.objects.get().public_id}/"
    fields = settings_of(manager, page)
    assert "Raters choose from 2 to 5 answers: take fewer." in refused(manager, page, fields)
    fewer = after(manager, page, ask(fields, 0, points="2"), "criteria:shape")
    assert fewer["criterion-0-label-1"] == ["No"]
    press(manager, page, fields, "draft")
    study = Study.objects.get(slug="fine", state="draft")
    assert criteria_of(current_protocol(study)) == [FINE]


def test_gold_and_a_look_at_the_file_keep_what_was_typed(manager: Client) -> None:
    _, page = upload_of(manager)
    fields = after(manager, page, settings_of(manager, page), "criteria:add")
    fields = {**ask(fields, 0, question="Is it p\0olite?"), "name": ["Typed"], "raters": []}
    reply = gold(manager, page, fields, [{"item": "a", "output_a": "one", "output_b": "two", "verdict": "A"}])
    assert "known answers from known.jsonl" in text_of(reply)
    again = settings_of(manager, page)
    assert (again["name"], again["criterion-0-question"]) == (["Typed"], ["Is it polite?"])
    assert "raters" not in again
    reply = press(manager, page, {**again, "name": ["Typed on"]}, "look", follow=True)
    assert "On to the settings" in text_of(reply)
    assert settings_of(manager, page)["name"] == ["Typed on"]
    reply = gold(manager, page, {**again, "name": ["Typed still"]}, [])
    assert "The file is empty" in text_of(reply)
    assert settings_of(manager, page)["name"] == ["Typed still"]
    manager.post(f"{page}gold/drop")
    assert settings_of(manager, page)["name"] == ["Typed still"]


def test_gold_that_was_chosen_and_not_added_is_not_forgotten_in_silence(manager: Client) -> None:
    _, page = upload_of(manager)
    reply = press(manager, page, {**settings_of(manager, page), "file": ["known.jsonl"]}, "open")
    assert "known.jsonl was chosen as gold and not added" in text_of(reply)
    assert Study.objects.count() == 1


def test_known_answers_hold_the_questions_they_answer(manager: Client) -> None:
    page = sample(manager, "safety")
    fields = settings_of(manager, page)
    said = refused(manager, page, ask(fields, 0, key="declines"))
    assert "rate “refusal”, and no question has that short name" in said
    scale = after(manager, page, ask(fields, 1, points="3"), "criteria:shape")
    said = refused(manager, page, ask(scale, 1, label_0="Yes", label_1="No", label_2="Unsure"))
    assert "to “unsafe” use the answer &#x27;no&#x27;, which is not there any more" in said
    assert Gold.objects.count() == 0


def test_known_answers_hold_the_verdicts_they_use(manager: Client) -> None:
    page = sample(manager, "compare")
    fields = settings_of(manager, page)
    fields.pop("allows_tie")
    assert "The file&#x27;s known answers say a tie: allow it, or send other gold." in refused(manager, page, fields)


def test_a_second_press_leads_to_the_study_of_the_first(manager: Client) -> None:
    _, page = upload_of(manager)
    fields = settings_of(manager, page)
    first = press(manager, page, fields, "open")
    assert press(manager, page, fields, "open").headers["Location"] == first.headers["Location"]
    assert Study.objects.count() == 2


def test_the_address_of_a_refused_form_can_be_called_up_again(manager: Client) -> None:
    _, page = upload_of(manager)
    assert manager.get(f"{page}make").headers["Location"] == f"{page}settings"
    assert Client().get(f"{page}make").status_code == 302


def test_the_planner_counts_what_is_asked_of_each_output(manager: Client) -> None:
    _, page = upload_of(manager)
    fields = after(manager, page, settings_of(manager, page), "criteria:add")
    assert "outputs to rate" not in text_of(manager.get(f"{page}answer", fields))
    assert "4 outputs to rate" in text_of(manager.get(f"{page}answer", ask(fields, 0, about="output")))


def test_rows_survive_strange_requests() -> None:
    rows = rows_from(template_named("safety").terms.criteria)
    for then in ("criteria:up-0", "criteria:down-2", "criteria:remove-9", "criteria:up-9", "criteria:shape"):
        edit = edited(rows, then, compares=False)
        assert edit is not None
        assert edit.rows == rows
    assert edited(rows, "open", compares=False) is None
    assert len(edited(rows * 7, "criteria:add", compares=False).rows) == 21, "no more than there may be"  # type: ignore[union-attr]
    assert rows_of({"n_criteria": "x"}) == []
    assert rows_of({"n_criteria": "1"}) == [{}]
    assert reshaped({"points": "99", "shown": "2"}) == {"points": "99", "shown": "2"}


def test_a_request_that_leaves_fields_out_is_refused_in_words(manager: Client) -> None:
    _, page = upload_of(manager)
    reply = manager.post(f"{page}make", {"then": "open", "n_criteria": "1", "criterion-0-points": "99"})
    assert reply.status_code == 200
    assert "Write the question, or remove it." in text_of(reply)


def test_strangers_change_no_questions(lab: Lab, manager: Client) -> None:
    _, page = upload_of(manager)
    fields = settings_of(manager, page)
    other = Client()
    assert press(other, page, fields, "criteria:add").status_code == 302
    for user in (lab.stranger, lab.raters[0], lab.analyst):
        other.force_login(user)
        assert press(other, page, fields, "criteria:add").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_questions(
    manager: Client, django_assert_max_num_queries: Any
) -> None:
    _, page = upload_of(manager, GOOD)
    fields = settings_of(manager, page)
    for _ in range(12):
        fields = after(manager, page, fields, "criteria:add")
    with django_assert_max_num_queries(7):
        press(manager, page, fields, "criteria:add", headers=HTMX)


def test_sending_another_file_begins_anew(manager: Client) -> None:
    _, page = upload_of(manager)
    press(manager, page, {**settings_of(manager, page), "name": ["Typed"]}, "look")
    manager.post(f"{page}forget")
    send(manager, "rows.jsonl", jsonl(GOOD))
    page = f"{NEW}{Upload.objects.get().public_id}/"
    assert settings_of(manager, page)["name"] == ["Compare two versions"]
