"""A frozen result stays as it was."""

from django.db import migrations

from apps.core.database.schema import append_only, belongs_together


class Migration(migrations.Migration):
    dependencies = [("analysis", "0001_initial"), ("rating", "0002_invariants")]

    operations = [
        append_only("analysis_analysis"),
        belongs_together("analysis_analysis", ["cut_id", "study_id"], "rating_cut", ["id", "study_id"]),
    ]
