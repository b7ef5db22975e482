"""Planning is clever and slow: it writes draws. Serving is stupid and fast: it hands them out."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.studies.models import Study

from .raters import Rater
from .tasks import Task


class RoundMethod(models.TextChoices):
    BALANCED = "balanced", "balanced"
    ADAPTIVE = "adaptive", "adaptive"
    INSERTED = "inserted", "inserted as each rater works"


class Plan(models.Model):
    """One round of planning: what was drawn from, how, and with which probabilities. Immutable.

    Plan 0 of a study has no size: its draws (gold, retests, training) come into being as each rater works.
    `pair_probabilities` maps "system name|system name", and "system name" for rubrics, to the probability with
    which one base draw of this plan takes that pair or that system. A plan of replacements has none: each of its
    draws keeps the chances of the draw it replaces, and weighs as one of that plan.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="plans")
    number = models.PositiveIntegerField()
    cut = models.ForeignKey("rating.Cut", models.PROTECT, null=True)
    method = models.CharField(max_length=20, choices=RoundMethod)
    settings = models.JSONField(default=dict)
    uniform_floor = models.FloatField()
    seed = models.BigIntegerField()
    versions = models.JSONField(default=dict)
    n_candidates = models.PositiveIntegerField()
    candidates_sha256 = models.CharField(max_length=64)
    n_identical = models.PositiveIntegerField(default=0, help_text="Pairs of equal texts: never drawn.")
    slice_quotas = models.JSONField(default=dict)
    pair_probabilities = models.JSONField(default=dict)
    size = models.PositiveIntegerField(null=True)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["study", "number"], name="plan_number_is_unique"),
            models.UniqueConstraint(fields=["id", "study"], name="plan_of_study"),
            models.CheckConstraint(
                condition=Q(number=0, method="inserted", size__isnull=True)
                | Q(number__gt=0, method__in=["balanced", "adaptive"], size__isnull=False),
                name="plan_zero_is_the_inserted_one",
            ),
        )

    def __str__(self) -> str:
        return f"{self.study} plan {self.number}"


class Purpose(models.TextChoices):
    """Why a task is shown. Gold, retests and training are inserted for one rater; the others stand in bands."""

    BASE = "base", "base"
    OVERLAP = "overlap", "overlap"
    NEWCOMER = "newcomer", "newcomer"
    GOLD = "gold", "gold"
    RETEST = "retest", "retest"
    TRAINING = "training", "training"
    REPLACEMENT = "replacement", "replacement"


INSERTED_PURPOSES = (Purpose.GOLD, Purpose.RETEST, Purpose.TRAINING)


class Draw(models.Model):
    """One wanted showing of one task, with its purpose and the probability with which it was drawn. Immutable.

    `p_pair` and `p_item` are the chances that one draw of the plan takes this pair of systems, and then this
    item; the weight of its judgment is 1 / (plan size x p_pair x p_item). `band` and `position` are where it
    is served from: positions are dense within a band, and the order of serving is never the probability.
    An inserted draw stands in no band and is reserved for one rater.
    """

    study = models.ForeignKey(Study, models.PROTECT, db_index=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="draws", db_index=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="draws")
    ordinal = models.PositiveIntegerField()
    purpose = models.CharField(max_length=12, choices=Purpose)
    p_pair = models.FloatField()
    p_item = models.FloatField()
    band = models.PositiveIntegerField(null=True)
    position = models.PositiveIntegerField(null=True)
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
            models.CheckConstraint(
                condition=Q(
                    purpose__in=INSERTED_PURPOSES, band__isnull=True, position__isnull=True, rater__isnull=False
                )
                | ~Q(purpose__in=INSERTED_PURPOSES) & Q(band__isnull=False, position__isnull=False),
                name="draw_is_inserted_or_in_a_band",
            ),
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
