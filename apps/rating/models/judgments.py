"""A draw in a rater's hands, and what she said about it."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.studies.models import ProtocolVersion, Study, StudyState, Verdict

from .plans import Draw, Purpose
from .raters import Rater
from .tasks import Task


class Source(models.TextChoices):
    SERVED = "served", "served"
    IMPORTED = "imported", "imported"
    JUDGE = "judge", "judge"


class Outcome(models.TextChoices):
    JUDGED = "judged", "judged"
    LATE = "late", "late"
    SKIPPED = "skipped", "skipped"
    EXPIRED = "expired", "expired"
    RELEASED = "released", "released"


class SkipReason(models.TextChoices):
    CANNOT_JUDGE = "cannot_judge", "I cannot judge this"
    BROKEN = "broken", "Both are broken"
    NOT_MY_TOPIC = "not_my_topic", "Not my topic"
    TECHNICAL = "technical", "Technical trouble"


class ScreenSide(models.TextChoices):
    LEFT = "left", "left"
    RIGHT = "right", "right"


class Flag(models.TextChoices):
    """What a rater can mark beside her answer; stored on the judgment."""

    IDENTIFIED = "identified", "I can tell which system it is"
    UNSAFE = "unsafe", "Unsafe"
    BROKEN = "broken", "Broken"
    WRONG_LANGUAGE = "wrong_language", "Wrong language"


_SERVED = Q(source="served")
_COMPARISON = ~Q(system_low=F("system_high"))
# A check lets a row in where its condition is null: without this, an open showing would pass any `outcome = ...`.
_ENDED = Q(outcome__isnull=False)


class Assignment(models.Model):
    """One showing: a lease, which output stood left, whether it was shown, what happened.

    `showing` counts a rater's showings of one task from 0. `system_low` and `system_high` repeat the task's
    pair of systems so that "which side last time?" is one index probe; a composite key holds them equal.
    `imported_*` keep what an import file said and no stored fact could tell again.
    Most single-column indexes are left out: these rows are written while a rater waits, every wanted access has
    an index of its own, and one that is merely possible tempts the query planner while a study is young.
    `shown_number` and `done_number` count a rater's showings and answers in the study from 1, without gaps:
    they are given under her lock, so that "how many?" and "how long ago?" cost one index probe for ever.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="assignments", db_index=False)
    public_id = models.UUIDField(default=uuid.uuid4)
    draw = models.ForeignKey(Draw, models.PROTECT, null=True, related_name="assignments", db_index=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="assignments", db_index=False)
    system_low = models.BigIntegerField()
    system_high = models.BigIntegerField()
    rater = models.ForeignKey(Rater, models.PROTECT, related_name="assignments", db_index=False)
    showing = models.PositiveIntegerField(default=0)
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.BASE)
    source = models.CharField(max_length=8, choices=Source)
    protocol = models.ForeignKey(ProtocolVersion, models.PROTECT, db_index=False)
    a_on_left = models.BooleanField(null=True)
    sample = models.PositiveIntegerField(default=0, help_text="Which repetition of a judge's verdict.")
    leased_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, null=True)
    skip_reason = models.CharField(max_length=12, choices=SkipReason, null=True)
    shown_number = models.PositiveIntegerField(null=True)
    done_number = models.PositiveIntegerField(null=True)
    first_seen = models.CharField(
        max_length=5, choices=ScreenSide, null=True, help_text="Where one pane shows at a time: which came first."
    )
    imported_disposition = models.CharField(max_length=60, null=True)
    imported_p_pair = models.FloatField(null=True)
    imported_p_item = models.FloatField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["public_id"], name="assignment_public_id_is_unique"),
            models.UniqueConstraint(fields=["id", "study"], name="assignment_of_study"),
            models.UniqueConstraint(
                fields=["draw"],
                condition=Q(draw__isnull=False) & (Q(outcome__isnull=True) | Q(outcome="judged")),
                name="draw_is_filled_once",
            ),
            models.UniqueConstraint(
                fields=["task", "rater", "showing"],
                condition=~Q(source="judge"),
                name="assignment_showing_is_unique",
            ),
            models.UniqueConstraint(
                fields=["task", "rater", "a_on_left", "sample"],
                condition=Q(source="judge"),
                name="assignment_judge_is_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~_SERVED | Q(draw__isnull=False, leased_at__isnull=False, expires_at__isnull=False, sample=0),
                name="assignment_served_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~_SERVED
                | (Q(a_on_left__isnull=False) & _COMPARISON)
                | (Q(a_on_left__isnull=True) & ~_COMPARISON),
                name="assignment_served_has_sides",
            ),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True, ended_at__isnull=True)
                | _ENDED & Q(outcome__in=Outcome.values) & (Q(ended_at__isnull=False) | ~_SERVED),
                name="assignment_ended_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=_SERVED | _ENDED & Q(outcome__in=["judged", "late"], draw__isnull=True),
                name="assignment_imported_is_judged",
            ),
            models.CheckConstraint(
                condition=Q(skip_reason__isnull=True) | _ENDED & Q(outcome="skipped"),
                name="assignment_skip_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~_SERVED | ~(_ENDED & Q(outcome="skipped")) | Q(skip_reason__isnull=False),
                name="assignment_skipped_says_why",
            ),
            models.UniqueConstraint(
                fields=["study", "rater", "shown_number"], name="assignment_shown_number_is_unique"
            ),
            models.UniqueConstraint(fields=["study", "rater", "done_number"], name="assignment_done_number_is_unique"),
            models.CheckConstraint(
                condition=~_SERVED
                | Q(shown_at__isnull=True, shown_number__isnull=True)
                | Q(shown_at__isnull=False, shown_number__isnull=False),
                name="assignment_shown_is_numbered",
            ),
            models.CheckConstraint(
                condition=~_SERVED
                | Q(done_number__isnull=True) & (Q(outcome__isnull=True) | ~Q(outcome__in=["judged", "late"]))
                | Q(done_number__isnull=False) & _ENDED & Q(outcome__in=["judged", "late"]),
                name="assignment_done_is_numbered",
            ),
            models.CheckConstraint(
                condition=Q(first_seen__isnull=True) | Q(first_seen__in=ScreenSide.values),
                name="assignment_first_seen_is_a_side",
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="assignment_purpose_is_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="assignment_source_is_known"),
        )
        indexes = (
            models.Index(fields=["rater", "study"], name="assignment_live", condition=Q(outcome__isnull=True)),
            models.Index(
                fields=["study", "rater", "system_low", "system_high", "-shown_at"],
                name="assignment_last_side",
                condition=Q(shown_at__isnull=False),
            ),
            models.Index(fields=["task", "rater"], name="assignment_skips", condition=Q(outcome="skipped")),
            models.Index(fields=["task"], name="assignment_gold", condition=Q(purpose="gold", shown_at__isnull=False)),
            models.Index(fields=["task", "rater"], name="assignment_met"),
            models.Index(
                fields=["study", "rater", "-ended_at"], name="assignment_done", condition=Q(done_number__isnull=False)
            ),
            models.Index(
                fields=["study", "outcome", "ended_at"],
                name="assignment_unanswered",
                condition=Q(outcome__in=["skipped", "expired", "released"]),
            ),
        )

    def __str__(self) -> str:
        return f"assignment {self.public_id}"


class ParseStatus(models.TextChoices):
    GIVEN = "given", "given by the rater"
    PARSED = "parsed", "read from a judge's answer"
    UNPARSED = "unparsed", "the judge's answer could not be read"


class Judgment(models.Model):
    """What the rater said about a showing. Append-only: revision k supersedes revision k-1, and both stay.

    The current judgment of an assignment is the one superseded by none. `study_state` is what the study was
    when the judgment was stored: what came after the close is known for ever.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="judgments", db_index=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="judgments")
    revision = models.PositiveSmallIntegerField(default=1)
    submission = models.UUIDField()
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="superseded_by", db_index=False)
    supersedes_revision = models.GeneratedField(
        expression=models.Case(models.When(revision__gt=1, then=F("revision") - 1), default=None),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    verdict = models.CharField(max_length=10, choices=Verdict, null=True)
    answers = models.JSONField(null=True)
    flags: ClassVar = ArrayField(models.CharField(max_length=40), default=list)
    shown_ms = models.PositiveIntegerField(null=True)
    parse_status = models.CharField(max_length=8, choices=ParseStatus, default=ParseStatus.GIVEN)
    confidence = models.FloatField(null=True)
    metadata = models.JSONField(default=dict)
    study_state = models.CharField(max_length=10, choices=StudyState)
    judged_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["study", "assignment", "revision"], name="judgment_revision_is_unique"),
            models.UniqueConstraint(fields=["study", "submission"], name="judgment_submission_is_unique"),
            models.UniqueConstraint(fields=["study", "supersedes"], name="judgment_is_superseded_once"),
            models.UniqueConstraint(fields=["id", "study", "assignment", "revision"], name="judgment_of_assignment"),
            models.CheckConstraint(
                condition=Q(revision=1, supersedes__isnull=True) | Q(revision__gt=1, supersedes__isnull=False),
                name="judgment_revision_needs_the_one_before",
            ),
            models.CheckConstraint(
                condition=Q(parse_status="unparsed", verdict__isnull=True, answers__isnull=True)
                | ~Q(parse_status="unparsed") & (Q(verdict__isnull=False) | Q(answers__isnull=False)),
                name="judgment_says_something",
            ),
            models.CheckConstraint(
                condition=Q(verdict__isnull=True) | Q(verdict__in=Verdict.values),
                name="judgment_verdict_is_known",
            ),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=1),
                name="judgment_confidence_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(study_state__in=StudyState.values), name="judgment_study_state_is_known"
            ),
        )
        indexes = (
            models.Index(fields=["study", "-id"], name="judgment_latest"),
            models.Index(fields=["supersedes"], name="judgment_revised", condition=Q(supersedes__isnull=False)),
        )

    def __str__(self) -> str:
        return f"judgment {self.submission}"


class JudgmentComment(models.Model):
    """What the rater wrote beside her judgment. Erasable, so it stands in a table of its own."""

    study = models.ForeignKey(Study, models.PROTECT)
    judgment = models.OneToOneField(Judgment, models.PROTECT, related_name="comment")
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"comment on {self.judgment_id}"
