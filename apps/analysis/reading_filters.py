"""What somebody wants to read: a part of a study's tasks, and in which order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from apps.core.errors import Refused
from apps.rating.models import Flag

SORTS = {"disagreement": "people disagree most", "newest": "judged last"}
CHOICES = {
    "disagree": "people disagree",
    "both_bad": "somebody said both bad",
    "conflict": "a judge against most people",
    "comments": "with comments",
    "marked": "marked by me",
}


class Query(Protocol):
    """An address's query as Django gives it."""

    def get(self, key: str, /) -> str | None: ...
    def getlist(self, key: str, /) -> list[str]: ...
    def items(self) -> Iterable[tuple[str, str | list[object]]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFilters:
    """All of it must hold of a task. `first` alone is one system; with `second` it is a pair, in any order.

    With a `criterion` the tasks come first whose answers to it differ most.
    """

    slices: tuple[tuple[str, str], ...] = ()
    first: str | None = None
    second: str | None = None
    flag: str | None = None
    only: frozenset[str] = frozenset()
    criterion: str | None = None
    sort: str = "disagreement"

    def __post_init__(self) -> None:
        """Refuse what means nothing."""
        if self.sort not in SORTS:
            raise Refused(f"Tasks cannot be sorted by {self.sort!r}. Choose from: {', '.join(SORTS)}.")
        if self.flag is not None and self.flag not in Flag.values:
            raise Refused(f"There is no flag {self.flag!r}. Choose from: {', '.join(Flag.values)}.")
        if self.second is not None and self.first in (None, self.second):
            raise Refused("A pair needs two different systems. Choose the other one, or leave it open.")

    @classmethod
    def from_query(cls, query: Query) -> "ReadingFilters":
        """From an address. What is empty is not asked; one system may also be called `system`."""
        if any("\x00" in key or "\x00" in str(value) for key, value in query.items()):
            raise Refused("The address holds a character that no name has. Choose from the lists on the page.")
        slices = {
            key.removeprefix("slice."): str(value)
            for key, value in query.items()
            if key.startswith("slice.") and len(key) > len("slice.") and value
        }
        systems = [name for name in (query.get("first") or query.get("system"), query.get("second")) if name]
        first, second = [*systems, None, None][:2]
        return cls(
            slices=tuple(sorted(slices.items())),
            first=first,
            second=second,
            flag=query.get("flag") or None,
            only=frozenset(name for name in CHOICES if query.get(name)),
            criterion=query.get("criterion") or None,
            sort=query.get("sort") or "disagreement",
        )

    def as_pairs(self) -> list[tuple[str, str]]:
        """The way back: for an address, in one order."""
        named: Mapping[str, str | None] = {
            "first": self.first,
            "second": self.second,
            "flag": self.flag,
            "criterion": self.criterion,
        }
        pairs = [(f"slice.{key}", value) for key, value in self.slices]
        pairs += [(key, value) for key, value in named.items() if value]
        pairs += [(name, "1") for name in CHOICES if name in self.only]
        return pairs + ([("sort", self.sort)] if self.sort != "disagreement" else [])
