"""Stored figures and what is newer always add up to a recount."""

import random
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.rating import jobs
from apps.rating.counting import added, dispositions_at, judged_between, slice_key, wanted_between
from apps.rating.dispositions import counts_at
from apps.rating.models import Assignment, Enrolment, Judgment, Outcome, Source, StudyFigures
from apps.rating.selectors import figures as selectors
from apps.rating.selectors.figures import figures_of, studies_with_figures_due, summaries_of
from apps.rating.services import (
    add_replacements,
    change_standing,
    freeze_figures,
    give_assignment,
    mark_shown,
    passing_cut,
    record_judgment,
    set_rules,
    skip_assignment,
    take_cut,
    withdraw_judgment,
)
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

RNG_SEED = 7


def judge_once(enrolment: Enrolment, choice: str, shown_ms: int = 9_000) -> Assignment | None:
    given = give_assignment(enrolment=enrolment)
    if given is None:
        return None
    mark_shown(assignment=given)
    record_judgment(
        enrolment=enrolment, assignment_id=given.public_id, submission=uuid4(), choice=choice, shown_ms=shown_ms
    )
    return given


def change_answer(enrolment: Enrolment, given: Assignment, choice: str) -> None:
    judgment = Judgment.objects.filter(assignment=given).latest("revision")
    record_judgment(
        enrolment=enrolment,
        assignment_id=given.public_id,
        submission=uuid4(),
        choice=choice,
        supersedes=judgment.submission,
    )


def recounted(lab: Lab) -> dict[str, dict[str, dict[str, int]]]:
    """Everything at once, from nothing."""
    cut = passing_cut(lab.study.pk)
    return added(
        {},
        judged_between(lab.study.pk, 0, cut.last_judgment),
        wanted_between(lab.study.pk, 0, 1000),
        dispositions_at(cut),
    )


def test_figures_are_what_the_rows_say(lab: Lab) -> None:
    for number in range(5):
        judge_once(lab.enrolments[0], "left", shown_ms=2_000 if number < 2 else 5_000)
    judge_once(lab.enrolments[1], "tie")
    figures = figures_of(lab.study)
    assert (figures.total("judged"), figures.total("filled"), figures.total("wanted")) == (6, 6, 14)
    assert figures.of("rater")[str(lab.enrolments[0].rater_id)] == {
        "judged": 5, "filled": 5, "here": 5, "sided": 5, "left": 5, "timed": 5, "quick": 2,
    }  # fmt: skip
    assert figures.of("day") == {str(datetime.now(UTC).date()): _sums(figures.of("rater").values())}
    assert figures.of("disposition") == {"used": {"n": 6}}
    assert sum(cells["judged"] for cells in figures.of("slice").values()) == 6
    assert set(figures.of("slice")) == {slice_key("topic", "odd"), slice_key("topic", "even")}
    assert not figures.n_newer


def _sums(cells: object) -> dict[str, int]:
    return added({}, *({"day": {"all": dict(numbers)}} for numbers in cells))["day"]["all"]  # type: ignore[attr-defined]


def test_the_stored_and_the_newer_are_the_recount_whatever_happens(lab: Lab) -> None:
    """A few hundred random events, with figures stored now and then, and every kind of fact moving behind them."""
    rng = random.Random(RNG_SEED)
    lab.enrolments.append(lab.add_rater("third"))
    given: list[tuple[Enrolment, Assignment]] = []
    for _ in range(40):
        enrolment = rng.choice(lab.enrolments)
        one = judge_once(enrolment, rng.choice(["left", "right", "tie", "both_bad"]), rng.choice([1_000, 8_000]))
        given += [(enrolment, one)] if one is not None else []
        if rng.random() < 0.3 and given:
            change_answer(*given[-1], rng.choice(["left", "right", "tie"]))
        if rng.random() < 0.2:
            freeze_figures(study_id=lab.study.pk)
        assert figures_of(lab.study).counts == recounted(lab)
    assert StudyFigures.objects.get().cut.last_judgment


def test_what_changes_dispositions_behind_the_figures_is_counted_anew(lab: Lab) -> None:
    first = judge_once(lab.enrolments[0], "left")
    judge_once(lab.enrolments[1], "right", shown_ms=500)
    freeze_figures(study_id=lab.study.pk)
    assert first is not None
    withdraw_judgment(judgment=Judgment.objects.get(assignment=first), reason="a test", by=None)
    assert figures_of(lab.study).of("disposition") == {"used": {"n": 1}, "withdrawn": {"n": 1}}
    set_rules(study=lab.study, rules=[{"name": "too_fast", "min_shown_ms": 1000}], by=None)
    assert figures_of(lab.study).of("disposition") == {"withdrawn": {"n": 1}, "rule:too_fast": {"n": 1}}
    change_standing(enrolment_id=lab.enrolments[1].pk, standing="quarantined", reason="a test", by=None)
    assert figures_of(lab.study).of("disposition") == {"withdrawn": {"n": 1}, "quarantined": {"n": 1}}
    assert lab.study.pk in studies_with_figures_due()
    assert freeze_figures(study_id=lab.study.pk).counts == recounted(lab) == figures_of(lab.study).counts
    assert lab.study.pk not in studies_with_figures_due()
    assert {name: cell["n"] for name, cell in recounted(lab)["disposition"].items()} == counts_at(
        take_cut(study_id=lab.study.pk)
    )


def test_draws_of_later_rounds_come_on_top(lab: Lab) -> None:
    judge_once(lab.enrolments[0], "left")
    freeze_figures(study_id=lab.study.pk)
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="quarantined", reason="a test", by=None)
    add_replacements(study=lab.study, by=None)
    assert figures_of(lab.study).total("wanted") == 15
    freeze_figures(study_id=lab.study.pk)
    assert figures_of(lab.study).counts == recounted(lab)


def test_storing_twice_changes_nothing_and_an_older_cut_never_wins(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    judge_once(lab.enrolments[0], "left")
    old = take_cut(study_id=lab.study.pk)
    judge_once(lab.enrolments[0], "left")
    stored = freeze_figures(study_id=lab.study.pk)
    assert freeze_figures(study_id=lab.study.pk).counted_at == stored.counted_at
    monkeypatch.setattr("apps.rating.services.figures.take_cut", lambda study_id: old)
    assert freeze_figures(study_id=lab.study.pk).cut.last_judgment == stored.cut.last_judgment > old.last_judgment


def test_figures_may_be_deleted_at_any_time(lab: Lab) -> None:
    judge_once(lab.enrolments[0], "left")
    freeze_figures(study_id=lab.study.pk)
    StudyFigures.objects.all().delete()
    assert figures_of(lab.study).counts == recounted(lab)


def test_figures_name_a_cut_of_their_own_study(lab: Lab) -> None:
    """A composite key keeps figures from resting on another study's cut."""
    from apps.rating.exchange.storing import import_bundle
    from apps.studies.models import Study
    from tests.studies_for_tests import bundle_of

    import_bundle(bundle=bundle_of(1), workspace=lab.workspace, slug="other", by=None)
    other = take_cut(study_id=Study.objects.get(slug="other").pk)
    stored = freeze_figures(study_id=lab.study.pk)
    with pytest.raises(Exception, match="rating_studyfigures"), transaction.atomic():
        StudyFigures.objects.filter(pk=stored.pk).update(cut=other)
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


# Much at once ----------------------------------------------------------------------------------------------


def test_with_too_much_that_is_newer_the_page_shows_what_is_stored(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "MOST_COUNTED_LIVE", 20)
    for _ in range(4):
        judge_once(lab.enrolments[0], "left")
    freeze_figures(study_id=lab.study.pk)
    judge_once(lab.enrolments[0], "left")
    assert figures_of(lab.study).total("judged") == 5
    monkeypatch.setattr(selectors, "MOST_COUNTED_LIVE", 0)
    behind = figures_of(lab.study)
    assert (behind.total("judged"), behind.n_newer, behind.is_counting) == (4, 1, False)
    StudyFigures.objects.all().delete()
    nothing = figures_of(lab.study)
    assert (nothing.total("judged"), nothing.is_counting) == (0, True)


def test_dispositions_of_much_wait_for_the_job_and_say_so(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        judge_once(lab.enrolments[0], "left")
    freeze_figures(study_id=lab.study.pk)
    monkeypatch.setattr(selectors, "MOST_COUNTED_LIVE", 2)
    assert figures_of(lab.study).dispositions_as_of is None
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="quarantined", reason="a test", by=None)
    behind = figures_of(lab.study)
    assert behind.dispositions_as_of is not None
    assert behind.of("disposition") == {"used": {"n": 3}}
    freeze_figures(study_id=lab.study.pk)
    assert figures_of(lab.study).of("disposition") == {"quarantined": {"n": 3}}


def test_the_sweep_has_figures_stored_once_enough_is_newer(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "FREEZE_AFTER", 15)
    sent: list[int] = []
    monkeypatch.setattr(jobs.freeze_figures_job, "delay", sent.append)
    jobs.sweep()
    assert sent == [], "14 draws are fewer than 15, and nothing is judged"
    monkeypatch.setattr(selectors, "FREEZE_AFTER", 3)
    jobs.sweep()
    assert sent == [lab.study.pk]
    jobs.freeze_figures_job(lab.study.pk)
    jobs.sweep()
    assert sent == [lab.study.pk]
    for _ in range(3):
        judge_once(lab.enrolments[0], "left")
    jobs.sweep()
    assert sent == [lab.study.pk] * 2
    jobs.freeze_figures_job(lab.study.pk)
    assert StudyFigures.objects.get().n_filled == 3


def test_a_bounded_number_of_queries(lab: Lab, django_assert_num_queries) -> None:
    for _ in range(6):
        judge_once(lab.enrolments[0], "left")
    with CaptureQueriesContext(connection) as few:
        figures_of(lab.study)
    while judge_once(lab.enrolments[1], "right") is not None:
        pass
    with django_assert_num_queries(len(few)):
        figures_of(lab.study)


# The list of studies ---------------------------------------------------------------------------------------


def test_summaries_count_the_same_with_and_without_stored_figures(lab: Lab) -> None:
    judge_once(lab.enrolments[0], "left")
    before = summaries_of([lab.study])[lab.study.pk]
    assert (before.n_judged, before.n_filled, before.n_wanted, before.n_raters, before.n_items) == (1, 1, 14, 1, 4)
    assert before.last_judged_at is not None
    freeze_figures(study_id=lab.study.pk)
    assert summaries_of([lab.study])[lab.study.pk] == before
    judge_once(lab.enrolments[1], "left")
    after = summaries_of([lab.study])[lab.study.pk]
    assert (after.n_judged, after.n_filled, after.n_raters) == (2, 2, 2)


def test_skips_are_no_judgments(lab: Lab) -> None:
    given = lab.assignment()
    mark_shown(assignment=given)
    skip_assignment(enrolment=lab.enrolments[0], assignment=given, reason="broken")
    assert Assignment.objects.get(pk=given.pk).outcome == Outcome.SKIPPED
    assert Assignment.objects.get(pk=given.pk).source == Source.SERVED
    assert figures_of(lab.study).total("judged") == 0
