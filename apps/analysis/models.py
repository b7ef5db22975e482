"""Frozen results."""

import uuid

from django.db import models
from django.utils import timezone

from apps.rating.models import Cut
from apps.studies.models import Study


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
