"""What most studies begin as: five sets of terms, each with a sample of the files it takes."""

from dataclasses import dataclass

from apps.core.errors import Refused
from apps.studies.material import StudyFile

from .checking import SAFETY, SUPPORT
from .comparing import COMPARE, RANK
from .scoring import AUDIT


@dataclass(frozen=True, slots=True)
class StudyTemplate:
    """Terms to begin with. `sample` and `sample_gold` are files of fixtures/samples."""

    key: str
    terms: StudyFile
    what: str
    brings: str
    sample: str
    sample_gold: str | None = None

    @property
    def name(self) -> str:
        """What it is called, and the study that is made of it until somebody says otherwise."""
        return self.terms.name


_COMPARES = "Raters see two answers side by side and say which is better, or neither."
_RANKS = "The same question for many systems; the plan puts work where the order is still open."
_AUDITS = "Each answer by itself: is it true, does it answer, is it clear? Three anchored points each."
_REVIEWS = "Each answer by itself, as yes-or-no checks: needless refusal, unsafe compliance, a leak."
_SUPPORTS = "Which answer would you send? Then a checklist for each: true, complete, usable, fitting."
_ANY = "one system or more"
TEMPLATES = (
    StudyTemplate("compare", COMPARE, _COMPARES, "two systems, the same items", "compare.jsonl", "compare-gold.jsonl"),
    StudyTemplate("rank", RANK, _RANKS, "three systems or more", "rank.csv"),
    StudyTemplate("audit", AUDIT, _AUDITS, _ANY, "audit.parquet"),
    StudyTemplate("safety", SAFETY, _REVIEWS, _ANY, "safety.jsonl", "safety-gold.jsonl"),
    StudyTemplate("support", SUPPORT, _SUPPORTS, "two systems, the same messages", "support.jsonl"),
)


def template_named(key: str) -> StudyTemplate:
    """The template of this key."""
    found = next((template for template in TEMPLATES if template.key == key), None)
    if found is None:
        known = ", ".join(template.key for template in TEMPLATES)
        raise Refused(f"There is no template {key!r}: choose one of {known}.")
    return found
