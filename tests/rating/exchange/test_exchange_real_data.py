"""The adapters on the published data, against the counts their authors print."""

from collections import Counter
from pathlib import Path

import pytest

from apps.rating.exchange.bundle import read_bundle
from apps.rating.exchange.rows import task_key_of

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def folder() -> Path:
    import os

    path = os.environ.get("TOUCHSTONE_REAL_DATA", "")
    if not path:
        pytest.skip("TOUCHSTONE_REAL_DATA is unset: the published judgments were not read in this run.")
    return Path(path)


@pytest.fixture(scope="module")
def mtbench(folder):
    return read_bundle(folder / "mtbench", "mtbench")


@pytest.fixture(scope="module")
def llmfao(folder):
    return read_bundle(folder / "llmfao", "llmfao")


def test_mtbench_counts(mtbench):
    people = [judgment for judgment in mtbench.judgments if judgment.kind == "human"]
    raters = {(judgment.rater_uuid, judgment.rater_group) for judgment in people}
    assert (len(people), len(mtbench.judgments)) == (3355, 5755)
    assert Counter(group for _, group in raters) == {"expert": 58, "author": 7}
    assert (len(mtbench.items), len(mtbench.outputs), len(mtbench.systems)) == (160, 960, 6)
    assert len({item.group for item in mtbench.items}) == 80
    assert {key for item in mtbench.items for key in item.slices} == {"turn", "category"}


def test_mtbench_keeps_identical_outputs_and_the_empty_answer(mtbench):
    seen = {output.key: output.content_hash() for output in mtbench.outputs}
    identical = [
        judgment
        for judgment in mtbench.judgments
        if seen[judgment.item, judgment.output_a, 0] == seen[judgment.item, judgment.output_b, 0]
    ]
    assert Counter(judgment.kind for judgment in identical) == {"human": 21, "judge": 15}
    assert [output.key for output in mtbench.outputs if output.text == ""] == [("127-1", "llama-13b", 0)]


def test_mtbench_judges_contradicting_orders_are_ties(mtbench):
    judges = [judgment for judgment in mtbench.judgments if judgment.kind == "judge"]
    inconsistent = [judgment for judgment in judges if judgment.metadata.get("inconsistent")]
    assert {judgment.rater for judgment in judges} == {"gpt4_pair"}
    assert (len(judges), len(inconsistent)) == (2400, 380)
    assert {judgment.verdict for judgment in inconsistent} == {"TIE"}
    assert {judgment.left for judgment in mtbench.judgments} == {None}


def test_mtbench_one_rater_judged_one_pair_twice(mtbench):
    again = [judgment for judgment in mtbench.judgments if judgment.showing]
    assert [(judgment.rater, judgment.item) for judgment in again] == [("author_0", "128-1")]


def test_mtbench_second_turns_hold_the_conversation(mtbench):
    item = next(item for item in mtbench.items if item.external_id == "81-2")
    output = next(output for output in mtbench.outputs if output.item == "81-2")
    assert [message["role"] for message in item.messages] == ["user", "user"]
    assert [message["role"] for message in output.messages] == ["assistant", "user", "assistant"]
    assert output.messages[1] == item.messages[1]


def test_llmfao_counts(llmfao):
    by_rater = Counter(judgment.rater for judgment in llmfao.judgments if judgment.kind == "judge")
    people = [judgment for judgment in llmfao.judgments if judgment.kind == "human"]
    assert by_rater == {"gpt4": 2139, "gpt3": 2139}
    assert (len(people), len({judgment.rater_uuid for judgment in people})) == (8931, 124)
    assert Counter(judgment.verdict for judgment in people)["TIE"] == 3471
    assert (len(llmfao.items), len(llmfao.systems)) == (13, 59)
    assert len({task_key_of(judgment) for judgment in people}) == 2139


def test_llmfao_sides_are_known_and_its_training_pairs_are_gold(llmfao):
    assert {judgment.a_was_left for judgment in llmfao.judgments} == {True}
    assert Counter(gold.use for gold in llmfao.golds) == {"training": 7}
    assert llmfao.study.guideline.startswith("# Which AI is Better?")
    assert all(system.declared and system.family for system in llmfao.systems)
