"""Which part of a study a leaderboard looks at."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.core.errors import Refused


@dataclass(frozen=True, slots=True)
class Filters:
    """Slices an item must have, all of them, and the group of raters; the group never filters judges."""

    slices: tuple[tuple[str, str], ...] = ()
    rater_group: str | None = None

    @classmethod
    def parse(cls, slices: Iterable[str], rater_group: str | None) -> "Filters":
        """From `key=value` words as they come from a command line or an address."""
        pairs = []
        for word in slices:
            key, sign, value = word.partition("=")
            if not (key and sign and value):
                raise Refused(f"--slice {word!r}: write it as key=value, for example --slice locale=de.")
            pairs.append((key, value))
        return cls(tuple(sorted(set(pairs))), rater_group or None)

    @classmethod
    def from_settings(cls, settings: dict[str, Any]) -> "Filters":
        """The way back from `as_settings`."""
        return cls(tuple((key, value) for key, value in settings["slices"]), settings["rater_group"])

    def as_settings(self) -> dict[str, Any]:
        """For the settings of an analysis."""
        return {"slices": [list(pair) for pair in self.slices], "rater_group": self.rater_group}
