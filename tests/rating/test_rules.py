"""Exclusion rules: as of the cut, by the study or for one look, and every n still adds up."""

from uuid import uuid4

import pytest
from django.db import connection

from apps.core.errors import Refused
from apps.rating.dispositions import counts_at, judgments_at
from apps.rating.models import Cut, Judgment
from apps.rating.rules import RULES, SWITCHABLE, check_switchable
from apps.rating.services import note_results_opened, record_judgment, set_rules, take_cut
from apps.studies.identification import SCANNER_VERSION
from apps.studies.models import Output, OutputFinding
from tests.studies_for_tests import Lab


def judge(lab: Lab, rater: int = 0, **more: object) -> Judgment:
    """This rater's next judgment."""
    given, submission = lab.assignment(rater), uuid4()
    record_judgment(
        enrolment=lab.enrolments[rater], assignment_id=given.public_id, submission=submission, choice="left", **more
    )
    return Judgment.objects.select_related("assignment__task").get(submission=submission)


def find(output: Output) -> OutputFinding:
    """The scanner found that this output names its system."""
    return OutputFinding.objects.create(
        output=output, scanner_version=SCANNER_VERSION, kind="name", excerpt="I am ChatGPT", start=5, end=12
    )


def cut_of(lab: Lab) -> Cut:
    return take_cut(study_id=lab.study.pk)


def counts(cut: Cut, *without: str) -> dict[str, int]:
    judged = judgments_at(cut, without=without)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {judged.sql} SELECT disposition, count(*) FROM judged GROUP BY 1", judged.parameters)
        return dict(cursor.fetchall())


@pytest.mark.parametrize("side", ["output_a", "output_b"])
def test_either_output_may_name_its_system(lab: Lab, side: str) -> None:
    task = judge(lab).assignment.task
    find(getattr(task, side))
    assert counts(cut_of(lab)) == {"used": 1}, "found, and left out only when asked"
    assert counts(cut_of(lab), "self_identified") == {"rule:self_identified": 1}
    set_rules(study=lab.study, rules=[{"name": "self_identified"}], by=None)
    assert counts_at(cut_of(lab)) == {"rule:self_identified": 1}


def test_two_findings_do_not_count_a_judgment_twice(lab: Lab) -> None:
    task = judge(lab).assignment.task
    find(task.output_a)
    find(task.output_b)
    OutputFinding.objects.create(
        output=task.output_a, scanner_version=SCANNER_VERSION + 1, kind="maker", excerpt="by Google", start=5, end=9
    )
    assert counts(cut_of(lab), "self_identified") == {"rule:self_identified": 1}


def test_judgments_of_other_outputs_stay(lab: Lab) -> None:
    first, second = judge(lab), judge(lab)
    shared = {first.assignment.task.output_a_id, first.assignment.task.output_b_id}
    others = {second.assignment.task.output_a_id, second.assignment.task.output_b_id}
    find(Output.objects.get(pk=min(shared - others)))
    assert counts(cut_of(lab), "self_identified") == {"used": 1, "rule:self_identified": 1}


def test_a_cut_saw_the_findings_of_its_time(lab: Lab) -> None:
    task = judge(lab).assignment.task
    before = cut_of(lab)
    assert before.last_finding == 0
    finding = find(task.output_a)
    after = cut_of(lab)
    assert (after.pk != before.pk, after.last_finding) == (True, finding.pk)
    assert counts(before, "self_identified") == {"used": 1}
    assert counts(after, "self_identified") == {"rule:self_identified": 1}
    assert cut_of(lab) == after


def test_findings_of_other_studies_move_no_cut(lab: Lab) -> None:
    judge(lab)
    before = cut_of(lab)
    output = Output.objects.order_by("pk")[0]
    elsewhere = Output.objects.create(
        workspace_id=output.workspace_id, item_id=output.item_id, system_id=output.system_id, sample=9,
        content_hash="x", text="I am ChatGPT.",
    )  # fmt: skip
    find(elsewhere)
    assert cut_of(lab) == before


def test_the_flag_of_the_current_revision_counts_as_of_the_cut(lab: Lab) -> None:
    first = judge(lab, flags=("identified",))
    flagged = cut_of(lab)
    record_judgment(
        enrolment=lab.enrolments[0], assignment_id=first.assignment.public_id, submission=uuid4(), choice="tie",
        supersedes=first.submission,
    )  # fmt: skip
    assert counts(flagged, "told_apart") == {"rule:told_apart": 1}
    assert counts(cut_of(lab), "told_apart") == {"used": 1}, "she changed her answer and takes the flag back"
    assert counts(flagged) == counts(cut_of(lab)) == {"used": 1}


def test_a_look_adds_to_the_studys_rules_and_takes_none_away(lab: Lab) -> None:
    note_results_opened(study=lab.study, user=lab.raters[0])
    judge(lab, flags=("identified",))
    judge(lab)
    judge(lab, 1)
    set_rules(study=lab.study, rules=[{"name": "told_apart"}], by=None)
    cut = cut_of(lab)
    assert counts(cut) == {"used": 2, "rule:told_apart": 1}
    assert counts(cut, "told_apart") == counts(cut)
    assert counts(cut, "unblinded") == {"used": 1, "rule:told_apart": 1, "rule:unblinded": 1}


def test_every_n_adds_up_whatever_is_left_out(lab: Lab) -> None:
    note_results_opened(study=lab.study, user=lab.raters[1])
    for rater, flags in ((0, ("identified",)), (0, ()), (1, ()), (1, ("identified", "unsafe"))):
        last = judge(lab, rater, flags=flags)
    find(last.assignment.task.output_a)
    cut = cut_of(lab)
    for without in [(), *((name,) for name in SWITCHABLE), SWITCHABLE, SWITCHABLE[::-1]]:
        assert sum(counts(cut, *without).values()) == 4
        if without:
            assert counts(cut, *without).get("used", 0) < 4


def test_only_rules_without_settings_can_be_switched_for_a_look() -> None:
    assert set(SWITCHABLE) == {"told_apart", "self_identified", "unblinded"} == set(RULES) - {"too_fast"}
    check_switchable(SWITCHABLE)
    for name in ("too_fast", "nonsense", ""):
        with pytest.raises(Refused, match=r"Choose from: unblinded, told_apart, self_identified\."):
            check_switchable([name])
