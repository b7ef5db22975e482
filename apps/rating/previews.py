"""What a file holds, told before anything of it is stored: counts, systems, slices, leaks, and the first tasks."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from apps.studies.identification import find_self_identification, spoken_text, telling_words
from apps.studies.material import ABOUT_OUTPUT, ItemRow, OutputRow, StudyFile

from .exchange.bundle import Bundle
from .exchange.documents import study_document
from .exchange.rows import GoldRow

N_TASKS = 3
N_LEAKS = 5
N_SLICES = 40
MAX_SHOWN_TEXT = 8_000

Plain = dict[str, Any]


def preview_of(bundle: Bundle) -> Plain:
    """The preview as JSON: kept with the upload, so that no page reads the file again."""
    terms = bundle.study or StudyFile()
    by_place = _by_place(bundle.outputs)
    compares = bool(terms.verdicts)
    rates = any(criterion.about == ABOUT_OUTPUT for criterion in terms.criteria)
    return {
        "terms": study_document(terms),
        "n_items": len(bundle.items),
        "n_outputs": len(bundle.outputs),
        "n_judgments": len(bundle.judgments),
        "n_pairs": _n_pairs(by_place.values()) if compares else 0,
        "systems": _systems(bundle, by_place),
        "slices": _slices(bundle.items),
        "n_slices": len({entry for item in bundle.items for entry in item.slices.items()}),
        "leaks": _leaks(bundle),
        "tasks": list(islice(_tasks(bundle.items, by_place, compares), N_TASKS)),
    } | _work(bundle, by_place, compares=compares, rates=rates)


Place = tuple[str, int]


def _by_place(outputs: Iterable[OutputRow]) -> dict[Place, list[OutputRow]]:
    """Outputs by item and sample: within one place they may be compared."""
    found: dict[Place, list[OutputRow]] = defaultdict(list)
    for output in outputs:
        found[output.item, output.sample].append(output)
    return found


def _work(bundle: Bundle, by_place: dict[Place, list[OutputRow]], *, compares: bool, rates: bool) -> Plain:
    """How many tasks there are to draw from; a task with gold is no ordinary work."""
    golds = Counter((gold.use, gold.verdict is not None) for gold in bundle.golds)
    n_all, n_identical = _n_comparisons(by_place.values()) if compares else (0, 0)
    return {
        "n_comparisons": max(n_all - _n_golds(bundle.golds, compared=True), 0) if compares else 0,
        "n_identical": n_identical,
        "n_rubrics": max(len(bundle.outputs) - _n_golds(bundle.golds, compared=False), 0) if rates else 0,
        "n_hidden": golds["hidden", True] + golds["hidden", False],
        "n_training": golds["training", True] + golds["training", False],
    }


def _n_golds(golds: Iterable[GoldRow], *, compared: bool) -> int:
    return sum((gold.verdict is not None) == compared for gold in golds)


def _n_comparisons(places: Iterable[list[OutputRow]]) -> tuple[int, int]:
    """Pairs of outputs with different texts, and those with the same."""
    n_all = n_identical = 0
    for outputs in places:
        n_all += len(outputs) * (len(outputs) - 1) // 2
        same = Counter((output.text, str(output.messages)) for output in outputs)
        n_identical += sum(n * (n - 1) // 2 for n in same.values())
    return n_all - n_identical, n_identical


def _n_pairs(places: Iterable[list[OutputRow]]) -> int:
    """How many pairs of systems meet on some item."""
    together = {frozenset(output.system for output in outputs) for outputs in places}
    return len({(a, b) for names in together for a in names for b in names if a < b})


def _systems(bundle: Bundle, by_place: dict[Place, list[OutputRow]]) -> list[Plain]:
    families = {system.name: system.family for system in bundle.systems}
    n_outputs = Counter(output.system for output in bundle.outputs)
    n_empty = Counter(output.system for output in bundle.outputs if output.text is not None and not output.text.strip())
    names = sorted(n_outputs)
    return [
        {
            "name": name,
            "family": families.get(name, ""),
            "n_outputs": n_outputs[name],
            "n_missing": len(by_place) - n_outputs[name],
            "n_empty": n_empty[name],
        }
        for name in names
    ]


def _slices(items: Iterable[ItemRow]) -> list[Plain]:
    found = Counter(entry for item in items for entry in item.slices.items())
    most = sorted(found.items(), key=lambda entry: (entry[0][0], -entry[1], entry[0][1]))[:N_SLICES]
    return [{"name": name, "value": value, "n_items": n} for (name, value), n in most]


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


def _tasks(items: Iterable[ItemRow], by_place: dict[Place, list[OutputRow]], compares: bool) -> Iterator[Plain]:
    """The first tasks as a rater sees them: without names, the two outputs in an order that tells nothing."""
    for n, item in enumerate(items):
        outputs = by_place.get((item.external_id, 0), [])
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
