"""Files that someone sent for a new study, kept for a day at most."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("studies", "0004_findings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("by", models.UUIDField(help_text="The user's uuid: an upload is hers alone.")),
                ("name", models.CharField(max_length=120)),
                (
                    "template",
                    models.CharField(help_text="The key of the template that was chosen with it.", max_length=40),
                ),
                (
                    "is_sample",
                    models.BooleanField(default=False, help_text="One of ours: what comes of it is invented."),
                ),
                ("n_bytes", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("found", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "gold_of",
                    models.OneToOneField(
                        help_text="The upload whose known answers these are.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gold",
                        to="studies.upload",
                    ),
                ),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.workspace")),
            ],
        ),
        migrations.CreateModel(
            name="UploadPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
                (
                    "upload",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="studies.upload",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("n_bytes__gte", 1), ("n_bytes__lte", 104857600)), name="upload_has_a_size"
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadpart",
            constraint=models.UniqueConstraint(fields=("upload", "number"), name="upload_part_is_one"),
        ),
    ]
