"""Fewer indexes on what is written while a rater waits: every wanted access has one of its own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rating", "0005_cut_findings"),
        ("studies", "0004_findings"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="assignment",
            name="assignment_recent",
        ),
        # Dropping the index of a column drops every index on that column alone, the partial unique one too: it is
        # taken away and put back by name.
        migrations.RemoveConstraint(model_name="assignment", name="draw_is_filled_once"),
        migrations.AlterField(
            model_name="assignment",
            name="draw",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="rating.draw",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                fields=["draw"],
                condition=models.Q(
                    ("draw__isnull", False),
                    models.Q(("outcome__isnull", True), ("outcome", "judged"), _connector="OR"),
                ),
                name="draw_is_filled_once",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="protocol",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="studies.protocolversion"
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="rater",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="rating.rater",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="study",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="studies.study",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="task",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="rating.task",
            ),
        ),
        migrations.AlterField(
            model_name="draw",
            name="plan",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="draws", to="rating.plan"
            ),
        ),
        migrations.AlterField(
            model_name="draw",
            name="study",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="studies.study"),
        ),
        migrations.AlterField(
            model_name="judgment",
            name="study",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="judgments",
                to="studies.study",
            ),
        ),
        migrations.AlterField(
            model_name="judgment",
            name="supersedes",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="superseded_by",
                to="rating.judgment",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["task", "rater"], name="assignment_met"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("done_number__isnull", False)),
                fields=["study", "rater", "-ended_at"],
                name="assignment_done",
            ),
        ),
        migrations.AddIndex(
            model_name="judgment",
            index=models.Index(fields=["study", "-id"], name="judgment_latest"),
        ),
        migrations.AddIndex(
            model_name="judgment",
            index=models.Index(
                condition=models.Q(("supersedes__isnull", False)), fields=["supersedes"], name="judgment_revised"
            ),
        ),
    ]
