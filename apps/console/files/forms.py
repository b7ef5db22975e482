"""What an address asks of a download: filters as the leaderboard's, and what else the file should have."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from apps.analysis.filters import Filters
from apps.core.errors import NotFound
from apps.rating.models import Cut
from apps.rating.services import take_cut
from apps.studies.models import Study


@dataclass(frozen=True, slots=True)
class Wish:
    """The filters, a byte-order mark or none, the manifest in the file or not."""

    filters: Filters
    marked: bool = False
    tells_manifest: bool = False

    @classmethod
    def from_query(cls, query: QueryDict) -> "Wish":
        """From `slice.KEY=VALUE`, `group`, `without`, `bom` and `manifest`."""
        slices = [
            f"{key.removeprefix('slice.')}={value}"
            for key, value in query.items()
            if key.startswith("slice.") and value
        ]
        filters = Filters.parse(slices, query.get("group") or None, query.getlist("without"))
        return cls(filters, bool(query.get("bom")), bool(query.get("manifest")))

    def as_query(self) -> str:
        """The way back."""
        pairs = [(f"slice.{key}", value) for key, value in self.filters.slices]
        pairs += [("group", self.filters.rater_group)] if self.filters.rater_group else []
        pairs += [("without", name) for name in self.filters.without]
        pairs += [("bom", "1")] if self.marked else []
        pairs += [("manifest", "1")] if self.tells_manifest else []
        return urlencode(pairs)


def cut_asked_for(study: Study, query: QueryDict) -> Cut:
    """The cut an address names, so that the same link gives the same file; without one, that of now."""
    named = query.get("cut", "")
    if not named:
        return take_cut(study_id=study.pk)
    is_number = named.isascii() and named.isdigit() and len(named) < 19
    found = Cut.objects.filter(study=study, pk=int(named)).first() if is_number else None
    if found is None:
        raise NotFound("There is no such cut in this study. Leave `cut` out to get everything up to now.")
    return found
