"""study.json: what is asked in a study, and which answers there are."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from apps.studies.material import (
    ABOUT_COMPARISON,
    ABOUT_OUTPUT,
    VERDICT_WORDS,
    Anchor,
    CriterionRow,
    StudyFile,
)
from apps.studies.models import PlanMethod

from . import kinds
from .columns import MAX_NAME, Column, Table
from .kinds import Kind, Unfit
from .parsing import RowParser
from .problems import Problem, Report, shown
from .strict_json import BadJson, load_json, unstorable_in

STUDY_FILE = "study.json"
_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")
_SLICE = re.compile(r"[^=]+=.+", re.DOTALL)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_PRICE_STEP = Decimal("0.0001")
_MAX_PRICE = Decimal(1_000_000)
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
    if type(entry) is not dict or not _CRITERION_FIELDS <= set(entry) <= _CRITERION_FIELDS | {"about"}:
        raise Unfit(f"the criterion {shown(entry)}")
    key, question, about = entry["key"], entry["question"], entry.get("about", ABOUT_OUTPUT)
    if type(key) is not str or not _KEY.fullmatch(key):
        raise Unfit(f"the key {shown(key)}")
    if type(question) is not str or not question.strip():
        raise Unfit(f"the question {shown(question)}")
    if about not in (ABOUT_OUTPUT, ABOUT_COMPARISON):
        raise Unfit(f"about {shown(about)}")
    return CriterionRow(key=key, question=question, anchors=_anchors(entry["anchors"]), about=about)


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


def _quotas(value: Any) -> dict[str, int]:
    if type(value) is not dict:
        raise Unfit(shown(value))
    for name, wanted in value.items():
        if not _SLICE.fullmatch(name):
            raise Unfit(f"the slice {shown(name)}")
        if type(wanted) is not int or not 1 <= wanted <= kinds.MAX_INTEGER:
            raise Unfit(f"{shown(wanted)} for {shown(name)}")
    return value


def _price(value: Any) -> Decimal:
    if type(value) not in (int, float):
        raise Unfit(shown(value))
    price = Decimal(repr(value))
    if not price.is_finite() or not 0 <= price < _MAX_PRICE or price != price.quantize(_PRICE_STEP):
        raise Unfit(shown(value))
    return price.quantize(_PRICE_STEP)


def _currency(value: Any) -> str:
    if type(value) is not str or not _CURRENCY.fullmatch(value):
        raise Unfit(shown(value))
    return value


def _share_below_all(value: Any) -> float:
    share: float = kinds.SHARE.parse(value)
    if share == 1:
        raise Unfit(shown(value))
    return share


INSERTED_SHARE = Kind("a number from 0 to just below 1", _share_below_all)
QUOTAS = Kind('an object of whole numbers from 1 by slice, such as {"locale=de": 60}', _quotas)
PRICE = Kind("an amount from 0 to just below 1000000, with 4 decimals at most", _price)
CURRENCY = Kind("three capital letters, such as EUR", _currency)
NAME = Kind(f"a text of 1 to {MAX_NAME} characters", _name)
VERDICTS = Kind("a list of A, B and, if wanted, TIE and BOTH_BAD (or none of them)", _verdicts)
CRITERIA = Kind(
    "a list of criteria, each with key (letters, digits, - and _), question and anchors (a list of"
    ' {"value": 1, "label": "..."}, with an example if wanted, or an object of labels by value), and with about'
    " (output or comparison) if wanted",
    _criteria,
)
STUDY = Table(
    "study",
    (
        Column("name", NAME, "the study's name"),
        Column("question", kinds.TEXT, "what raters are asked about two outputs"),
        Column("guideline", kinds.TEXT, "what raters read first"),
        Column("verdicts", VERDICTS, "the answers to a comparison; default A, B, TIE, BOTH_BAD"),
        Column(
            "criteria",
            CRITERIA,
            "questions with anchored answers: about one output, or about a comparison and asked after its verdict",
        ),
        Column("baseline", kinds.IDENTIFIER, "the system the others are measured against"),
        Column("replication", kinds.whole(1, kinds.MAX_SMALL_INTEGER), "how often each task is judged; default 1"),
        Column(
            "overlap_share",
            kinds.SHARE,
            "the share of tasks that another rater judges as well, for agreement; default 0.15",
        ),
        Column("gold_share", INSERTED_SHARE, "the share of showings that are hidden gold; default 0"),
        Column("retest_share", INSERTED_SHARE, "the share of showings that are retests, mirrored; default 0"),
        Column(
            "lease_minutes",
            kinds.whole(1, kinds.MAX_SMALL_INTEGER),
            "how long a task is kept for the rater it was given to; default 30",
        ),
        Column("shows_slices", kinds.YES_NO, "whether raters see an item's slices; default false"),
        Column(
            "plan_method",
            kinds.choice(*PlanMethod.values),
            "every pair of systems equally often, or the pairs that tell most about the order; default balanced",
        ),
        Column("round_size", kinds.whole(1), "of an adaptive plan: how many draws a round has; default 200"),
        Column(
            "uniform_floor",
            kinds.CHANCE,
            "of an adaptive plan: the share of draws that takes all pairs with equal chance; default 0.3",
        ),
        Column("slice_quotas", QUOTAS, "how many judgments of a slice are wanted before all others"),
        Column(
            "qualification_pass",
            kinds.SHARE,
            "the share of training tasks to answer as their gold does, to become active; default 0.8",
        ),
        Column("price_per_judgment", PRICE, "what a judgment costs, where that is known"),
        Column("currency", CURRENCY, "of that price; default EUR"),
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
    study = StudyFile(**row.values)
    contradictions = [Problem(file, None, *told) for told in _contradictions(study)]
    for problem in contradictions:
        report(problem)
    return None if contradictions else study


def _contradictions(study: StudyFile) -> Iterator[tuple[str, str, str]]:
    """What is fine by itself and impossible together: column, what was expected, what was found."""
    if not study.verdicts and not study.criteria:
        yield "verdicts", "verdicts, or criteria, or both", "neither"
    elif not study.verdicts and any(criterion.about == ABOUT_COMPARISON for criterion in study.criteria):
        yield "verdicts", "verdicts, since a criterion is about a comparison", "none"
    if not study.verdicts and study.plan_method == PlanMethod.ADAPTIVE:
        yield "plan_method", "balanced, since nothing is compared without verdicts", shown(study.plan_method)
    if study.gold_share > 1 - study.retest_share:
        expected = f"at most what gold_share leaves ({1 - study.gold_share:g})"
        yield "retest_share", expected, shown(study.retest_share)
