"""The audit trail, background work and rendered pages: what every room shares."""

import uuid

from django.db import models
from django.utils import timezone


class AuditEvent(models.Model):
    """Who did what, when, to what and why. Append-only; people appear by uuid only."""

    at = models.DateTimeField(default=timezone.now)
    by = models.UUIDField(null=True, help_text="The user's uuid; null when the program itself acted.")
    workspace_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=["workspace_id", "-id"], name="audit_workspace"),)

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.verb} {self.subject}"


class JobState(models.TextChoices):
    QUEUED = "queued", "waiting for a worker"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class Job(models.Model):
    """A piece of background work and how far it has come. The row, not the message, is its memory."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=60)
    workspace_id = models.BigIntegerField()
    subject = models.CharField(max_length=200, help_text="What it works on, in the words of its kind.")
    arguments = models.JSONField(default=dict)
    by = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    percent = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(default="")
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["kind", "subject", "-id"], name="job_subject"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="job_percent_is_a_percentage"),
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.state}"


class Rendering(models.Model):
    """A text as HTML, kept so that it is made only once. Derived: any row may be deleted at any time."""

    key = models.CharField(max_length=80, help_text="A hash of what was rendered, after a word that says what it is.")
    version = models.PositiveSmallIntegerField(help_text="The RENDERER_VERSION that made it.")
    html = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "version"], name="rendering_once_a_version"),)

    def __str__(self) -> str:
        return f"{self.key} ({self.version})"
