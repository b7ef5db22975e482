"""Who judges, and where they are in a study."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User, Workspace
from apps.studies.models import Item, Study


class RaterKind(models.TextChoices):
    HUMAN = "human", "person"
    JUDGE = "judge", "LLM judge"


class Rater(models.Model):
    """Someone or something that judges. The uuid survives pseudonymisation and travels in exports.

    Another prompt or model version of a judge is another Rater.
    """

    workspace = models.ForeignKey(Workspace, models.PROTECT)
    uuid = models.UUIDField()
    kind = models.CharField(max_length=5, choices=RaterKind)
    user = models.ForeignKey(User, models.PROTECT, null=True)
    name = models.TextField(blank=True)
    judge_model = models.TextField(blank=True)
    judge_prompt_version = models.TextField(blank=True)
    judge_family = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "uuid"], name="rater_uuid_is_unique"),
            models.UniqueConstraint(fields=["workspace", "user"], name="rater_is_one_per_person"),
            models.UniqueConstraint(fields=["id", "workspace"], name="rater_of_workspace"),
            models.CheckConstraint(condition=Q(kind__in=RaterKind.values), name="rater_kind_is_known"),
            models.CheckConstraint(condition=Q(kind="human") | Q(user__isnull=True), name="rater_judge_is_no_person"),
        )

    def __str__(self) -> str:
        return self.name or f"rater {str(self.uuid)[:8]}"


class Standing(models.TextChoices):
    TRAINING = "training", "in training"
    ACTIVE = "active", "active"
    QUARANTINED = "quarantined", "quarantined"
    LEFT = "left", "left"


class Enrolment(models.Model):
    """A rater is in a study. `standing` repeats her last StandingChange; check_integrity compares them."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="enrolments")
    workspace = models.ForeignKey(Workspace, models.PROTECT)
    rater = models.ForeignKey(Rater, models.PROTECT, related_name="enrolments")
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.ACTIVE)
    group = models.TextField(blank=True)
    target = models.PositiveIntegerField(null=True, help_text="Judgments wanted of her; none: open-ended.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["study", "rater"], name="enrolment_is_unique"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="enrolment_standing_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.rater} in {self.study}: {self.standing}"


class ItemBar(models.Model):
    """A rater may not see an item: she wrote it, or it is nothing for her. Lifting the bar deletes the row."""

    study = models.ForeignKey(Study, models.PROTECT)
    rater = models.ForeignKey(Rater, models.PROTECT, related_name="item_bars")
    item = models.ForeignKey(Item, models.PROTECT)
    reason = models.TextField()
    by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["study", "rater", "item"], name="item_bar_is_unique"),
            models.CheckConstraint(condition=~Q(reason=""), name="item_bar_has_a_reason"),
        )

    def __str__(self) -> str:
        return f"{self.rater} may not see item {self.item_id}"


class StandingChange(models.Model):
    """Why a rater's standing is what it is. Append-only; `cut` is set when the program decided."""

    study = models.ForeignKey(Study, models.PROTECT)
    rater = models.ForeignKey(Rater, models.PROTECT)
    standing = models.CharField(max_length=12, choices=Standing)
    reason = models.TextField()
    cut = models.ForeignKey("rating.Cut", models.PROTECT, null=True)
    by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["study", "rater", "cut"], name="standing_change_once_a_cut"),
            models.CheckConstraint(
                condition=Q(standing__in=Standing.values) & ~Q(reason=""), name="standing_change_has_a_reason"
            ),
        )
        indexes = (models.Index(fields=["study", "rater", "-id"], name="standing_latest"),)

    def __str__(self) -> str:
        return f"{self.rater}: {self.standing}"
