"""The next round is planned before a desk runs dry, by a job that may run twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.config.celery import app
from apps.core.errors import Refused
from apps.rating import jobs, supply
from apps.rating.models import Assignment, Draw, ItemBar, Plan, Task
from apps.rating.services import change_standing, give_assignment, set_gold
from apps.rating.services.adapting import plan_next_round
from apps.rating.supply import low_water, next_number_due
from apps.studies.models import Study
from apps.studies.services import change_state
from apps.studies.services.protocol import current_protocol
from tests.rating.adaptive_for_tests import adaptive_study, judge, rater_of
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The rounds that the sweep asked for, without a queue."""
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(jobs.plan_next_round_job, "delay", lambda *arguments: sent.append(arguments))
    return sent


def sweep() -> None:
    jobs.sweep()


def test_the_jobs_are_known_and_scheduled() -> None:
    app.loader.import_default_modules()
    assert {"rating.plan_next_round", "rating.sweep"} <= set(app.tasks)
    assert "rating.sweep" in {entry["task"] for entry in app.conf.beat_schedule.values()}


def test_a_round_that_has_just_begun_is_enough(db: None, asked: list[tuple[int, int]]) -> None:
    adaptive_study(n_items=40, round_size=100)
    sweep()
    assert asked == []


def test_the_next_round_is_asked_for_when_few_are_left(db: None, asked: list[tuple[int, int]]) -> None:
    study = adaptive_study(n_items=40, round_size=100, overlap_share=0.0)
    enrolment = rater_of(study)
    judge(enrolment, 69)
    sweep()
    assert asked == [], "31 are left"
    judge(enrolment, 2)
    sweep()
    assert asked == [(study.pk, 2)]
    jobs.plan_next_round_job(*asked[0])
    jobs.plan_next_round_job(*asked[0])
    assert list(Plan.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    sweep()
    assert len(asked) == 1


def test_low_water_grows_with_rounds_and_raters(lab: Lab) -> None:
    protocol = current_protocol(lab.study)
    protocol.round_size = 20
    assert low_water(protocol, n_at_work=1) == 30
    protocol.round_size = 200
    assert low_water(protocol, n_at_work=1) == 50
    assert low_water(protocol, n_at_work=8) == 120


def test_only_those_at_work_raise_it(db: None) -> None:
    study = adaptive_study(n_items=40, round_size=100, overlap_share=0.0)
    for number in range(4):
        judge(rater_of(study, f"rater{number}"), 12)
    assert next_number_due(study) == 2, "52 left for four at work, who may take 60 until the next sweep"
    Assignment.objects.update(ended_at=timezone.now() - timedelta(minutes=11))
    assert next_number_due(study) is None


def test_a_rater_who_knows_what_is_left_gets_something_new(db: None) -> None:
    """Overlap draws wait for another rater: they are no work for her who judged their tasks."""
    study = adaptive_study(n_items=40, round_size=100, overlap_share=0.5)
    enrolment = rater_of(study)
    judge(enrolment, 75)
    left = Draw.objects.exclude(assignments__outcome="judged").count()
    assert left > low_water(current_protocol(study), n_at_work=1)
    assert next_number_due(study) == 2


def test_a_rater_who_has_met_every_task_asks_for_nothing(db: None) -> None:
    study = adaptive_study(n_items=20, round_size=60, overlap_share=1.0)
    judge(rater_of(study))
    assert Draw.objects.exclude(assignments__outcome="judged").count() == 60
    assert next_number_due(study) is None


def test_who_has_reached_her_target_or_is_set_aside_asks_for_nothing(db: None) -> None:
    study = adaptive_study(n_items=40, round_size=100, overlap_share=0.5)
    enrolment = rater_of(study, target=75)
    judge(enrolment)
    assert next_number_due(study) is None
    type(enrolment).objects.filter(pk=enrolment.pk).update(target=None)
    assert next_number_due(study) == 2
    change_standing(enrolment_id=enrolment.pk, standing="quarantined", reason="a test", by=None)
    assert next_number_due(study) is None


def test_raters_of_an_import_have_no_desk_to_supply(db: None) -> None:
    """They know three tasks of four, and will never come for the rest."""
    study = adaptive_study(n_items=30, n_judged_each=22, round_size=60, overlap_share=0.0)
    assert next_number_due(study) is None


def test_barred_items_are_no_work_for_her(db: None) -> None:
    study = adaptive_study(n_items=40, round_size=60, overlap_share=0.0)
    enrolment = rater_of(study)
    assert next_number_due(study) is None
    items = Draw.objects.values_list("task__item", flat=True).distinct()[:30]
    for item in items:
        ItemBar.objects.create(study=study, rater=enrolment.rater, item_id=item, reason="she wrote it")
    assert next_number_due(study) == 2


def test_tasks_that_nobody_can_take_do_not_make_round_after_round(db: None) -> None:
    """Everything parked: rounds end at what was judged and a round beside."""
    study = adaptive_study(n_items=4, round_size=12, overlap_share=0.0)
    for number in range(3):
        enrolment = rater_of(study, f"rater{number}")
        for task, low, high in Draw.objects.values_list("task", "task__system_low", "task__system_high").distinct():
            Assignment.objects.create(
                study=study, task_id=task, system_low=low, system_high=high, rater=enrolment.rater, source="served",
                protocol=current_protocol(study), outcome="skipped", skip_reason="broken", a_on_left=True,
                draw=Draw.objects.filter(task=task).earliest("pk"), leased_at=timezone.now(),
                expires_at=timezone.now(), ended_at=timezone.now(),
            )  # fmt: skip
    numbers = []
    while (number := next_number_due(study)) is not None and len(numbers) < 20:
        numbers.append(plan_next_round(study=study, by=None, number=number).number)
    assert 1 <= len(numbers) < 10


def test_a_held_task_is_not_left(db: None) -> None:
    study = adaptive_study(n_items=40, round_size=30, overlap_share=0.0)
    assert next_number_due(study) is None
    assert give_assignment(enrolment=rater_of(study)) is not None
    assert next_number_due(study) == 2


def test_a_balanced_study_is_planned_at_once(lab: Lab, asked: list[tuple[int, int]]) -> None:
    judge(lab.enrolments[0])
    sweep()
    assert asked == []


@pytest.mark.parametrize("to", ["paused", "closed"])
def test_a_study_that_has_stopped_gets_no_round(db: None, asked: list[tuple[int, int]], to: str) -> None:
    study = adaptive_study(n_items=10, round_size=10)
    assert next_number_due(study) == 2
    change_state(study_id=study.pk, to=to, by=None)
    sweep()
    jobs.plan_next_round_job(study.pk, 2)
    assert asked == []
    assert Plan.objects.count() == 1


def test_a_round_that_is_refused_stops_no_worker(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    study = adaptive_study(n_items=10, round_size=10)

    def refuse(**_: object) -> None:
        raise Refused("There is nothing to compare.")

    monkeypatch.setattr(jobs, "plan_next_round", refuse)
    jobs.plan_next_round_job(study.pk, 2)
    assert "nothing to compare" in caplog.text


@pytest.mark.parametrize("troubled", ["one", "two"])
def test_one_study_in_trouble_leaves_no_other_without_its_round(
    db: None,
    asked: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    troubled: str,
) -> None:
    """Whichever of the two the sweep meets first."""
    studies = {slug: adaptive_study(slug=slug, n_items=10, round_size=10) for slug in ("one", "two")}
    find = jobs.next_number_due

    def in_trouble(study: Study) -> int | None:
        return 1 // 0 if study.slug == troubled else find(study)

    monkeypatch.setattr(jobs, "next_number_due", in_trouble)
    sweep()
    assert asked == [(study.pk, 2) for slug, study in studies.items() if slug != troubled]
    assert f"Whether study {troubled} needs a round could not be found out" in caplog.text


def test_where_nothing_is_left_to_compare_no_round_is_asked_for(db: None, asked: list[tuple[int, int]]) -> None:
    study = adaptive_study(n_items=2, round_size=10)
    assert next_number_due(study) == 2
    for task in Task.objects.all():
        set_gold(task=task, verdict="A", by=None)
    sweep()
    assert asked == []


def test_a_study_opened_without_a_plan_gets_its_first(db: None) -> None:
    study = adaptive_study(opened=False)
    assert next_number_due(study) == 1
    assert plan_next_round(study=study, by=None, number=1).method == "balanced"


def test_gold_is_nothing_new(db: None) -> None:
    """She has met every task but one, and that one is gold."""
    study = adaptive_study(n_items=20, round_size=59, overlap_share=1.0)
    judge(rater_of(study))
    assert next_number_due(study) == 2
    set_gold(task=Task.objects.get(draws__isnull=True), verdict="A", by=None)
    assert next_number_due(study) is None


def test_the_thresholds_are_what_the_page_says() -> None:
    assert str(supply.LEAST_LEFT) in (supply.__doc__ or "")
    assert str(supply.LEFT_FOR_EACH_AT_WORK) in (supply.__doc__ or "")
