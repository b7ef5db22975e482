"""The next round of an adaptive study, from the judgments as of a cut.

Not among what `apps.rating.services` exports: the desk imports that package, and may not reach the statistics.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import version
from uuid import UUID

import numpy as np
from django.db import transaction

from apps.core.database.locks import lock
from apps.core.database.queries import rows
from apps.core.errors import Refused
from apps.rating.dispositions import judgments_at
from apps.rating.models import Cut, Draw, Plan, RoundMethod
from apps.rating.planning.adaptive import DrawnRound, JudgedRow, RoundTerms, adaptive_round
from apps.rating.planning.candidates import Candidate, Pair
from apps.rating.supply import low_water
from apps.studies.models import PlanMethod, ProtocolVersion, Study
from apps.studies.services.protocol import current_protocol

from .candidates import candidates_of, make_tasks
from .cutting import take_cut
from .planning import plan_round
from .rounds import OF_EACH_DRAW, OF_WHOLE_ROUNDS, PlannedRound, last_number, lock_name, named, next_band, store_round

PLANNER = "adaptive-2"
LIBRARIES = ("choix", "numpy", "scipy")

# Pairs stand in system order, and the verdict with them.
_JUDGED = """
    SELECT least(sa.name COLLATE "C", sb.name COLLATE "C"), greatest(sa.name COLLATE "C", sb.name COLLATE "C"),
           CASE WHEN judged.verdict NOT IN ('A', 'B') THEN judged.verdict
                WHEN (judged.verdict = 'A') = (sa.name COLLATE "C" < sb.name COLLATE "C") THEN 'A'
                ELSE 'B' END,
           count(*)
    FROM judged
    JOIN rating_task t ON t.id = judged.task_id AND t.kind = 'comparison'
    JOIN studies_system sa ON sa.id = t.system_a_id
    JOIN studies_system sb ON sb.id = t.system_b_id
    WHERE judged.disposition = 'used' AND judged.verdict IS NOT NULL AND judged.protocol_major = %(protocol_major)s
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def plan_next_round(*, study: Study, by: UUID | None, number: int | None = None, cut: Cut | None = None) -> Plan:
    """Plan round `number` (the next one, if None) of an adaptive study from the judgments as of `cut` (now, if None).

    Done once a number, however often and from wherever it is asked. The first round is the balanced start. The cut
    is taken before the round is drawn, in a transaction of its own: raters wait for it for a moment only.
    """
    stored = None if number is None else Plan.objects.filter(study=study, number=number).first()
    if stored is not None:
        return stored
    cut = cut or take_cut(study_id=study.pk)
    with transaction.atomic():
        lock(lock_name(study))
        last = last_number(study)
        if number is not None and number <= last:
            return Plan.objects.get(study=study, number=number)
        if not last:
            return plan_round(study=study, by=by)
        return store_round(study, _planned(study, cut, last + 1), number=last + 1, by=by)


def _planned(study: Study, cut: Cut, number: int) -> PlannedRound:
    protocol = current_protocol(study)
    if protocol.plan_method != PlanMethod.ADAPTIVE:
        raise Refused("Only an adaptive study has further rounds chosen by results. Revise the protocol first.")
    n_identical = make_tasks(protocol)
    candidates = candidates_of(study.pk, ["comparison"])
    if not candidates:
        raise Refused("There is nothing left to compare: every comparison is gold, or of two equal texts.")
    terms = RoundTerms(
        size=protocol.round_size,
        at_least=low_water(protocol, n_at_work=0),
        overlap_share=protocol.overlap_share,
        uniform_floor=protocol.uniform_floor,
        start_is_over=Plan.objects.filter(study=study, method=RoundMethod.ADAPTIVE).exists(),
    )
    drawn = _drawn(study, cut, candidates, terms, number)
    return PlannedRound(
        method=RoundMethod.ADAPTIVE if drawn.is_independent else RoundMethod.BALANCED,
        draws=drawn.draws,
        candidates=candidates,
        pair_probabilities=named(drawn.chances),
        settings={
            "round_size": terms.size,
            "overlap_share": terms.overlap_share,
            "chances": OF_EACH_DRAW if drawn.is_independent else OF_WHOLE_ROUNDS,
            "reading": drawn.reading,
        },
        versions={"planner": PLANNER, **{name: version(name) for name in LIBRARIES}},
        uniform_floor=drawn.uniform_floor,
        n_identical=n_identical,
        cut=cut,
    )


def _drawn(study: Study, cut: Cut, candidates: list[Candidate], terms: RoundTerms, number: int) -> DrawnRound:
    n_drawn = Counter(Draw.objects.filter(study=study, band__isnull=False).values_list("task", flat=True))
    return adaptive_round(
        candidates,
        judged_at(cut),
        n_drawn,
        _n_open(cut, candidates),
        terms,
        band=next_band(study),
        rng=_generator(study, number),
    )


def judged_at(cut: Cut) -> list[JudgedRow]:
    """The comparisons that a board of people counts as of the cut: system, system, verdict, how many."""
    judged = judgments_at(cut)
    major = ProtocolVersion.objects.get(study=cut.study_id, number=cut.protocol_number).major
    return rows(f"WITH {judged.sql} {_JUDGED}", {**judged.parameters, "protocol_major": major})


_OPEN = """
    SELECT d.task_id, count(*) FROM rating_draw d
    WHERE d.study_id = %(study)s AND d.band IS NOT NULL AND NOT EXISTS (
        SELECT FROM rating_assignment a JOIN rating_judgment j ON j.assignment_id = a.id
        WHERE a.draw_id = d.id AND a.outcome = 'judged' AND j.id <= %(last_judgment)s)
    GROUP BY 1
"""


def _n_open(cut: Cut, candidates: list[Candidate]) -> Mapping[Pair, int]:
    """Draws that were still to be judged when the cut was taken, by pair."""
    pairs = {candidate.task_id: candidate.pair for candidate in candidates}
    n_open: Counter[Pair] = Counter()
    for task, n in rows(_OPEN, {"study": cut.study_id, "last_judgment": cut.last_judgment}):
        if task in pairs:
            n_open[pairs[task]] += n
    return n_open


def _generator(study: Study, number: int) -> np.random.Generator:
    """The round's own chance: the same for the same study seed and number, whoever plans it."""
    return np.random.default_rng(list(hashlib.sha256(f"{study.seed}:{number}".encode()).digest()))
