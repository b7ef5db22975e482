"""Criteria as texts in a page: read from what was sent or from terms, and changed one press of a button at a time."""

import json
import re
from collections.abc import Iterable, Mapping
from itertools import count, takewhile
from typing import NamedTuple

from apps.rating.services.running import FEWEST_ANCHORS, MOST_ANCHORS
from apps.studies.material import ABOUT_COMPARISON, ABOUT_OUTPUT, CriterionRow

Row = dict[str, str]  # the names of a criterion's fields, without its place; `label-0` is of its first answer
MOST_CRITERIA = 20
FEWEST_ANSWERS, MOST_ANSWERS = FEWEST_ANCHORS, MOST_ANCHORS
CAME = "came:"  # before the short name of a criterion whose answers stay as they came: too many to be written here
YES_NO = ("Yes", "No")
EDIT = re.compile(r"criteria:(add|shape|(?:up|down|remove)-(\d{1,2}))")


class Edit(NamedTuple):
    """Criteria after a change; where the cursor belongs, and what happened."""

    rows: list[Row]
    place: int
    part: str
    said: str


def rows_from(criteria: Iterable[CriterionRow]) -> list[Row]:
    """The texts of these criteria."""
    return [_row_from(criterion) for criterion in criteria]


def _row_from(criterion: CriterionRow) -> Row:
    row = {"key": criterion.key, "question": criterion.question, "about": criterion.about}
    n = len(criterion.anchors)
    if not FEWEST_ANSWERS <= n <= MOST_ANSWERS:
        return {**row, "points": CAME + criterion.key, "shown": "0"}
    for k, anchor in enumerate(criterion.anchors):
        row |= {f"value-{k}": json.dumps(anchor.value), f"label-{k}": anchor.label, f"example-{k}": anchor.example}
    return {**row, "points": str(n), "shown": str(n)}


def rows_of(sent: Mapping[str, str]) -> list[Row]:
    """The criteria of a form that was sent, each with as many answers as it was given."""
    n = min(whole(sent.get("n_criteria")), MOST_CRITERIA)
    return [reshaped(_without_place(sent, f"criterion-{place}-")) for place in range(n)]


def _without_place(sent: Mapping[str, str], place: str) -> Row:
    return {name.removeprefix(place): sent[name] for name in sent if name.startswith(place)}


def whole(text: str | None) -> int:
    """A number of at most two digits, or none."""
    return int(text) if text and re.fullmatch(r"\d{1,2}", text, re.ASCII) else 0


def n_answers(row: Row) -> int:
    """How many answers the criterion has in the page."""
    return whole(row.get("points"))


def n_held(row: Mapping[str, str]) -> int:
    """How many answers were ever written: what is taken away is kept, should it be wanted again."""
    return sum(1 for _ in takewhile(lambda n: f"label-{n}" in row, count()))


def reshaped(row: Row) -> Row:
    """The criterion with as many answers as were asked for: their values anew, their texts as they are."""
    n, before = n_answers(row), whole(row.get("shown"))
    if n == before or not FEWEST_ANSWERS <= n <= MOST_ANSWERS:
        return row
    blank = {f"{part}-{k}": "" for k in range(n) for part in ("label", "example")}
    values = {f"value-{k}": json.dumps(("yes", "no")[k] if n == 2 else k + 1) for k in range(n)}
    return {**blank, **_with_usual_words(row, n), **values, "shown": str(n)}


def _with_usual_words(row: Row, n: int) -> Row:
    """Yes and No go with two answers: written there where nothing is, and taken away where nobody changed them."""
    usual = {"label-0": YES_NO[0], "label-1": YES_NO[1]}
    if n == 2:
        return {**row, **{name: row.get(name) or word for name, word in usual.items()}}
    return {name: "" if usual.get(name) == text else text for name, text in row.items()}


def edited(rows: list[Row], then: str, *, compares: bool) -> Edit | None:
    """The criteria after the change that a button asks for; None where it asks for none."""
    found = EDIT.fullmatch(then)
    if found is None:
        return None
    kind, place = found[1].split("-")[0], whole(found[2])
    if kind == "add" and len(rows) < MOST_CRITERIA:
        return Edit([*rows, _new(compares=compares)], len(rows), "question", f"Question {len(rows) + 1} added.")
    if kind == "remove" and place < len(rows):
        left = rows[:place] + rows[place + 1 :]
        return Edit(left, min(place, len(left) - 1), "question", f"Question {place + 1} removed.")
    to = {"up": place - 1, "down": place + 1}.get(kind, -1)
    if 0 <= to < len(rows) and place < len(rows):
        moved = list(rows)
        moved[place], moved[to] = rows[to], rows[place]
        return Edit(moved, to, kind, f"Question {place + 1} is now question {to + 1}.")
    return Edit(rows, -1, "", "")


def _new(*, compares: bool) -> Row:
    about = ABOUT_COMPARISON if compares else ABOUT_OUTPUT
    return reshaped({"key": "", "question": "", "about": about, "points": "2", "shown": "0"})
