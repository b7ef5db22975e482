"""What the reading room counts, what people mark in it, and what they share. A shared selection stays as it was."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from apps.core.database.schema import append_only, belongs_together


class Migration(migrations.Migration):
    dependencies = [
        ("analysis", "0002_invariants"),
        ("rating", "0006_lean_indexes"),
        ("studies", "0004_findings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Selection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("created_by", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="selections", to="studies.study"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SelectedTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("note", models.TextField(blank=True)),
                (
                    "study",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="studies.study",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="rating.task"),
                ),
                (
                    "selection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="analysis.selection",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TallyMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("advanced_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "cut",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="rating.cut"),
                ),
                (
                    "study",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="studies.study"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TaskTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system_low", models.BigIntegerField()),
                ("system_high", models.BigIntegerField()),
                ("n_people", models.PositiveIntegerField(help_text="Judgments of people that agreement looks at.")),
                ("n_a", models.PositiveIntegerField()),
                ("n_b", models.PositiveIntegerField()),
                ("n_tie", models.PositiveIntegerField()),
                ("n_both_bad", models.PositiveIntegerField()),
                (
                    "n_set_aside",
                    models.PositiveIntegerField(help_text="Judgments of people that agreement does not look at."),
                ),
                ("n_judges", models.PositiveIntegerField()),
                ("n_comments", models.PositiveIntegerField()),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "disagreement",
                    models.FloatField(help_text="Pairs of people who differ, of all pairs and one that agrees."),
                ),
                ("criteria", models.JSONField(default=dict, help_text="The same for each criterion.")),
                ("has_conflict", models.BooleanField(help_text="A judge says something else than most people.")),
                ("last_judgment", models.BigIntegerField()),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="studies.item"
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="studies.study",
                    ),
                ),
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tally", to="rating.task"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "task tallies",
            },
        ),
        migrations.CreateModel(
            name="ReadingMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "study",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="studies.study",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="rating.task"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "study", "task"), name="reading_mark_is_unique")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="selection",
            constraint=models.UniqueConstraint(fields=("id", "study"), name="selection_of_study"),
        ),
        migrations.AddConstraint(
            model_name="selection",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="selection_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="selectedtask",
            constraint=models.UniqueConstraint(fields=("selection", "task"), name="selected_task_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="selectedtask",
            constraint=models.UniqueConstraint(fields=("selection", "place"), name="selected_task_place_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="selectedtask",
            constraint=models.CheckConstraint(
                condition=models.Q(("place__gte", 1)), name="selected_task_place_counts_from_one"
            ),
        ),
        migrations.AddIndex(
            model_name="tasktally",
            index=models.Index(fields=["study", "-disagreement", "-task"], name="tally_disagreement"),
        ),
        migrations.AddIndex(
            model_name="tasktally",
            index=models.Index(fields=["study", "-last_judgment", "-task"], name="tally_newest"),
        ),
        migrations.AddIndex(
            model_name="tasktally",
            index=models.Index(fields=["study", "item"], name="tally_item"),
        ),
        migrations.AddIndex(
            model_name="tasktally",
            index=models.Index(fields=["study", "system_low", "system_high"], name="tally_pair"),
        ),
        append_only("analysis_selection"),
        append_only("analysis_selectedtask"),
        belongs_together(
            "analysis_selectedtask", ["selection_id", "study_id"], "analysis_selection", ["id", "study_id"]
        ),
        belongs_together("analysis_selectedtask", ["task_id", "study_id"], "rating_task", ["id", "study_id"]),
        belongs_together("analysis_readingmark", ["task_id", "study_id"], "rating_task", ["id", "study_id"]),
        belongs_together(
            "analysis_tasktally",
            ["task_id", "study_id", "system_low", "system_high"],
            "rating_task",
            ["id", "study_id", "system_low", "system_high"],
        ),
        belongs_together("analysis_tallymark", ["cut_id", "study_id"], "rating_cut", ["id", "study_id"]),
    ]
