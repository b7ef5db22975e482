"""How many tasks a file holds to draw from, item by item: neither gold, nor comparisons of two equal texts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from apps.studies.material import OutputRow

from .exchange.bundle import Bundle
from .exchange.rows import GoldRow

Place = tuple[str, int]
ByPlace = dict[Place, list[OutputRow]]


@dataclass(slots=True)
class WorkAhead:
    """Tasks by item. `n_identical` are the pairs of equal texts, which nobody is asked to compare."""

    comparisons: Counter[str] = field(default_factory=Counter)
    ratings: Counter[str] = field(default_factory=Counter)
    n_identical: int = 0


def by_place(outputs: Iterable[OutputRow]) -> ByPlace:
    """Outputs by item and sample: within one place they may be compared."""
    found: ByPlace = defaultdict(list)
    for output in outputs:
        found[output.item, output.sample].append(output)
    return found


def work_ahead(bundle: Bundle, places: ByPlace) -> WorkAhead:
    """What there is to compare, and to rate one by one; a task with gold is no ordinary work."""
    work = WorkAhead(ratings=Counter(output.item for output in bundle.outputs))
    for (item, _), outputs in places.items():
        n_identical = _n_identical(outputs)
        work.comparisons[item] += len(outputs) * (len(outputs) - 1) // 2 - n_identical
        work.n_identical += n_identical
    work.comparisons.subtract(_items_of_compared(bundle.golds, places))
    work.ratings.subtract(gold.item for gold in bundle.golds if gold.output is not None)
    return work


def _n_identical(outputs: Iterable[OutputRow]) -> int:
    same = Counter(map(_said, outputs))
    return sum(n * (n - 1) // 2 for n in same.values())


def _said(output: OutputRow) -> tuple[str | None, str]:
    return output.text, str(output.messages)


def _items_of_compared(golds: Iterable[GoldRow], places: ByPlace) -> Iterator[str]:
    """The item of each gold that would be ordinary work without it."""
    for gold in golds:
        if gold.output is None and gold.sample_a == gold.sample_b:
            outputs = places.get((gold.item, gold.sample_a), ())
            said = {_said(output) for output in outputs if output.system in (gold.output_a, gold.output_b)}
            if len(said) == 2:
                yield gold.item
