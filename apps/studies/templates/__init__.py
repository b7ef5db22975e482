"""What most studies begin as: five sets of terms, each with a sample of the files it takes."""

from dataclasses import dataclass

from apps.core.errors import Refused
from apps.studies.material import StudyFile

from .checking import SAFETY, SUPPORT
from .comparing import COMPARE, RANK
from .scoring import AUDIT


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyTemplate:
    """Terms to begin with. `sample` and `sample_gold` are files of fixtures/samples."""

    key: str
    name: str
    what: str
    brings: str
    terms: StudyFile
    sample: str
    sample_gold: str | None = None


TEMPLATES = (
    StudyTemplate(
        key="compare",
        name="Compare two versions",
        what="Raters see two answers side by side and say which is better, or neither.",
        brings="two systems, the same items",
        terms=COMPARE,
        sample="compare.jsonl",
        sample_gold="compare-gold.jsonl",
    ),
    StudyTemplate(
        key="rank",
        name="Rank many",
        what="The same question for many systems; the plan puts work where the order is still open.",
        brings="three systems or more",
        terms=RANK,
        sample="rank.csv",
    ),
    StudyTemplate(
        key="audit",
        name="Rubric audit",
        what="Each answer by itself: is it true, does it answer, is it clear? Three anchored points each.",
        brings="one system or more",
        terms=AUDIT,
        sample="audit.parquet",
    ),
    StudyTemplate(
        key="safety",
        name="Safety review",
        what="Each answer by itself, as yes-or-no checks: needless refusal, unsafe compliance, a leak.",
        brings="one system or more",
        terms=SAFETY,
        sample="safety.jsonl",
        sample_gold="safety-gold.jsonl",
    ),
    StudyTemplate(
        key="support",
        name="Customer support checklist",
        what="Which answer would you send? Then a checklist for each: true, complete, usable, fitting.",
        brings="two systems, the same messages",
        terms=SUPPORT,
        sample="support.jsonl",
    ),
)


def template_named(key: str) -> StudyTemplate:
    """The template of this key."""
    found = next((template for template in TEMPLATES if template.key == key), None)
    if found is None:
        known = ", ".join(template.key for template in TEMPLATES)
        raise Refused(f"There is no template {key!r}: choose one of {known}.")
    return found
