"""Where figures are shown: on the page of the newest ones, or at the address where one frozen result stays for ever."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.analysis.models import Analysis
from apps.core.errors import NotFound
from apps.studies.models import Study

Row = dict[str, Any]
FORMATS = ("csv", "json")


@dataclass(frozen=True, slots=True)
class Place:
    """Figures of one kind on their page; `is_permanent` where the page is of exactly these."""

    study: Study
    kind: str
    frozen: Analysis | None
    is_permanent: bool = False

    @property
    def address(self) -> list[str]:
        """Workspace and study, as addresses name them."""
        return [self.study.workspace.slug, self.study.slug]

    @property
    def newest_url(self) -> str:
        """The page that always shows the newest."""
        return reverse(f"console:{self.kind}", args=self.address)

    @property
    def permanent_url(self) -> str | None:
        """Where these stay."""
        return self._of("figures") if self.frozen else None

    @property
    def url(self) -> str:
        """This page."""
        return (self.permanent_url if self.is_permanent else None) or self.newest_url

    def rater_url(self, rater: str) -> str:
        """The page of one rater: of these figures, where this page is."""
        return self._of("figures_rater", rater) if self.is_permanent else self.newest_rater_url(rater)

    def newest_rater_url(self, rater: str) -> str:
        """The page of one rater with the newest figures."""
        return reverse("console:rater", args=[*self.address, rater])

    def table(self, name: str, *, rater: str | None = None, question: int | None = None) -> Row:
        """The addresses of one table as files."""
        page, args = ("figures_rater_table", [rater, name]) if rater else ("figures_table", [name])
        query = f"?question={question}" if question else ""
        return {ending: self._of(page, *args, ending) + query for ending in FORMATS}

    def around(self) -> Row:
        """What stands around frozen figures: the address where they stay, the stored bytes, and the earlier ones."""
        if self.frozen is None:
            return {"is_permanent": False}
        return {
            "is_permanent": self.is_permanent,
            "permanent_url": self.permanent_url,
            "stored_url": self._of("figures_stored"),
            "newest_url": self.newest_url,
            "earlier_url": reverse(f"console:{self.kind}_earlier", args=self.address),
            "computed_at": self.frozen.created_at,
            "inputs_sha256": self.frozen.inputs_sha256,
            "method": self.frozen.versions["method"],
        }

    def _of(self, page: str, *args: str) -> str:
        if self.frozen is None:
            raise NotFound("No figures are frozen yet. Have them computed on the page of the raters.")
        return reverse(f"console:{page}", args=[*self.address, str(self.frozen.public_id), *args])
