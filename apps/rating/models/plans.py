"""Planning is clever and slow: it writes draws. Serving is stupid and fast: it hands them out."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.studies.models import PlanMethod, Study

from .raters import Rater
from .tasks import Task


class Plan(models.Model):
    """One round of planning: what was drawn from, how, and with which probabilities. Immutable.

    `pair_probabilities` maps "system name|system name" to the probability with which one draw of this plan
    takes that pair of systems.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="plans")
    number = models.PositiveIntegerField()
    cut = models.ForeignKey("rating.Cut", models.PROTECT, null=True)
    method = models.CharField(max_length=20, choices=PlanMethod)
    settings = models.JSONField(default=dict)
    uniform_floor = models.FloatField()
    seed = models.BigIntegerField()
    versions = models.JSONField(default=dict)
    n_candidates = models.PositiveIntegerField()
    candidates_sha256 = models.CharField(max_length=64)
    n_identical = models.PositiveIntegerField(default=0, help_text="Pairs of equal texts: never drawn.")
    slice_quotas = models.JSONField(default=dict)
    pair_probabilities = models.JSONField(default=dict)
    size = models.PositiveIntegerField()
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["study", "number"], name="plan_number_is_unique"),
            models.UniqueConstraint(fields=["id", "study"], name="plan_of_study"),
        )

    def __str__(self) -> str:
        return f"{self.study} plan {self.number}"


class Purpose(models.TextChoices):
    BASE = "base", "base"
    OVERLAP = "overlap", "overlap"
    NEWCOMER = "newcomer", "newcomer"
    GOLD = "gold", "gold"
    RETEST = "retest", "retest"
    TRAINING = "training", "training"
    REPLACEMENT = "replacement", "replacement"


class Draw(models.Model):
    """One wanted showing of one task, with its purpose and the probability with which it was drawn. Immutable.

    `p_pair` and `p_item` are the chances that one draw of the plan takes this pair of systems, and then this
    item; the weight of its judgment is 1 / (plan size x p_pair x p_item). `band` and `position` are where it
    is served from: positions are dense within a band, and the order of serving is never the probability.
    """

    study = models.ForeignKey(Study, models.PROTECT)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="draws")
    task = models.ForeignKey(Task, models.PROTECT, related_name="draws")
    ordinal = models.PositiveIntegerField()
    purpose = models.CharField(max_length=12, choices=Purpose)
    p_pair = models.FloatField()
    p_item = models.FloatField()
    band = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    rater = models.ForeignKey(Rater, models.PROTECT, null=True, help_text="Reserved for this rater.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "ordinal"], name="draw_ordinal_is_unique"),
            models.UniqueConstraint(fields=["study", "band", "position"], name="draw_position_is_dense"),
            models.UniqueConstraint(fields=["id", "study", "task"], name="draw_of_task"),
            models.CheckConstraint(
                condition=Q(p_pair__gt=0, p_pair__lte=1, p_item__gt=0, p_item__lte=1),
                name="draw_probabilities_are_probabilities",
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="draw_purpose_is_known"),
        )

    def __str__(self) -> str:
        return f"draw {self.pk}"


class Band(models.Model):
    """How many positions a band of draws has, and since when all of them are judged.

    A judged draw never reopens, so `drained_at` is a fact that stays; serving skips drained bands.
    """

    study = models.ForeignKey(Study, models.PROTECT)
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    drained_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["study", "number"], name="band_is_unique"),)
        indexes = (models.Index(fields=["study", "number"], name="band_open", condition=Q(drained_at__isnull=True)),)

    def __str__(self) -> str:
        return f"band {self.number} of study {self.study_id}"
