"""What a table to download is: its columns, each with the SQL it comes from, and who may have it."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from apps.rating.models import Cut

Row = tuple[Any, ...]
Batches = Generator[list[Row], None, None]


class Kind(Enum):
    """What a column holds; in CSV and Parquet, JSON stands as text."""

    TEXT = "text"
    WHOLE = "a whole number"
    NUMBER = "a number"
    YES_NO = "true or false"
    TIME = "a time in UTC"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class Field:
    """A column. `others` is what stands there for those who do not run the study; without it they see the same."""

    name: str
    kind: Kind
    sql: str
    meaning: str
    managers_only: bool = False
    others: str | None = None

    def expression(self, *, for_manager: bool) -> str:
        """Its SQL, named."""
        said = self.sql if for_manager or self.others is None else self.others
        return f'{said} AS "{self.name}"'


@dataclass(frozen=True, slots=True)
class Look:
    """Which part of a study is wanted, as of which cut: the filters of the leaderboard."""

    cut: Cut
    slices: dict[str, str] = field(default_factory=dict)
    rater_group: str | None = None
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Download:
    """A table. `source` gives WITH clauses (or nothing), all from FROM on, and the parameters.

    `obeys_cut` is false for what no cut counts: it is given as it is when it is read.
    """

    name: str
    title: str
    meaning: str
    fields: tuple[Field, ...]
    source: Callable[[Look], tuple[str, str, dict[str, Any]]]
    reveals_systems: bool = True
    obeys_cut: bool = True

    def fields_for(self, *, is_manager: bool) -> tuple[Field, ...]:
        """The columns this reader gets."""
        return tuple(one for one in self.fields if is_manager or not one.managers_only)

    def query(self, look: Look, *, is_manager: bool) -> tuple[str, dict[str, Any]]:
        """The SQL and its parameters."""
        fields = self.fields_for(is_manager=is_manager)
        before, after, parameters = self.source(look)
        columns = ", ".join(one.expression(for_manager=is_manager) for one in fields)
        return f"{before} SELECT {columns} {after}", parameters
