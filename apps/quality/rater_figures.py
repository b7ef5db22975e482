"""The figures of every rater of a study, ready to be frozen: people by their uuid, never by name."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from apps.rating.models import RaterKind
from apps.stats.raters import Drift, rater_drift

from .estimates import CONFIDENCE_LEVEL, NOTHING, Estimate, Share
from .figures_of_labels import PREFERENCE, Figures, gathered, people_figures
from .habits import Bin, Block, Ties, Times, bins_of, blocks_of, counted_by_bin, in_time, sides_of, ties_of, times_of
from .known_answers import NO_GOLD, Again, Gold, again_of, gold_of
from .others import Compared, WithOthers, agreed_with_first, compared_with_others, with_others
from .rows import STANDARD, UNKNOWN, Counted, Ints, Retests, StudyRows, Work, codes_of
from .signs import Sign, signs_of

Report = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class Thirds:
    """Agreement with others in the first and in the last third of her work, and the change with its ends."""

    difference: Estimate
    n: int
    reading: str


@dataclass(frozen=True, slots=True)
class RaterFigures:
    """Everything frozen about one rater. `n` counts her current judgments; `dispositions` says where each went."""

    rater: str
    kind: str
    n: int
    dispositions: dict[str, int]
    n_work: int
    times: Times | None
    left: Share
    ties: Ties | None
    gold: Gold
    n_gold_unscored: int
    again: Again
    agreement: WithOthers
    drift: Thirds
    blocks: list[Block]
    bins: list[Bin]
    signs: list[Sign]


@dataclass(frozen=True, slots=True)
class _Group:
    """People, or judges: what each is compared with inside it, worked out once for all."""

    times: dict[int, Times]
    sides: dict[int, Share]
    ties: dict[int, Ties]
    bins: Ints

    @classmethod
    def of(cls, work: Work, seed: int) -> "_Group":
        return cls(times_of(work), sides_of(work), ties_of(work, seed), counted_by_bin(work.shown_ms))


@dataclass(frozen=True, slots=True)
class _Study:
    """What the figures of each rater are taken from."""

    raters: dict[int, tuple[str, str]]
    dispositions: dict[int, dict[str, int]]
    work: Work
    agreed: Ints
    compared: Compared
    gold: dict[int, Gold]
    retests: Retests
    people: _Group
    judges: _Group
    people_kappa: Estimate


def raters_result(rows: StudyRows, *, verdicts: Sequence[str], seed: int, report: Report) -> dict[str, Any]:
    """The result to freeze: a row for each rater with a judgment, and what they are read against."""
    report(15, "reading the judgments")
    work = _sorted_by_rater(rows.work())
    report(40, "comparing the raters with one another")
    people = _people(work, verdicts)
    study = _study(rows, work, people.kappa, n_verdicts=len(verdicts), seed=seed)
    report(70, "writing down each rater's figures")
    timed = work.shown_ms[(work.shown_ms != UNKNOWN) & (work.counted != Counted.JUDGE)]
    return {
        "people": asdict(people),
        "median_seconds": float(np.median(timed)) / 1000 if len(timed) else None,
        "n_timed": len(timed),
        "n_judgments": sum(sum(counts.values()) for counts in study.dispositions.values()),
        "dispositions": _added_up(study.dispositions),
        "raters": [asdict(_figures(study, rater)) for rater in sorted(study.raters)],
    }


def _people(work: Work, verdicts: Sequence[str]) -> Figures:
    """How far people agree with one another: what each of them is read against."""
    said = work.where(work.counted_as(STANDARD) & (work.verdict != UNKNOWN))
    return people_figures(gathered(said.task, said.verdict, said.cluster), PREFERENCE, codes_of(verdicts))


def _study(rows: StudyRows, work: Work, people_kappa: Estimate, *, n_verdicts: int, seed: int) -> _Study:
    judges = work.counted == Counted.JUDGE
    return _Study(
        raters=rows.raters(),
        dispositions=rows.dispositions(),
        work=work,
        agreed=agreed_with_first(work),
        compared=compared_with_others(work),
        gold=gold_of(rows.gold(), n_verdicts),
        retests=rows.retests(),
        people=_Group.of(work.where(~judges), seed),
        judges=_Group.of(work.where(judges), seed),
        people_kappa=people_kappa,
    )


def _figures(study: _Study, rater: int) -> RaterFigures:
    uuid, kind = study.raters[rater]
    rows = slice(*np.searchsorted(study.work.rater, [rater, rater + 1]))
    work = Work(*(getattr(study.work, name)[rows] for name in Work.__slots__))
    agreed, group = study.agreed[rows], study.people if kind == RaterKind.HUMAN else study.judges
    counts, gold, drift = study.dispositions[rater], study.gold.get(rater, NO_GOLD), _drift(work, agreed)
    found = RaterFigures(
        rater=uuid,
        kind=kind,
        n=sum(counts.values()),
        dispositions=counts,
        n_work=len(work),
        times=group.times.get(rater),
        left=group.sides.get(rater, NOTHING),
        ties=group.ties.get(rater),
        gold=gold,
        n_gold_unscored=max(counts.get("gold", 0) - gold.n, 0),
        again=again_of(study.retests, rater),
        agreement=with_others(study.compared.of(rater)),
        drift=_thirds(drift),
        blocks=blocks_of(work, agreed),
        bins=bins_of(work.shown_ms, group.bins),
        signs=[],
    )
    return replace(found, signs=_signs(study, found, drift)) if kind == RaterKind.HUMAN else found


def _signs(study: _Study, found: RaterFigures, drift: Drift) -> list[Sign]:
    return signs_of(
        gold=found.gold,
        again=found.again,
        agreement=found.agreement,
        people_kappa=study.people_kappa,
        left=found.left,
        ties=found.ties,
        times=found.times,
        drift=drift,
    )


def _thirds(drift: Drift) -> Thirds:
    return Thirds(Estimate(drift.difference, drift.low, drift.high), drift.n, drift.reading)


def _drift(work: Work, agreed: Ints) -> Drift:
    in_order = agreed[in_time(work)]
    return rater_drift(in_order[in_order != UNKNOWN], confidence_level=CONFIDENCE_LEVEL)


def _sorted_by_rater(work: Work) -> Work:
    order = np.argsort(work.rater, kind="stable")
    return Work(*(getattr(work, name)[order] for name in Work.__slots__))


def _added_up(of_raters: dict[int, dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for counts in of_raters.values():
        for name, n in counts.items():
            total[name] = total.get(name, 0) + n
    return dict(sorted(total.items()))
