"""One row at least in every table, and how to store a row that differs from one of them in a few columns."""

from uuid import uuid4

from django.db import connection

from apps.accounts.services import create_workspace
from apps.analysis.filters import Filters
from apps.analysis.gate_rules import GateRule, RuleKind
from apps.analysis.models import ReadingMark, SelectedTask, Selection, TaskTally
from apps.analysis.reading_tallies import advance_tallies
from apps.analysis.services import compute_leaderboard, retire_gate, set_gate
from apps.core.models import Job, Rendering
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Enrolment, Judgment, Rater, StandingChange, Task
from apps.rating.services import (
    bar_items,
    enrol_rater,
    freeze_figures,
    give_assignment,
    note_results_opened,
    open_study,
    record_judgment,
    retire_gold,
    set_gold,
    set_rules,
    take_cut,
    withdraw_judgment,
)
from apps.studies.models import Criterion, Output, OutputFinding, ProtocolVersion, Study
from apps.studies.services.protocol import ProtocolTerms, create_study
from apps.studies.uploads import Upload, UploadPart
from tests.studies_for_tests import SYSTEMS, Lab, bundle_of

Changes = dict[str, str]


def copy_row(table: str, changes: Changes, where: str = "true") -> None:
    """Store a copy of the first row of the lab's own study where `where` holds; `changes` are SQL expressions."""
    columns = [name for name in _columns(table) if name != "id"]
    mine = "study_id = (SELECT id FROM studies_study WHERE slug = 'trial')" if "study_id" in columns else "true"
    values = ", ".join(changes.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    assert set(changes) <= set(columns), set(changes) - set(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} "
            f"WHERE {mine} AND {where} ORDER BY {table}.id LIMIT 1"
        )
        assert cursor.rowcount == 1, f"there is no row of {table} where {where}"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public' "
            "AND is_generated = 'NEVER'",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def build_world() -> Lab:
    """A lab with every kind of fact, a second study beside it, an empty one, and a study in a far workspace."""
    lab = Lab.set_up()
    _work(lab)
    _add_facts(lab)
    _add_neighbours(lab)
    _add_rows_no_service_makes(lab)
    return lab


def _work(lab: Lab) -> None:
    """Rater 0 judges three and changes the first; rater 1 holds a lease; a third has done nothing."""
    submissions = []
    for _ in range(3):
        submissions.append(uuid4())
        given = lab.assignment(0)
        record_judgment(
            enrolment=lab.enrolments[0], assignment_id=given.public_id, submission=submissions[-1],
            choice="left", comment="so clear",
        )  # fmt: skip
    first = Judgment.objects.select_related("assignment").get(submission=submissions[0])
    record_judgment(
        enrolment=lab.enrolments[0], assignment_id=first.assignment.public_id, submission=uuid4(),
        choice="tie", supersedes=first.submission,
    )  # fmt: skip
    lab.assignment(1)
    lab.enrolments.append(lab.add_rater("third"))


def _add_facts(lab: Lab) -> None:
    bar_items(enrolment=lab.enrolments[0], items=["item-0"], reason="a test", by=None)
    take_cut(study_id=lab.study.pk)
    set_rules(study=lab.study, rules=[{"name": "told_apart"}], by=None)
    tasks = Task.objects.filter(study=lab.study).order_by("pk")
    golds = [set_gold(task=task, verdict="A", by=None) for task in tasks[:2]]
    retire_gold(gold=golds[0], reason="a test", by=None)
    withdraw_judgment(judgment=Judgment.objects.filter(revision=1).latest("pk"), reason="a test", by=None)
    note_results_opened(study=lab.study, user=lab.raters[0])
    cut = take_cut(study_id=lab.study.pk)
    StandingChange.objects.create(
        study=lab.study, rater=lab.enrolments[0].rater, standing="active", reason="a test", cut=cut
    )
    compute_leaderboard(study=lab.study, filters=Filters(), by=None)
    freeze_figures(study_id=lab.study.pk)
    _read(lab, tasks[0])
    _set_gates(lab)
    _upload(lab)
    Rendering.objects.create(key="output:a test", version=1, html="<p>a test</p>")
    Job.objects.create(kind="leaderboard", workspace_id=lab.workspace.pk, subject="trial")


def _read(lab: Lab, task: Task) -> None:
    """What the reading room counts, marks and shares."""
    advance_tallies(study=lab.study)
    assert TaskTally.objects.filter(study=lab.study).exists()
    ReadingMark.objects.create(study=lab.study, task=task, user=lab.manager)
    selection = Selection.objects.create(study=lab.study, title="To talk about")
    SelectedTask.objects.create(study=lab.study, selection=selection, task=task, place=1)


def _set_gates(lab: Lab) -> None:
    """One that was retired, and one in force."""
    for number in (1, 2):
        rule = GateRule(kind=RuleKind.MARGIN, allowed=number / 100)
        gate = set_gate(
            study=lab.study, candidate=SYSTEMS[0], baseline=SYSTEMS[1], rules=[rule], is_watched=True, by=None
        )
        if number == 1:
            retire_gate(gate=gate, reason="a test", by=None)


def _upload(lab: Lab) -> None:
    file = {"workspace": lab.workspace, "by": uuid4(), "name": "a.jsonl", "n_bytes": 1, "sha256": "0" * 64}
    upload = Upload.objects.create(**file)
    UploadPart.objects.create(upload=upload, number=1, data=b"a")
    Upload.objects.create(**file, gold_of=upload)


def _add_neighbours(lab: Lab) -> None:
    far = create_workspace(slug="far", name="Far away")
    import_bundle(bundle=bundle_of(1), workspace=far, slug="distant", by=None)
    import_bundle(bundle=bundle_of(4), workspace=lab.workspace, slug="second", by=None)
    second = open_study(study=Study.objects.get(slug="second"), by=None)
    assert give_assignment(enrolment=enrol_rater(study=second, user=lab.raters[0], by=None)) is not None
    take_cut(study_id=second.pk)
    create_study(workspace=lab.workspace, slug="empty", name="Empty", terms=ProtocolTerms(question="Which?"))
    Rater.objects.create(workspace=far, uuid=uuid4(), kind="human", name="Far")
    Rater.objects.create(workspace=lab.workspace, uuid=uuid4(), kind="human", name="Idle")


def _add_rows_no_service_makes(lab: Lab) -> None:
    protocol = ProtocolVersion.objects.get(study=lab.study)
    named = Output.objects.order_by("pk")[0]
    OutputFinding.objects.create(output=named, scanner_version=1, kind="name", excerpt="I am", start=5, end=12)
    Criterion.objects.create(protocol=protocol, ordinal=0, key="clear", question="Is it clear?", anchors=[])
    judge = Rater.objects.create(workspace=lab.workspace, uuid=uuid4(), kind="judge", name="Judge")
    Enrolment.objects.create(study=lab.study, workspace=lab.workspace, rater=judge)
    copy_row("studies_item", {"content_hash": "'spare'"})
    copy_row("studies_output", {"content_hash": "'spare'"})
    last = "id = (SELECT max(t.id) FROM rating_task t JOIN studies_study s ON s.id = t.study_id WHERE slug = 'trial')"
    copy_row("rating_task", {"kind": "'rubric'", "output_b_id": "NULL", "system_b_id": "NULL"}, last)
    rubric = str(Task.objects.get(kind="rubric").pk)
    copy_row("rating_draw", {"task_id": rubric, "ordinal": "50", "position": "50"})
    unserved = {"public_id": "gen_random_uuid()"} | dict.fromkeys(
        ("draw_id", "leased_at", "expires_at", "shown_number", "done_number"), "NULL"
    )
    copy_row("rating_assignment", {**unserved, "source": "'imported'", "showing": "5"})
    for side in ("true", "NULL"):
        by_judge = {"rater_id": str(judge.pk), "source": "'judge'", "a_on_left": side}
        copy_row("rating_assignment", unserved | by_judge)
