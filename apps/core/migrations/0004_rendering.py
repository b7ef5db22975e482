"""Rendered texts, kept: a cache in the database, shared by all processes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_queue")]

    operations = [
        migrations.CreateModel(
            name="Rendering",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="A hash of what was rendered, after a word that says what it is.", max_length=80
                    ),
                ),
                (
                    "version",
                    models.PositiveSmallIntegerField(help_text="The RENDERER_VERSION that made it."),
                ),
                ("html", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key", "version"), name="rendering_once_a_version"),
                ],
            },
        ),
    ]
