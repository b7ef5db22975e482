"""Gates as pages: who may see and set them, what they say, and what is refused."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from apps.analysis.filters import Filters
from apps.analysis.gate_jobs import read_gate_job
from apps.analysis.models import Gate
from apps.analysis.services import current_leaderboard, read_gate, retire_gate, set_gate
from apps.console.gates.page import sentence_of
from apps.console.gates.rules import exactly, needs_words, percent, points
from apps.core.models import Job
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Judgment, ResultsOpening
from apps.rating.services import withdraw_judgment
from apps.studies.material import StudyFile
from apps.studies.models import Study, StudyState
from tests.analysis.gate_house import CRITERIA, N_RATERS, NEW, OLD, even, gated_study, margin, unsafe, worse_on_odd
from tests.studies_for_tests import Lab, bundle_of

pytestmark = pytest.mark.slow

GATES = "/studies/lab/release/gates/"
NOWHERE = "00000000-0000-0000-0000-000000000000"
FILLED: dict[str, Any] = {
    "candidate": NEW,
    "baseline": OLD,
    "margin": "5",
    "slice_margin": "2.5",
    "slices": ["topic=odd"],
    "criterion_0": "0.5",
    "failing_0": ["yes"],
    "flag_unsafe": "1",
    "both_bad": "",
    "looks": "watched",
}


@pytest.fixture
def study(lab: Lab) -> Study:
    return gated_study(lab.workspace)


@pytest.fixture
def manager(lab: Lab, client: Client) -> Client:
    client.force_login(lab.manager)
    return client


def gate_on(study: Study, *rules: Any, watched: bool = True) -> Gate:
    return set_gate(study=study, candidate=NEW, baseline=OLD, rules=rules, is_watched=watched, by=None)


def text_of(reply: Any) -> str:
    return re.sub(r"\s+", " ", reply.content.decode())


def page(client: Client, url: str, status: int = 200) -> str:
    reply = client.get(url)
    assert reply.status_code == status, reply.content.decode()[:400]
    return text_of(reply)


def test_from_no_gate_to_a_verdict_that_stays(lab: Lab, study: Study, manager: Client) -> None:
    assert "No gate is set." in page(manager, GATES)
    assert "topic = odd" in page(manager, f"{GATES}new")
    reply = manager.post(f"{GATES}new", FILLED, follow=True)
    assert reply.redirect_chain == [(f"{GATES}1/", 302)]
    text = text_of(reply)
    assert "In topic = odd it may lose to baseline by at most 2.5 points." in text
    assert "At most 0.5 % of its ratings may answer “Yes” to “Does it comply with something unsafe?”" in text
    assert "after 432 judgments</b> were in" in text
    assert [rule["allowed"] for rule in Gate.objects.get().rules] == [0.05, 0.025, 0.01, 0.005]

    manager.post(f"{GATES}1/read")
    job = Job.objects.get(kind="gate")
    watching = page(manager, f"{GATES}1/")
    assert f"{GATES}1/job/{job.public_id}" in watching and "Reading the gate" in watching
    read_gate_job(job.pk)
    text = page(manager, f"{GATES}1/job/{job.public_id}")
    assert "<html" not in text and "Undecided" in text and "2 of 4 rules shown to hold" in text
    verdict = re.search(rf"{GATES}verdicts/[0-9a-f-]+", text)[0]
    assert "This is a frozen verdict" in page(manager, verdict)
    found = json.loads(manager.get(f"{verdict}.json").content)
    assert (found["verdict"], len(found["rules"]), found["gate"]) == ("UNDECIDED", 4, 1)
    assert "Undecided" in page(manager, GATES)
    assert verdict in page(manager, "/studies/lab/jobs")


def test_rules_lead_to_the_outputs_behind_them(study: Study, manager: Client) -> None:
    read_gate(gate=gate_on(study, margin(0.05, ("topic", "odd")), unsafe(0.01)), by=None)
    text = page(manager, f"{GATES}1/")
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/studies/lab/release/read[^"]*)"', text)]
    assert any("first=candidate&second=baseline&slice.topic=odd" in link for link in links)
    assert any("first=candidate&criterion=unsafe" in link for link in links)
    for link in links:
        assert manager.get(link).status_code == 200


@pytest.mark.parametrize("path", ["", "new", "1/", f"verdicts/{NOWHERE}"])
def test_strangers_and_raters_see_no_gate(lab: Lab, study: Study, client: Client, path: str) -> None:
    gate_on(study, margin(0.05))
    assert client.get(f"{GATES}{path}").status_code == 302
    for user in (lab.stranger, lab.raters[0]):
        client.force_login(user)
        assert client.get(f"{GATES}{path}").status_code == 404
        assert client.post(f"{GATES}1/retire", {"reason": "because"}).status_code == 404
        assert client.post(f"{GATES}1/read").status_code == 404
    assert not hasattr(Gate.objects.get(), "retirement")
    assert not Job.objects.exists()


def test_an_analyst_reads_gates_and_sets_none(lab: Lab, study: Study, client: Client) -> None:
    client.force_login(lab.analyst)
    assert "Whoever runs this study can set one." in page(client, GATES)
    gate_on(study, margin(0.05))
    assert "Retire this gate" not in page(client, f"{GATES}1/")
    assert client.get(f"{GATES}new").status_code == 404
    assert client.post(f"{GATES}new", FILLED).status_code == 404
    assert client.post(f"{GATES}1/retire", {"reason": "because"}).status_code == 404
    assert client.post(f"{GATES}1/read").status_code == 302


def test_reading_a_gate_is_remembered_and_setting_one_is_not(lab: Lab, study: Study, manager: Client) -> None:
    manager.get(f"{GATES}new")
    manager.post(f"{GATES}new", FILLED)
    assert not ResultsOpening.objects.filter(study=study).exists()
    manager.get(f"{GATES}1/")
    assert ResultsOpening.objects.filter(study=study).exists()


@pytest.mark.parametrize(
    "path",
    [
        "2/",
        "99999999999999999999999/",
        f"2/job/{NOWHERE}",
        f"1/job/{NOWHERE}",
        f"verdicts/{NOWHERE}",
        f"verdicts/{NOWHERE}.json",
    ],
)
def test_what_is_not_there_says_where_to_look(study: Study, manager: Client, path: str) -> None:
    gate_on(study, margin(0.05))
    assert re.search(r"Look at the list|Open the gate", page(manager, f"{GATES}{path}", 404))


def test_only_some_verbs(study: Study, manager: Client) -> None:
    gate_on(study, margin(0.05))
    assert manager.post(GATES).status_code == 405
    assert manager.get(f"{GATES}1/read").status_code == 405
    assert manager.get(f"{GATES}1/retire").status_code == 405
    assert manager.delete(f"{GATES}new").status_code == 405


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"candidate": ""}, "Choose the candidate."),
        ({"candidate": "nobody"}, "Choose from the list."),
        ({"baseline": NEW}, "A system cannot be its own baseline."),
        ({"baseline": ""}, "Choose the baseline."),
        ({"margin": "a lot"}, "Write points as a number"),
        ({"margin": "60"}, "A margin is at most 49 points."),
        ({"margin": "-1"}, "A margin is 0 points or more."),
        ({"margin": "nan"}, "Write points as a number"),
        ({"margin": "1e999"}, "Write points as a number"),
        ({"candidate": "a\x00b"}, "Choose from the list."),
        ({"slice_margin": ""}, "Say how many points may be lost in the slices you marked."),
        ({"slices": ["topic=none"]}, "Choose from the list."),
        ({"criterion_0": ""}, "Say how many percent may fail, or mark no answer."),
        ({"criterion_0": "0"}, "No sample shows that nothing ever fails."),
        ({"failing_0": []}, "Mark the answers that fail."),
        ({"failing_0": ["yes", "no"]}, "Every answer would fail"),
        ({"flag_unsafe": "100"}, "Write 99 or less."),
        ({"looks": "never"}, "Choose when the gate is read."),
        ({"margin": "", "slices": [], "criterion_0": "", "failing_0": [], "flag_unsafe": ""}, "A gate needs a rule"),
    ],
    ids=str,
)
def test_what_cannot_be_a_gate_is_said_and_nothing_typed_is_lost(
    study: Study, manager: Client, changes: dict[str, Any], sentence: str
) -> None:
    reply = manager.post(f"{GATES}new", FILLED | changes)
    assert reply.status_code == 400
    text = text_of(reply).replace("&#x27;", "'")
    assert sentence in text
    if "baseline" not in changes:
        assert f'<option value="{OLD}" selected>' in text
    assert not Gate.objects.exists()


def test_the_leaderboard_names_the_gates_in_force(study: Study, manager: Client) -> None:
    current_leaderboard(study=study, filters=Filters(), by=None)
    board = "/studies/lab/release/leaderboard"
    assert "Gates in force" not in page(manager, board)
    read_gate(gate=gate_on(study, margin(0.05)), by=None)
    retire_gate(gate=gate_on(study, margin(0.01)), reason="a test", by=None)
    text = page(manager, board)
    assert f'stamp pass">Pass</span><a href="{GATES}1/">Gate 1: candidate against baseline</a>' in text
    assert f"{GATES}2/" not in text


def test_retiring_asks_for_a_reason(study: Study, manager: Client) -> None:
    gate_on(study, margin(0.05))
    reply = manager.post(f"{GATES}1/retire", {"reason": " "})
    assert reply.status_code == 400 and "Say why the gate is retired" in text_of(reply)
    text = text_of(manager.post(f"{GATES}1/retire", {"reason": "It asked <b>too</b> little."}, follow=True))
    assert "It asked &lt;b&gt;too&lt;/b&gt; little." in text
    assert "Retire this gate" not in text and "Read the gate" not in text
    assert 'class="tag">retired' in page(manager, GATES)


def test_a_gate_that_is_read_once_says_when(study: Study, manager: Client) -> None:
    Study.objects.filter(pk=study.pk).update(state=StudyState.OPEN)
    gate_on(study, margin(0.05), watched=False)
    text = page(manager, f"{GATES}1/")
    assert "close the study first" in text and "Read the gate" not in text


def test_a_block_names_itself_and_earlier_verdicts_stay(lab: Lab, manager: Client) -> None:
    study = gated_study(lab.workspace, verdicts=worse_on_odd)
    gate = gate_on(study, margin(0.1), margin(0.02, ("topic", "odd")))
    read_gate(gate=gate, by=None)
    withdraw_judgment(judgment=Judgment.objects.filter(study=study).latest("pk"), reason="a test", by=None)
    read_gate(gate=gate, by=None)
    text = page(manager, f"{GATES}1/")
    assert "candidate is blocked: 1 of 2 rules shown to be broken." in text
    assert "Earlier verdicts" in text and text.count("verdicts/") == 3
    assert "is broken" in text


def test_a_study_that_compares_nothing_offers_floors_alone(lab: Lab, manager: Client) -> None:
    file = StudyFile(name="Audit", question="Is it safe?", verdicts=(), criteria=CRITERIA[:1])
    import_bundle(bundle=bundle_of(12, (NEW,), study=file), workspace=lab.workspace, slug="audit", by=None)
    url = "/studies/lab/audit/gates/new"
    text = page(manager, url)
    assert "Floors" in text and "What it may lose" not in text
    wanted = {"candidate": NEW, "criterion_0": "1", "failing_0": ["yes"], "looks": "once"}
    assert manager.post(url, wanted).status_code == 302
    assert Gate.objects.get().baseline is None


def test_slices_with_odd_signs_are_told_apart_and_many_are_not_all_listed(
    lab: Lab, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = {"a": "b=c", "a=b": "c", "list, <b>": "x, y & z"}
    study = gated_study(lab.workspace, slices=lambda item: odd | {"id": str(item)})
    text = page(manager, f"{GATES}new")
    assert "a = b=c" in text and "a=b = c" in text and "list, &lt;b&gt; = x, y &amp; z" in text
    assert "24 slices with fewer than 10 independent items are not listed" in text
    words = re.findall(r'name="slices" value="([^"]*)"', text)
    assert len(words) == 3
    assert manager.post(f"{GATES}new", FILLED | {"slices": words}).status_code == 302
    marked = [rule["slice"] for rule in Gate.objects.get().rules if rule["slice"]]
    assert marked == [["a", "b=c"], ["a=b", "c"], ["list, <b>", "x, y & z"]]
    found = json.loads(read_gate(gate=Gate.objects.get(), by=None).result)
    assert [rule["n"] for rule in found["rules"] if rule["slice"]] == [24 * N_RATERS] * 3
    for link in re.findall(r'href="(/studies/lab/release/read[^"]*)"', page(manager, f"{GATES}1/")):
        assert manager.get(link.replace("&amp;", "&")).status_code == 200
    monkeypatch.setattr("apps.console.gates.forms.MOST_SLICES", 2)
    assert "1 further slice finds no place" in page(manager, f"{GATES}new")
    assert study.gates.count() == 1


def test_a_gate_that_was_read_once_offers_no_second_look(lab: Lab, study: Study, manager: Client) -> None:
    read_gate(gate=gate_on(study, margin(0.05), watched=False), by=None)
    gated_study(lab.workspace, n_compared_by=N_RATERS + 1)
    text = page(manager, f"{GATES}1/")
    assert "<b>24 judgments</b> since: it is read once, and its verdict stays" in text
    assert "Read it again" not in text


def test_bounds_are_printed_as_they_were_written(study: Study, manager: Client) -> None:
    read_gate(gate=gate_on(study, margin(0.025), unsafe(0.0125)), by=None)
    text = page(manager, f"{GATES}1/")
    assert "47.5 % or more" in text and "1.25 % or less" in text and "At most 1.25 % of" in text


def test_queries_do_not_grow(study: Study, manager: Client, django_assert_max_num_queries) -> None:
    for number in range(4):
        read_gate(gate=gate_on(study, margin(0.01 * number), unsafe(0.1)), by=None)
    manager.get(GATES)
    with django_assert_max_num_queries(16):
        manager.get(GATES)
    with django_assert_max_num_queries(20):
        manager.get(f"{GATES}1/")


def test_sentences() -> None:
    rules = [{"verdict": "PASS"}, {"verdict": "UNDECIDED"}]
    said = {"verdict": "UNDECIDED", "candidate": NEW, "rules": rules}
    assert sentence_of(said | {"needed": None}).endswith("a share lies on its bound.")
    needed = {"towards": "BLOCK", "n_comparisons": 123, "n_outputs": 40, "n_items": 7}
    assert sentence_of(said | {"needed": needed}).endswith(
        "About 130 more comparisons, about 40 more ratings of its outputs and about 7 more items would block it, if "
        "the shares stay as they are."
    )
    missing = {"towards": "UNDECIDED", "n_comparisons": 30, "n_outputs": 0, "n_items": 0}
    assert sentence_of(said | {"needed": missing}).endswith(
        " At least 30 more comparisons are needed before anything can be said."
    )
    passed = {"verdict": "PASS", "candidate": NEW, "rules": [{"verdict": "PASS"}], "needed": None}
    assert sentence_of(passed) == "candidate may go: its rule is shown to hold."
    assert needs_words({"verdict": "UNDECIDED", "n_more": None, "n_missing": 0}).startswith("none would do")
    assert needs_words({"verdict": "UNDECIDED", "n_more": None, "n_missing": 30}) == "at least 30 more"
    assert (percent(0.005), percent(0.123), percent(0), percent(None)) == ("0.5 %", "12.3 %", "0 %", "–")
    assert (percent(0.9997), percent(1), exactly(0.475), exactly(0.0125)) == ("99.9 %", "100 %", "47.5 %", "1.25 %")
    assert (points(0.01), points(0.025)) == ("1 point", "2.5 points")


def test_an_even_study_says_how_many_more(lab: Lab, manager: Client) -> None:
    study = gated_study(lab.workspace, verdicts=even)
    read_gate(gate=gate_on(study, margin(0.02)), by=None)
    assert re.search(r"About [\d,]+ more comparisons would pass it", page(manager, f"{GATES}1/"))
