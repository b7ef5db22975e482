"""Storing what a rater says. A choice is acknowledged only when its transaction is committed."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from psycopg.types.json import Jsonb

from apps.core.database.queries import Row, first_row, rows
from apps.core.errors import Conflict, NotFound, Refused
from apps.rating.answers import Answer, Asked, Said, said
from apps.rating.models import Enrolment, JudgmentComment, Outcome, Purpose, Source
from apps.rating.serving.claiming import lock_draw
from apps.rating.serving.desk_state import DeskState, Lease, desk_state, lock_desk
from apps.rating.serving.painting import SHOW
from apps.studies.models import Criterion, StudyState, StudyTransition

AFTER_CLOSE_DAYS = 7
UNDO_DEPTH = 10
MAX_WAITED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's word: this judgment is stored, under this submission. `repeated`: it was stored before.

    Another tab may have given the same answer under a submission of its own: that one is named, for it is the one
    that a change of mind supersedes.
    """

    judgment_id: int
    assignment_id: int
    public_id: UUID
    submission: UUID
    purpose: str
    outcome: str
    saved_at: datetime
    repeated: bool


class AnsweredDifferently(Conflict):
    """The assignment has another answer already; that one stands."""

    def __init__(self, stored: UUID, public_id: UUID) -> None:
        super().__init__("You have answered this task already, and that answer stands. To change it, open it again.")
        self.stored = stored
        self.public_id = public_id


@transaction.atomic
def record_judgment(
    *,
    enrolment: Enrolment,
    assignment_id: UUID,
    submission: UUID,
    choice: str | None = None,
    **more: Any,
) -> Receipt:
    """Store a rater's answer on a showing she was given; the same submission again gets the same receipt.

    `more` are the other fields of `Answer`; `supersedes` is the submission of her earlier judgment when she
    changes her mind: the new one is the next revision, both stay. Raises NotFound for an assignment that is not
    hers, AnsweredDifferently where another answer stands, Refused where the study no longer takes any.
    """
    lock_desk(enrolment)
    answer = Answer(assignment=assignment_id, submission=submission, choice=choice, **more)
    return record(desk_state(enrolment), answer)


def record(state: DeskState, answer: Answer, paints: Lease | None = None) -> Receipt:
    """`record_judgment` for a caller who has locked the desk; the state is stale afterwards.

    With the first answer to what she was shown, the lease she `paints` behind it becomes her next showing.
    """
    showing = _showing(state, answer)
    meant = said(answer, showing.asked)
    known = _known(showing, answer, meant)
    if known is not None:
        return showing.receipt(known, repeated=True)
    _check_window(state)
    if showing.current is None:
        stored = _fill(state, showing, answer, meant, paints)
    else:
        _check_undo(state, showing)
        stored = _store(_STORE, state, showing, answer, meant)
    if answer.comment.strip():
        JudgmentComment.objects.create(study_id=state.study_id, judgment_id=stored.id, text=answer.comment.strip())
    return showing.receipt(stored, repeated=False)


@dataclass(frozen=True, slots=True)
class _Stored:
    id: int
    revision: int
    submission: UUID
    verdict: str | None
    answers: dict[str, Any] | None
    flags: list[str]
    study_state: str
    created_at: datetime
    assignment_id: int

    @classmethod
    def read(cls, row: Row) -> "_Stored | None":
        """From the columns of _JUDGMENT; jsonb arrives as text."""
        if row[0] is None:
            return None
        judgment, revision, submission, verdict, answers, flags, study_state, created_at, assignment = row
        said = None if answers is None else json.loads(answers)
        return cls(judgment, revision, submission, verdict, said, flags, study_state, created_at, assignment)

    def holds(self, meant: Said, comment: str) -> bool:
        """Whether this is that answer: verdict, criteria and flags are the same, and no comment would be lost."""
        if (self.verdict, self.answers, set(self.flags)) != (meant.verdict, meant.answers, set(meant.flags)):
            return False
        return not comment or JudgmentComment.objects.filter(judgment=self.id, text=comment).exists()


@dataclass(slots=True)
class _Showing:
    """The assignment she answers, what it asks, and what is stored on it."""

    id: int
    public_id: UUID
    draw_id: int
    purpose: str
    outcome: str | None
    done_number: int | None
    asked: Asked
    current: _Stored | None
    same: _Stored | None

    def receipt(self, stored: _Stored, *, repeated: bool) -> Receipt:
        return Receipt(
            stored.id, self.id, self.public_id, stored.submission, self.purpose, str(self.outcome), stored.created_at,
            repeated,
        )  # fmt: skip


_JUDGMENT = "id, {0}.revision, {0}.submission, {0}.verdict, {0}.answers, {0}.flags, "
_JUDGMENT += "{0}.study_state, {0}.created_at, {0}.assignment_id"
_FIND = f"""
    SELECT a.study_id, a.rater_id, a.source, a.id, a.public_id, a.draw_id, a.purpose, a.outcome, a.done_number,
           t.kind, p.verdicts, a.a_on_left, p.id,
           EXISTS (SELECT FROM studies_criterion c WHERE c.protocol_id = p.id),
           c.{_JUDGMENT.format("c")}, s.{_JUDGMENT.format("s")}
    FROM rating_assignment a
    JOIN rating_task t ON t.id = a.task_id
    JOIN studies_protocolversion p ON p.id = a.protocol_id
    LEFT JOIN LATERAL (SELECT * FROM rating_judgment j WHERE j.study_id = a.study_id AND j.assignment_id = a.id
                       ORDER BY j.revision DESC LIMIT 1) c ON true
    LEFT JOIN rating_judgment s ON s.study_id = a.study_id AND s.submission = %(submission)s
    WHERE a.public_id = %(public_id)s
    FOR UPDATE OF a
"""  # noqa: S608 - constant text


def _showing(state: DeskState, answer: Answer) -> _Showing:
    row = first_row(_FIND, {"submission": answer.submission, "public_id": answer.assignment})
    if row is None or row[:3] != (state.study_id, state.rater_id, Source.SERVED):
        raise NotFound("This task was not given to you. Open the study again for your next one.")
    showing, public_id, draw, purpose, outcome, done_number = row[3:9]
    kind, verdicts, a_on_left, protocol, has_criteria = row[9:14]
    criteria = list(Criterion.objects.filter(protocol=protocol).order_by("ordinal")) if has_criteria else []
    asked = Asked(kind, verdicts, criteria, a_on_left)
    current, same = _Stored.read(row[14:23]), _Stored.read(row[23:32])
    return _Showing(showing, public_id, draw, purpose, outcome, done_number, asked, current, same)


def _known(showing: _Showing, answer: Answer, meant: Said) -> _Stored | None:
    """The judgment this submission repeats; None if it is a new one; a conflict if something else stands."""
    same, current, comment = showing.same, showing.current, answer.comment.strip()
    if same is not None:
        if same.assignment_id != showing.id or not same.holds(meant, comment):
            raise AnsweredDifferently((current or same).submission, showing.public_id)
        return same
    if current is None:
        if answer.supersedes is not None:
            raise Conflict("There is no earlier answer to change. Open the study again for your next task.")
        return None
    if current.submission == answer.supersedes:
        return None
    if answer.supersedes is None and current.holds(meant, comment):
        return current
    raise AnsweredDifferently(current.submission, showing.public_id)


def _check_window(state: DeskState) -> None:
    """A closed study takes what was given out before, for a week."""
    if state.study_state != StudyState.CLOSED:
        return
    closed = StudyTransition.objects.filter(study=state.study_id, to_state=StudyState.CLOSED).latest("at")
    if state.now > closed.at + timedelta(days=AFTER_CLOSE_DAYS):
        raise Refused(f"The study was closed more than {AFTER_CLOSE_DAYS} days ago and takes no more answers.")


def _check_undo(state: DeskState, showing: _Showing) -> None:
    """She may change her last ten answers; never one whose right answer she was shown.

    An answer given before the close stands: a change of it would be set aside, and take the answer with it.
    """
    if showing.purpose == Purpose.TRAINING:
        raise Refused("An answer cannot be changed once its explanation was shown.")
    if showing.done_number is None or showing.done_number <= state.n_done - UNDO_DEPTH:
        raise Refused(f"Only your last {UNDO_DEPTH} answers can be changed.")
    given_before = showing.current is not None and showing.current.study_state != StudyState.CLOSED
    if state.study_state == StudyState.CLOSED and given_before:
        raise Refused("The study is closed: the answer you gave before stands.")


_STORE = """
    INSERT INTO rating_judgment (study_id, assignment_id, revision, submission, supersedes_id, verdict, answers,
        flags, shown_ms, parse_status, metadata, study_state, judged_at, created_at)
    VALUES (%(study)s, %(assignment)s, %(revision)s, %(submission)s, %(supersedes)s, %(verdict)s, %(answers)s,
        %(flags)s, %(shown_ms)s, 'given', '{}', %(study_state)s, %(judged_at)s, %(now)s)
    RETURNING id
"""
_END_AND_STORE = f"""
    WITH ended AS (
        UPDATE rating_assignment
        SET outcome = %(outcome)s, ended_at = %(now)s, skip_reason = NULL, done_number = %(done_number)s,
            shown_at = coalesce(shown_at, %(now)s), shown_number = coalesce(shown_number, %(number)s),
            first_seen = %(first_seen)s
        WHERE id = %(assignment)s),
    shown AS ({SHOW})
    {_STORE}
"""  # noqa: S608 - constant text


def _fill(state: DeskState, showing: _Showing, answer: Answer, meant: Said, paints: Lease | None) -> _Stored:
    """Fill the draw; where the lease ran out and someone else holds or has judged it, the judgment is kept as late.

    A lease that is still open holds its draw: nobody can have come between. One that is over does not, and someone
    may be claiming the draw at this moment. Whoever answers what she had skipped takes the skip back.
    """
    if showing.outcome is None:
        return _fill_as(Outcome.JUDGED, state, showing, answer, meant, paints)
    lock_draw(showing.draw_id)
    try:
        with transaction.atomic():
            return _fill_as(Outcome.JUDGED, state, showing, answer, meant, paints)
    except IntegrityError:
        return _fill_as(Outcome.LATE, state, showing, answer, meant, paints)


def _fill_as(
    outcome: Outcome, state: DeskState, showing: _Showing, answer: Answer, meant: Said, paints: Lease | None
) -> _Stored:
    stored = _store(
        _END_AND_STORE, state, showing, answer, meant,
        outcome=outcome, done_number=state.n_done + 1, number=state.n_shown + 1, first_seen=answer.first_seen,
        painted=paints and paints.id,
    )  # fmt: skip
    showing.outcome = outcome
    return stored


def _store(
    statement: str, state: DeskState, showing: _Showing, answer: Answer, meant: Said, **ending: object
) -> _Stored:
    current = showing.current
    revision = 1 if current is None else current.revision + 1
    parameters = {
        "study": state.study_id,
        "assignment": showing.id,
        "revision": revision,
        "submission": answer.submission,
        "supersedes": current and current.id,
        "verdict": meant.verdict,
        "answers": None if meant.answers is None else Jsonb(meant.answers),
        "flags": meant.flags,
        "shown_ms": answer.shown_ms,
        "study_state": state.study_state,
        "judged_at": state.now - min(timedelta(milliseconds=answer.waited_ms), MAX_WAITED),
        "now": state.now,
    }
    ((stored,),) = rows(statement, parameters | ending)
    return _Stored(
        stored, revision, answer.submission, meant.verdict, meant.answers, meant.flags, state.study_state, state.now,
        showing.id,
    )  # fmt: skip
