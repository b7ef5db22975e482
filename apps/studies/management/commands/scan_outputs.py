"""`manage.py scan_outputs`: look again for outputs that say which system they are."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.access import workspace_named
from apps.accounts.models import Workspace
from apps.core.errors import Refused
from apps.studies.access import study_named
from apps.studies.models import Study
from apps.studies.services.findings import ScanSummary, scan_outputs


class Command(BaseCommand):
    """Imports scan what they store; this scans what was stored before, and may be run again at any time."""

    help = "Scan stored outputs for sentences in which they say which system they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--study", metavar="SLUG", help="only the outputs of this study")
        parser.add_argument("--workspace", metavar="SLUG", help="default: every workspace")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for workspace, study in _wanted(options["workspace"], options["study"]):
                summary = scan_outputs(workspace=workspace, study=study)
                self.stdout.write(f"{study.slug if study else workspace.slug}: {_words(summary)}")
        except Refused as refused:
            raise CommandError(refused.sentence) from refused


def _wanted(workspace: str | None, study: str | None) -> list[tuple[Workspace, Study | None]]:
    if study is not None:
        found = study_named(study, workspace)
        return [(found.workspace, found)]
    if workspace is not None:
        return [(workspace_named(workspace), None)]
    return [(each, None) for each in Workspace.objects.order_by("slug")]


def _words(summary: ScanSummary) -> str:
    n = summary.n_new_findings
    return f"scanned {summary.n_outputs:,} outputs, found {n:,} new place{'' if n == 1 else 's'} that name a system."
