"""What is wrong with files, in sentences: where, what was expected, what was found."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.core.errors import Refused

MAX_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `line` counts from 1; in Parquet it is the row."""

    file: str
    line: int | None
    column: str | None
    expected: str
    found: str

    def sentence(self) -> str:
        """Where it is, what was expected and what was found."""
        return f"{self.place}: expected {self.expected}; found {self.found}."

    @property
    def place(self) -> str:
        """File, line and column, as far as they are known."""
        counted = "row" if self.file.endswith(".parquet") else "line"
        line = f", {counted} {self.line}" if self.line is not None else ""
        column = f", column {self.column}" if self.column is not None else ""
        return f"{self.file}{line}{column}"


Report = Callable[[Problem], None]


class ImportRefused(Refused):
    """The files cannot be imported; nothing was stored. Carries every problem that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems; the message is all their sentences, a line each."""
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.sentence() for problem in self.problems))


def shown(value: Any) -> str:
    """A value as a person would recognise it in her file, cut short, safe to print."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(value, default=str)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
