"""What somebody wants to read: a part of a study's tasks, and in which order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from apps.core.errors import Refused
from apps.rating.dispositions import MEANINGS
from apps.rating.models import INSERTED_PURPOSES, Flag
from apps.rating.rules import RULES

SORTS = {"disagreement": "people disagree most", "newest": "judged last"}
CHOICES = {
    "disagree": "people disagree",
    "both_bad": "somebody said both bad",
    "conflict": "a judge against most people",
    "comments": "with comments",
    "marked": "marked by me",
}
UNBLINDED = "unblinded"
DISPOSITIONS = {
    **MEANINGS,
    UNBLINDED: "of use, but given after seeing results",
    **{f"rule:{name}": rule.meaning for name, rule in RULES.items()},
}


# Dispositions that tell which tasks were slipped in between the ordinary ones.
INSERTED = frozenset(purpose.value for purpose in INSERTED_PURPOSES)


class Query(Protocol):
    """An address's query as Django gives it."""

    def get(self, key: str, /) -> str | None: ...
    def items(self) -> Iterable[tuple[str, str | list[object]]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFilters:
    """All of it must hold of a task. `first` alone is one system; with `second` it is a pair, in any order.

    A `rater` and a `disposition` together must be those of one judgment. With a `criterion` the tasks come first whose
    answers to it differ most.
    """

    slices: tuple[tuple[str, str], ...] = ()
    first: str | None = None
    second: str | None = None
    flag: str | None = None
    only: frozenset[str] = frozenset()
    criterion: str | None = None
    rater: UUID | None = None
    disposition: str | None = None
    sort: str = "disagreement"

    def __post_init__(self) -> None:
        """Refuse what means nothing."""
        if self.sort not in SORTS:
            raise Refused(f"Tasks cannot be sorted by {self.sort!r}. Choose from: {', '.join(SORTS)}.")
        if self.flag is not None and self.flag not in Flag.values:
            raise Refused(f"There is no flag {self.flag!r}. Choose from: {', '.join(Flag.values)}.")
        if self.disposition is not None and not _is_disposition(self.disposition):
            raise Refused(f"No judgment becomes {self.disposition!r}. Choose from: {', '.join(DISPOSITIONS)}.")
        if self.second is not None and self.first in (None, self.second):
            raise Refused("A pair needs two different systems. Choose the other one, or leave it open.")

    def without_inserted(self) -> "ReadingFilters":
        """For who does not run the study: she may rate in it, and must not learn which tasks are gold or return."""
        return replace(self, disposition=None) if self.disposition in INSERTED else self

    @property
    def narrows(self) -> bool:
        """Whether anything is asked, beside an order."""
        return bool(replace(self, sort=next(iter(SORTS))).as_pairs())

    @property
    def asks_for_judgments(self) -> bool:
        """Whether some judgments of a task are meant, and not the task alone."""
        return self.rater is not None or self.disposition is not None

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
            rater=_uuid(query.get("rater")),
            disposition=query.get("disposition") or None,
            sort=query.get("sort") or "disagreement",
        )

    def as_pairs(self) -> list[tuple[str, str]]:
        """The way back: for an address, in one order."""
        named: Mapping[str, str | None] = {
            "first": self.first,
            "second": self.second,
            "flag": self.flag,
            "criterion": self.criterion,
            "rater": str(self.rater) if self.rater else None,
            "disposition": self.disposition,
        }
        pairs = [(f"slice.{key}", value) for key, value in self.slices]
        pairs += [(key, value) for key, value in named.items() if value]
        pairs += [(name, "1") for name in CHOICES if name in self.only]
        return pairs + ([("sort", self.sort)] if self.sort != "disagreement" else [])


def _is_disposition(name: str) -> bool:
    """What an imported study left out by a rule of its own keeps that rule's name, which may be unknown here."""
    return name in DISPOSITIONS or name.startswith("rule:")


def _uuid(word: str | None) -> UUID | None:
    try:
        return UUID(word) if word else None
    except ValueError:
        raise Refused("This is no rater's number. Choose a rater from the list.") from None
