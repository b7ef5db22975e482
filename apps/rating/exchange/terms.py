"""study.json: what is asked in a study, and which answers there are."""

import re
from typing import Any

from apps.studies.material import VERDICT_WORDS, Anchor, CriterionRow, StudyFile

from . import kinds
from .columns import MAX_NAME, Column, Table
from .kinds import Kind, Unfit
from .parsing import RowParser
from .problems import Problem, Report, shown
from .strict_json import BadJson, load_json, unstorable_in

STUDY_FILE = "study.json"
_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")
_CRITERION_FIELDS = {"key", "question", "anchors"}
_ANCHOR_FIELDS = {"value", "label", "example"}


def _name(value: Any) -> str:
    if type(value) is not str or not value.strip() or len(value) > MAX_NAME:
        raise Unfit(shown(value))
    return value


def _verdicts(value: Any) -> tuple[str, ...]:
    if type(value) is not list or not all(word in VERDICT_WORDS for word in value):
        raise Unfit(shown(value))
    if len(set(value)) != len(value) or (value and not {"A", "B"} <= set(value)):
        raise Unfit(shown(value))
    return tuple(word for word in VERDICT_WORDS if word in value)


def _criteria(value: Any) -> tuple[CriterionRow, ...]:
    if type(value) is not list:
        raise Unfit(shown(value))
    criteria = tuple(_criterion(entry) for entry in value)
    keys = [criterion.key for criterion in criteria]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise Unfit(f"the key {shown(twice)} twice")
    return criteria


def _criterion(entry: Any) -> CriterionRow:
    if type(entry) is not dict or set(entry) != _CRITERION_FIELDS:
        raise Unfit(f"the criterion {shown(entry)}")
    key, question = entry["key"], entry["question"]
    if type(key) is not str or not _KEY.fullmatch(key):
        raise Unfit(f"the key {shown(key)}")
    if type(question) is not str or not question.strip():
        raise Unfit(f"the question {shown(question)}")
    return CriterionRow(key=key, question=question, anchors=_anchors(entry["anchors"]))


def _anchors(value: Any) -> tuple[Anchor, ...]:
    if type(value) is dict:
        value = [{"value": _number_if_one(key), "label": label} for key, label in value.items()]
    if type(value) is not list or not value:
        raise Unfit(f"the anchors {shown(value)}")
    anchors = tuple(_anchor(entry) for entry in value)
    if len({str(anchor.value) for anchor in anchors}) != len(anchors):
        raise Unfit(f"two anchors of one value in {shown(value)}")
    return anchors


def _number_if_one(key: str) -> int | str:
    return int(key) if re.fullmatch(r"-?\d{1,9}", key, re.ASCII) else key


def _anchor(entry: Any) -> Anchor:
    if type(entry) is str and entry:
        return Anchor(value=entry, label=entry)
    if type(entry) is not dict or not {"value", "label"} <= set(entry) <= _ANCHOR_FIELDS:
        raise Unfit(f"the anchor {shown(entry)}")
    texts = entry["label"], entry.get("example", "")
    if type(entry["value"]) not in (int, str) or any(type(text) is not str for text in texts):
        raise Unfit(f"the anchor {shown(entry)}")
    return Anchor(value=entry["value"], label=texts[0], example=texts[1])


NAME = Kind(f"a text of 1 to {MAX_NAME} characters", _name)
VERDICTS = Kind("a list of A, B and, if wanted, TIE and BOTH_BAD (or none of them)", _verdicts)
CRITERIA = Kind(
    "a list of criteria, each with key (letters, digits, - and _), question and anchors (a list of"
    ' {"value": 1, "label": "..."}, with an example if wanted, or an object of labels by value)',
    _criteria,
)
STUDY = Table(
    "study",
    (
        Column("name", NAME, "the study's name"),
        Column("question", kinds.TEXT, "what raters are asked about two outputs"),
        Column("guideline", kinds.TEXT, "what raters read first"),
        Column("verdicts", VERDICTS, "the answers to a comparison; default A, B, TIE, BOTH_BAD"),
        Column("criteria", CRITERIA, "the rubric: questions about one output, with anchored answers"),
        Column("baseline", kinds.IDENTIFIER, "the system the others are measured against"),
    ),
)


def parse_study(data: bytes, *, file: str, report: Report) -> StudyFile | None:
    """The study's terms from the bytes of study.json; None where they cannot be read."""
    try:
        values = load_json(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        found = f"the byte 0x{data[error.start]:02X} at position {error.start + 1}"
        report(Problem(file, None, None, "UTF-8 text", found))
    except BadJson as error:
        report(Problem(file, None, None, "a JSON object", str(error)))
    else:
        if type(values) is dict:
            return study_from(values, file=file, report=report)
        report(Problem(file, None, None, "a JSON object", shown(values)))
    return None


def study_from(values: dict[str, Any], *, file: str, report: Report) -> StudyFile | None:
    """The study's terms from their documented names."""
    unstorable = unstorable_in(values)
    if unstorable is not None:
        report(Problem(file, None, None, "text that can be stored", unstorable))
        return None
    row = RowParser(STUDY, file=file, report=report).parse(0, values)
    if row.bad:
        return None
    if not row.values.get("verdicts", True) and not row.values.get("criteria"):
        report(Problem(file, None, "verdicts", "verdicts, or criteria, or both", "neither"))
        return None
    return StudyFile(**row.values)
