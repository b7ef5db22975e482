"""What a row of gold or of judgments says: about which task, and with which of the study's answers."""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

from apps.studies.material import ABOUT_COMPARISON, ABOUT_OUTPUT, VERDICT_WORDS, CriterionRow

from .identity import TaskKey, comparison_key, rubric_key
from .known import OutputKey
from .parsing import ParsedRow
from .problems import Report, shown

_OF_COMPARISONS = ("output_a", "output_b", "sample_a", "sample_b", "verdict", "left", "first_seen")
_OF_RUBRICS = ("criteria", "sample")
_Anchors = dict[str, dict[str, int | str]]


@dataclass(slots=True)
class AnswerReader:
    """Checks the task and the answer of a row, which may refer to `outputs` and `criteria`; None is any."""

    report: Report
    outputs: Container[OutputKey] | None
    verdicts: tuple[str, ...] = VERDICT_WORDS
    criteria: tuple[CriterionRow, ...] | None = ()
    _numbers: dict[TaskKey, int] = field(default_factory=dict)
    _anchors: dict[str, _Anchors] = field(init=False)

    def __post_init__(self) -> None:
        """Index the anchors by how they are written: 3 and "3" are the same answer."""
        self._anchors = {about: self._anchors_of(about) for about in (ABOUT_OUTPUT, ABOUT_COMPARISON)}

    def _anchors_of(self, about: str) -> _Anchors:
        return {
            criterion.key: {str(anchor.value): anchor.value for anchor in criterion.anchors}
            for criterion in self.criteria or ()
            if criterion.about == about
        }

    def number_of(self, task: TaskKey) -> int:
        """A number that only this task has."""
        return self._numbers.setdefault(task, len(self._numbers))

    def task(self, row: ParsedRow, *, is_gold: bool = False) -> TaskKey | None:
        """The task a row is about, or None where a problem was reported. Gold of a comparison is its verdict alone."""
        values = row.values
        if "output" in values or "output" in row.bad:
            return self._rubric(row)
        may_answer = self._asks_about_comparisons and not is_gold
        refused = ("sample",) if may_answer else _OF_RUBRICS
        good = self._refuse_present(row, refused, "nothing, because the row names no output to rate")
        for column in ("output_a", "output_b"):
            if row.lacks(column):
                good = False
                self.report(row.problem(column, "a system (or, for a rubric, output)", "nothing"))
        if not good or "output_a" not in values or "output_b" not in values or "item" not in values:
            return None
        return self._comparison(row)

    @property
    def _asks_about_comparisons(self) -> bool:
        return self.criteria is None or bool(self._anchors[ABOUT_COMPARISON])

    def _comparison(self, row: ParsedRow) -> TaskKey | None:
        values = row.values
        item, a, b = values["item"], values["output_a"], values["output_b"]
        if a == b:
            self.report(row.problem("output_b", "another system than output_a", shown(b)))
            return None
        sides = (a, values.get("sample_a", 0)), (b, values.get("sample_b", 0))
        good = self._exists(row, "output_a", item, sides[0]) & self._exists(row, "output_b", item, sides[1])
        left = values.get("left")
        if left is not None and left not in (a, b):
            good = False
            self.report(row.problem("left", f"{shown(a)} or {shown(b)}", shown(left)))
        return comparison_key(item, *sides) if good else None

    def _rubric(self, row: ParsedRow) -> TaskKey | None:
        values = row.values
        good = self._refuse_present(row, _OF_COMPARISONS, "nothing, because the row names one output to rate")
        if not good or "item" not in values or "output" not in values:
            return None
        side = (values["output"], values.get("sample", 0))
        if not self._exists(row, "output", values["item"], side):
            return None
        return rubric_key(values["item"], side)

    def _refuse_present(self, row: ParsedRow, columns: tuple[str, ...], expected: str) -> bool:
        present = [column for column in columns if column in row.values]
        for column in present:
            self.report(row.problem(column, expected, shown(row.values[column])))
        return not present

    def _exists(self, row: ParsedRow, column: str, item: str, side: tuple[str, int]) -> bool:
        if self.outputs is None or (item, *side) in self.outputs:
            return True
        found = f"{shown(side[0])}, which has none" + (f" with sample {side[1]}" if side[1] else "")
        self.report(row.problem(column, f"a system with an output for item {shown(item)}", found))
        return False

    def answer(self, row: ParsedRow) -> bool:
        """Check the verdict or the criterion answers; the latter become the anchors' own values."""
        values = row.values
        if "unparsed" in row.bad:
            return False
        if values.get("unparsed"):
            return self._unparsed(row)
        if "output" in values or "output" in row.bad:
            return self._criteria(row)
        verdict = values.get("verdict")
        if verdict in self.verdicts:
            return not self._asks_about_comparisons or self._fit(row, ABOUT_COMPARISON)
        if "verdict" not in row.bad:
            expected = f"one of the study's verdicts ({', '.join(self.verdicts) or 'it has none'})"
            self.report(row.problem("verdict", expected, "nothing" if verdict is None else shown(verdict)))
        return False

    def _unparsed(self, row: ParsedRow) -> bool:
        good = self._refuse_present(row, ("verdict", "criteria"), "nothing, because unparsed is true")
        if row.values.get("kind") != "judge" and "kind" not in row.bad:
            self.report(row.problem("unparsed", "false, but for raters of kind judge", "true"))
            return False
        return good

    def _criteria(self, row: ParsedRow) -> bool:
        answers: dict[str, Any] | None = row.values.get("criteria")
        if answers is None:
            if row.lacks("criteria"):
                self.report(row.problem("criteria", "the answers of a rubric", "nothing"))
            return False
        return self._fit(row, ABOUT_OUTPUT)

    def _fit(self, row: ParsedRow, about: str) -> bool:
        """Check the answers that the row gives, if any, against the criteria of this kind."""
        answers: dict[str, Any] | None = row.values.get("criteria")
        if answers is None or self.criteria is None:
            return True
        of_kind = self._anchors[about]
        problems = [problem for key, answer in answers.items() for problem in _wrong(of_kind, key, answer)]
        for expected, found in problems:
            self.report(row.problem("criteria", expected, found))
        if not problems:
            row.values["criteria"] = {key: of_kind[key][str(answer)] for key, answer in answers.items()}
        return not problems


def _wrong(of_kind: _Anchors, key: str, answer: int | str) -> list[tuple[str, str]]:
    anchors = of_kind.get(key)
    if anchors is None:
        known = ", ".join(of_kind) or "none: study.json names no criteria"
        return [(f"the study's criteria ({known})", shown(key))]
    if str(answer) not in anchors:
        return [(f"for {key} one of {', '.join(anchors)}", shown(answer))]
    return []
