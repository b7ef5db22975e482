"""The refusal that every append-only table calls, and the first such table."""

from django.db import migrations

from apps.core.database.schema import append_only, create_refusal


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [create_refusal(), append_only("core_auditevent")]
