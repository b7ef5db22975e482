"""What is put before raters, and the answers known beforehand."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from apps.studies.models import Item, Output, Study, System, Verdict


class TaskKind(models.TextChoices):
    COMPARISON = "comparison", "comparison"
    RUBRIC = "rubric", "rubric"


class Task(models.Model):
    """A comparison of two outputs of one item, or a rubric over one output.

    One row per unordered pair: `output_a` has the smaller id, so A and B mean the same to everybody.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=10, choices=TaskKind)
    item = models.ForeignKey(Item, models.PROTECT)
    output_a = models.ForeignKey(Output, models.PROTECT, related_name="+")
    output_b = models.ForeignKey(Output, models.PROTECT, related_name="+", null=True)
    system_a = models.ForeignKey(System, models.PROTECT, related_name="+")
    system_b = models.ForeignKey(System, models.PROTECT, related_name="+", null=True)
    system_low = models.GeneratedField(
        expression=Least("system_a_id", "system_b_id"), output_field=models.BigIntegerField(), db_persist=True
    )
    system_high = models.GeneratedField(
        expression=Greatest("system_a_id", "system_b_id"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["study", "output_a", "output_b"], name="task_is_unique", nulls_distinct=False
            ),
            models.UniqueConstraint(fields=["id", "study"], name="task_of_study"),
            models.UniqueConstraint(fields=["id", "study", "system_low", "system_high"], name="task_of_systems"),
            models.CheckConstraint(
                condition=Q(
                    kind="comparison",
                    output_b__isnull=False,
                    system_b__isnull=False,
                    output_a__lt=F("output_b"),
                )
                & ~Q(system_a=F("system_b"))
                | Q(kind="rubric", output_b__isnull=True, system_b__isnull=True),
                name="task_compares_two_or_rates_one",
            ),
        )
        indexes = (models.Index(fields=["study", "item"], name="task_of_item"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class GoldUse(models.TextChoices):
    TRAINING = "training", "shown in training"
    HIDDEN = "hidden", "hidden among the work"


class Gold(models.Model):
    """A known answer to a task, set by us. Append-only; GoldRetirement ends it.

    Being gold is the purpose of a showing, decided when it is drawn: earlier judgments are never scored.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="golds")
    task = models.ForeignKey(Task, models.PROTECT, related_name="golds")
    verdict = models.CharField(max_length=10, choices=Verdict, null=True)
    answers = models.JSONField(null=True)
    rationale = models.TextField(blank=True)
    use = models.CharField(max_length=8, choices=GoldUse, default=GoldUse.HIDDEN)
    set_by = models.UUIDField(null=True)
    approved_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["id", "study"], name="gold_of_study"),
            models.CheckConstraint(
                condition=Q(verdict__isnull=False) ^ Q(answers__isnull=False),
                name="gold_has_a_verdict_or_answers",
            ),
            models.CheckConstraint(
                condition=Q(verdict__isnull=True) | Q(verdict__in=Verdict.values),
                name="gold_verdict_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"gold for task {self.task_id}"


class GoldRetirement(models.Model):
    """A gold answer is used no more. Append-only."""

    study = models.ForeignKey(Study, models.PROTECT)
    gold = models.OneToOneField(Gold, models.PROTECT, related_name="retirement")
    reason = models.TextField()
    by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"gold {self.gold_id} retired"
