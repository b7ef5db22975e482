"""A cut also knows which findings about outputs it saw; earlier cuts saw none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rating", "0004_desk"), ("studies", "0004_findings")]

    operations = [
        migrations.RemoveConstraint(model_name="cut", name="cut_is_one_per_set_of_facts"),
        migrations.AddField(
            model_name="cut",
            name="last_finding",
            field=models.BigIntegerField(default=0, help_text="Among the findings of the study's outputs."),
        ),
        migrations.AddConstraint(
            model_name="cut",
            constraint=models.UniqueConstraint(
                fields=(
                    "study",
                    "last_judgment",
                    "last_standing_change",
                    "last_gold",
                    "last_gold_retirement",
                    "last_withdrawal",
                    "last_results_opening",
                    "last_finding",
                    "rule_version",
                    "protocol_number",
                ),
                name="cut_is_one_per_set_of_facts",
            ),
        ),
    ]
