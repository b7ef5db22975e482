"""What each rater's judgments on a task became, and a way to the tasks that few filters keep.

Counts are derived: the old ones go, and are made again when somebody asks for them.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analysis", "0004_gates")]

    operations = [
        migrations.RunSQL("DELETE FROM analysis_tallymark; DELETE FROM analysis_tasktally", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="tasktally",
            name="judged",
            field=models.JSONField(
                default=dict,
                help_text="How many judgments have a disposition (`used`), are a rater's (`r7`), or both (`r7 used`).",
            ),
        ),
        migrations.AddIndex(model_name="tasktally", index=GinIndex(fields=["judged"], name="tally_judged")),
        migrations.AddIndex(model_name="tasktally", index=GinIndex(fields=["flags"], name="tally_flags")),
        *(
            migrations.AddIndex(
                model_name="tasktally",
                index=models.Index(fields=["study", "task"], name=name, condition=models.Q(condition)),
            )
            for name, condition in (
                ("tally_conflict", ("has_conflict", True)),
                ("tally_comments", ("n_comments__gt", 0)),
                ("tally_both_bad", ("n_both_bad__gt", 0)),
            )
        ),
    ]
