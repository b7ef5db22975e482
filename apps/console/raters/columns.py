"""Columns of the tables that can be downloaded: a frozen row in, a value out; an estimate never without its ends."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.rating.exchange.downloads.shape import Field, Kind

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it holds, and how it is found in a row."""

    name: str
    kind: Kind
    of: Callable[[Row], Any]

    @property
    def field(self) -> Field:
        """As the writers of files know it."""
        return Field(self.name, self.kind, "", "")


def at(row: Row, path: str) -> Any:
    """What stands at `path` (keys, dotted) in a row; None where a part of it is missing or unknown."""
    found: Any = row
    for key in path.split("."):
        found = None if found is None else found.get(key)
    return found


def text(name: str, path: str = "") -> Column:
    """Words."""
    return Column(name, Kind.TEXT, lambda row: at(row, path or name))


def whole(name: str, path: str = "") -> Column:
    """A count."""
    return Column(name, Kind.WHOLE, lambda row: at(row, path or name))


def number(name: str, path: str = "") -> Column:
    """A number that is no estimate, or an end."""
    return Column(name, Kind.NUMBER, lambda row: at(row, path or name))


def estimate(name: str, path: str = "") -> tuple[Column, ...]:
    """A value and its 95 % ends."""
    path = path or name
    return number(name, f"{path}.value"), number(f"{name}_low", f"{path}.low"), number(f"{name}_high", f"{path}.high")


def share(name: str, path: str = "") -> tuple[Column, ...]:
    """A share, its ends and its counts."""
    path = path or name
    ends = (number(f"{name}_{end}", f"{path}.{end}") for end in ("low", "high"))
    counts = (whole(f"{name}_n_yes", f"{path}.n_yes"), whole(f"{name}_n", f"{path}.n"))
    return number(name, f"{path}.share"), *ends, *counts
