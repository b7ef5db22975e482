"""What a file holds, told before anything of it is stored: counts, systems, slices, leaks, and the first tasks."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations, groupby, islice
from operator import itemgetter
from typing import Any

from apps.studies.identification import find_self_identification, spoken_text, telling_words
from apps.studies.material import ABOUT_OUTPUT, ItemRow, OutputRow, StudyFile

from .exchange.bundle import Bundle
from .exchange.documents import study_document
from .given_answers import given_answers
from .work_ahead import ByPlace, WorkAhead, by_place, work_ahead

N_TASKS = 3
N_LEAKS = 5
N_SLICES = 40
MAX_SHOWN_TEXT = 8_000

Plain = dict[str, Any]


def preview_of(bundle: Bundle) -> Plain:
    """The preview as JSON: kept with the upload, so that no page reads the file again."""
    terms = bundle.study or StudyFile()
    places = by_place(bundle.outputs)
    compares = bool(terms.verdicts)
    return {
        "terms": study_document(terms),
        "n_items": len(bundle.items),
        "n_outputs": len(bundle.outputs),
        "n_judgments": len(bundle.judgments),
        "n_pairs": _n_pairs(places.values()) if compares else 0,
        "systems": _systems(bundle, places),
        "n_slices": len({entry for item in bundle.items for entry in item.slices.items()}),
        "leaks": _leaks(bundle),
        "tasks": list(islice(_tasks(bundle.items, places, compares), N_TASKS)),
        "answers": given_answers(bundle),
    } | _work(bundle, places, terms)


def _work(bundle: Bundle, places: ByPlace, terms: StudyFile) -> Plain:
    """How many tasks there are to draw from, in all and by slice. `n_ratable` holds whatever the criteria are."""
    work = work_ahead(bundle, places)
    if not terms.verdicts:
        work = WorkAhead(ratings=work.ratings)
    uses = Counter(gold.use for gold in bundle.golds)
    return {
        "n_comparisons": work.comparisons.total(),
        "n_identical": work.n_identical,
        "n_ratable": work.ratings.total(),
        "n_rubrics": n_rubrics(work.ratings.total(), terms),
        "n_hidden": uses["hidden"],
        "n_training": uses["training"],
        "slices": _slices(bundle.items, work, terms.slice_quotas),
    }


def n_rubrics(n_ratable: int, terms: StudyFile) -> int:
    """How many outputs are rated one by one under these terms."""
    return n_ratable if any(criterion.about == ABOUT_OUTPUT for criterion in terms.criteria) else 0


def _n_pairs(places: Iterable[list[OutputRow]]) -> int:
    """How many pairs of systems meet on some item."""
    together = {frozenset(output.system for output in outputs) for outputs in places}
    n_systems = len(frozenset().union(*together))
    met: set[tuple[str, str]] = set()
    for names in together:
        met.update(combinations(sorted(names), 2))
        if len(met) == n_systems * (n_systems - 1) // 2:
            break
    return len(met)


def _systems(bundle: Bundle, places: ByPlace) -> list[Plain]:
    families = {system.name: system.family for system in bundle.systems}
    n_outputs = Counter(output.system for output in bundle.outputs)
    n_empty = Counter(output.system for output in bundle.outputs if output.text is not None and not output.text.strip())
    names = sorted(n_outputs)
    return [
        {
            "name": name,
            "family": families.get(name, ""),
            "n_outputs": n_outputs[name],
            "n_missing": len(places) - n_outputs[name],
            "n_empty": n_empty[name],
        }
        for name in names
    ]


def _slices(items: Iterable[ItemRow], work: WorkAhead, quotas: Iterable[str]) -> list[Plain]:
    """The largest slices of each name, with their tasks, and those that have a quota whatever their size."""
    found = {(name, value): _slice(name, value) for name, _, value in (quota.partition("=") for quota in quotas)}
    kept = list(found.values())
    for item in items:
        for entry in item.slices.items():
            row = found.setdefault(entry, _slice(*entry))
            row["n_items"] += 1
            row["n_comparisons"] += work.comparisons[item.external_id]
            row["n_ratable"] += work.ratings[item.external_id]
    kept += [row for row in _largest(found.values()) if row not in kept]
    return sorted(kept, key=_by_size)


def _slice(name: str, value: str) -> Plain:
    return {"name": name, "value": value, "n_items": 0, "n_comparisons": 0, "n_ratable": 0}


def _by_size(row: Plain) -> tuple[str, int, str]:
    return row["name"], -row["n_items"], row["value"]


def _largest(rows: Iterable[Plain]) -> list[Plain]:
    """As many as a page shows: the largest of every name, then the next, so that no name hides the others."""
    ranked = [
        (rank, row)
        for _, of_name in groupby(sorted(rows, key=_by_size), key=itemgetter("name"))
        for rank, row in enumerate(of_name)
    ]
    return [row for _, row in sorted(ranked, key=itemgetter(0))[:N_SLICES]]


def _leaks(bundle: Bundle) -> Plain:
    """Outputs that say which system wrote them, by the words of the systems in this file."""
    own_words = telling_words(name for system in bundle.systems for name in (system.name, system.family))
    n = 0
    examples: list[Plain] = []
    for output in bundle.outputs:
        found = find_self_identification(spoken_text(output.text, output.messages), own_words)
        if not found:
            continue
        n += 1
        if len(examples) < N_LEAKS:
            examples.append({"item": output.item, "system": output.system, "excerpt": found[0].excerpt})
    return {"n": n, "examples": examples}


def _tasks(items: Iterable[ItemRow], places: ByPlace, compares: bool) -> Iterator[Plain]:
    """The first tasks as a rater sees them: without names, the two outputs in an order that tells nothing."""
    for n, item in enumerate(items):
        outputs = places.get((item.external_id, 0), [])
        wanted = 2 if compares else 1
        if len(outputs) < wanted:
            continue
        shown = outputs[:wanted] if n % 2 else outputs[:wanted][::-1]
        yield {
            "turns": [{"role": turn["role"], "text": _cut(turn["content"])} for turn in item.messages],
            "context": _cut(item.context or ""),
            "reference": _cut(item.reference or ""),
            "outputs": [_cut(spoken_text(output.text, output.messages)) for output in shown],
        }


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_TEXT else f"{text[:MAX_SHOWN_TEXT]}\n\n[…] The preview ends here."
