"""Checks on the outcome of a showing hold for open showings too: a check lets in what it finds null."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rating", "0002_invariants"),
        ("studies", "0002_invariants"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="assignment",
            name="assignment_ended_has_an_outcome",
        ),
        migrations.RemoveConstraint(
            model_name="assignment",
            name="assignment_imported_is_judged",
        ),
        migrations.RemoveConstraint(
            model_name="assignment",
            name="assignment_skip_has_a_reason",
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("outcome__isnull", True)),
                    models.Q(
                        ("outcome__isnull", False),
                        ("outcome__in", ["judged", "late", "skipped", "expired", "released"]),
                        models.Q(
                            ("ended_at__isnull", False), models.Q(("source", "served"), _negated=True), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="assignment_ended_has_an_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("source", "served"),
                    models.Q(("outcome__isnull", False), ("draw__isnull", True), ("outcome__in", ["judged", "late"])),
                    _connector="OR",
                ),
                name="assignment_imported_is_judged",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("skip_reason__isnull", True),
                    models.Q(("outcome__isnull", False), ("outcome", "skipped")),
                    _connector="OR",
                ),
                name="assignment_skip_has_a_reason",
            ),
        ),
    ]
