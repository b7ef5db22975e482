"""Gates: written down before they are tried, never changed."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from apps.core.database.schema import append_only, belongs_together


class Migration(migrations.Migration):
    dependencies = [
        ("analysis", "0003_reading_room"),
        ("rating", "0007_study_figures"),
        ("studies", "0005_uploads"),
    ]

    operations = [
        migrations.CreateModel(
            name="Gate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("rules", models.JSONField()),
                ("is_watched", models.BooleanField()),
                ("created_by", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "baseline",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="studies.system"
                    ),
                ),
                (
                    "candidate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="studies.system"
                    ),
                ),
                ("cut", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="rating.cut")),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="gates", to="studies.study"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GateRetirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField()),
                ("by", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "gate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="retirement", to="analysis.gate"
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="studies.study"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="gate",
            constraint=models.UniqueConstraint(fields=("study", "number"), name="gate_number_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="gate",
            constraint=models.UniqueConstraint(fields=("id", "study"), name="gate_of_study"),
        ),
        migrations.AddConstraint(
            model_name="gate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("baseline__isnull", True),
                    models.Q(("candidate", models.F("baseline")), _negated=True),
                    _connector="OR",
                ),
                name="gate_compares_two_systems",
            ),
        ),
        append_only("analysis_gate"),
        append_only("analysis_gateretirement"),
        belongs_together("analysis_gate", ["cut_id", "study_id"], "rating_cut", ["id", "study_id"]),
        belongs_together("analysis_gateretirement", ["gate_id", "study_id"], "analysis_gate", ["id", "study_id"]),
    ]
