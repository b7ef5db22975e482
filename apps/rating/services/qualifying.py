"""The qualification: training tasks with known answers, then production."""

import math
from dataclasses import dataclass

from django.db import transaction

from apps.core.database.queries import rows
from apps.rating.models import Enrolment, Standing
from apps.rating.services.enrolling import change_standing
from apps.studies.models import StudyState
from apps.studies.services.protocol import current_protocol

# Her test is what she has answered or holds of the active training gold, and what can still come to her: not what is
# barred for her, nor what she met as ordinary work, nor what she saw and never answered.
_COUNTS = """
    SELECT count(*),
           count(a.id) FILTER (WHERE a.outcome IN ('judged', 'late', 'skipped')),
           count(*) FILTER (WHERE j.verdict IS NOT DISTINCT FROM g.verdict
                              AND (g.answers IS NULL OR j.answers @> g.answers) AND a.outcome IN ('judged', 'late'))
    FROM (SELECT DISTINCT ON (g.task_id) g.task_id, g.verdict, g.answers FROM rating_gold g
          WHERE g.study_id = %(study)s AND g.use = 'training'
            AND NOT EXISTS (SELECT FROM rating_goldretirement r WHERE r.gold_id = g.id)
          ORDER BY g.task_id, g.id DESC) g
    LEFT JOIN rating_assignment a ON a.task_id = g.task_id AND a.rater_id = %(rater)s AND a.purpose = 'training'
    LEFT JOIN rating_judgment j ON j.study_id = a.study_id AND j.assignment_id = a.id AND j.revision = 1
    WHERE a.outcome IN ('judged', 'late', 'skipped')
       OR a.id IS NOT NULL AND a.outcome IS NULL
       OR a.shown_at IS NULL
          AND NOT EXISTS (SELECT FROM rating_itembar b JOIN rating_task t ON t.item_id = b.item_id
                          WHERE b.study_id = %(study)s AND b.rater_id = %(rater)s AND t.id = g.task_id)
          AND NOT EXISTS (SELECT FROM rating_assignment o
                          WHERE o.task_id = g.task_id AND o.rater_id = %(rater)s AND o.purpose <> 'training')
"""


@dataclass(frozen=True, slots=True)
class Qualification:
    """How far a rater is in the entry test. `needed` right answers let her in; so does a test without a task.

    Gold that was retired measures nobody, whatever she answered: a test that was failed is passed once the tasks that
    are left say so, and who failed on gold that was all retired is let in as whoever enrols now would be.
    """

    n_all: int
    n_done: int
    n_right: int
    needed: int

    @property
    def is_over(self) -> bool:
        """Whether every training task was answered or skipped."""
        return self.n_all > 0 and self.n_done >= self.n_all

    @property
    def passed(self) -> bool:
        return self.is_over and self.n_right >= self.needed

    @property
    def nothing_left(self) -> bool:
        """Whether there is nothing to be tested on: the training tasks were retired, or are barred for her."""
        return self.n_all == 0


def qualification_of(enrolment: Enrolment) -> Qualification:
    """Derived from her training showings and the active training gold."""
    counts = rows(_COUNTS, {"study": enrolment.study_id, "rater": enrolment.rater_id})
    n_all, n_done, n_right = counts[0]
    share = current_protocol(enrolment.study).qualification_pass
    # A share of .8 of 5 tasks is 4, although .8 * 5 is a little more in binary.
    return Qualification(n_all, n_done, n_right, math.ceil(share * n_all - 1e-9))


@transaction.atomic
def settle_qualification(*, enrolment: Enrolment) -> Qualification:
    """Whoever has passed becomes active, and whoever has no training task left; who failed stays in training.

    Safe to call at any time, and twice.
    """
    found = qualification_of(enrolment)
    reason = _why_let_in(enrolment, found)
    if reason and enrolment.standing == Standing.TRAINING:
        changed = change_standing(enrolment_id=enrolment.pk, standing=Standing.ACTIVE, reason=reason, by=None)
        enrolment.standing = changed.standing
    return found


def _why_let_in(enrolment: Enrolment, found: Qualification) -> str:
    """The reason to store, empty if there is none.

    While a study is not open its manager may be exchanging the training tasks: that none is left means nothing then.
    """
    if found.passed:
        return f"qualified: {found.n_right} of {found.n_all} right, {found.needed} needed"
    return "no training task is left" if found.nothing_left and enrolment.study.state == StudyState.OPEN else ""
