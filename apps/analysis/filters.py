"""Which part of a study a leaderboard looks at."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.core.errors import Refused
from apps.rating.rules import check_switchable


@dataclass(frozen=True, slots=True)
class Filters:
    """Slices an item must have, all of them, and the group of raters; the group never filters judges.

    `without` names exclusion rules for this look alone, on top of the study's own.
    """

    slices: tuple[tuple[str, str], ...] = ()
    rater_group: str | None = None
    without: tuple[str, ...] = ()

    @classmethod
    def parse(cls, slices: Iterable[str], rater_group: str | None, without: Iterable[str] = ()) -> "Filters":
        """From `key=value` words and names of rules as they come from a command line or an address."""
        pairs = []
        for word in slices:
            key, sign, value = word.partition("=")
            if not (key and sign and value):
                raise Refused(f"--slice {word!r}: write it as key=value, for example --slice locale=de.")
            pairs.append((key, value))
        names = sorted({name.strip() for word in without for name in word.split(",") if name.strip()})
        check_switchable(names)
        return cls(tuple(sorted(set(pairs))), rater_group or None, tuple(names))

    @classmethod
    def from_settings(cls, settings: dict[str, Any]) -> "Filters":
        """The way back from `as_settings`."""
        slices = tuple((key, value) for key, value in settings["slices"])
        return cls(slices, settings["rater_group"], tuple(settings.get("without", ())))

    def as_settings(self) -> dict[str, Any]:
        """For the settings of an analysis. Nothing left out is not mentioned: so it was before it could be."""
        plain: dict[str, Any] = {"slices": [list(pair) for pair in self.slices], "rater_group": self.rater_group}
        return plain | {"without": list(self.without)} if self.without else plain
