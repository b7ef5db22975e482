"""Frozen results; counts for whoever reads; what she marked and what she shared."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from apps.accounts.models import User
from apps.rating.models import Cut, Task
from apps.studies.models import Item, Study, System


class Analysis(models.Model):
    """A leaderboard with its agreement, frozen: inputs' hash, settings, versions, numbers. Immutable.

    `result` is the canonical JSON text itself, so that the bytes stay the bytes. Computing again from the
    same inputs, settings and versions finds this row.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    study = models.ForeignKey(Study, models.PROTECT, related_name="analyses")
    cut = models.ForeignKey(Cut, models.PROTECT)
    kind = models.CharField(max_length=20)
    settings = models.JSONField()
    seed = models.BigIntegerField()
    versions = models.JSONField()
    key_sha256 = models.CharField(max_length=64, help_text="Over kind, inputs, settings, seed and versions.")
    inputs_sha256 = models.CharField(max_length=64)
    result = models.TextField()
    result_sha256 = models.CharField(max_length=64)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "analyses"
        constraints = (models.UniqueConstraint(fields=["study", "key_sha256"], name="analysis_is_one_per_key"),)
        indexes = (models.Index(fields=["study", "kind", "-id"], name="analysis_newest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Gate(models.Model):
    """Rules for a release, written down before they are tried. Immutable; GateRetirement ends it.

    `rules` are `GateRule`s as stored; `cut` holds the facts that were in when it was set. A watched gate may be read at
    any time, the others are read once, when no more judgments come in.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="gates")
    number = models.PositiveIntegerField()
    candidate = models.ForeignKey(System, models.PROTECT, related_name="+")
    baseline = models.ForeignKey(System, models.PROTECT, related_name="+", null=True)
    rules = models.JSONField()
    is_watched = models.BooleanField()
    cut = models.ForeignKey(Cut, models.PROTECT)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["study", "number"], name="gate_number_is_unique"),
            models.UniqueConstraint(fields=["id", "study"], name="gate_of_study"),
            models.CheckConstraint(
                condition=models.Q(baseline__isnull=True) | ~models.Q(candidate=models.F("baseline")),
                name="gate_compares_two_systems",
            ),
        )

    def __str__(self) -> str:
        return f"gate {self.number} of study {self.study_id}"


class GateRetirement(models.Model):
    """A gate is read no more. Append-only."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="+")
    gate = models.OneToOneField(Gate, models.PROTECT, related_name="retirement")
    reason = models.TextField()
    by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"gate {self.gate_id} retired"


class TaskTally(models.Model):
    """What people and judges said of one task, counted as of its study's TallyMark.

    Derived: any row may be deleted at any time, with the mark, and is made again. `item` and the systems repeat the
    task's, so that a filter or a sort over a million judgments reads one table.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="+", db_index=False)
    task = models.OneToOneField(Task, models.CASCADE, related_name="tally")
    item = models.ForeignKey(Item, models.CASCADE, related_name="+", db_index=False)
    system_low = models.BigIntegerField()
    system_high = models.BigIntegerField()
    n_people = models.PositiveIntegerField(help_text="Judgments of people that agreement looks at.")
    n_a = models.PositiveIntegerField()
    n_b = models.PositiveIntegerField()
    n_tie = models.PositiveIntegerField()
    n_both_bad = models.PositiveIntegerField()
    n_set_aside = models.PositiveIntegerField(help_text="Judgments of people that agreement does not look at.")
    n_judges = models.PositiveIntegerField()
    n_comments = models.PositiveIntegerField()
    flags: ClassVar = ArrayField(models.CharField(max_length=40), default=list)
    disagreement = models.FloatField(help_text="Pairs of people who differ, of all pairs and one that agrees.")
    criteria = models.JSONField(default=dict, help_text="The same for each criterion.")
    has_conflict = models.BooleanField(help_text="A judge says something else than most people.")
    last_judgment = models.BigIntegerField()
    judged = models.JSONField(
        default=dict,
        help_text="How many judgments have a disposition (`used`), are a rater's (`r7`), or both (`r7 used`).",
    )

    class Meta:
        verbose_name_plural = "task tallies"
        indexes = (
            models.Index(fields=["study", "-disagreement", "-task"], name="tally_disagreement"),
            models.Index(fields=["study", "-last_judgment", "-task"], name="tally_newest"),
            models.Index(fields=["study", "item"], name="tally_item"),
            models.Index(fields=["study", "system_low", "system_high"], name="tally_pair"),
            GinIndex(fields=["judged"], name="tally_judged"),
            GinIndex(fields=["flags"], name="tally_flags"),
            models.Index(fields=["study", "task"], name="tally_conflict", condition=models.Q(has_conflict=True)),
            models.Index(fields=["study", "task"], name="tally_comments", condition=models.Q(n_comments__gt=0)),
            models.Index(fields=["study", "task"], name="tally_both_bad", condition=models.Q(n_both_bad__gt=0)),
        )

    def __str__(self) -> str:
        return f"tally of task {self.task_id}"


class TallyMark(models.Model):
    """The facts that a study's tallies saw."""

    study = models.OneToOneField(Study, models.CASCADE, related_name="+")
    cut = models.ForeignKey(Cut, models.PROTECT, related_name="+")
    advanced_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"tallies of study {self.study_id}"


class ReadingMark(models.Model):
    """A task that one person wants to come back to, with her note; hers alone until she saves a selection."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "study", "task"], name="reading_mark_is_unique"),)

    def __str__(self) -> str:
        return f"mark on task {self.task_id}"


class Selection(models.Model):
    """Tasks that somebody chose to show to others, in order, under a permanent address. Immutable."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    study = models.ForeignKey(Study, models.PROTECT, related_name="selections")
    title = models.CharField(max_length=200)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["id", "study"], name="selection_of_study"),
            models.CheckConstraint(condition=~models.Q(title=""), name="selection_has_a_title"),
        )

    def __str__(self) -> str:
        return self.title


class SelectedTask(models.Model):
    """One task of a selection, with the note it was chosen with. Immutable; `place` counts from 1."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="+", db_index=False)
    selection = models.ForeignKey(Selection, models.PROTECT, related_name="tasks", db_index=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    note = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["selection", "task"], name="selected_task_is_unique"),
            models.UniqueConstraint(fields=["selection", "place"], name="selected_task_place_is_unique"),
            models.CheckConstraint(condition=models.Q(place__gte=1), name="selected_task_place_counts_from_one"),
        )

    def __str__(self) -> str:
        return f"task {self.task_id} at {self.place}"
