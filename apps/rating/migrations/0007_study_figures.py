"""Counts of a study as of a cut, and an index for the showings that ended without an answer."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from apps.core.database.schema import belongs_together


class Migration(migrations.Migration):
    dependencies = [
        ("rating", "0006_lean_indexes"),
        ("studies", "0004_findings"),
    ]

    operations = [
        migrations.CreateModel(
            name="StudyFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_plan", models.PositiveIntegerField(help_text="The highest round whose draws are counted.")),
                (
                    "n_judged",
                    models.PositiveIntegerField(help_text="Showings judged, by people and judges, here and elsewhere."),
                ),
                ("n_filled", models.PositiveIntegerField(help_text="Draws that are judged.")),
                ("counts", models.JSONField()),
                ("counted_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "cut",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="rating.cut"),
                ),
                (
                    "study",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="studies.study"
                    ),
                ),
            ],
            options={"verbose_name_plural": "study figures"},
        ),
        belongs_together("rating_studyfigures", ["cut_id", "study_id"], "rating_cut", ["id", "study_id"]),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("outcome__in", ["skipped", "expired", "released"])),
                fields=["study", "outcome", "ended_at"],
                name="assignment_unanswered",
            ),
        ),
    ]
