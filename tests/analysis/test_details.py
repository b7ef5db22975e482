"""The whole of a frozen leaderboard, from stored rows to its JSON."""

import json

import numpy as np
import pytest

from apps.accounts.services import create_workspace
from apps.analysis.canonical import canonical_json
from apps.analysis.filters import Filters
from apps.analysis.inputs import StudyInputs
from apps.analysis.leaderboard import leaderboard_of
from apps.analysis.services import current_leaderboard
from apps.rating.exchange.bundle import Bundle
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Judgment
from apps.rating.services import take_cut
from apps.studies.material import ItemRow, OutputRow, StudyFile, SystemRow
from apps.studies.models import Study
from tests.console.test_console import judge_everything
from tests.studies_for_tests import Lab, bundle_of

pytestmark = pytest.mark.slow

SHAPE = {
    "pairs": {"first", "second", "n", "n_first", "n_second", "n_tie", "n_both_bad", "first_share", "low", "high"},
    "slices": {"key", "value", "n", "n_items", "systems", "against_baseline", "regressions"},
    "separation": {"kind", "first", "second", "difference", "low", "high", "separable", "n_more"},
    "spending": {
        "system", "n_outputs", "n_with_cost", "mean_cost", "cost_low", "cost_high", "n_with_latency",
        "median_latency_ms", "latency_low", "latency_high", "on_cost_front", "on_latency_front",
    },
}  # fmt: skip


def result_of(study: Study, filters: Filters | None = None) -> dict:
    return json.loads(current_leaderboard(study=study, filters=filters or Filters(), by=None).result)


@pytest.fixture
def big_lab(db: None) -> Lab:
    lab = Lab.set_up(n_items=24)
    judge_everything(lab)
    return lab


def test_every_part_is_there_and_adds_up(big_lab: Lab) -> None:
    found = result_of(big_lab.study)
    assert found["method"].endswith(", 4")
    for part, names in SHAPE.items():
        assert found[part]
        assert all(set(row) == names for row in found[part])
    assert sum(pair["n"] for pair in found["pairs"]) == found["n_judgments"]
    by_system = {row["system"]: row["n"] for row in found["systems"]}
    for name, n in by_system.items():
        assert sum(pair["n"] for pair in found["pairs"] if name in (pair["first"], pair["second"])) == n
    topics = {each["value"]: each for each in found["slices"]}
    assert set(topics) == {"odd", "even"}
    assert sum(each["n"] for each in topics.values()) == found["n_judgments"]
    assert sum(each["n_items"] for each in topics.values()) == found["n_items"]
    assert {row["system"] for row in found["elo"]["systems"]} == set(by_system)
    assert [row["system"] for row in found["spending"]] == [row["system"] for row in found["systems"]]
    assert {row["median_latency_ms"] for row in found["spending"]} == {100.0, 101.0, 102.0}
    assert all(row["mean_cost"] is None and row["on_cost_front"] is None for row in found["spending"])


def test_the_same_inputs_and_seed_give_the_same_bytes(big_lab: Lab) -> None:
    inputs = StudyInputs(take_cut(study_id=big_lab.study.pk), Filters(), 1)
    one, other = (
        canonical_json(leaderboard_of(inputs, inputs_sha256="x", seed=5, baseline="zebra-canary-two")) for _ in range(2)
    )
    assert one == other
    kinds = [row["kind"] for row in json.loads(one)["separation"]]
    assert kinds == ["neighbours"] * 2 + ["baseline"] * 2


def test_a_study_without_judgments_says_what_outputs_cost_and_nothing_else(lab: Lab) -> None:
    found = result_of(lab.study)
    assert [pair["n"] for pair in found["pairs"]] == [0, 0, 0]
    assert (found["slices"], found["separation"], found["elo"]["systems"]) == ([], [], [])
    assert "reason" in found["style"]
    assert [row["n_outputs"] for row in found["spending"]] == [4, 4, 4]


def test_a_study_without_systems_has_nothing_to_say(lab: Lab) -> None:
    bare = Bundle(study=StudyFile(name="Bare", question="?"))
    import_bundle(bundle=bare, workspace=lab.workspace, slug="bare", by=None)
    found = result_of(Study.objects.get(slug="bare"))
    assert [found[part] for part in SHAPE] == [[]] * 4
    assert (found["elo"]["systems"], found["systems"], found["n_judgments"]) == ([], [], 0)


def test_a_slice_of_the_study_is_not_sliced_by_itself_again(big_lab: Lab) -> None:
    found = result_of(big_lab.study, Filters((("topic", "odd"),)))
    assert found["slices"] == []
    assert [row["n_outputs"] for row in found["spending"]] == [12, 12, 12]


def test_outputs_that_join_later_make_another_result(big_lab: Lab) -> None:
    """They bring no judgment, so the cut is the same; what they cost is part of the result."""
    before = current_leaderboard(study=big_lab.study, filters=Filters(), by=None)
    assert current_leaderboard(study=big_lab.study, filters=Filters(), by=None) == before
    more = bundle_of(25)
    import_bundle(bundle=more, workspace=big_lab.workspace, slug="trial", by=None)
    after = current_leaderboard(study=big_lab.study, filters=Filters(), by=None)
    assert after != before
    assert after.inputs_sha256 != before.inputs_sha256
    assert {row["n_outputs"] for row in json.loads(after.result)["spending"]} == {25}


@pytest.fixture
def texts(db: None) -> StudyInputs:
    workspace = create_workspace(slug="texts", name="Texts")
    said = (
        {"role": "user", "content": "# mine\n- mine"},
        {"role": "assistant", "content": "# yours"},
        {"role": "assistant", "content": "- **b**"},
    )
    bundle = Bundle(
        study=StudyFile(name="Texts", question="?"),
        items=(ItemRow(external_id="one", messages=({"role": "user", "content": "?"},)),),
        systems=(SystemRow(name="b"), SystemRow(name="a"), SystemRow(name="c"), SystemRow(name="d")),
        outputs=(
            OutputRow(item="one", system="a", messages=said),
            OutputRow(item="one", system="b", text="# x\n" * 30_000),
            OutputRow(item="one", system="c", text=""),
            OutputRow(item="one", system="d", messages=said[:1]),
        ),
    )
    import_bundle(bundle=bundle, workspace=workspace, slug="texts", by=None)
    return StudyInputs(take_cut(study_id=Study.objects.get(slug="texts").pk), Filters(), 1)


def test_texts_are_counted_as_the_system_said_them_and_read_in_parts(texts: StudyInputs) -> None:
    study = Study.objects.get(slug="texts")
    by_name = dict(study.study_outputs.values_list("system__name", "output"))
    outputs = np.array([by_name[name] for name in "abcd"])
    counts = texts.style_counts(outputs)
    assert counts.tolist() == [[16, 1, 1, 1], [120_000, 5_000, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert texts.style_counts(outputs[::-1]).tolist() == counts[::-1].tolist()
    assert texts.style_counts(np.array([], dtype=np.int64)).shape == (0, 4)


def test_sides_are_undone_whatever_the_ids_of_systems_and_outputs(big_lab: Lab) -> None:
    """Each judgment as stored, told by hand: its first system is the one whose name comes first."""
    inputs = StudyInputs(take_cut(study_id=big_lab.study.pk), Filters(), 1)
    systems = inputs.systems()
    comparisons, labels = inputs.people(systems)
    joined = Judgment.objects.select_related("assignment__task__system_a", "assignment__task__system_b")
    stored = joined.filter(study=big_lab.study).order_by("pk")
    assert len(labels.unit) == comparisons.n_judgments == len(stored)
    for place, judgment in enumerate(stored):
        task = judgment.assignment.task
        sides = sorted([(task.system_a.name, task.output_a_id, "A"), (task.system_b.name, task.output_b_id, "B")])
        assert [systems[comparisons.first[place]], systems[comparisons.second[place]]] == [side[0] for side in sides]
        assert [comparisons.first_output[place], comparisons.second_output[place]] == [side[1] for side in sides]
        verdicts = [sides[0][2], sides[1][2], "TIE", "BOTH_BAD"]
        assert verdicts[comparisons.outcome[place]] == judgment.verdict
        assert comparisons.items.ids[comparisons.item[place]] == task.item_id
