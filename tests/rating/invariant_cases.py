"""For every constraint: a row that enters, and the same row with one thing wrong.

`good` says how the row differs from the first stored row of its table, `bad` what is wrong on top of that.
Both are SQL expressions over the stored row, so `"number": "number"` means "the same number again".
"""

from typing import NamedTuple

from .world_for_tests import Changes


class Case(NamedTuple):
    """A constraint, the rows that try it, and the stored row they are copied from."""

    constraint: str
    table: str
    good: Changes
    bad: Changes
    where: str = "true"

    def __str__(self) -> str:
        wrong = ", ".join(f"{name}={value[:24]}" for name, value in self.bad.items())
        return f"{self.constraint}[{wrong}]"


NEW = "gen_random_uuid()"


def _study(slug: str) -> str:
    return f"(SELECT id FROM studies_study WHERE slug = '{slug}')"


def _in(table: str, slug: str, more: str = "true", column: str = "id") -> str:
    """A value from the first row of `table` in the study `slug`."""
    return f"(SELECT x.{column} FROM {table} x WHERE x.study_id = {_study(slug)} AND {more} ORDER BY x.id LIMIT 1)"


def _far(table: str) -> str:
    return (
        f"(SELECT x.id FROM {table} x JOIN accounts_workspace w ON w.id = x.workspace_id WHERE w.slug = 'far' LIMIT 1)"
    )


def _rater(name: str) -> str:
    return f"(SELECT id FROM rating_rater WHERE name = '{name}')"


STRANGER = "(SELECT id FROM accounts_user WHERE name = 'Stranger')"
SPARE_ITEM = "(SELECT id FROM studies_item WHERE content_hash = 'spare')"
SPARE_OUTPUT = "(SELECT id FROM studies_output WHERE content_hash = 'spare')"
OTHER_SYSTEM = (
    "(SELECT id FROM studies_system s WHERE s.workspace_id = studies_studyoutput.workspace_id OFFSET 1 LIMIT 1)"
)

_ITEM, _OUTPUT = {"content_hash": "'x'"}, {"content_hash": "'x'"}
_PROTOCOL, _CRITERION = {"number": "99"}, {"key": "'new'", "ordinal": "99"}
_STUDY_ITEM = {"study_id": _study("empty"), "external_id": "'fresh'"}
_STUDY_OUTPUT = {"sample": "7", "output_id": SPARE_OUTPUT}
_JOB, _USER = {"public_id": NEW}, {"uuid": NEW, "email": "'new@lab.example'"}

MATERIAL = (
    Case("job_percent_is_a_percentage", "core_job", _JOB, {"percent": "101"}),
    Case("job_state_is_known", "core_job", _JOB, {"state": "'burning'"}),
    Case("rendering_once_a_version", "core_rendering", {"version": "99"}, {"version": "version"}),
    Case("core_job_public_id_key", "core_job", _JOB, {"public_id": "public_id"}),
    Case("user_email_is_unique", "accounts_user", _USER, {"email": "upper(email)"}),
    Case("accounts_user_uuid_key", "accounts_user", _USER, {"uuid": "uuid"}),
    Case("accounts_workspace_slug_key", "accounts_workspace", {"slug": "'new'"}, {"slug": "slug"}),
    Case("membership_is_one_per_person", "accounts_membership", {"user_id": STRANGER}, {"user_id": "user_id"}),
    Case("membership_role_is_known", "accounts_membership", {"user_id": STRANGER}, {"role": "'king'"}),
    Case("item_version_is_unique", "studies_item", _ITEM, {"content_hash": "content_hash"}),
    Case("system_name_is_unique", "studies_system", {"name": "'new'"}, {"name": "name"}),
    Case("output_version_is_unique", "studies_output", _OUTPUT, {"content_hash": "content_hash"}),
    Case("output_is_text_or_messages", "studies_output", _OUTPUT, {"messages": "'[]'"}),
    Case("output_is_text_or_messages", "studies_output", _OUTPUT, {"text": "NULL"}),
    Case("studies_output_item_workspace_fk", "studies_output", _OUTPUT, {"item_id": _far("studies_item")}),
    Case("studies_output_system_workspace_fk", "studies_output", _OUTPUT, {"system_id": _far("studies_system")}),
    *(
        Case("finding_is_unique", "studies_outputfinding", good, {name: name for name in good})
        for good in ({"scanner_version": "99"}, {"kind": "'maker'"}, {"start": "7"})
    ),
    Case("finding_kind_is_known", "studies_outputfinding", {"scanner_version": "99"}, {"kind": "'guess'"}),
    Case("finding_is_a_place", "studies_outputfinding", {"scanner_version": "99"}, {"start": '"end"'}),
    Case("study_slug_is_unique", "studies_study", {"slug": "'new'"}, {"slug": "slug"}),
    Case("study_state_is_known", "studies_study", {"slug": "'new'"}, {"state": "'burning'"}),
    Case("protocol_number_is_unique", "studies_protocolversion", _PROTOCOL, {"number": "number"}),
    *(
        Case("protocol_counts_are_positive", "studies_protocolversion", _PROTOCOL, {name: "0"})
        for name in ("replication", "lease_minutes")
    ),
    *(
        Case("protocol_shares_are_shares", "studies_protocolversion", _PROTOCOL, {name: value})
        for name, most in (("overlap_share", "1.01"), ("gold_share", "1"), ("retest_share", "1"))
        for value in (most, "-0.01")
    ),
    Case(
        "protocol_inserts_leave_room_for_work",
        "studies_protocolversion",
        _PROTOCOL | {"gold_share": "0.6", "retest_share": "0.4"},
        {"retest_share": "0.41"},
    ),
    *(
        Case("protocol_rounds_are_possible", "studies_protocolversion", _PROTOCOL, {name: wrong})
        for name, wrong in (
            ("uniform_floor", "0"),
            ("uniform_floor", "1.01"),
            ("qualification_pass", "-0.01"),
            ("qualification_pass", "1.01"),
            ("round_size", "0"),
        )
    ),
    Case("protocol_method_is_known", "studies_protocolversion", _PROTOCOL, {"plan_method": "'dice'"}),
    Case("criterion_about_is_known", "studies_criterion", _CRITERION | {"about": "'comparison'"}, {"about": "'all'"}),
    Case("criterion_key_is_unique", "studies_criterion", _CRITERION, {"key": "key"}),
    Case("criterion_ordinal_is_unique", "studies_criterion", _CRITERION, {"ordinal": "ordinal"}),
    Case("study_item_is_unique", "studies_studyitem", _STUDY_ITEM, {"study_id": "study_id"}),
    Case(
        "study_item_version_is_one",
        "studies_studyitem",
        {"external_id": "'fresh'", "item_id": SPARE_ITEM},
        {"external_id": "external_id"},
    ),
    Case("studies_studyitem_study_workspace_fk", "studies_studyitem", _STUDY_ITEM, {"study_id": _study("distant")}),
    Case("studies_studyitem_item_workspace_fk", "studies_studyitem", _STUDY_ITEM, {"item_id": _far("studies_item")}),
    Case("study_output_version_is_one", "studies_studyoutput", _STUDY_OUTPUT, {"sample": "sample"}),
    Case("study_output_is_unique", "studies_studyoutput", _STUDY_OUTPUT, {"output_id": "output_id"}),
    Case("studies_studyoutput_study_item_fk", "studies_studyoutput", _STUDY_OUTPUT, {"study_id": _study("empty")}),
    Case(
        "studies_studyoutput_output_item_system_workspace_fk",
        "studies_studyoutput",
        _STUDY_OUTPUT,
        {"system_id": OTHER_SYSTEM},
    ),
)

_RATER, _ENROLMENT = {"uuid": NEW, "user_id": STRANGER}, {"rater_id": _rater("Idle")}
_CHANGED = "cut_id IS NOT NULL"
_RUBRIC = {"kind": "'rubric'", "output_b_id": "NULL", "system_b_id": "NULL"}
_SAME_PAIR = {"kind": "kind", "output_b_id": "output_b_id", "system_b_id": "system_b_id"}
_TURNED = {
    "kind": "kind", "output_a_id": "output_b_id", "system_a_id": "system_b_id",
    "output_b_id": "output_a_id", "system_b_id": "system_a_id",
}  # fmt: skip
_OTHER_OUTPUT = f"""(SELECT max(o.output_id) FROM studies_studyoutput o WHERE o.study_id = {_study("trial")}
    AND o.system_id = rating_task.system_%s_id AND o.item_id <> rating_task.item_id)"""
_OTHER_RUBRIC = {
    "output_a_id": f"""(SELECT min(o.output_id) FROM studies_studyoutput o WHERE o.study_id =
    {_study("trial")} AND o.item_id = rating_task.item_id AND o.system_id <> rating_task.system_a_id)"""
}
_OTHER_RUBRIC["system_a_id"] = f"(SELECT o.system_id FROM studies_output o WHERE o.id = {_OTHER_RUBRIC['output_a_id']})"
_DRAW, _PLAN = {"ordinal": "99", "position": "99"}, {"number": "99"}
_INSERTED = {
    "ordinal": "99", "purpose": "'retest'", "band": "NULL", "position": "NULL", "rater_id": _rater("Third")
}  # fmt: skip
_PLAN_ZERO = {"number": "0", "method": "'inserted'", "size": "NULL"}
_BAR = {"item_id": "(SELECT max(item_id) FROM studies_studyitem WHERE study_id = rating_itembar.study_id)"}
_CUT, _ANALYSIS = {"rule_version": "99"}, {"key_sha256": "'x'", "public_id": NEW}

_FIGURES = {"study_id": _study("second"), "cut_id": _in("rating_cut", "second")}
PLANNED = (
    Case("rater_uuid_is_unique", "rating_rater", _RATER, {"uuid": "uuid"}),
    Case("rater_is_one_per_person", "rating_rater", _RATER, {"user_id": "user_id"}),
    Case("rater_kind_is_known", "rating_rater", {"uuid": NEW, "user_id": "NULL"}, {"kind": "'robot'"}),
    Case("rater_judge_is_no_person", "rating_rater", _RATER, {"kind": "'judge'"}),
    Case("enrolment_is_unique", "rating_enrolment", _ENROLMENT, {"rater_id": "rater_id"}),
    Case("enrolment_standing_is_known", "rating_enrolment", _ENROLMENT, {"standing": "'burning'"}),
    Case("rating_enrolment_study_workspace_fk", "rating_enrolment", _ENROLMENT, {"study_id": _study("distant")}),
    Case("rating_enrolment_rater_workspace_fk", "rating_enrolment", _ENROLMENT, {"rater_id": _rater("Far")}),
    Case(
        "standing_change_once_a_cut",
        "rating_standingchange",
        {"cut_id": _in("rating_cut", "trial")},
        {"cut_id": "cut_id"},
        _CHANGED,
    ),
    Case("standing_change_has_a_reason", "rating_standingchange", {}, {"reason": "''"}),
    Case("standing_change_has_a_reason", "rating_standingchange", {}, {"standing": "'burning'"}),
    Case("rating_standingchange_study_rater_fk", "rating_standingchange", {}, {"rater_id": _rater("Idle")}),
    Case("task_is_unique", "rating_task", _RUBRIC, _SAME_PAIR),
    Case("task_is_unique", "rating_task", _OTHER_RUBRIC, {n: n for n in _OTHER_RUBRIC}, "kind = 'rubric'"),
    Case("task_compares_two_or_rates_one", "rating_task", _RUBRIC, {"output_b_id": "output_b_id"}),
    Case("task_compares_two_or_rates_one", "rating_task", _RUBRIC, {"kind": "'comparison'"}),
    Case("task_compares_two_or_rates_one", "rating_task", _RUBRIC, {"kind": "'essay'"}),
    Case("task_compares_two_or_rates_one", "rating_task", _RUBRIC, _TURNED),
    Case("task_compares_two_or_rates_one", "rating_task", _RUBRIC, _SAME_PAIR | {"system_b_id": "system_a_id"}),
    Case("rating_task_study_item_output_a_system_a_fk", "rating_task", _RUBRIC, {"output_a_id": _OTHER_OUTPUT % "a"}),
    Case(
        "rating_task_study_item_output_b_system_b_fk",
        "rating_task",
        _RUBRIC,
        _SAME_PAIR | {"output_b_id": _OTHER_OUTPUT % "b"},
    ),
    Case("gold_has_a_verdict_or_answers", "rating_gold", {}, {"answers": "'{}'"}),
    Case("gold_has_a_verdict_or_answers", "rating_gold", {}, {"verdict": "NULL"}),
    Case("gold_verdict_is_known", "rating_gold", {}, {"verdict": "'C'"}),
    Case("rating_gold_task_study_fk", "rating_gold", {}, {"task_id": _in("rating_task", "second")}),
    Case(
        "rating_goldretirement_gold_id_key",
        "rating_goldretirement",
        {"gold_id": "(SELECT max(id) FROM rating_gold)"},
        {"gold_id": "gold_id"},
    ),
    Case(
        "rating_goldretirement_gold_study_fk",
        "rating_goldretirement",
        {"gold_id": "(SELECT max(id) FROM rating_gold)"},
        {"study_id": _study("second")},
    ),
    Case("plan_number_is_unique", "rating_plan", _PLAN, {"number": "number"}),
    Case(
        "rating_plan_cut_study_fk",
        "rating_plan",
        _PLAN | {"cut_id": _in("rating_cut", "trial")},
        {"cut_id": _in("rating_cut", "second")},
    ),
    Case(
        "rating_studyfigures_study_id_key",
        "rating_studyfigures",
        _FIGURES,
        {"study_id": "study_id", "cut_id": "cut_id"},
    ),
    Case("rating_studyfigures_cut_study_fk", "rating_studyfigures", _FIGURES, {"cut_id": _in("rating_cut", "trial")}),
    Case("draw_ordinal_is_unique", "rating_draw", _DRAW, {"ordinal": "ordinal"}),
    Case("draw_position_is_dense", "rating_draw", _DRAW, {"position": "position"}),
    *(
        Case("draw_probabilities_are_probabilities", "rating_draw", _DRAW, {name: value})
        for name in ("p_pair", "p_item")
        for value in ("0", "1.01")
    ),
    Case("draw_purpose_is_known", "rating_draw", _DRAW, {"purpose": "'fun'"}),
    *(
        Case("draw_is_inserted_or_in_a_band", "rating_draw", good, bad)
        for good, bad in (
            (_DRAW, {"band": "NULL"}),
            (_DRAW, {"position": "NULL"}),
            (_DRAW, {"purpose": "'gold'", "rater_id": _rater("Idle")}),
            (_INSERTED, {"rater_id": "NULL"}),
            (_INSERTED, {"band": "band"}),
            (_INSERTED, {"position": "99"}),
            (_INSERTED, {"purpose": "'overlap'"}),
        )
    ),
    *(
        Case("plan_zero_is_the_inserted_one", "rating_plan", good, bad)
        for good, bad in (
            (_PLAN, {"method": "'inserted'"}),
            (_PLAN, {"method": "'dice'"}),
            (_PLAN, {"size": "NULL"}),
            (_PLAN_ZERO, {"method": "'balanced'"}),
            (_PLAN_ZERO, {"size": "5"}),
            (_PLAN_ZERO, {"number": "99"}),
        )
    ),
    Case("item_bar_is_unique", "rating_itembar", _BAR, {"item_id": "item_id"}),
    Case("item_bar_has_a_reason", "rating_itembar", _BAR, {"reason": "''"}),
    Case("rating_itembar_study_rater_fk", "rating_itembar", _BAR, {"rater_id": _rater("Idle")}),
    Case("rating_itembar_study_item_fk", "rating_itembar", _BAR, {"item_id": SPARE_ITEM}),
    Case("rating_draw_plan_study_fk", "rating_draw", _DRAW, {"plan_id": _in("rating_plan", "second")}),
    Case("rating_draw_task_study_fk", "rating_draw", _DRAW, {"task_id": _in("rating_task", "second")}),
    Case("rating_draw_study_band_fk", "rating_draw", _DRAW, {"band": "99"}),
    Case("band_is_unique", "rating_band", {"number": "99"}, {"number": "number"}),
    *(
        Case("cut_is_one_per_set_of_facts", "rating_cut", good, {name: name for name in good})
        for good in (_CUT, {"last_finding": "99"})
    ),
    Case("rule_version_is_unique", "rating_ruleset", {"version": "99"}, {"version": "version"}),
    Case("opening_is_the_first", "rating_resultsopening", {"rater_id": _rater("Idle")}, {"rater_id": "rater_id"}),
    Case("analysis_is_one_per_key", "analysis_analysis", _ANALYSIS, {"key_sha256": "key_sha256"}),
    Case("analysis_analysis_public_id_key", "analysis_analysis", _ANALYSIS, {"public_id": "public_id"}),
    Case("analysis_analysis_cut_study_fk", "analysis_analysis", _ANALYSIS, {"cut_id": _in("rating_cut", "second")}),
)

_FREE = "NOT EXISTS (SELECT FROM rating_assignment a WHERE a.draw_id = x.id) AND x.purpose = 'base' AND x.ordinal <> 50"
_FREE_TASK = _in("rating_draw", "trial", _FREE, "task_id")


def _lease_of(draw: str, task: str) -> Changes:
    """A live lease of the rater who has done nothing, on this draw."""
    systems = {
        side: f"(SELECT t.{side} FROM rating_task t WHERE t.id = {task})" for side in ("system_low", "system_high")
    }
    lease = {"public_id": NEW, "draw_id": draw, "task_id": task, "rater_id": _rater("Third"), "ended_at": "NULL"}
    nothing_yet = dict.fromkeys(("outcome", "shown_at", "shown_number", "done_number"), "NULL")
    return {**lease, **systems, **nothing_yet}


def _same(*names: str) -> Changes:
    return {name: name for name in names}


_SERVED = _lease_of(_in("rating_draw", "trial", _FREE), _FREE_TASK)
_OF_DRAW = _same("draw_id", "task_id", "system_low", "system_high")
_ENDED = {"outcome": "'released'", "ended_at": "now()"}
_DONE = {"outcome": "'judged'", "ended_at": "now()", "done_number": "77"}
_SHOWN = {"shown_at": "now()", "shown_number": "77"}
_SKIPPED = {"outcome": "'skipped'", "ended_at": "now()", "skip_reason": "'broken'"}
_OF_FIRST = {"rater_id": "rater_id", "showing": "99"}  # another showing of the rater of the stored row
_RUBRIC_LEASE = _lease_of(
    _in("rating_draw", "trial", "x.ordinal = 50"), _in("rating_draw", "trial", "x.ordinal = 50", "task_id")
) | {"a_on_left": "NULL"}
_IMPORTED = {"public_id": NEW, "showing": "7"}
_JUDGED = {"public_id": NEW, "sample": "1"}
_FIRST_DRAW = "(SELECT x.id FROM rating_draw x WHERE x.task_id = rating_assignment.task_id ORDER BY x.id LIMIT 1)"
_UNENDED = "(SELECT id FROM rating_assignment x WHERE x.outcome IS NULL AND x.study_id = rating_judgment.study_id)"
_FIRST = {"assignment_id": _UNENDED, "submission": NEW}
_REVISION = {"submission": NEW, "revision": "3", "supersedes_id": "id"}
_ANOTHER = "(SELECT max(j.id) FROM rating_judgment j)"
_SUPERSEDES_KEY = "rating_judgment_supersedes_study_assignment_supersedes_revision_fk"[:63]

SHOWN = (
    Case("assignment_public_id_is_unique", "rating_assignment", _SERVED, {"public_id": "public_id"}),
    Case("draw_is_filled_once", "rating_assignment", _SERVED, _OF_DRAW),
    Case("draw_is_filled_once", "rating_assignment", _SERVED, _OF_DRAW, "outcome IS NULL"),
    Case("draw_is_filled_once", "rating_assignment", _SERVED | _OF_DRAW | _ENDED, _DONE),
    Case("assignment_showing_is_unique", "rating_assignment", _SERVED, {**_OF_DRAW, **_ENDED, "rater_id": "rater_id"}),
    Case("assignment_showing_is_unique", "rating_assignment", _IMPORTED, _same("showing"), "source = 'imported'"),
    *(
        Case("assignment_judge_is_unique", "rating_assignment", _JUDGED, _same("sample"), where)
        for where in ("source = 'judge' AND a_on_left", "source = 'judge' AND a_on_left IS NULL")
    ),
    *(
        Case("assignment_served_has_a_lease", "rating_assignment", _SERVED, {name: wrong})
        for name, wrong in (("leased_at", "NULL"), ("expires_at", "NULL"), ("draw_id", "NULL"), ("sample", "1"))
    ),
    Case("assignment_served_has_sides", "rating_assignment", _SERVED, {"a_on_left": "NULL"}),
    Case("assignment_served_has_sides", "rating_assignment", _RUBRIC_LEASE, {"a_on_left": "true"}),
    Case("assignment_ended_has_an_outcome", "rating_assignment", _SERVED, {"ended_at": "now()"}),
    Case("assignment_ended_has_an_outcome", "rating_assignment", _SERVED, {"outcome": "'released'"}),
    Case("assignment_ended_has_an_outcome", "rating_assignment", _SERVED, {"outcome": "'lost'", "ended_at": "now()"}),
    *(
        Case("assignment_imported_is_judged", "rating_assignment", _IMPORTED, wrong, "source = 'imported'")
        for wrong in (
            {"outcome": "'skipped'"},
            {"outcome": "NULL", "ended_at": "NULL"},
            {"outcome": "'late'", "draw_id": _FIRST_DRAW},
        )
    ),
    Case("assignment_skip_has_a_reason", "rating_assignment", _SERVED | _ENDED, {"skip_reason": "'broken'"}),
    Case("assignment_skip_has_a_reason", "rating_assignment", _SERVED, {"skip_reason": "'broken'"}),
    Case("assignment_skipped_says_why", "rating_assignment", _SERVED | _SKIPPED, {"skip_reason": "NULL"}),
    Case("assignment_shown_is_numbered", "rating_assignment", _SERVED | _SHOWN, {"shown_number": "NULL"}),
    Case("assignment_shown_is_numbered", "rating_assignment", _SERVED | _SHOWN, {"shown_at": "NULL"}),
    Case("assignment_done_is_numbered", "rating_assignment", _SERVED | _DONE, {"done_number": "NULL"}),
    Case("assignment_done_is_numbered", "rating_assignment", _SERVED | _ENDED, {"done_number": "77"}),
    Case("assignment_done_is_numbered", "rating_assignment", _SERVED, {"done_number": "77"}),
    Case(
        "assignment_shown_number_is_unique",
        "rating_assignment",
        _SERVED | _OF_FIRST | _SHOWN,
        _same("shown_number"),
        "shown_number = 1",
    ),
    Case(
        "assignment_done_number_is_unique",
        "rating_assignment",
        _SERVED | _OF_FIRST | _DONE,
        _same("done_number"),
        "done_number = 1",
    ),
    Case(
        "assignment_first_seen_is_a_side",
        "rating_assignment",
        _SERVED | {"first_seen": "'left'"},
        {"first_seen": "'top'"},
    ),
    Case("assignment_purpose_is_known", "rating_assignment", _SERVED, {"purpose": "'fun'"}),
    Case("assignment_source_is_known", "rating_assignment", _IMPORTED, {"source": "'dreamt'"}, "source = 'imported'"),
    Case("rating_assignment_task_study_system_low_system_high_fk", "rating_assignment", _SERVED, {"system_low": "0"}),
    Case(
        "rating_assignment_draw_study_task_fk",
        "rating_assignment",
        _SERVED,
        {"draw_id": _in("rating_draw", "trial", f"{_FREE} AND x.task_id <> {_FREE_TASK}")},
    ),
    Case(
        "rating_assignment_protocol_study_fk",
        "rating_assignment",
        _SERVED,
        {"protocol_id": _in("studies_protocolversion", "second")},
    ),
    Case("rating_assignment_study_rater_fk", "rating_assignment", _SERVED, {"rater_id": _rater("Idle")}),
    Case("judgment_revision_is_unique", "rating_judgment", _FIRST, _same("assignment_id")),
    Case("judgment_submission_is_unique", "rating_judgment", _FIRST, _same("submission")),
    Case("judgment_is_superseded_once", "rating_judgment", _REVISION, _same("supersedes_id"), "revision = 2"),
    Case(_SUPERSEDES_KEY, "rating_judgment", _REVISION, {"revision": "4"}, "revision = 2"),
    Case(_SUPERSEDES_KEY, "rating_judgment", _REVISION, {"assignment_id": _UNENDED}, "revision = 2"),
    Case("judgment_revision_needs_the_one_before", "rating_judgment", _FIRST, {"revision": "2"}),
    Case("judgment_revision_needs_the_one_before", "rating_judgment", _FIRST, {"supersedes_id": "id"}),
    Case("judgment_says_something", "rating_judgment", _FIRST, {"verdict": "NULL"}),
    Case("judgment_says_something", "rating_judgment", _FIRST, {"parse_status": "'unparsed'"}),
    Case("judgment_verdict_is_known", "rating_judgment", _FIRST, {"verdict": "'C'"}),
    Case("judgment_confidence_is_a_share", "rating_judgment", _FIRST, {"confidence": "1.01"}),
    Case("judgment_confidence_is_a_share", "rating_judgment", _FIRST, {"confidence": "-0.01"}),
    Case("judgment_study_state_is_known", "rating_judgment", _FIRST, {"study_state": "'burning'"}),
    Case(
        "rating_judgment_assignment_study_fk",
        "rating_judgment",
        _FIRST,
        {"assignment_id": _in("rating_assignment", "second")},
    ),
    Case("rating_judgmentcomment_judgment_id_key", "rating_judgmentcomment", {"judgment_id": _ANOTHER},
         _same("judgment_id")),
    Case("rating_withdrawal_judgment_id_key", "rating_withdrawal", {"judgment_id": _ANOTHER}, _same("judgment_id")),
)  # fmt: skip

_SELECTION, _UPLOAD = {"public_id": NEW}, {"public_id": NEW}
_SELECTED = {
    "task_id": "(SELECT max(t.id) FROM rating_task t WHERE t.study_id = analysis_selectedtask.study_id)",
    "place": "2",
}
_MARK = {"task_id": "(SELECT max(t.id) FROM rating_task t WHERE t.study_id = analysis_readingmark.study_id)"}
_TALLY_MARK = {"study_id": _study("second"), "cut_id": _in("rating_cut", "second")}
_TALLY = {"study_id": _study("second"), "task_id": _in("rating_task", "second")} | {
    name: _in("rating_task", "second", column=name) for name in ("system_low", "system_high")
}
READ = (
    Case("analysis_selection_public_id_key", "analysis_selection", _SELECTION, {"public_id": "public_id"}),
    Case("selection_has_a_title", "analysis_selection", _SELECTION, {"title": "''"}),
    Case("selected_task_is_unique", "analysis_selectedtask", _SELECTED, {"task_id": "task_id"}),
    Case("selected_task_place_is_unique", "analysis_selectedtask", _SELECTED, {"place": "place"}),
    Case("selected_task_place_counts_from_one", "analysis_selectedtask", _SELECTED, {"place": "0"}),
    Case(
        "analysis_selectedtask_selection_study_fk",
        "analysis_selectedtask",
        _SELECTED,
        {"study_id": _study("second"), "task_id": _in("rating_task", "second")},
    ),
    Case(
        "analysis_selectedtask_task_study_fk",
        "analysis_selectedtask",
        _SELECTED,
        {"task_id": _in("rating_task", "second")},
    ),
    Case("reading_mark_is_unique", "analysis_readingmark", _MARK, {"task_id": "task_id"}),
    Case(
        "analysis_readingmark_task_study_fk", "analysis_readingmark", _MARK, {"task_id": _in("rating_task", "second")}
    ),
    Case(
        "analysis_tallymark_study_id_key",
        "analysis_tallymark",
        _TALLY_MARK,
        {"study_id": "study_id", "cut_id": "cut_id"},
    ),
    Case("analysis_tallymark_cut_study_fk", "analysis_tallymark", _TALLY_MARK, {"cut_id": _in("rating_cut", "trial")}),
    Case("analysis_tasktally_task_id_key", "analysis_tasktally", _TALLY, {name: name for name in _TALLY}),
    Case("analysis_tasktally_task_study_system_low_system_high_fk", "analysis_tasktally", _TALLY, {"system_low": "0"}),
)
_GATE = {"number": "99"}
_RETIRED = {"gate_id": "(SELECT max(id) FROM analysis_gate)"}
GATES = (
    Case("gate_number_is_unique", "analysis_gate", _GATE, {"number": "number"}),
    Case("gate_compares_two_systems", "analysis_gate", _GATE, {"baseline_id": "candidate_id"}),
    Case("analysis_gate_cut_study_fk", "analysis_gate", _GATE, {"cut_id": _in("rating_cut", "second")}),
    Case("analysis_gateretirement_gate_id_key", "analysis_gateretirement", _RETIRED, {"gate_id": "gate_id"}),
    Case("analysis_gateretirement_gate_study_fk", "analysis_gateretirement", _RETIRED, {"study_id": _study("second")}),
)
SENT = (
    Case("studies_upload_public_id_key", "studies_upload", _UPLOAD, {"public_id": "public_id"}),
    Case("upload_has_a_size", "studies_upload", _UPLOAD, {"n_bytes": "0"}),
    Case(
        "studies_upload_gold_of_id_key",
        "studies_upload",
        {**_UPLOAD, "gold_of_id": "id"},
        {"gold_of_id": "gold_of_id"},
        "gold_of_id IS NOT NULL",
    ),
    Case("upload_part_is_one", "studies_uploadpart", {"number": "2"}, {"number": "number"}),
)
CASES = (*MATERIAL, *PLANNED, *SHOWN, *READ, *GATES, *SENT)
