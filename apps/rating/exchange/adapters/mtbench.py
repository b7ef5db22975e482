"""MT-Bench with its human judgments and GPT-4's (Zheng et al. 2023, arXiv:2306.05685).

An item is one turn of one question. What was judged in the second turn is the whole conversation, so the
outputs of second turns are conversations: two systems are alike there only if both their answers are.
GPT-4's verdict on a pair comes from both orders; where they contradict each other it is a tie, marked
inconsistent. The data do not say which answer stood left.
"""

from collections.abc import Iterator
from typing import Any

from apps.rating.exchange.contents import Contents
from apps.rating.exchange.problems import Report
from apps.rating.exchange.sources import Source
from apps.studies.material import StudyFile

from .raw import RawFile, UnexpectedValue, converted, look_up

Row = dict[str, Any]
_N_TURNS = 2
_VERDICT_FIELDS = {
    "judge": str,
    "model_a": str,
    "model_b": str,
    "question_id": int,
    "turn": int,
    "winner": str,
}
QUESTIONS = RawFile("questions", {"question_id": int, "category": str, "turns": list})
ANSWERS = RawFile("answers", {"question_id": int, "model": str, "turns": list})
HUMAN = RawFile("human", _VERDICT_FIELDS)
GPT4 = RawFile("gpt4_pair", _VERDICT_FIELDS)
INCONSISTENT = "tie (inconsistent)"
_VERDICTS = {"model_a": "A", "model_b": "B", "tie": "TIE", INCONSISTENT: "TIE"}

STUDY = StudyFile(
    name="MT-Bench human judgments",
    question="Which assistant's answer is better?",
    guideline="Compare the two assistants' answers to the user's question. In a second turn, judge the answer"
    " to the second question in the light of the whole conversation.",
    verdicts=("A", "B", "TIE"),
)


def open_mtbench(source: Source, report: Report) -> Contents:
    """The data set in the documented format."""
    read = [row for _, row in QUESTIONS.rows(source, _silent).rows]
    questions = {row["question_id"]: row["turns"] for row in read if _are_turns(row["turns"])}

    def outputs(row: Row) -> Iterator[Row]:
        return _outputs(row, look_up(questions, "question_id", row["question_id"]))

    streams = {
        "items": [converted(QUESTIONS.rows(source, report), _items, report)],
        "outputs": [converted(ANSWERS.rows(source, report), outputs, report)],
        "judgments": [
            converted(HUMAN.rows(source, report), _human, report),
            converted(GPT4.rows(source, report), _judge, report),
        ],
    }
    return Contents(STUDY, streams)


def _silent(_problem: object) -> None:
    """The questions are read a second time for their rows, which reports what is wrong with them."""


def _items(row: Row) -> Iterator[Row]:
    _check_turns(row)
    references = row.get("reference") or [None] * _N_TURNS
    if not isinstance(references, list) or len(references) != _N_TURNS:
        raise UnexpectedValue("reference", "a list of two texts", references)
    for turn in range(1, _N_TURNS + 1):
        yield {
            "item": f"{row['question_id']}-{turn}",
            "group": str(row["question_id"]),
            "messages": [_message("user", text) for text in row["turns"][:turn]],
            "reference": references[turn - 1],
            "slices": {"turn": str(turn), "category": row["category"]},
        }


def _outputs(row: Row, question: list[str]) -> Iterator[Row]:
    _check_turns(row)
    first, second = row["turns"]
    of_system = {"system": row["model"]}
    yield of_system | {"item": f"{row['question_id']}-1", "text": first}
    conversation = [
        _message("assistant", first),
        _message("user", question[1]),
        _message("assistant", second),
    ]
    yield of_system | {"item": f"{row['question_id']}-2", "messages": conversation}


def _check_turns(row: Row) -> None:
    if not _are_turns(row["turns"]):
        raise UnexpectedValue("turns", "a list of two texts", row["turns"])


def _are_turns(turns: list[Any]) -> bool:
    return len(turns) == _N_TURNS and all(isinstance(text, str) for text in turns)


def _message(role: str, text: str) -> Row:
    return {"role": role, "content": text}


def _human(row: Row) -> Iterator[Row]:
    yield _judgment(row) | {"rater_group": row["judge"].split("_")[0]}


def _judge(row: Row) -> Iterator[Row]:
    inconsistent = {"metadata": {"inconsistent": True}} if row["winner"] == INCONSISTENT else {}
    yield _judgment(row) | {"kind": "judge"} | inconsistent


def _judgment(row: Row) -> Row:
    return {
        "item": f"{row['question_id']}-{row['turn']}",
        "rater": row["judge"],
        "output_a": row["model_a"],
        "output_b": row["model_b"],
        "verdict": look_up(_VERDICTS, "winner", row["winner"]),
    }
