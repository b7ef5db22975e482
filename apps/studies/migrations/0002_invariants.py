"""Material and protocols never change, and what is joined belongs together."""

from django.db import migrations

from apps.core.database.schema import append_only, belongs_together

IMMUTABLE = (
    "studies_item",
    "studies_output",
    "studies_protocolversion",
    "studies_criterion",
    "studies_studytransition",
)


class Migration(migrations.Migration):
    dependencies = [("studies", "0001_initial"), ("core", "0002_append_only")]

    operations = [
        *(append_only(table) for table in IMMUTABLE),
        belongs_together("studies_output", ["item_id", "workspace_id"], "studies_item", ["id", "workspace_id"]),
        belongs_together("studies_output", ["system_id", "workspace_id"], "studies_system", ["id", "workspace_id"]),
        belongs_together("studies_studyitem", ["study_id", "workspace_id"], "studies_study", ["id", "workspace_id"]),
        belongs_together("studies_studyitem", ["item_id", "workspace_id"], "studies_item", ["id", "workspace_id"]),
        belongs_together("studies_studyoutput", ["study_id", "item_id"], "studies_studyitem", ["study_id", "item_id"]),
        belongs_together(
            "studies_studyoutput",
            ["output_id", "item_id", "system_id", "workspace_id"],
            "studies_output",
            ["id", "item_id", "system_id", "workspace_id"],
        ),
    ]
