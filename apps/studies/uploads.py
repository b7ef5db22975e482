"""Files that someone sent for a new study. Not facts: they are kept until the study is made of them, or for a day.

The bytes lie in the database, in parts: the web server that took them and the worker that reads them may stand on
different machines.
"""

import uuid

from django.db import models
from django.utils import timezone

from apps.accounts.models import Workspace

MAX_UPLOAD_BYTES = 100 * 1024**2
PART_BYTES = 1024**2
TYPED = "typed"


class Upload(models.Model):
    """A file as it was sent. `found` is what reading it came to: a preview, or what is wrong with it.

    Beside that it holds the settings that were `typed` for the study and not sent yet.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    workspace = models.ForeignKey(Workspace, models.PROTECT)
    by = models.UUIDField(help_text="The user's uuid: an upload is hers alone.")
    name = models.CharField(max_length=120)
    template = models.CharField(max_length=40, help_text="The key of the template that was chosen with it.")
    is_sample = models.BooleanField(default=False, help_text="One of ours: what comes of it is invented.")
    gold_of = models.OneToOneField(
        "self", models.CASCADE, null=True, related_name="gold", help_text="The upload whose known answers these are."
    )
    n_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    found = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        app_label = "studies"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(n_bytes__gte=1, n_bytes__lte=MAX_UPLOAD_BYTES), name="upload_has_a_size"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_read(self) -> bool:
        """Whether reading it has come to an end, good or bad."""
        return bool((self.found or {}).keys() - {TYPED})

    @property
    def typed(self) -> dict[str, list[str]]:
        """The fields of the settings as somebody left them, by name."""
        return dict((self.found or {}).get(TYPED) or {})


class UploadPart(models.Model):
    """A part of its bytes."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        app_label = "studies"
        constraints = (models.UniqueConstraint(fields=["upload", "number"], name="upload_part_is_one"),)

    def __str__(self) -> str:
        return f"part {self.number} of upload {self.upload_id}"
