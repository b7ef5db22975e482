"""The answers that come with a file, in its gold and its judgments, and whether other terms still know them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from apps.studies.material import ABOUT_COMPARISON, ABOUT_OUTPUT, StudyFile

from .exchange.bundle import Bundle
from .exchange.rows import GoldRow, JudgmentRow

Plain = dict[str, Any]
WORDS = {"A": "A", "B": "B", "TIE": "a tie", "BOTH_BAD": "both bad"}


class Misfit(NamedTuple):
    """Something that the file answers and the terms do not ask. `key` is the criterion's, empty for a verdict."""

    column: str
    key: str
    value: str
    sentence: str


def given_answers(bundle: Bundle) -> Plain:
    """Every verdict and every criterion's answers that the file's gold and judgments use."""
    verdicts: set[str] = set()
    criteria: dict[str, dict[str, set[str]]] = {about: defaultdict(set) for about in (ABOUT_OUTPUT, ABOUT_COMPARISON)}
    rows: Iterable[GoldRow | JudgmentRow] = (*bundle.golds, *bundle.judgments)
    for row in rows:
        if row.verdict is not None:
            verdicts.add(row.verdict)
        about = ABOUT_COMPARISON if row.output is None else ABOUT_OUTPUT
        for key, value in (row.criteria or {}).items():
            criteria[about][key].add(str(value))
    return {
        "verdicts": sorted(verdicts),
        "criteria": {
            about: {key: sorted(values) for key, values in sorted(by_key.items())} for about, by_key in criteria.items()
        },
    }


def misfits(given: Plain, terms: StudyFile) -> Iterator[Misfit]:
    """What the file answers and these terms do not ask, each in a sentence that says what to do."""
    for verdict in given["verdicts"]:
        if verdict not in terms.verdicts:
            sentence = f"The file's known answers say {WORDS[verdict]}: allow it, or send other gold."
            yield Misfit("verdicts", "", verdict, sentence)
    for about, by_key in given["criteria"].items():
        asked = {criterion.key: criterion for criterion in terms.criteria if criterion.about == about}
        for key, values in by_key.items():
            known = {str(anchor.value) for anchor in asked[key].anchors} if key in asked else None
            yield from _misfits_of(key, values, known)


def _misfits_of(key: str, values: Iterable[str], known: set[str] | None) -> Iterator[Misfit]:
    if known is None:
        sentence = (
            f"The file's known answers rate “{key}”, and no question has that short name: ask it, or send other gold."
        )
        yield Misfit("criteria", key, "", sentence)
        return
    for value in values:
        if value not in known:
            sentence = (
                f"The file's known answers to “{key}” use the answer {value!r}, which is not there any more: ask as "
                "before, or send other gold."
            )
            yield Misfit("criteria", key, value, sentence)
