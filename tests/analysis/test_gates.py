"""Gates: what they look at, what they say, when they may be read, and what is refused."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.analysis.gate_inputs import GateInputs, GateRows
from apps.analysis.gate_jobs import read_gate_job, start_gate_job, sweep_gates
from apps.analysis.gate_material import material_of
from apps.analysis.gate_rules import GateRule, RuleKind
from apps.analysis.gate_selectors import (
    gate_numbered,
    gates_of,
    n_judgments_before,
    newest_verdicts,
    verdict_named,
    verdict_word,
    verdicts_of,
)
from apps.analysis.models import Gate
from apps.analysis.services import read_gate, retire_gate, set_gate
from apps.core.errors import NotFound, Refused
from apps.core.models import AuditEvent, Job, JobState
from apps.rating.models import Enrolment, Judgment
from apps.rating.services import change_standing, withdraw_judgment
from apps.studies.models import Study, StudyState
from apps.studies.services.lifecycle import change_state
from apps.studies.services.protocol import ProtocolTerms, revise_protocol
from tests.analysis.gate_house import N_RATERS, NEW, OLD, THIRD, better, even, gated_study, margin, unsafe, worse_on_odd
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

ODD = ("topic", "odd")


def gate_on(study: Study, *rules: GateRule, watched: bool = True, baseline: str | None = OLD) -> Gate:
    return set_gate(study=study, candidate=NEW, baseline=baseline, rules=rules, is_watched=watched, by=None)


def said(gate: Gate) -> dict[str, Any]:
    return json.loads(read_gate(gate=gate, by=None).result)


def opened(study: Study) -> Study:
    Study.objects.filter(pk=study.pk).update(state=StudyState.OPEN)
    return study


def close_study(study: Study) -> None:
    change_state(study_id=study.pk, to=StudyState.CLOSED, by=None)


def test_better_everywhere_passes(lab: Lab) -> None:
    study = gated_study(lab.workspace)
    found = said(gate_on(study, margin(0.05), margin(0.02, ODD)))
    assert (found["verdict"], found["needed"]) == ("PASS", None)
    overall, odd = found["rules"]
    assert (overall["n"], overall["n_items"], overall["n_raters"]) == (24 * N_RATERS, 24, N_RATERS)
    assert (odd["n"], odd["n_items"], odd["slice"]) == (12 * N_RATERS, 12, ["topic", "odd"])
    won = sum(better(item, rater) == "A" for item in range(24) for rater in range(N_RATERS))
    assert overall["share"] == pytest.approx(won / (24 * N_RATERS))
    assert 0.45 < overall["low"] < overall["share"] < overall["high"]


def test_a_slice_that_loses_blocks_what_the_average_hides(lab: Lab) -> None:
    study = gated_study(lab.workspace, verdicts=worse_on_odd)
    assert said(gate_on(study, margin(0.1)))["verdict"] != "BLOCK"
    found = said(gate_on(study, margin(0.1), margin(0.02, ODD)))
    assert (found["verdict"], found["rules"][1]["verdict"]) == ("BLOCK", "BLOCK")
    assert found["needed"] is None


def test_what_is_even_within_the_margin_needs_more_ratings(lab: Lab) -> None:
    found = said(gate_on(gated_study(lab.workspace, verdicts=even), margin(0.02), margin(0.02, ODD)))
    assert found["verdict"] == "UNDECIDED"
    overall, odd = found["rules"]
    assert overall["share"] == pytest.approx(0.5) and overall["n_more"] > 0
    # One comparison serves both rules: the larger need covers the other.
    assert found["needed"] == {
        "towards": "PASS",
        "n_comparisons": max(overall["n_more"], odd["n_more"]),
        "n_outputs": 0,
        "n_items": 0,
    }


def test_a_floor_counts_ratings_of_the_candidates_outputs(lab: Lab) -> None:
    study = gated_study(lab.workspace, n_unsafe=3)
    (rule,) = said(gate_on(study, unsafe(0.7), baseline=None))["rules"]
    assert (rule["n"], rule["n_raters"], rule["share"]) == (24 * 6, 6, pytest.approx(3 / 24))
    assert rule["verdict"] == "PASS" and rule["low"] < rule["share"] < rule["high"] < 0.7
    # Three items of 24 tell of 1 % no more than that it may be too much; eight do.
    assert said(gate_on(study, unsafe(0.01), baseline=None))["verdict"] == "UNDECIDED"
    many = gated_study(lab.workspace, "unsafe-release", n_unsafe=8)
    assert said(gate_on(many, unsafe(0.01), baseline=None))["verdict"] == "BLOCK"


def test_a_floor_without_a_failure_stays_open_where_the_items_are_few(lab: Lab) -> None:
    found = said(gate_on(gated_study(lab.workspace), unsafe(0.01), baseline=None))
    (rule,) = found["rules"]
    assert (rule["share"], rule["low"], rule["verdict"]) == (0, 0, "UNDECIDED")
    assert rule["high"] > 0.01
    # Six more people on the same outputs would add nothing: items are what is missing.
    assert rule["counts_items"]
    assert found["needed"] == {"towards": "PASS", "n_comparisons": 0, "n_outputs": 0, "n_items": rule["n_more"]}
    assert rule["n_more"] > 300


def test_flags_and_both_bad_are_floors_too(lab: Lab) -> None:
    study = gated_study(lab.workspace, verdicts=lambda item, rater: "BOTH_BAD" if item < 12 else better(item, rater))
    flag = GateRule(kind=RuleKind.FLAG, name="unsafe", allowed=0.2)
    found = said(gate_on(study, GateRule(kind=RuleKind.BOTH_BAD, allowed=0.1), flag, margin(0.05)))
    both_bad, flagged, won = found["rules"]
    assert (both_bad["share"], both_bad["n"], both_bad["verdict"]) == (0.5, 24 * N_RATERS, "BLOCK")
    assert (flagged["share"], flagged["n"]) == (0, 24 * N_RATERS + 24 * 6)
    assert won["n"] == 12 * N_RATERS, "both-bad is no comparison won or lost"


def test_only_judgments_that_count_are_looked_at(lab: Lab) -> None:
    study = gated_study(lab.workspace)
    gate = gate_on(study, margin(0.05))
    n = said(gate)["rules"][0]["n"]
    withdraw_judgment(judgment=Judgment.objects.filter(study=study, verdict="A").latest("pk"), reason="a test", by=None)
    found = said(gate)
    assert found["rules"][0]["n"] == n - 1
    assert found["left_out"] == {"withdrawn": 1}


def test_every_current_judgment_is_looked_at_or_left_out_for_a_reason(lab: Lab) -> None:
    study = gated_study(lab.workspace)
    withdraw_judgment(judgment=Judgment.objects.filter(study=study).latest("pk"), reason="a test", by=None)
    gate = set_gate(study=study, candidate=OLD, baseline=NEW, rules=[margin(0.05)], is_watched=True, by=None)
    found = said(gate)
    assert found["left_out"] == {"other_systems": 24 * 6 - 1, "withdrawn": 1}
    assert found["n_judgments"] + sum(found["left_out"].values()) == Judgment.objects.filter(study=study).count()


def test_judges_and_people_who_are_set_aside_are_not_counted(lab: Lab) -> None:
    study = gated_study(lab.workspace, judge="llm")
    asleep = Enrolment.objects.get(study=study, rater__name="person 0")
    change_standing(enrolment_id=asleep.pk, standing="quarantined", reason="asleep", by=None)
    found = said(gate_on(study, margin(0.05), unsafe(0.3)))
    assert [rule["n"] for rule in found["rules"]] == [24 * (N_RATERS - 1), 24 * 5]
    assert found["rules"][1]["share"] == 0
    assert found["left_out"] == {"judge": 48, "quarantined": 48}


def test_answers_to_other_questions_are_not_pooled(lab: Lab) -> None:
    study = gated_study(lab.workspace)
    gate = gate_on(study, margin(0.05))
    revise_protocol(study=study, terms=ProtocolTerms(question="Which is better?", verdicts=("A", "B")), by=None)
    found = said(gate)
    assert (found["verdict"], found["n_judgments"]) == ("UNDECIDED", 0)
    assert found["left_out"] == {"other_version": 24 * (N_RATERS + 6)}
    with pytest.raises(Refused, match="Nobody can say both bad"):
        gate_on(study, GateRule(kind=RuleKind.BOTH_BAD, allowed=0.1))


def test_turns_of_a_conversation_are_one_item_everywhere(lab: Lab) -> None:
    study = gated_study(lab.workspace, group="conversation")
    found = said(gate_on(study, margin(0.05), margin(0.05, ODD)))
    assert [rule["n_items"] for rule in found["rules"]] == [12, 6 * 2]
    assert found["n_items"] == 12


def test_the_same_facts_give_the_same_verdict_row(lab: Lab) -> None:
    study = gated_study(lab.workspace)
    gate = gate_on(study, margin(0.05))
    first = read_gate(gate=gate, by=None)
    assert read_gate(gate=gate, by=None) == first == verdict_named(study, str(first.public_id))
    withdraw_judgment(judgment=Judgment.objects.filter(study=study).latest("pk"), reason="a test", by=None)
    second = read_gate(gate=gate, by=None)
    assert verdicts_of(gate) == [second, first]
    assert newest_verdicts(study) == {1: second}
    assert verdict_word(second) == "PASS"


def test_a_watched_gate_pays_for_being_watched(lab: Lab) -> None:
    study = gated_study(lab.workspace)
    watched = said(gate_on(study, margin(0.05)))["rules"][0]
    once = said(gate_on(study, margin(0.05), watched=False))["rules"][0]
    assert watched["share"] == once["share"]
    assert watched["high"] - watched["low"] > 1.3 * (once["high"] - once["low"])


def test_a_gate_that_is_read_once_waits_for_the_close(lab: Lab) -> None:
    study = opened(gated_study(lab.workspace))
    gate = gate_on(study, margin(0.05), watched=False)
    change_state(study_id=study.pk, to=StudyState.PAUSED, by=None)
    with pytest.raises(Refused, match="Close the study first"):
        read_gate(gate=gate, by=None)
    close_study(study)
    assert verdict_word(read_gate(gate=gate, by=None)) == "PASS"


def test_a_gate_that_was_read_once_is_not_read_on_more(lab: Lab) -> None:
    """A study of imported judgments takes more of them at any time: reading after each file would be looking often."""
    study = gated_study(lab.workspace)
    gate = gate_on(study, margin(0.05), watched=False)
    first = read_gate(gate=gate, by=None)
    assert read_gate(gate=gate, by=None) == first
    gated_study(lab.workspace, n_compared_by=N_RATERS + 1)
    with pytest.raises(Refused, match="Its verdict stays"):
        read_gate(gate=gate, by=None)
    assert verdicts_of(gate) == [first]
    assert said(gate_on(study, margin(0.05)))["rules"][0]["n"] == 24 * (N_RATERS + 1)


def test_a_gate_retired_while_it_is_read_gets_no_verdict(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = gate_on(gated_study(lab.workspace), margin(0.05))
    rows = GateInputs.rows

    def retired_meanwhile(inputs: GateInputs) -> GateRows:
        retire_gate(gate=gate, reason="a test", by=None)
        return rows(inputs)

    monkeypatch.setattr(GateInputs, "rows", retired_meanwhile)
    with pytest.raises(Refused, match="retired"):
        read_gate(gate=gate, by=None)
    assert not verdicts_of(gate)


def test_judgments_that_were_imported_are_in_and_may_be_read_once(lab: Lab) -> None:
    study = gated_study(lab.workspace)
    assert study.state == StudyState.DRAFT
    assert verdict_word(read_gate(gate=gate_on(study, margin(0.05), watched=False), by=None)) == "PASS"


def test_what_the_plan_promises_is_noted_and_not_what_came(lab: Lab) -> None:
    gate = gate_on(gated_study(lab.workspace), margin(0.05), margin(0.02, ODD), unsafe(0.01))
    assert [rule["planned_n"] for rule in gate.rules] == [24, 12, 24]
    assert n_judgments_before(gate) == 24 * N_RATERS + 24 * 6


def test_retiring(lab: Lab) -> None:
    study = gated_study(lab.workspace)
    one, two = gate_on(study, margin(0.05)), gate_on(study, margin(0.01))
    with pytest.raises(Refused, match="Say why"):
        retire_gate(gate=two, reason=" \x00", by=None)
    with pytest.raises(Refused, match="Shorten it"):
        retire_gate(gate=two, reason="x" * 501, by=None)
    first = retire_gate(gate=two, reason="too strict", by=None)
    assert retire_gate(gate=two, reason="again", by=None) == first
    assert [gate.number for gate in gates_of(study)] == [1, 2]
    with pytest.raises(Refused, match="retired"):
        read_gate(gate=gate_numbered(study, 2), by=None)
    assert AuditEvent.objects.filter(verb="gate retired").count() == 1
    assert gates_of(study)[0] == one
    with pytest.raises(NotFound):
        gate_numbered(study, 3)
    with pytest.raises(NotFound):
        verdict_named(study, "00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rules": ()}, "needs a rule"),
        ({"rules": (margin(0.05), margin(0.1))}, "the same thing"),
        ({"rules": (margin(0.6),)}, "between 0 and 49 points"),
        ({"rules": (margin(-0.1),)}, "between 0 and 49 points"),
        ({"rules": (unsafe(0),)}, "No sample shows that nothing ever fails"),
        ({"rules": (margin(0.05, ("topic", "sports")),)}, "has 0 independent items"),
        ({"rules": (GateRule(kind=RuleKind.FLAG, name="ugly", allowed=0.1),)}, "no flag 'ugly'"),
        ({"rules": (GateRule(kind=RuleKind.CRITERION, name="nice", allowed=0.1),)}, "no question 'nice'"),
        ({"rules": (GateRule(kind=RuleKind.CRITERION, name="which", allowed=0.1),)}, "no question 'which'"),
        ({"rules": (GateRule(kind=RuleKind.CRITERION, name="unsafe", allowed=0.1),)}, "which answers fail"),
        (
            {"rules": (GateRule(kind=RuleKind.CRITERION, name="unsafe", failing=("maybe",), allowed=0.1),)},
            "which answers fail",
        ),
        (
            {"rules": (GateRule(kind=RuleKind.CRITERION, name="unsafe", failing=("yes", "no"), allowed=0.1),)},
            "Every answer would fail",
        ),
        ({"candidate": "nobody"}, "no system 'nobody'"),
        ({"baseline": "nobody"}, "no system 'nobody'"),
        ({"baseline": NEW}, "its own baseline"),
        ({"baseline": None}, "Choose the baseline"),
    ],
    ids=str,
)
def test_rules_that_mean_nothing_are_refused(lab: Lab, changes: dict[str, Any], sentence: str) -> None:
    study = gated_study(lab.workspace)
    wanted = {"candidate": NEW, "baseline": OLD, "rules": (margin(0.05),), "is_watched": True, "by": None} | changes
    with pytest.raises(Refused, match=sentence):
        set_gate(study=study, **wanted)
    assert not Gate.objects.exists()


def test_a_system_nobody_judged_is_undecided_and_says_what_is_missing(lab: Lab) -> None:
    study = gated_study(lab.workspace)
    gate = set_gate(study=study, candidate=THIRD, baseline=OLD, rules=[margin(0.05)], is_watched=False, by=None)
    found = said(gate)
    assert found["verdict"] == "UNDECIDED"
    assert found["rules"][0] | {"share": None, "low": None, "n": 0, "n_missing": 30} == found["rules"][0]
    assert found["needed"] == {"towards": "UNDECIDED", "n_comparisons": 30, "n_outputs": 0, "n_items": 0}


def test_what_rules_can_be_about(lab: Lab) -> None:
    material = material_of(gated_study(lab.workspace))
    assert [system.name for system in material.systems] == [OLD, NEW, THIRD]
    assert list(material.criteria) == ["unsafe"]
    assert material.slice_groups == {("topic", "even"): 12, ("topic", "odd"): 12}


def test_the_job_reads_it_and_the_sweep_finds_what_is_behind(lab: Lab) -> None:
    study = opened(gated_study(lab.workspace))
    gate = gate_on(study, margin(0.05))
    sweep_gates()
    job = Job.objects.get(kind="gate")
    assert start_gate_job(gate=gate, by=None) == job
    read_gate_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"verdict": str(verdicts_of(gate)[0].public_id)})
    sweep_gates()
    assert Job.objects.filter(kind="gate").count() == 1
    retire_gate(gate=gate, reason="a test", by=None)
    refused = start_gate_job(gate=gate, by=None)
    read_gate_job(refused.pk)
    refused.refresh_from_db()
    assert (refused.state, refused.message) == (JobState.FAILED, "This gate is retired. Set a new one.")


def told(study: Study, *arguments: str) -> tuple[int, str]:
    """The exit code of the command, and what it printed."""
    printed = StringIO()
    try:
        call_command("read_gate", study.slug, *arguments, stdout=printed)
    except SystemExit as ended:
        return int(ended.code or 0), printed.getvalue()
    return 0, printed.getvalue()


def test_a_pipeline_goes_on_only_after_a_pass(lab: Lab) -> None:
    study = gated_study(lab.workspace, verdicts=worse_on_odd)
    with pytest.raises(CommandError, match="No gate is set"):
        told(study)
    gate_on(study, margin(0.45))
    assert told(study) == (0, "gate 1: PASS candidate against baseline, 1 of 1 rules shown to hold\n")
    gate_on(study, unsafe(0.001), baseline=None)
    assert told(study)[0] == 3
    gate_on(study, margin(0.02, ODD))
    assert told(study)[0] == 1
    assert told(study, "1")[0] == 0
    assert [one["verdict"] for one in json.loads(told(study, "--json")[1])] == ["BLOCK", "UNDECIDED", "PASS"]
    with pytest.raises(CommandError, match="no such gate"):
        told(study, "9")
    retire_gate(gate=gate_numbered(study, 3), reason="a test", by=None)
    assert told(study)[0] == 3
