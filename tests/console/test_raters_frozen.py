"""Frozen figures at their own addresses: for ever, with every table as a file, and the list of all of them."""

import csv
import io
import json
import re
from uuid import uuid4

import pytest
from django.test import Client

from apps.analysis.models import Analysis
from apps.console.raters.links import rater_urls
from apps.quality.services import freeze_figures
from apps.rating.models import Enrolment, ResultsOpening, StandingChange
from apps.rating.services import change_standing
from tests.console.test_console import judge_everything
from tests.console.test_raters import AGREEMENT, RATERS, STUDY, freeze, page_of, text
from tests.quality.quality_for_tests import ACCURACY, gold, rated, said, study_of
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

FILES = {
    "raters": ("raters", "judges", "signs", "dispositions"),
    "agreement": ("agreement", "answers", "mixed", "dispositions"),
}
OF_A_RATER = ("figures", "stretches", "times", "dispositions")


@pytest.fixture
def manager(lab: Lab, client: Client) -> Client:
    client.force_login(lab.manager)
    return client


def address(kind: str) -> str:
    newest = Analysis.objects.filter(kind=kind).latest("pk")
    return f"{STUDY}figures/{newest.public_id}"


def rows_of(client: Client, path: str) -> list[dict]:
    """The rows of a table, the same in both formats."""
    told = json.loads(client.get(f"{path}.json").content)["rows"]
    reply = client.get(f"{path}.csv")
    assert reply["Content-Disposition"].startswith("attachment; ")
    lines = list(csv.DictReader(io.StringIO(reply.content.decode())))
    assert len(lines) == len(told)
    for line, row in zip(lines, told, strict=True):
        assert [name for name, value in line.items() if value == ""] == [
            name for name, value in row.items() if value is None or value == ""
        ]
    return told


@pytest.mark.parametrize("kind", ["raters", "agreement"])
def test_an_address_shows_the_same_figures_whatever_comes_later(lab: Lab, manager: Client, kind: str) -> None:
    judge_everything(lab)
    freeze(lab)
    first = address(kind)
    before = text(manager, first)
    stored = manager.get(f"{first}.json").content
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="quarantined", reason="a look", by=None)
    lab.add_rater("newcomer")
    freeze(lab)
    assert address(kind) != first
    after = text(manager, first)
    assert manager.get(f"{first}.json").content == stored
    for page in (before, after):
        assert "never changed since" in page
        assert f'action="{STUDY}{kind}/compute"' not in page
        assert "Newcomer" not in page
    numbers = [re.findall(r"<td[^>]*>[^<]*\d[^<]*", page) for page in (before, after)]
    assert numbers[0] == numbers[1]


def test_the_page_of_the_newest_leads_to_where_it_stays(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    freeze(lab)
    for kind in ("raters", "agreement"):
        assert f'href="{address(kind)}"' in text(manager, f"{STUDY}{kind}")
        assert f'href="{STUDY}{kind}"' in text(manager, address(kind))
    uuid = lab.enrolments[0].rater.uuid
    hers = f"{address('raters')}/raters/{uuid}"
    assert f'href="{hers}"' in text(manager, address("raters"))
    assert f'href="{hers}"' in text(manager, page_of(lab))
    page = text(manager, hers)
    assert "for ever" in page
    assert "Change the standing" not in page
    sorted_here = re.findall(r'href="([^"]*)\?sort=name"', text(manager, address("raters")))
    assert sorted_here == [address("raters")]


def test_who_is_not_in_them_has_no_page_there(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    freeze(lab)
    late = lab.add_rater("late").rater.uuid
    assert manager.get(f"{address('raters')}/raters/{late}").status_code == 404
    assert manager.get(f"{address('raters')}/raters/{uuid4()}").status_code == 404
    assert manager.get(f"{address('agreement')}/raters/{lab.enrolments[0].rater.uuid}").status_code == 404
    assert manager.get(f"{STUDY}figures/{uuid4()}").status_code == 404


@pytest.mark.parametrize("kind", ["raters", "agreement"])
def test_all_that_were_frozen_are_listed(lab: Lab, manager: Client, kind: str, django_assert_max_num_queries) -> None:
    assert "None yet" in text(manager, f"{STUDY}{kind}/earlier")
    n = judge_everything(lab)
    freeze_figures(study=lab.study, kind=kind, by=lab.manager.uuid, report=lambda percent, message: None)
    first = address(kind)
    for number, standing in enumerate(("quarantined", "active", "left"), start=1):
        change_standing(enrolment_id=lab.enrolments[0].pk, standing=standing, reason=f"look {number}", by=None)
        freeze(lab, kind)
    with django_assert_max_num_queries(12):
        page = text(manager, f"{STUDY}{kind}/earlier")
    found = re.findall(r'href="([^"]*/figures/[^"]*)"', page)
    kept = list(Analysis.objects.filter(kind=kind).order_by("-pk").values_list("public_id", flat=True))
    assert found == [f"{STUDY}figures/{one}" for one in kept]
    assert found[-1] == first
    assert f'<td>{n}</td><td class="text">Manager</td>' in page
    assert "Touchstone</td>" in page
    assert re.findall(r'href="([^"]*/figures/[^"]*)"', text(manager, f"{STUDY}{kind}/earlier?page=nonsense")) == found


def test_every_table_is_a_file_in_both_formats(lab: Lab, manager: Client) -> None:
    n = judge_everything(lab)
    freeze(lab)
    for kind, names in FILES.items():
        page = text(manager, f"{STUDY}{kind}")
        for name in names:
            if name != "judges":  # there is none, hence no table to have a link
                assert f"{address(kind)}/{name}.csv" in page, name
                assert f"{address(kind)}/{name}.json" in page, name
            rows_of(manager, f"{address(kind)}/{name}")
    people = rows_of(manager, f"{address('raters')}/raters")
    assert {row["rater"] for row in people} == {str(one.rater.uuid) for one in lab.enrolments}
    assert sum(row["judgments"] for row in people) == n
    assert sum(row["n"] for row in rows_of(manager, f"{address('raters')}/dispositions")) == n
    hers = f"{address('raters')}/raters/{lab.enrolments[0].rater.uuid}"
    page = text(manager, page_of(lab))
    for name in OF_A_RATER:
        assert f"{hers}/{name}.csv" in page
        rows_of(manager, f"{hers}/{name}")
    figures = {row["figure"]: row for row in rows_of(manager, f"{hers}/figures")}
    assert figures["judgments"]["n"] == people[0]["judgments"]
    assert figures["left"]["n"] == people[0]["left_n"]


def test_the_history_of_a_standing_is_a_file_as_it_is_now(lab: Lab, manager: Client) -> None:
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="left", reason="=SUM(A1)", by=lab.manager.uuid)
    path = f"{page_of(lab)}/standing"
    assert f"{path}.csv" in text(manager, page_of(lab))
    newest, first = rows_of(manager, path)
    assert (newest["standing"], newest["reason"], newest["by"]) == ("left", "=SUM(A1)", str(lab.manager.uuid))
    assert (first["reason"], first["by"]) == ("enrolled", None)
    assert "'=SUM(A1)" in manager.get(f"{path}.csv").content.decode()
    assert "Manager" not in manager.get(f"{path}.csv").content.decode()


def test_no_file_holds_a_name_of_a_person(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    freeze(lab)
    for kind, names in FILES.items():
        for name in names:
            for ending in ("csv", "json"):
                assert b"Rater0" not in manager.get(f"{address(kind)}/{name}.{ending}").content


def test_a_question_can_be_had_alone_and_formulas_are_defused(db: None, client: Client) -> None:
    evil = ACCURACY.__class__(key="accuracy", question="=HYPERLINK(1)", anchors=ACCURACY.anchors, about="output")
    rows = [rated(name, item, 1 + item % 3) for item in range(9) for name in ("ada", "bea")]
    rows += [said(name, item, "A") for item in range(9, 12) for name in ("ada", "bea")]
    study = study_of(*rows, golds=(gold(0, "A"),), criteria=(evil,))
    manager = Lab.set_up().manager
    from apps.accounts.models import Role
    from apps.accounts.services import give_role

    give_role(workspace=study.workspace, user=manager, role=Role.MANAGER)
    client.force_login(manager)
    frozen = freeze_figures(study=study, kind="agreement", by=None, report=lambda percent, message: None)
    path = f"/studies/known/known/figures/{frozen.public_id}/agreement"
    found = json.loads(client.get(f"{path}.json?question=2").content)
    assert (found["question"], {row["question"] for row in found["rows"]}) == ("2", {2})
    assert found["rows"][0]["asked"] == "=HYPERLINK(1)"
    assert "'=HYPERLINK(1)" in client.get(f"{path}.csv").content.decode()
    assert json.loads(client.get(f"{path}.json?question=nonsense").content)["rows"] == []


@pytest.mark.parametrize("name", ["nonsense.csv", "raters.xlsx", "agreement.csv"])
def test_what_is_no_table_is_not_found(lab: Lab, manager: Client, name: str) -> None:
    judge_everything(lab)
    freeze(lab)
    assert manager.get(f"{address('raters')}/{name}").status_code == 404
    assert manager.get(f"{address('raters')}/raters/{lab.enrolments[0].rater.uuid}/{name}").status_code == 404


def test_strangers_and_raters_get_nothing_and_who_looks_is_remembered(lab: Lab, client: Client) -> None:
    judge_everything(lab)
    freeze(lab)
    uuid = lab.enrolments[0].rater.uuid
    paths = [
        address("raters"), f"{address('raters')}.json", f"{address('raters')}/raters.csv", f"{RATERS}/earlier",
        f"{address('raters')}/raters/{uuid}", f"{address('raters')}/raters/{uuid}/times.json",
        f"{RATERS}/{uuid}/standing.csv", address("agreement"), f"{AGREEMENT}/earlier",
    ]  # fmt: skip
    for path in paths:
        client.logout()
        assert client.get(path).status_code == 302
        for user in (lab.stranger, lab.raters[0]):
            client.force_login(user)
            assert client.get(path).status_code == 404, path
    client.force_login(lab.analyst)
    assert not ResultsOpening.objects.exists()
    for path in paths:
        assert client.get(path).status_code == 200, path
    assert ResultsOpening.objects.filter(rater__user=lab.analyst).count() == 1


def test_figures_of_another_study_are_not_found(lab: Lab, manager: Client) -> None:
    other = study_of(said("ada", 0, "A"))
    frozen = freeze_figures(study=other, kind="raters", by=None, report=lambda percent, message: None)
    for path in ("", ".json", "/raters.csv"):
        assert manager.get(f"{STUDY}figures/{frozen.public_id}{path}").status_code == 404


def test_figures_of_an_older_method_still_have_their_page(lab: Lab, manager: Client) -> None:
    """What an address showed once it shows for ever: numbers that were not computed then are dashes."""
    judge_everything(lab)
    freeze(lab)
    for kind in ("raters", "agreement"):
        newest = Analysis.objects.filter(kind=kind).latest("pk")
        result = json.loads(newest.result)
        for figures in [result["people"]] if kind == "raters" else _figures(result):
            del figures["ac1"], figures["n_items"]
        for question in result.get("questions", ()):
            del question["answers"]
        for rater in result.get("raters", ()):
            del rater["again"]["n_sided"], rater["ties"]["n_others"]
            for block in rater["blocks"]:
                block["seconds"] = 4.5
        columns = {
            name: getattr(newest, name) for name in ("study", "cut", "kind", "settings", "seed", "inputs_sha256")
        }
        Analysis.objects.create(
            **columns, versions={"method": f"{kind}, 1"}, key_sha256=f"old {kind}", result=json.dumps(result),
            result_sha256="",
        )  # fmt: skip
        page = text(manager, address(kind))
        assert f"<code>{kind}, 1</code>" in page
        for name in FILES[kind]:
            rows_of(manager, f"{address(kind)}/{name}")
    assert "an earlier method" in text(manager, address("agreement"))
    hers = f"{address('raters')}/raters/{lab.enrolments[0].rater.uuid}"
    assert re.search(r'4\.5 s<span class="under">no interval', text(manager, hers))
    for name in OF_A_RATER:
        rows_of(manager, f"{hers}/{name}")


def _figures(result: dict) -> list[dict]:
    questions = result["questions"]
    return [one for q in questions for one in (q["people"], *(slice_["figures"] for slice_ in q["slices"]))]


def test_a_long_table_comes_page_by_page(lab: Lab, manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.console.raters.page.ON_A_PAGE", 3)
    for number in range(5):
        lab.add_rater(f"more{number}")
    first = text(manager, f"{RATERS}?sort=name")
    names = re.findall(r'raters/[0-9a-f-]+">(\w+)</a>', first)
    assert names == ["More0", "More1", "More2"]
    assert "1–3 of 7" in first
    assert 'href="?sort=name&amp;page=2"' in first
    assert 'aria-current="true">rater<' in text(manager, f"{RATERS}?sort=name&page=3")
    assert text(manager, f"{RATERS}?page=nonsense").count('<th scope="row"><a') == 3


def test_numbers_lead_to_the_judgments_behind_them(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    freeze(lab)
    uuid = lab.enrolments[0].rater.uuid
    reading = f"{STUDY}read"
    page = text(manager, page_of(lab))
    assert f'href="{reading}?rater={uuid}">judgments<' in page
    assert f'href="{reading}?rater={uuid}&amp;disposition=used">ties<' in page
    assert f'href="{reading}?rater={uuid}&amp;disposition=used">' in page
    assert f'href="{reading}?disposition=used">' in text(manager, RATERS)
    for link in re.findall(rf'href="({reading}[^"]*)"', page):
        assert manager.get(link.replace("&amp;", "&")).status_code == 200


def test_work_of_several_dispositions_is_read_among_all_of_hers(lab: Lab) -> None:
    reading = f"{STUDY}read"
    assert rater_urls(lab.study, "ada", ["used", "gold", "rule:too_fast"]) == {
        "judgments": f"{reading}?rater=ada",
        "work": f"{reading}?rater=ada",
        "gold": f"{reading}?rater=ada&disposition=gold",
    }
    left_out = rater_urls(lab.study, "ada", ["rule:too_fast", "retest"])
    assert left_out["work"] == f"{reading}?rater=ada&disposition=rule%3Atoo_fast"
    assert "gold" not in left_out
    assert "work" not in rater_urls(lab.study, "ada", ["training"])


def test_what_is_frozen_needs_as_many_queries_with_more_raters(
    lab: Lab, manager: Client, django_assert_max_num_queries
) -> None:
    for number in range(6):
        lab.enrolments.append(lab.add_rater(f"more{number}"))
    judge_everything(lab)
    freeze(lab)
    text(manager, RATERS)
    hers = f"{address('raters')}/raters/{lab.enrolments[0].rater.uuid}"
    for path in (address("raters"), hers, f"{address('raters')}/raters.csv"):
        with django_assert_max_num_queries(13):
            assert manager.get(path).status_code == 200
    assert Enrolment.objects.count() == 8
    assert StandingChange.objects.count() == 8
