"""Facts are append-only, and a task, a draw, a showing and a judgment of different studies cannot meet."""

from django.db import migrations

from apps.core.database.schema import append_only, belongs_together

APPEND_ONLY = (
    "rating_judgment",
    "rating_standingchange",
    "rating_gold",
    "rating_goldretirement",
    "rating_plan",
    "rating_draw",
    "rating_cut",
    "rating_ruleset",
    "rating_withdrawal",
    "rating_resultsopening",
)
OUTPUT_KEY = ["study_id", "item_id", "output_id", "system_id"]
ENROLMENT_KEY = ["study_id", "rater_id"]


class Migration(migrations.Migration):
    dependencies = [("rating", "0001_initial"), ("studies", "0002_invariants")]

    operations = [
        *(append_only(table) for table in APPEND_ONLY),
        belongs_together("rating_enrolment", ["study_id", "workspace_id"], "studies_study", ["id", "workspace_id"]),
        belongs_together("rating_enrolment", ["rater_id", "workspace_id"], "rating_rater", ["id", "workspace_id"]),
        belongs_together("rating_standingchange", ENROLMENT_KEY, "rating_enrolment", ENROLMENT_KEY),
        belongs_together(
            "rating_task",
            ["study_id", "item_id", "output_a_id", "system_a_id"],
            "studies_studyoutput",
            OUTPUT_KEY,
        ),
        belongs_together(
            "rating_task",
            ["study_id", "item_id", "output_b_id", "system_b_id"],
            "studies_studyoutput",
            OUTPUT_KEY,
        ),
        belongs_together("rating_gold", ["task_id", "study_id"], "rating_task", ["id", "study_id"]),
        belongs_together("rating_goldretirement", ["gold_id", "study_id"], "rating_gold", ["id", "study_id"]),
        belongs_together("rating_draw", ["plan_id", "study_id"], "rating_plan", ["id", "study_id"]),
        belongs_together("rating_draw", ["task_id", "study_id"], "rating_task", ["id", "study_id"]),
        belongs_together("rating_draw", ["study_id", "band"], "rating_band", ["study_id", "number"]),
        belongs_together(
            "rating_assignment",
            ["task_id", "study_id", "system_low", "system_high"],
            "rating_task",
            ["id", "study_id", "system_low", "system_high"],
        ),
        belongs_together(
            "rating_assignment",
            ["draw_id", "study_id", "task_id"],
            "rating_draw",
            ["id", "study_id", "task_id"],
        ),
        belongs_together(
            "rating_assignment", ["protocol_id", "study_id"], "studies_protocolversion", ["id", "study_id"]
        ),
        belongs_together("rating_assignment", ENROLMENT_KEY, "rating_enrolment", ENROLMENT_KEY),
        belongs_together("rating_judgment", ["assignment_id", "study_id"], "rating_assignment", ["id", "study_id"]),
        belongs_together(
            "rating_judgment",
            ["supersedes_id", "study_id", "assignment_id", "supersedes_revision"],
            "rating_judgment",
            ["id", "study_id", "assignment_id", "revision"],
        ),
        belongs_together("rating_plan", ["cut_id", "study_id"], "rating_cut", ["id", "study_id"]),
    ]
