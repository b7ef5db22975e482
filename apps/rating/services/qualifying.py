"""The qualification: training tasks with known answers, then production."""

import math
from dataclasses import dataclass

from django.db import transaction

from apps.core.database.queries import rows
from apps.rating.models import Enrolment, Standing
from apps.rating.services.enrolling import change_standing
from apps.studies.services.protocol import current_protocol

# What is barred for her, or what she met as ordinary work, is no part of her test.
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
       OR NOT EXISTS (SELECT FROM rating_itembar b JOIN rating_task t ON t.item_id = b.item_id
                      WHERE b.study_id = %(study)s AND b.rater_id = %(rater)s AND t.id = g.task_id)
          AND NOT EXISTS (SELECT FROM rating_assignment o
                          WHERE o.task_id = g.task_id AND o.rater_id = %(rater)s AND o.purpose <> 'training')
"""


@dataclass(frozen=True, slots=True)
class Qualification:
    """How far a rater is in the entry test. `needed` right answers let her in."""

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


def qualification_of(enrolment: Enrolment) -> Qualification:
    """Derived from her training showings and the active training gold."""
    counts = rows(_COUNTS, {"study": enrolment.study_id, "rater": enrolment.rater_id})
    n_all, n_done, n_right = counts[0]
    share = current_protocol(enrolment.study).qualification_pass
    # A share of .8 of 5 tasks is 4, although .8 * 5 is a little more in binary.
    return Qualification(n_all, n_done, n_right, math.ceil(share * n_all - 1e-9))


@transaction.atomic
def settle_qualification(*, enrolment: Enrolment) -> Qualification:
    """Once the last training task is answered: whoever passed becomes active; who did not stays in training.

    Safe to call after every training answer, and twice.
    """
    found = qualification_of(enrolment)
    if found.passed and enrolment.standing == Standing.TRAINING:
        reason = f"qualified: {found.n_right} of {found.n_all} right, {found.needed} needed"
        changed = change_standing(enrolment_id=enrolment.pk, standing=Standing.ACTIVE, reason=reason, by=None)
        enrolment.standing = changed.standing
    return found
