"""Outputs that say which system they are: what the scanner found."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from apps.core.database.schema import append_only

APPEND_ONLY = ("studies_outputfinding",)


class Migration(migrations.Migration):
    dependencies = [("studies", "0003_protocol_for_the_desk")]

    operations = [
        migrations.CreateModel(
            name="OutputFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scanner_version", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("name", "name"), ("maker", "maker"), ("system", "system")], max_length=10
                    ),
                ),
                ("excerpt", models.TextField()),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "output",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="studies.output",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("output", "scanner_version", "start", "kind"), name="finding_is_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["name", "maker", "system"])), name="finding_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("start"))), name="finding_is_a_place"
                    ),
                ],
            },
        ),
        *(append_only(table) for table in APPEND_ONLY),
    ]
