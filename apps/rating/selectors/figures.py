"""The figures of a study now: those that were stored, and on top of them what is newer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum

from apps.core.database.queries import rows
from apps.rating.counting import (
    MARGINS,
    Counts,
    added,
    dispositions_at,
    dispositions_between,
    judged_between,
    same_rules,
    wanted_between,
)
from apps.rating.models import Cut, Plan, StudyFigures
from apps.rating.services.cutting import passing_cut
from apps.studies.models import Study

# A page counts so many judgments, or wanted draws, by itself (a tenth of a second); with more it waits for the job.
MOST_COUNTED_LIVE = 20_000
# So many that no stored figures hold yet are a reason to store them.
FREEZE_AFTER = 2_000


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts by margin (apps.rating.counting), and how far they go.

    `n_newer` judgments are not in them yet, though a job is about to count them: 0 where the page could count all.
    `dispositions_as_of` is set where they are older than the rest, since a rater's standing or a rule has changed.
    """

    counts: Counts
    n_newer: int = 0
    counted_at: datetime | None = None
    dispositions_as_of: datetime | None = None

    def of(self, margin: str) -> dict[str, dict[str, int]]:
        """The cells of one margin by their keys."""
        return self.counts.get(margin, {})

    def total(self, column: str) -> int:
        """All judgments or wanted draws with this column, over all pairs."""
        return sum(numbers.get(column, 0) for numbers in self.of("pair").values())

    @property
    def is_counting(self) -> bool:
        """Whether nothing is counted yet though there is much."""
        return self.n_newer > 0 and self.counted_at is None


def figures_of(study: Study) -> Figures:
    """Everything that is counted of a study, as it is now; a bounded amount of work however much it holds."""
    stored = StudyFigures.objects.select_related("cut").filter(study=study).first()
    after, last_plan = (stored.cut.last_judgment, stored.last_plan) if stored else (0, 0)
    n_newer = n_newer_judgments(study.pk, after, most=MOST_COUNTED_LIVE + 1)
    if max(n_newer, _n_newer_draws(study.pk, last_plan)) > MOST_COUNTED_LIVE:
        return Figures(stored.counts if stored else _nothing(), n_newer or 1, stored.counted_at if stored else None)
    return _with_newer(passing_cut(study.pk), stored, after, last_plan)


def _with_newer(now: Cut, stored: StudyFigures | None, after: int, last_plan: int) -> Figures:
    known, as_of = _dispositions(now, stored)
    judged = judged_between(now.study_id, after, now.last_judgment)
    wanted = wanted_between(now.study_id, last_plan, _ALL_PLANS)
    base = {margin: cells for margin, cells in (stored.counts if stored else {}).items() if margin != "disposition"}
    return Figures(added(base, known, judged, wanted), 0, stored.counted_at if stored else None, as_of)


_ALL_PLANS = 2**31 - 1


def _dispositions(now: Cut, stored: StudyFigures | None) -> tuple[Counts, datetime | None]:
    if stored is None:
        return dispositions_at(now), None
    old = {"disposition": stored.counts["disposition"]}
    if same_rules(stored.cut, now):
        return added(old, dispositions_between(stored.cut, now)), None
    if stored.n_judged <= MOST_COUNTED_LIVE:
        return dispositions_at(now), None
    return old, stored.counted_at


def _nothing() -> Counts:
    return {margin: {} for margin in MARGINS}


_NEWER = """
    SELECT count(*) FROM (SELECT FROM rating_judgment
                          WHERE study_id = %(study)s AND id > %(after)s LIMIT %(most)s) newer
"""


def n_newer_judgments(study_id: int, after: int, *, most: int) -> int:
    """How many judgments, revisions too, have an id above `after`; counted up to `most`."""
    ((n,),) = rows(_NEWER, {"study": study_id, "after": after, "most": most})
    return int(n)


def _n_newer_draws(study_id: int, last_plan: int) -> int:
    newer = Plan.objects.filter(study=study_id, number__gt=last_plan)
    return newer.aggregate(n=Sum("size"))["n"] or 0


_BEHIND = """
    SELECT s.id FROM studies_study s
    LEFT JOIN rating_studyfigures f ON f.study_id = s.id
    LEFT JOIN rating_cut c ON c.id = f.cut_id
    WHERE (SELECT count(*) FROM (SELECT FROM rating_judgment
                                 WHERE study_id = s.id AND id > coalesce(c.last_judgment, 0)
                                 LIMIT %(enough)s) newer) >= %(enough)s
       OR (SELECT sum(p.size) FROM rating_plan p
           WHERE p.study_id = s.id AND p.number > coalesce(f.last_plan, 0)) >= %(enough)s
"""


def studies_with_figures_due() -> set[int]:
    """Studies with much that no stored figures hold, or with dispositions that have changed behind them."""
    behind = {study for (study,) in rows(_BEHIND, {"enough": FREEZE_AFTER})}
    stored = StudyFigures.objects.exclude(study__in=behind).select_related("cut").defer("counts")
    return behind | {one.study_id for one in stored if not same_rules(one.cut, passing_cut(one.study_id))}


@dataclass(frozen=True, slots=True)
class StudySummary:
    """A study in the list of studies."""

    n_judged: int
    n_filled: int
    n_wanted: int
    n_raters: int
    n_items: int
    last_judged_at: datetime | None


# The newest judgments are at the end of an index; those that stored figures hold are not counted again.
_SUMMARIES = """
    SELECT s.id, coalesce(f.n_judged, 0) + newer.n_judged, coalesce(f.n_filled, 0) + newer.n_filled,
           coalesce((SELECT sum(p.size) FROM rating_plan p WHERE p.study_id = s.id), 0),
           (SELECT count(*) FROM rating_enrolment e WHERE e.study_id = s.id AND EXISTS (
                SELECT FROM rating_assignment a
                WHERE a.study_id = s.id AND a.rater_id = e.rater_id AND a.outcome IN ('judged', 'late'))),
           (SELECT count(*) FROM studies_studyitem i WHERE i.study_id = s.id),
           (SELECT coalesce(j.judged_at, j.created_at) FROM rating_judgment j WHERE j.study_id = s.id
            ORDER BY j.id DESC LIMIT 1)
    FROM studies_study s
    LEFT JOIN rating_studyfigures f ON f.study_id = s.id
    LEFT JOIN rating_cut c ON c.id = f.cut_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS n_judged,
               count(*) FILTER (WHERE a.source = 'served' AND a.outcome = 'judged'
                                AND a.purpose NOT IN ('gold', 'retest', 'training')) AS n_filled
        FROM (SELECT assignment_id FROM rating_judgment
              WHERE study_id = s.id AND id > coalesce(c.last_judgment, 0) AND revision = 1
              ORDER BY id LIMIT %(most)s) j
        JOIN rating_assignment a ON a.id = j.assignment_id) newer
    WHERE s.id = ANY(%(studies)s)
"""


def summaries_of(studies: list[Study]) -> dict[int, StudySummary]:
    """Each study's counts for a list, in one query; those of a large study may be a minute old."""
    found: list[tuple[Any, ...]] = rows(
        _SUMMARIES, {"studies": [study.pk for study in studies], "most": MOST_COUNTED_LIVE}
    )
    return {study_id: StudySummary(*numbers) for study_id, *numbers in found}
