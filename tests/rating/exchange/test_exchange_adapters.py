"""The adapters on small invented data of the published shape, and on data that is not of that shape."""

import json

import pytest

from apps.rating.exchange.bundle import read_bundle
from apps.rating.exchange.problems import ImportRefused


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def vote(**values):
    return {
        "judge": "expert_1",
        "model_a": "red",
        "model_b": "blue",
        "question_id": 1,
        "turn": 1,
        "winner": "model_b",
    } | values


@pytest.fixture
def mtbench(tmp_path):
    """A question, two models, a person and GPT-4."""
    files = {
        "questions": lines({"question_id": 1, "category": "math", "turns": ["1+1?", "And 2+2?"]}),
        "answers": lines(
            {"question_id": 1, "model": "red", "turns": ["2", "5"]},
            {"question_id": 1, "model": "blue", "turns": ["2", "4"]},
        ),
        "human": lines(vote(), vote(turn=2, winner="tie")),
        "gpt4_pair": lines(vote(judge="gpt4_pair", winner="tie (inconsistent)")),
    }
    for name, text in files.items():
        (tmp_path / f"{name}.jsonl").write_text(text)
    return tmp_path


@pytest.fixture
def llmfao(tmp_path):
    """A prompt that was compared and one that was not, two models of three, a worker and both judges."""
    model = {"org": "Acme", "api_id": "x", "api": "y", "type": "chat"}
    result = {"duration": 3.5}
    header = "id,prompt,model_x,model_y,worker,winner,left,right\n"
    files = {
        "models.jsonl": lines(
            *({"id": number, "name": name} | model for number, name in enumerate(("red", "blue", "off")))
        ),
        "prompts.jsonl": lines(
            {"id": 4, "text": "Joke?", "type": "creativity", "slug": "joke", "stop": None, "note": "Laugh"},
            {"id": 5, "text": "Never compared", "type": "code", "slug": "never"},
        ),
        "results.jsonl": lines(
            *({"model": m, "prompt": p, "result": f" {m}{p}\n"} | result for m in range(3) for p in (4, 5))
        ),
        "pairs-crowd-training.jsonl": lines(
            {"prompt": 4, "model_x": 1, "model_y": 0, "result_x": "14", "result_y": "04", "golden": "left",
             "reason": "Funnier"}
        ),
        "crowd-comparisons.csv": header + "0,4,0,1,58,right,red,blue\n",
        "gpt4-crowd-comparisons.csv": header + "0,4,0,1,,left,red,blue\n",
        "gpt3-crowd-comparisons.csv": header + "0,4,0,1,,tie,red,blue\n",
        "crowd-instruction.md": "# Guide\n",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def refusal(folder, data_format):
    with pytest.raises(ImportRefused) as refused:
        read_bundle(folder, data_format)
    return [problem.sentence() for problem in refused.value.problems]


def test_mtbench_becomes_the_documented_format(mtbench):
    bundle = read_bundle(mtbench, "mtbench")
    assert [(j.item, j.rater, j.rater_group, j.kind, j.verdict) for j in bundle.judgments] == [
        ("1-1", "expert_1", "expert", "human", "B"),
        ("1-2", "expert_1", "expert", "human", "TIE"),
        ("1-1", "gpt4_pair", None, "judge", "TIE"),
    ]
    assert [(item.external_id, item.group, item.slices["turn"]) for item in bundle.items] == [
        ("1-1", "1", "1"),
        ("1-2", "1", "2"),
    ]
    assert bundle.outputs[0].text == "2"
    assert [message["content"] for message in bundle.outputs[1].messages] == ["2", "And 2+2?", "5"]


def test_llmfao_becomes_the_documented_format(llmfao):
    bundle = read_bundle(llmfao, "llmfao")
    assert [(j.rater, j.kind, j.verdict, j.left) for j in bundle.judgments] == [
        ("worker 58", "human", "B", "red"),
        ("gpt4", "judge", "A", "red"),
        ("gpt3", "judge", "TIE", "red"),
    ]
    assert [(item.external_id, item.metadata) for item in bundle.items] == [("joke", {"prompt": 4, "note": "Laugh"})]
    assert [(output.key, output.text, output.latency_ms) for output in bundle.outputs] == [
        (("joke", "red", 0), " 04\n", 3.5),
        (("joke", "blue", 0), " 14\n", 3.5),
    ]
    assert [(gold.output_a, gold.verdict, gold.use) for gold in bundle.golds] == [("blue", "A", "training")]
    assert bundle.study.guideline == "# Guide\n"


BAD_MTBENCH = [
    ("human", vote(winner="both"), 'line 1, column winner: expected one of model_a, model_b, tie'),
    ("human", vote(turn="1"), 'human.jsonl, line 1, column turn: expected a whole number; found "1"'),
    ("human", vote(turn=3), 'human.jsonl, line 1, column output_a: expected a system with an output'),
    ("answers", {"question_id": 2, "model": "red", "turns": ["a", "b"]}, "question_id: expected one of 1"),
    ("answers", {"question_id": 1, "model": "red", "turns": ["a"]}, "turns: expected a list of two texts"),
    ("questions", {"question_id": 1, "category": "x", "turns": ["a"]}, "line 1, column turns"),
    (
        "questions",
        {"question_id": 1, "category": "x", "turns": ["a", "b"], "reference": ["r"]},
        "column reference: expected a list of two texts",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("file", "row", "words"), BAD_MTBENCH)
def test_mtbench_data_of_another_shape_is_told(mtbench, file, row, words):
    (mtbench / f"{file}.jsonl").write_text(lines(row))
    assert any(words in sentence for sentence in refusal(mtbench, "mtbench"))


@pytest.mark.parametrize("name", ["human.jsonl", "questions.jsonl"])
def test_a_missing_file_of_mtbench_is_named(mtbench, name):
    (mtbench / name).unlink()
    assert f"expected a file {name} or {name}.gz; found none" in refusal(mtbench, "mtbench")[0]


def test_a_missing_guide_of_llmfao_is_named(llmfao):
    (llmfao / "crowd-instruction.md").unlink()
    assert "expected a file crowd-instruction.md" in refusal(llmfao, "llmfao")[0]


def test_training_pairs_with_other_texts_are_told(llmfao):
    pairs = llmfao / "pairs-crowd-training.jsonl"
    pairs.write_text(pairs.read_text().replace('"14"', '"15"'))
    assert 'column result_x: expected the text of the result; found "15"' in refusal(llmfao, "llmfao")[0]


def test_comparisons_of_unknown_prompts_are_told(llmfao):
    votes = llmfao / "crowd-comparisons.csv"
    votes.write_text(votes.read_text() + "1,99,0,1,58,right,red,blue\n")
    assert refusal(llmfao, "llmfao") == ['crowd-comparisons.csv, line 3, column prompt: expected one of 4; found "99".']
