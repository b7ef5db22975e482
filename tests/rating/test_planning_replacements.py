"""Replacement draws: for work that was set aside, once, and only when somebody asks."""

from collections import Counter

import pytest

from apps.config.integrity import CHECKS
from apps.core.errors import Refused
from apps.rating.dispositions import counts_at
from apps.rating.models import Draw, Plan
from apps.rating.services import add_replacements, change_standing, set_gold, take_cut
from apps.rating.services.adapting import plan_next_round
from apps.studies.services import change_state
from tests.rating.adaptive_for_tests import adaptive_study, judge, rater_of
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow


def quarantine(lab: Lab, number: int = 0) -> None:
    change_standing(enrolment_id=lab.enrolments[number].pk, standing="quarantined", reason="a test", by=None)


def violations() -> list[str]:
    return [told for check in CHECKS for told in check.violations()]


def test_nothing_is_replaced_while_nobody_is_set_aside(lab: Lab) -> None:
    judge(lab.enrolments[0], 5)
    assert add_replacements(study=lab.study, by=None) is None
    assert Plan.objects.count() == 1


def test_in_a_closed_study_nobody_would_judge_them(lab: Lab) -> None:
    judge(lab.enrolments[0], 5)
    quarantine(lab)
    change_state(study_id=lab.study.pk, to="closed", by=None)
    with pytest.raises(Refused, match="study is closed"):
        add_replacements(study=lab.study, by=None)
    assert Plan.objects.filter(number__gt=0).count() == 1


def test_set_aside_work_reopens_nothing_by_itself(lab: Lab) -> None:
    judge(lab.enrolments[0], 5)
    n_draws = Draw.objects.count()
    quarantine(lab)
    assert Draw.objects.count() == n_draws


def test_each_set_aside_judgment_gets_one_draw_with_its_task_and_chances(lab: Lab) -> None:
    judge(lab.enrolments[0], 5)
    judge(lab.enrolments[1], 3)
    quarantine(lab)
    plan = add_replacements(study=lab.study, by=None)
    assert plan is not None
    set_aside = Draw.objects.filter(assignments__rater=lab.enrolments[0].rater, assignments__outcome="judged")
    told = ("task", "p_pair", "p_item")
    assert Counter(plan.draws.values_list(*told)) == Counter(set_aside.values_list(*told))
    assert set(plan.draws.values_list("purpose", flat=True)) == {"replacement"}
    assert plan.settings["replaces"] == sorted(set_aside.values_list("pk", flat=True))
    assert (plan.number, plan.size, plan.cut.last_standing_change) == (
        2,
        5,
        take_cut(study_id=lab.study.pk).last_standing_change,
    )  # type: ignore[union-attr]
    assert violations() == []


def test_asking_twice_adds_nothing(lab: Lab) -> None:
    judge(lab.enrolments[0], 5)
    quarantine(lab)
    assert add_replacements(study=lab.study, by=None) is not None
    assert add_replacements(study=lab.study, by=None) is None
    assert Plan.objects.count() == 2


def test_a_replacement_is_judged_by_somebody_else_and_replaced_again_if_she_is_set_aside(lab: Lab) -> None:
    judge(lab.enrolments[0], 4)
    quarantine(lab)
    first = add_replacements(study=lab.study, by=None)
    assert first is not None
    judge(lab.enrolments[1])
    assert counts_at(take_cut(study_id=lab.study.pk)) == {"used": 12, "quarantined": 4}
    quarantine(lab, 1)
    again = add_replacements(study=lab.study, by=None)
    assert again is not None
    assert again.size == 12
    judged = set(first.draws.filter(assignments__outcome="judged").values_list("pk", flat=True))
    assert judged
    assert judged <= set(again.settings["replaces"])
    assert violations() == []


def test_a_released_rater_and_her_replacement_both_count(lab: Lab) -> None:
    judge(lab.enrolments[0], 4)
    quarantine(lab)
    add_replacements(study=lab.study, by=None)
    judge(lab.enrolments[1])
    before = counts_at(take_cut(study_id=lab.study.pk))
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="active", reason="a mistake", by=None)
    after = counts_at(take_cut(study_id=lab.study.pk))
    assert after == {"used": before["used"] + before["quarantined"]}
    assert add_replacements(study=lab.study, by=None) is None


def test_what_has_become_gold_is_not_replaced(lab: Lab) -> None:
    judge(lab.enrolments[0], 4)
    task = Draw.objects.filter(assignments__outcome="judged").earliest("pk").task
    set_gold(task=task, verdict="A", by=None)
    quarantine(lab)
    plan = add_replacements(study=lab.study, by=None)
    assert plan is not None
    assert task.pk not in plan.draws.values_list("task", flat=True)


def test_adaptive_draws_are_replaced_with_their_own_chances(db: None) -> None:
    study = adaptive_study(n_judged_each=8)
    chosen = plan_next_round(study=study, by=None)
    enrolment = rater_of(study)
    judge(enrolment)
    change_standing(enrolment_id=enrolment.pk, standing="quarantined", reason="a test", by=None)
    plan = add_replacements(study=study, by=None)
    assert plan is not None
    of_chosen = chosen.draws.filter(pk__in=plan.settings["replaces"]).values_list("task", "p_pair")
    assert of_chosen
    assert set(of_chosen) <= set(plan.draws.values_list("task", "p_pair"))
    assert violations() == []
