"""What the whole desk needs: inserted draws, numbered showings, item bars, which pane came first."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from apps.core.database.schema import belongs_together

# Showings and answers of earlier releases get their numbers from their times.
NUMBER_SHOWINGS = """
    UPDATE rating_assignment a SET shown_number = n.shown, done_number = n.done FROM (
        SELECT id,
               CASE WHEN shown_at IS NOT NULL THEN row_number() OVER (
                   PARTITION BY study_id, rater_id, shown_at IS NULL ORDER BY shown_at, id) END AS shown,
               CASE WHEN outcome IN ('judged', 'late') THEN row_number() OVER (
                   PARTITION BY study_id, rater_id, coalesce(outcome IN ('judged', 'late'), false)
                   ORDER BY ended_at, id) END AS done
        FROM rating_assignment WHERE source = 'served') n
    WHERE n.id = a.id AND (n.shown IS NOT NULL OR n.done IS NOT NULL)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("rating", "0003_open_showings_are_checked"),
        ("studies", "0003_protocol_for_the_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="ItemBar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField()),
                ("by", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name="assignment",
            name="done_number",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="assignment",
            name="first_seen",
            field=models.CharField(
                choices=[("left", "left"), ("right", "right")],
                help_text="Where one pane shows at a time: which came first.",
                max_length=5,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="shown_number",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="draw",
            name="band",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="draw",
            name="position",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="plan",
            name="method",
            field=models.CharField(
                choices=[
                    ("balanced", "balanced"),
                    ("adaptive", "adaptive"),
                    ("inserted", "inserted as each rater works"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="plan",
            name="size",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.RunSQL(NUMBER_SHOWINGS, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("purpose", "gold"), ("shown_at__isnull", False)),
                fields=["task"],
                name="assignment_gold",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", "served"), _negated=True),
                    models.Q(("outcome__isnull", False), ("outcome", "skipped"), _negated=True),
                    ("skip_reason__isnull", False),
                    _connector="OR",
                ),
                name="assignment_skipped_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                fields=("study", "rater", "shown_number"), name="assignment_shown_number_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                fields=("study", "rater", "done_number"), name="assignment_done_number_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", "served"), _negated=True),
                    models.Q(("shown_at__isnull", True), ("shown_number__isnull", True)),
                    models.Q(("shown_at__isnull", False), ("shown_number__isnull", False)),
                    _connector="OR",
                ),
                name="assignment_shown_is_numbered",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", "served"), _negated=True),
                    models.Q(
                        ("done_number__isnull", True),
                        models.Q(
                            ("outcome__isnull", True),
                            models.Q(("outcome__in", ["judged", "late"]), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        ("done_number__isnull", False), ("outcome__isnull", False), ("outcome__in", ["judged", "late"])
                    ),
                    _connector="OR",
                ),
                name="assignment_done_is_numbered",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_seen__isnull", True), ("first_seen__in", ["left", "right"]), _connector="OR"
                ),
                name="assignment_first_seen_is_a_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("band__isnull", True),
                        ("position__isnull", True),
                        ("purpose__in", ("gold", "retest", "training")),
                        ("rater__isnull", False),
                    ),
                    models.Q(
                        models.Q(("purpose__in", ("gold", "retest", "training")), _negated=True),
                        ("band__isnull", False),
                        ("position__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="draw_is_inserted_or_in_a_band",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "inserted"), ("number", 0), ("size__isnull", True)),
                    models.Q(("method__in", ["balanced", "adaptive"]), ("number__gt", 0), ("size__isnull", False)),
                    _connector="OR",
                ),
                name="plan_zero_is_the_inserted_one",
            ),
        ),
        migrations.AddField(
            model_name="itembar",
            name="item",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="studies.item"),
        ),
        migrations.AddField(
            model_name="itembar",
            name="rater",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="item_bars", to="rating.rater"
            ),
        ),
        migrations.AddField(
            model_name="itembar",
            name="study",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="studies.study"),
        ),
        migrations.AddConstraint(
            model_name="itembar",
            constraint=models.UniqueConstraint(fields=("study", "rater", "item"), name="item_bar_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="itembar",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="item_bar_has_a_reason"
            ),
        ),
        belongs_together("rating_itembar", ["study_id", "rater_id"], "rating_enrolment", ["study_id", "rater_id"]),
        belongs_together("rating_itembar", ["study_id", "item_id"], "studies_studyitem", ["study_id", "item_id"]),
    ]
