"""The files of a study: each table in each format, through the filters, for the right people, and nothing personal."""

import csv
import hashlib
import io
import json
from typing import Any
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from django.http import QueryDict
from django.test import Client

from apps.analysis.filters import Filters
from apps.analysis.services import current_leaderboard
from apps.console.files.forms import Wish
from apps.console.files.sending import file_bytes, prepared
from apps.core.models import AuditEvent
from apps.rating.exchange.downloads import DOWNLOADS
from apps.rating.models import Assignment, Cut, Judgment, JudgmentComment, Rater, ResultsOpening
from apps.rating.services import record_judgment
from tests.console.test_console import judge_everything
from tests.studies_for_tests import SYSTEMS, Lab

pytestmark = pytest.mark.slow

FILES = "/studies/lab/trial/files"
MANAGERS_ONLY = {"purpose", "showing", "p_pair", "p_item"}


@pytest.fixture
def manager(lab: Lab, client: Client) -> Client:
    client.force_login(lab.manager)
    return client


def got(client: Client, table: str, ending: str, query: str = "") -> bytes:
    reply = client.get(f"{FILES}/{table}.{ending}?{query}")
    assert reply.status_code == 200, reply.content
    return b"".join(reply.streaming_content)


def lines(client: Client, table: str, query: str = "") -> list[dict[str, Any]]:
    return [json.loads(line) for line in got(client, table, "jsonl", query).splitlines()]


@pytest.mark.parametrize("path", [FILES, *(f"{FILES}/{name}.csv" for name in ("leaderboard", *DOWNLOADS))])
def test_strangers_and_raters_get_nothing(lab: Lab, client: Client, path: str) -> None:
    assert client.get(path).status_code == 302
    for user in (lab.stranger, lab.raters[0]):
        client.force_login(user)
        assert client.get(path).status_code == 404
    assert not AuditEvent.objects.filter(verb="begin_download").exists()


def test_what_is_no_file_says_where_the_files_are(lab: Lab, manager: Client) -> None:
    for name in ("nothing.csv", "judgments.xlsx"):
        reply = manager.get(f"{FILES}/{name}")
        assert reply.status_code == 404 and "lists all there are" in reply.content.decode()
    assert manager.post(f"{FILES}/judgments.csv").status_code == 405


def test_every_judgment_stands_in_the_words_of_the_systems(lab: Lab, manager: Client) -> None:
    n = judge_everything(lab)
    rows = lines(manager, "judgments")
    assert len(rows) == n
    stored = {str(one.submission): one for one in Judgment.objects.select_related("assignment__task__system_a")}
    for row in rows:
        judgment = stored[row["judgment"]]
        task = judgment.assignment.task
        assert row["verdict"] == judgment.verdict
        assert row["better_system"] == {"A": task.system_a.name, "B": task.system_b.name}.get(judgment.verdict)
        assert row["left"] == (task.system_a if judgment.assignment.a_on_left else task.system_b).name
        assert (row["disposition"], row["rater_kind"]) == ("used", "human")
        assert row["judged_at"].endswith("Z")
    wanted = Rater.objects.filter(user__in=lab.raters).values_list("uuid", flat=True)
    assert {row["rater"] for row in rows} == {str(uuid) for uuid in wanted}


def test_the_three_formats_hold_the_same(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    for name in DOWNLOADS:
        objects = lines(manager, name)
        cells = list(csv.DictReader(io.StringIO(got(manager, name, "csv").decode(), newline="")))
        table = pq.read_table(io.BytesIO(got(manager, name, "parquet")))
        assert objects and len(cells) == len(objects) == table.num_rows
        assert list(objects[0]) == list(cells[0]) == table.column_names
        first = DOWNLOADS[name].fields[0].name
        assert [row[first] for row in cells] == [row[first] for row in objects] == table.column(first).to_pylist()


def test_no_name_of_a_person_travels(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    for name in DOWNLOADS:
        text = got(manager, name, "jsonl").decode()
        for user in (*lab.raters, lab.manager):
            assert user.name not in text and user.email not in text


def test_an_analyst_does_not_learn_which_tasks_are_gold(lab: Lab, client: Client) -> None:
    judge_everything(lab)
    Assignment.objects.filter(pk=Assignment.objects.first().pk).update(purpose="retest")
    client.force_login(lab.analyst)
    rows = lines(client, "judgments")
    assert not MANAGERS_ONLY & set(rows[0])
    assert sorted({row["disposition"] for row in rows}) == ["inserted", "used"]
    assert not MANAGERS_ONLY & set(lines(client, "showings")[0])
    client.force_login(lab.manager)
    assert sorted({row["disposition"] for row in lines(client, "judgments")}) == ["retest", "used"]
    assert set(lines(client, "judgments")[0]) >= MANAGERS_ONLY


def test_filters_reach_the_rows(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    odd = lines(manager, "judgments", "slice.topic=odd")
    assert {row["item"] for row in odd} == {"item-1", "item-3"}
    assert {row["item"] for row in lines(manager, "items", "slice.topic=odd")} == {"item-1", "item-3"}
    assert lines(manager, "judgments", "group=nobody") == []
    assert manager.get(f"{FILES}/judgments.csv?without=nonsense").status_code == 400
    told = Judgment.objects.first()
    Assignment.objects.filter(pk=told.assignment_id).update(purpose="base")
    manager.get("/studies/lab/trial/leaderboard")
    assert {row["disposition"] for row in lines(manager, "judgments", "without=unblinded")} == {"used"}


def test_the_same_cut_gives_the_same_file(lab: Lab, manager: Client) -> None:
    first, second = lab.enrolments
    record_judgment(enrolment=first, assignment_id=lab.assignment(0).public_id, submission=uuid4(), choice="left")
    before = got(manager, "judgments", "csv")
    cut = Cut.objects.latest("pk")
    lab.enrolments = [second]
    assert judge_everything(lab)
    assert got(manager, "judgments", "csv") != before
    assert got(manager, "judgments", "csv", f"cut={cut.pk}") == before
    for bad in ("0", "x", "9" * 30):
        assert manager.get(f"{FILES}/judgments.csv?cut={bad}").status_code == 404


def test_pairs_and_raters_add_up_to_the_judgments(lab: Lab, manager: Client) -> None:
    n = judge_everything(lab)
    pairs, raters = lines(manager, "pairs"), lines(manager, "raters")
    assert sum(row["n"] for row in pairs) == sum(row["n_used"] for row in raters) == n
    assert {(row["system"], row["other_system"]) for row in pairs} <= {
        (one, other) for one in SYSTEMS for other in SYSTEMS if one < other
    }
    parts = ("n_system_better", "n_other_better", "n_tie", "n_both_bad", "n_unreadable")
    assert all(row["n"] == sum(row[part] for part in parts) for row in pairs)
    won = [row["better_system"] for row in lines(manager, "judgments") if row["better_system"]]
    assert sum(row["n_system_better"] for row in pairs if row["system"] == SYSTEMS[0]) == won.count(SYSTEMS[0])


def test_the_leaderboard_downloads_once_there_is_one(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    assert "Compute it" in manager.get(f"{FILES}/leaderboard.csv").content.decode()
    assert "None for these filters yet" in manager.get(FILES).content.decode()
    frozen = current_leaderboard(study=lab.study, filters=Filters(), by=None)
    stored = json.loads(frozen.result)["systems"]
    rows = lines(manager, "leaderboard")
    assert [row["system"] for row in rows] == [row["system"] for row in stored]
    assert [row["strength"] for row in rows] == [row["strength"] for row in stored]


def test_the_manifest_says_what_the_file_is(lab: Lab, manager: Client) -> None:
    n = judge_everything(lab)
    plain = got(manager, "judgments", "csv", "slice.topic=odd")
    told = got(manager, "judgments", "csv", "slice.topic=odd&manifest=1")
    last = list(csv.reader(io.StringIO(told.decode(), newline="")))[-1]
    manifest = json.loads(last[0].removeprefix("# "))
    assert told.startswith(plain) and manifest["sha256"] == hashlib.sha256(plain).hexdigest()
    assert manifest["filters"]["slices"] == [["topic", "odd"]]
    assert Cut.objects.filter(pk=manifest["cut"]).exists()
    assert lines(manager, "judgments", "manifest=1")[-1]["manifest"]["n"] == n
    file = got(manager, "judgments", "parquet")
    kept = json.loads(pq.read_metadata(io.BytesIO(file)).metadata[b"touchstone"])
    footer = int.from_bytes(file[-8:-4], "little") + 8
    assert kept["n"] == n and kept["sha256"] == hashlib.sha256(file[:-footer]).hexdigest()


def test_a_byte_order_mark_only_if_asked_for(lab: Lab, manager: Client) -> None:
    assert got(manager, "items", "csv", "bom=1") == b"\xef\xbb\xbf" + got(manager, "items", "csv")


def test_formulas_are_defused_in_csv_alone(lab: Lab, manager: Client) -> None:
    judge_everything(lab)
    judgment = Judgment.objects.first()
    JudgmentComment.objects.create(study=lab.study, judgment=judgment, text='=HYPERLINK("https://elsewhere.example")')
    cells = csv.DictReader(io.StringIO(got(manager, "judgments", "csv").decode(), newline=""))
    assert "'=HYPERLINK(" in next(row["comment"] for row in cells if row["comment"])
    assert next(row["comment"] for row in lines(manager, "judgments") if row["comment"]).startswith("=HYPER")


def test_downloads_are_noted_and_reveal_results(lab: Lab, client: Client) -> None:
    judge_everything(lab)
    client.force_login(lab.analyst)
    client.get(FILES)
    got(client, "items", "csv")
    assert not ResultsOpening.objects.exists()
    data = got(client, "outputs", "csv")
    assert ResultsOpening.objects.get().rater.user == lab.analyst
    begun = AuditEvent.objects.filter(verb="begin_download", by=lab.analyst.uuid)
    assert [event.details["table"] for event in begun.order_by("id")] == ["items", "outputs"]
    noted = AuditEvent.objects.filter(verb="download_table").latest("id").details
    assert noted["sha256"] == hashlib.sha256(data).hexdigest()
    page = client.get(FILES).content.decode()
    assert noted["sha256"][:12] in page and "Pack the study" not in page


def test_a_download_broken_off_is_noted_as_begun_only(lab: Lab, manager: Client) -> None:
    wish = Wish(Filters())
    file = prepared(lab.study, "items", wish, QueryDict(), is_manager=True)
    going = file_bytes(lab.study, file, "csv", wish, lab.manager.uuid)
    assert next(going).startswith(b"item,")
    going.close()
    verbs = AuditEvent.objects.filter(verb__in=["begin_download", "download_table"]).values_list("verb", flat=True)
    assert list(verbs) == ["begin_download"]


def test_the_page_takes_a_bounded_number_of_queries(lab: Lab, manager: Client, django_assert_max_num_queries) -> None:
    judge_everything(lab)
    for name in DOWNLOADS:
        got(manager, name, "csv")
    with django_assert_max_num_queries(18):
        page = manager.get(f"{FILES}?slice.topic=odd&bom=1").content.decode()
    assert "judgments.csv?slice.topic=odd&amp;bom=1" in page
