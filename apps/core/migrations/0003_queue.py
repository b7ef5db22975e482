"""The queue that background work waits in: pgmq's schema, as plain SQL, because the database ships no extension."""

from typing import Any

from django.db import migrations
from pgmq.install import get_embedded_install_sql


def install(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('pgmq') IS NOT NULL")
        if not cursor.fetchone()[0]:
            cursor.execute(get_embedded_install_sql())


class Migration(migrations.Migration):
    dependencies = [("core", "0002_append_only")]

    operations = [migrations.RunPython(install, lambda apps, editor: editor.execute("DROP SCHEMA pgmq CASCADE"))]
