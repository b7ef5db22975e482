"""LLMFAO: pairwise comparisons by a crowd, GPT-4 and GPT-3 (Ustalov 2023, github.com/dustalov/llmfao).

Only the prompts and models that were compared are read. Its training pairs come with known answers and are
read as gold for training; their texts are those of the results without the blanks at their ends.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from apps.rating.exchange.contents import Contents
from apps.rating.exchange.problems import ImportRefused, Problem, Report
from apps.rating.exchange.sources import Source
from apps.rating.exchange.tables import Stream, read_whole
from apps.studies.material import StudyFile

from .raw import RawFile, UnexpectedValue, converted, look_up

Row = dict[str, Any]
INSTRUCTION = "crowd-instruction.md"
_PAIR_FIELDS = {"prompt": str, "winner": str, "left": str, "right": str}
CROWD = RawFile("crowd-comparisons", _PAIR_FIELDS | {"worker": str}, is_csv=True)
JUDGES = {name: RawFile(f"{name}-crowd-comparisons", _PAIR_FIELDS, is_csv=True) for name in ("gpt4", "gpt3")}
MODELS = RawFile("models", {"id": int, "name": str, "org": str, "api_id": str, "api": str, "type": str})
PROMPTS = RawFile("prompts", {"id": int, "text": str, "type": str, "slug": str})
RESULTS = RawFile("results", {"model": int, "prompt": int, "result": str, "duration": (float, int)})
TRAINING = RawFile(
    "pairs-crowd-training",
    {"prompt": int, "model_x": int, "model_y": int, "result_x": str, "result_y": str, "golden": str},
)
_VERDICTS = {"left": "A", "right": "B", "tie": "TIE"}


@dataclass(frozen=True, slots=True)
class _Compared:
    """What the comparisons speak of: slugs of prompts and names of models, by their numbers."""

    prompts: dict[int, str]
    models: dict[int, str]
    texts: dict[tuple[int, int], str]
    slugs: dict[str, str]  # by numbers as the comparisons write them


def open_llmfao(source: Source, report: Report) -> Contents:
    """The data set in the documented format."""
    compared = _compared(source)

    def judgments(file: RawFile, rater: Callable[[Row], Row]) -> Stream:
        return converted(file.rows(source, report), partial(_judgment, compared=compared, rater=rater), report)

    def stream(file: RawFile, convert: Callable[[Row], Iterator[Row]]) -> list[Stream]:
        return [converted(file.rows(source, report), convert, report)]

    streams = {
        "systems": stream(MODELS, lambda row: _system(row, compared)),
        "items": stream(PROMPTS, lambda row: _item(row, compared)),
        "outputs": stream(RESULTS, lambda row: _output(row, compared)),
        "gold": stream(TRAINING, lambda row: _gold(row, compared)),
        "judgments": [
            judgments(CROWD, lambda row: {"rater": f"worker {row['worker']}"}),
            judgments(JUDGES["gpt4"], lambda _: {"rater": "gpt4", "kind": "judge"}),
            judgments(JUDGES["gpt3"], lambda _: {"rater": "gpt3", "kind": "judge"}),
        ],
    }
    return Contents(_study(source), streams)


def _study(source: Source) -> StudyFile:
    entry = source.find(INSTRUCTION)
    if entry is None:
        raise ImportRefused([Problem(source.name, None, None, f"a file {INSTRUCTION}", "none")])
    guideline = read_whole(entry.open()).decode("utf-8-sig", errors="replace")
    return StudyFile(
        name="LLMFAO",
        question="Which system's output is better?",
        guideline=guideline,
        verdicts=("A", "B", "TIE"),
    )


def _compared(source: Source) -> _Compared:
    """Find what was compared. Each file is read again for its rows; only then are its problems reported."""

    def rows(file: RawFile) -> Iterator[Row]:
        return (row for _, row in file.rows(source, _silent).rows)

    pairs = [row for file in (CROWD, *JUDGES.values()) for row in rows(file)]
    prompts = {row["prompt"] for row in pairs}
    models = {row[side] for row in pairs for side in ("left", "right")}
    slugs = {row["id"]: row["slug"] for row in rows(PROMPTS) if str(row["id"]) in prompts}
    return _Compared(
        prompts=slugs,
        slugs={str(number): slug for number, slug in slugs.items()},
        models={row["id"]: row["name"] for row in rows(MODELS) if row["name"] in models},
        texts={(row["model"], row["prompt"]): row["result"] for row in rows(RESULTS)},
    )


def _silent(_problem: object) -> None:
    """For files that are read a second time."""


def _judgment(row: Row, *, compared: _Compared, rater: Callable[[Row], Row]) -> Iterator[Row]:
    yield {
        "item": look_up(compared.slugs, "prompt", row["prompt"]),
        "output_a": row["left"],
        "output_b": row["right"],
        "left": row["left"],
        "verdict": look_up(_VERDICTS, "winner", row["winner"]),
        **rater(row),
    }


def _system(row: Row, compared: _Compared) -> Iterator[Row]:
    if row["id"] in compared.models:
        settings = {"api": row["api"], "type": row["type"]}
        yield {"system": row["name"], "family": row["org"], "version": row["api_id"], "settings": settings}


def _item(row: Row, compared: _Compared) -> Iterator[Row]:
    if row["id"] in compared.prompts:
        known = {name: row[name] for name in ("note", "stop") if row.get(name)}
        yield {
            "item": row["slug"],
            "prompt": row["text"],
            "slices": {"type": row["type"]},
            "metadata": {"prompt": row["id"], **known},
        }


def _output(row: Row, compared: _Compared) -> Iterator[Row]:
    if row["prompt"] in compared.prompts and row["model"] in compared.models:
        yield {
            "item": compared.prompts[row["prompt"]],
            "system": compared.models[row["model"]],
            "text": row["result"],
            "latency_ms": row["duration"],
        }


def _gold(row: Row, compared: _Compared) -> Iterator[Row]:
    for side in ("x", "y"):
        text = compared.texts.get((row[f"model_{side}"], row["prompt"]), "")
        if text.strip() != row[f"result_{side}"].strip():
            raise UnexpectedValue(f"result_{side}", "the text of the result", row[f"result_{side}"])
    yield {
        "item": look_up(compared.prompts, "prompt", row["prompt"]),
        "output_a": look_up(compared.models, "model_x", row["model_x"]),
        "output_b": look_up(compared.models, "model_y", row["model_y"]),
        "verdict": look_up(_VERDICTS, "golden", row["golden"]),
        "rationale": row.get("reason"),
        "use": "training",
    }
