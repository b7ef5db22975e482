"""Which facts a result saw, exactly; and the facts that set judgments aside."""

from django.db import models
from django.utils import timezone

from apps.studies.models import Study

from .judgments import Judgment
from .raters import Rater


class Cut(models.Model):
    """The highest id of every table of facts at one moment. Immutable, so a result can be computed again.

    Taken while no writer of the study is in the middle of anything (apps.core.database.locks): every fact
    up to these ids is committed or never will be.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="cuts")
    last_judgment = models.BigIntegerField()
    last_standing_change = models.BigIntegerField()
    last_gold = models.BigIntegerField()
    last_gold_retirement = models.BigIntegerField()
    last_withdrawal = models.BigIntegerField()
    last_results_opening = models.BigIntegerField()
    last_finding = models.BigIntegerField(default=0, help_text="Among the findings of the study's outputs.")
    rule_version = models.PositiveIntegerField()
    protocol_number = models.PositiveIntegerField()
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=[
                    "study",
                    "last_judgment",
                    "last_standing_change",
                    "last_gold",
                    "last_gold_retirement",
                    "last_withdrawal",
                    "last_results_opening",
                    "last_finding",
                    "rule_version",
                    "protocol_number",
                ],
                name="cut_is_one_per_set_of_facts",
            ),
            models.UniqueConstraint(fields=["id", "study"], name="cut_of_study"),
        )

    def __str__(self) -> str:
        return f"cut {self.pk}"


class RuleSet(models.Model):
    """The exclusion rules of a study, a version at a time: [{"name": ..., settings}]. Append-only."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="rule_sets")
    version = models.PositiveIntegerField()
    rules = models.JSONField(default=list)
    by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["study", "version"], name="rule_version_is_unique"),)

    def __str__(self) -> str:
        return f"rules {self.version}"


class Withdrawal(models.Model):
    """A judgment is taken back and counts no more; the row stays. Append-only."""

    study = models.ForeignKey(Study, models.PROTECT)
    judgment = models.OneToOneField(Judgment, models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"judgment {self.judgment_id} withdrawn"


class ResultsOpening(models.Model):
    """A rater saw the study's results; what she judges later is `unblinded`. Append-only."""

    study = models.ForeignKey(Study, models.PROTECT)
    rater = models.ForeignKey(Rater, models.PROTECT)
    last_judgment = models.BigIntegerField(help_text="The study's highest judgment id at that moment.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["study", "rater"], name="opening_is_the_first"),)

    def __str__(self) -> str:
        return f"{self.rater} opened the results of {self.study}"
