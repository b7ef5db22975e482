"""Adaptive rounds, slice quotas, the qualification, and what a criterion is about."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0002_invariants"),
    ]

    operations = [
        migrations.AddField(
            model_name="criterion",
            name="about",
            field=models.CharField(
                choices=[("output", "one output"), ("comparison", "the two outputs compared")],
                default="output",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="protocolversion",
            name="qualification_pass",
            field=models.FloatField(
                default=0.8,
                help_text="Share of the training tasks that must be answered as their gold to become active.",
            ),
        ),
        migrations.AddField(
            model_name="protocolversion",
            name="round_size",
            field=models.PositiveIntegerField(
                default=200,
                help_text="Of an adaptive plan: draws in a round; the next is planned when most are judged.",
            ),
        ),
        migrations.AddField(
            model_name="protocolversion",
            name="slice_quotas",
            field=models.JSONField(
                default=dict,
                help_text='Judgments wanted first: {"locale=de": 60} fills the German items before the rest.',
            ),
        ),
        migrations.AddField(
            model_name="protocolversion",
            name="uniform_floor",
            field=models.FloatField(
                default=0.3, help_text="Of an adaptive plan: the share of draws that takes all pairs with equal chance."
            ),
        ),
        migrations.AlterField(
            model_name="protocolversion",
            name="plan_method",
            field=models.CharField(
                choices=[("balanced", "balanced"), ("adaptive", "adaptive")], default="balanced", max_length=20
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("about__in", ["output", "comparison"])), name="criterion_about_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="protocolversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gold_share__lte",
                        django.db.models.expressions.CombinedExpression(models.Value(1), "-", models.F("retest_share")),
                    )
                ),
                name="protocol_inserts_leave_room_for_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="protocolversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("uniform_floor__gt", 0),
                    ("uniform_floor__lte", 1),
                    ("qualification_pass__gte", 0),
                    ("qualification_pass__lte", 1),
                    ("round_size__gte", 1),
                ),
                name="protocol_rounds_are_possible",
            ),
        ),
        migrations.AddConstraint(
            model_name="protocolversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("plan_method__in", ["balanced", "adaptive"])), name="protocol_method_is_known"
            ),
        ),
    ]
