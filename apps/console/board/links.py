"""The way from a number on a leaderboard to the outputs behind it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from apps.analysis.filters import Filters
from apps.analysis.reading_filters import DISPOSITIONS, UNBLINDED
from apps.rating.models import Flag

# What the reading room calls that which one look alone leaves out; it knows no filter for outputs that name themselves.
_OF_ONE_LOOK = {"rule:unblinded": {"disposition": UNBLINDED}, "rule:told_apart": {"flag": Flag.IDENTIFIED.value}}


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading room of a study, as far as a board looks: in its slices. (A group of raters it cannot single out.)"""

    base: str
    slices: tuple[tuple[str, str], ...] = ()

    def to(self, inside: tuple[str, str] | None = None, /, **wanted: str) -> str:
        """Where the tasks are read that pass these filters; `inside` one more slice."""
        slices = [(f"slice.{key}", value) for key, value in dict([*self.slices, *([inside] if inside else [])]).items()]
        query = urlencode([*slices, *wanted.items()])
        return f"{self.base}?{query}" if query else self.base

    def left_out(self, name: str, *, for_this_look: bool) -> str | None:
        """Where the tasks of judgments are read that are not on the board; None for what cannot be singled out."""
        if for_this_look:
            wanted = _OF_ONE_LOOK.get(name)
        else:
            wanted = {"disposition": name} if name in DISPOSITIONS else None
        return self.to(**wanted) if wanted else None


def reading_of(address: list[str], filters: Filters) -> Reading:
    """The reading room of the study at this address."""
    return Reading(reverse("console:reading", args=address[:2]), filters.slices)
