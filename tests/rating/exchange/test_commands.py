"""Import and export as someone types them: all or nothing, twice is once, bad files in words."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.core.models import AuditEvent
from apps.rating.models import Gold, Judgment, Rater
from apps.rating.services import change_standing, record_judgment
from apps.studies.models import Item, Study
from tests.console.test_console import judge_everything
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

ITEMS = [{"item": f"i{n}", "prompt": f"Question {n}?", "slices": {"topic": "x"}} for n in range(3)]
OUTPUTS = [
    {"item": f"i{n}", "system": name, "text": f"{name} says {n}"} for n in range(3) for name in ("north", "south")
]
JUDGMENTS = [
    {"item": "i0", "rater": "Ana", "rater_group": "home", "output_a": "north", "output_b": "south", "verdict": "A"},
    {"item": "i0", "rater": "Ana", "output_a": "south", "output_b": "north", "verdict": "A", "left": "north"},
    {"item": "i1", "rater": "robot", "kind": "judge", "output_a": "north", "output_b": "south", "verdict": "TIE"},
]
GOLD = [{"item": "i2", "output_a": "north", "output_b": "south", "verdict": "B", "rationale": "because"}]


def folder(path: Path, **tables: list[dict[str, object]]) -> Path:
    path.mkdir(exist_ok=True)
    for name, rows in {"items": ITEMS, "outputs": OUTPUTS, "judgments": JUDGMENTS, "gold": GOLD, **tables}.items():
        (path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run(*words: object) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out)
    return out.getvalue()


def test_import_and_again(db: None, tmp_path: Path) -> None:
    source = folder(tmp_path / "s")
    assert "imported 2 systems, 3 items, 6 outputs, 1 golds, 3 judgments" in run("import_study", source, "--study", "s")
    n_events = AuditEvent.objects.count()
    assert "nothing changed" in run("import_study", source, "--study", "s")
    assert AuditEvent.objects.count() == n_events
    assert Judgment.objects.count() == 3
    assert list(Judgment.objects.order_by("pk").values_list("verdict", flat=True)) == ["A", "B", "TIE"], (
        "one real rater judged the same pair twice, and both count"
    )


def test_an_import_says_which_outputs_name_their_system(db: None, tmp_path: Path) -> None:
    said = [{**row, "text": f"I am ChatGPT {n}."} for n, row in enumerate(OUTPUTS)]
    source = folder(tmp_path / "s", outputs=said[:5] + OUTPUTS[5:], judgments=[], gold=[])
    told = run("import_study", source, "--study", "s").splitlines()[1:]
    assert told == [
        "5 outputs say which system wrote them:",
        "  item i0, system north: 'I am ChatGPT 0.'",
        "  item i0, system south: 'I am ChatGPT 1.'",
        "  item i1, system north: 'I am ChatGPT 2.'",
        "  and 2 more.",
        "Raters who read that are not blind: a board can leave it out (--without self_identified).",
    ]
    source = folder(tmp_path / "t", outputs=said[:1] + OUTPUTS[1:], judgments=[], gold=[])
    assert "\n1 output says which system wrote it:\n  item i0" in run("import_study", source, "--study", "t")
    assert "which system wrote" not in run("import_study", folder(tmp_path / "u"), "--study", "u")


def test_new_rows_are_added(db: None, tmp_path: Path) -> None:
    run("import_study", folder(tmp_path / "s"), "--study", "s")
    more = {"item": "i2", "rater": "Ben", "output_a": "north", "output_b": "south", "verdict": "BOTH_BAD"}
    source = folder(tmp_path / "s", judgments=[*JUDGMENTS, more])
    assert "added 1 judgments" in run("import_study", source, "--study", "s")


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"items": [{**ITEMS[0], "prompt": "Changed?"}, *ITEMS[1:]]}, r"items\.jsonl, line 1"),
        ({"outputs": [*OUTPUTS[:-1], {**OUTPUTS[-1], "text": "changed"}]}, r"outputs\.jsonl, line 6, column text"),
        (
            {"judgments": [{**JUDGMENTS[0], "verdict": "B"}, *JUDGMENTS[1:]]},
            r"judgments\.jsonl, line 1, column verdict",
        ),
        ({"gold": [{**GOLD[0], "verdict": "A"}]}, r"gold\.jsonl, line 1"),
        ({"judgments": [{**JUDGMENTS[2], "kind": "human"}]}, r"line 1, column kind"),
        ({"judgments": [{**JUDGMENTS[0], "rater_group": "away"}]}, r"line 1, column rater_group"),
    ],
)
def test_changed_rows_are_refused_and_nothing_is_stored(
    db: None, tmp_path: Path, tables: dict[str, list[dict[str, object]]], words: str
) -> None:
    run("import_study", folder(tmp_path / "s"), "--study", "s")
    new_item = {"item": "new", "prompt": "?"}
    changed = folder(tmp_path / "s", **{"items": [*ITEMS, new_item], **tables})
    with pytest.raises(CommandError, match=words):
        run("import_study", changed, "--study", "s")
    assert not Item.objects.filter(external_id="new").exists()


def test_every_bad_row_is_reported_and_nothing_is_stored(db: None, tmp_path: Path) -> None:
    bad = [{**JUDGMENTS[0], "verdict": "C"}, {**JUDGMENTS[0], "item": "nowhere"}, {**JUDGMENTS[0], "confidence": 7}]
    with pytest.raises(CommandError) as error:
        run("import_study", folder(tmp_path / "s", judgments=bad), "--study", "s")
    text = str(error.value)
    for words in ("line 1, column verdict", "line 2", "line 3, column confidence", "Nothing was stored"):
        assert words in text
    assert not Study.objects.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import_study", "nowhere", "--study", "s"), "nowhere"),
        (("import_study", ".", "--study", "a b"), "use letters"),
        (("run_analysis", "none"), "There is no study 'none'"),
        (("run_analysis", "trial", "--slice", "x"), "write it as key=value"),
        (("run_analysis", "trial", "--workspace", "none"), "There is no workspace 'none'"),
        (("export_study", "none", "--out", "x"), "There is no study 'none'"),
    ],
)
def test_mistakes_on_the_command_line_are_said_in_words(lab: Lab, words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*words)


def test_an_export_elsewhere_gives_the_same_leaderboard(lab: Lab, tmp_path: Path) -> None:
    judge_everything(lab)
    first = Judgment.objects.order_by("pk").first()
    assert first is not None
    record_judgment(
        enrolment=lab.enrolments[0],
        assignment_id=Judgment.objects.filter(assignment__rater=lab.enrolments[0].rater).last().assignment.public_id,
        submission=first.submission.__class__(int=7),
        choice="tie",
        supersedes=Judgment.objects.filter(assignment__rater=lab.enrolments[0].rater).last().submission,
        comment="on reflection",
    )
    change_standing(enrolment_id=lab.enrolments[1].pk, standing="quarantined", reason="test", by=None)
    here = json.loads(run("run_analysis", "trial", "--json"))
    run("export_study", "trial", "--out", tmp_path / "out")
    text = (tmp_path / "out" / "judgments.jsonl").read_text()
    assert "Rater0" not in text, "nothing personal leaves"
    assert "superseded" in text
    run("import_study", tmp_path / "out", "--study", "copy", "--workspace", "elsewhere")
    assert json.loads(run("run_analysis", "copy", "--json")) == here
    assert here["left_out"]["quarantined"] > 0
    run("export_study", "copy", "--out", tmp_path / "again")
    for name in ("items.jsonl", "outputs.jsonl", "systems.jsonl", "study.json"):
        assert (tmp_path / "again" / name).read_text() == (tmp_path / "out" / name).read_text()
    assert "nothing changed" in run("import_study", tmp_path / "out", "--study", "trial", "--workspace", "lab")
    with pytest.raises(CommandError, match="not empty"):
        run("export_study", "trial", "--out", tmp_path / "out", "--workspace", "lab")


def test_gold_and_raters_come_with_their_kinds(db: None, tmp_path: Path) -> None:
    run("import_study", folder(tmp_path / "s"), "--study", "s")
    assert set(Rater.objects.values_list("name", "kind")) == {("Ana", "human"), ("robot", "judge")}
    gold = Gold.objects.get()
    assert gold.rationale == "because"
    north_is_a = gold.task.system_a.name == "north"
    assert gold.verdict == ("B" if north_is_a else "A")
