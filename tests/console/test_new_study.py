"""A new study, view by view: from a file to an open study."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.core.models import Job
from apps.rating.models import Draw, Enrolment, Gold
from apps.studies.models import Study, Upload
from apps.studies.services.protocol import current_protocol
from apps.studies.templates import TEMPLATES
from tests.studies_for_tests import Lab

from .forms_for_tests import fields_of
from .new_study_for_tests import GOOD, NEW, jsonl, send, text_of, upload_of, wanted

pytestmark = pytest.mark.slow


@pytest.fixture
def manager(lab: Lab, client: Client) -> Client:
    client.force_login(lab.manager)
    return client


def test_strangers_raters_and_engineers_find_nothing_here(lab: Lab, client: Client, manager: Client) -> None:
    _, page = upload_of(manager)
    other = Client()
    assert other.get(NEW).status_code == 302
    for user in (lab.stranger, lab.raters[0], lab.analyst):
        other.force_login(user)
        for path in (NEW, page, f"{page}settings", f"{page}answer"):
            assert other.get(path).status_code == 404
        for path in (f"{NEW}file", f"{NEW}sample", f"{page}make", f"{page}gold", f"{page}gold/drop", f"{page}forget"):
            assert other.post(path).status_code == 404
    assert Upload.objects.count() == 1


def test_a_file_is_for_whoever_sent_it(lab: Lab, manager: Client) -> None:
    _, page = upload_of(manager)
    from apps.accounts.models import Role, User
    from apps.accounts.services import give_role

    second = User.objects.create_user("second@lab.example", None, name="Second")
    give_role(workspace=lab.workspace, user=second, role=Role.ADMIN)
    other = Client()
    other.force_login(second)
    assert other.get(page).status_code == 404
    assert other.get(NEW).status_code == 200


def test_the_first_page_offers_templates_samples_and_the_columns(manager: Client) -> None:
    page = text_of(manager.get(NEW))
    for template in TEMPLATES:
        assert template.name in page
    assert "latency_ms" in page
    assert manager.get(f"{NEW}file").status_code == 405


def test_a_file_is_shown_and_nothing_stored(manager: Client) -> None:
    before = Study.objects.count()
    page = text_of(send(manager, "rows.jsonl", jsonl(GOOD)))
    assert "1 output says which system wrote it" in page
    assert "As Claude, I" in page
    assert "topic = x" in page
    assert "Empty outputs are shown as empty: two (1)" in page
    assert "What is it?" in page
    assert Study.objects.count() == before


def test_from_a_file_to_raters_who_rate(lab: Lab, manager: Client) -> None:
    _, page = upload_of(manager)
    form = text_of(manager.get(f"{page}settings"))
    assert f'value="{lab.raters[0].pk}" checked' in form
    assert f'value="{lab.analyst.pk}" checked' not in form
    reply = manager.post(f"{page}make", wanted(raters=[lab.raters[0].pk]), follow=True)
    assert reply.redirect_chain[-1][0] == "/studies/lab/refund-answers/"
    study = Study.objects.get(slug="refund-answers")
    assert (study.state, study.is_invented, study.name) == ("open", False, "Refund answers")
    protocol = current_protocol(study)
    assert (protocol.replication, protocol.retest_share, protocol.baseline.name) == (2, 0.04, "one")
    assert [e.rater.user_id for e in Enrolment.objects.filter(study=study)] == [lab.raters[0].pk]
    assert Draw.objects.filter(study=study).count() == 4
    assert not Upload.objects.exists()
    job = Job.objects.get(kind="new study")
    assert (job.state, job.result, job.by) == ("done", {"study": "refund-answers"}, lab.manager.uuid)


def test_kept_as_a_draft(manager: Client) -> None:
    _, page = upload_of(manager)
    manager.post(f"{page}make", wanted(then="draft"))
    assert Study.objects.get(slug="refund-answers").state == "draft"


def test_two_studies_of_one_name_get_two_addresses_and_new_is_never_one(manager: Client) -> None:
    for name in ("Refund answers", "Refund answers", "New"):
        _, page = upload_of(manager)
        manager.post(f"{page}make", wanted(name=name, then="draft"))
    slugs = set(Study.objects.exclude(slug="trial").values_list("slug", flat=True))
    assert slugs == {"refund-answers", "refund-answers-2", "new-2"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_each_sample_becomes_an_open_study(lab: Lab, manager: Client, template: Any) -> None:
    preview = manager.post(f"{NEW}sample", {"sample": template.key}, follow=True)
    assert "things are wrong" not in text_of(preview)
    page = preview.redirect_chain[-1][0]
    sent = fields_of(text_of(manager.get(f"{page}settings")))
    reply = manager.post(f"{page}make", {**sent, "then": "open"}, follow=True)
    assert reply.status_code == 200
    study = Study.objects.exclude(slug="trial").get()
    assert (study.state, study.is_invented) == ("open", True)
    assert Gold.objects.filter(study=study).exists() == bool(template.sample_gold)


def test_gold_is_read_with_the_file_and_may_be_taken_back(manager: Client) -> None:
    upload, page = upload_of(manager)
    gold = jsonl([{"item": "a", "output_a": "one", "output_b": "two", "verdict": "A"}])
    reply = manager.post(f"{page}gold", {"file": SimpleUploadedFile("known.jsonl", gold)}, follow=True)
    assert "known answers from known.jsonl" in text_of(reply)
    upload.refresh_from_db()
    assert (upload.found["n_hidden"], upload.found["n_comparisons"]) == (1, 1)
    bad = jsonl([{"item": "a", "output_a": "one", "output_b": "three", "verdict": "A"}])
    reply = manager.post(f"{page}gold", {"file": SimpleUploadedFile("known.jsonl", bad)}, follow=True)
    assert "gold.jsonl, line 1, column output_b" in text_of(reply)
    assert "three" in text_of(reply)
    assert "On to the settings" in text_of(manager.post(f"{page}gold/drop", follow=True))
    assert not Upload.objects.filter(gold_of=upload).exists()


def test_the_planner_answers_as_the_numbers_change(manager: Client, django_assert_num_queries: Any) -> None:
    _, page = upload_of(manager)
    sent = {**wanted(), "raters": ["1", "2"]}
    with django_assert_num_queries(4):  # session, user, membership, upload
        fragment = text_of(manager.get(f"{page}answer", sent))
    assert "<html" not in fragment
    assert "Not enough yet: a pair gets 4 comparisons" in fragment
    assert "€" in fragment
    assert "for each rater" in fragment
    wrong = text_of(manager.get(f"{page}answer", {**sent, "overlap_share": "lots"}))
    assert "cannot read “Overlap, %”" in wrong


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"gold_share": "8"}, "There is no hidden gold yet"),
        ({"retest_share": "60"}, "50"),
        ({"name": ""}, "This field is required"),
        ({"baseline": "three"}, "not one of the available choices"),
        ({"raters": ["999999"]}, "not one of the available choices"),
        ({"currency": "euro"}, "Three capitals"),
        ({"question": "bad \0 byte"}, "Null characters are not allowed"),
    ],
)
def test_wrong_settings_are_told_and_nothing_is_stored(manager: Client, bad: Any, sentence: str) -> None:
    _, page = upload_of(manager)
    reply = manager.post(f"{page}make", wanted(**bad))
    assert sentence in text_of(reply)
    assert Study.objects.filter(slug="refund-answers").count() == 0
    assert Upload.objects.count() == 1


def test_an_upload_is_protected_against_forged_requests(lab: Lab) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(lab.manager)
    reply = client.post(f"{NEW}file", {"template": "compare", "file": SimpleUploadedFile("a.csv", b"x")})
    assert reply.status_code == 403
    assert not Upload.objects.exists()


def test_a_study_is_never_called_new(lab: Lab) -> None:
    from apps.core.errors import Refused
    from apps.rating.exchange.storing import import_bundle
    from tests.studies_for_tests import bundle_of

    with pytest.raises(Refused, match="a page of the workspace"):
        import_bundle(bundle=bundle_of(), workspace=lab.workspace, slug="new", by=None)


def test_the_number_of_queries_does_not_grow_with_the_file(manager: Client, django_assert_max_num_queries: Any) -> None:
    rows = [
        {"item": f"i{n}", "system": f"s{m}", "output": f"{n} {m}", "slices": {"n": str(n)}}
        for n in range(60)
        for m in range(5)
    ]
    _, page = upload_of(manager, rows)
    with django_assert_max_num_queries(6):
        assert "The first 40 of 60." in text_of(manager.get(page))
    with django_assert_max_num_queries(7):
        manager.get(f"{page}settings")


def test_long_work_is_watched_and_ends_at_the_study(
    lab: Lab, manager: Client, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    from apps.rating import new_study_jobs

    handed: list[int] = []
    monkeypatch.setattr(new_study_jobs.upload_job, "apply_async", lambda args, *_, **__: handed.extend(args))
    monkeypatch.setattr(new_study_jobs, "AT_ONCE_BYTES", 0)
    with django_capture_on_commit_callbacks(execute=True):
        assert "You may leave this page" in text_of(send(manager, "rows.jsonl", jsonl(GOOD)))
    upload = Upload.objects.get()
    # Asked for a moment before the file was sent anew: told in its place on the page, as no mistake.
    asked = manager.get(f"{NEW}{upload.public_id}/answer", wanted())
    assert (asked.status_code, "The file is being read" in text_of(asked)) == (200, True)
    gold = SimpleUploadedFile("known.jsonl", b"{}")
    page = text_of(manager.post(f"{NEW}{upload.public_id}/gold", {"file": gold}, follow=True))
    assert "still being read: send the gold when that is done" in page
    manager.post(f"{NEW}{upload.public_id}/gold/drop")
    assert (Upload.objects.count(), Job.objects.count()) == (1, 1)
    new_study_jobs.upload_job(handed[-1])
    read = f"{NEW}progress/{Job.objects.get().public_id}"
    assert manager.get(read).headers["Location"] == f"{NEW}{upload.public_id}/"
    with django_capture_on_commit_callbacks(execute=True):
        reply = manager.post(f"{NEW}{upload.public_id}/make", wanted(), follow=True)
    progress = reply.redirect_chain[-1][0]
    assert "waiting for a worker" in text_of(reply)
    fragment = manager.get(progress, headers={"HX-Request": "true"})
    assert "<html" not in text_of(fragment)
    assert 'id="work"' in text_of(fragment)
    new_study_jobs.upload_job(handed[-1])
    done = manager.get(progress, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == "/studies/lab/refund-answers/"
    other = Client()
    other.force_login(lab.analyst)
    assert other.get(progress).status_code == 404


def test_what_cannot_be_opened_is_a_draft_and_says_why(manager: Client, monkeypatch: Any) -> None:
    from apps.core.errors import Refused
    from apps.rating.services import new_studies

    def refuses(**_: Any) -> Study:
        raise Refused("The slice quotas ask for more than there is.")

    _, page = upload_of(manager)
    monkeypatch.setattr(new_studies, "open_study", refuses)
    reply = manager.post(f"{page}make", wanted(), follow=True)
    assert reply.redirect_chain[-1][0] == "/studies/lab/refund-answers/"
    assert "stored as a draft and could not be opened. The slice quotas" in text_of(reply)
    again = manager.post(f"{page}make", wanted(), follow=True)
    assert "could not be opened. The slice quotas" in text_of(again), "the file is spent; the same is said"
    assert 'href="/studies/lab/refund-answers/"' in text_of(again)
    assert Study.objects.count() == 2
