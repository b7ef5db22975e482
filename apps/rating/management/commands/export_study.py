"""`manage.py export_study SLUG --out DIR`: a study as files of the documented format."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.errors import Refused
from apps.rating.exchange.export import export_study
from apps.studies.access import study_named


class Command(BaseCommand):
    """What it writes, `import_study` reads; people appear by uuid only."""

    help = "Export a study: terms, items, systems, outputs, gold and judgments."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("study", metavar="SLUG")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or empty folder")
        parser.add_argument("--workspace", metavar="SLUG", help="needed only where two workspaces share the slug")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            study = study_named(options["study"], options["workspace"])
            summary = export_study(study=study, folder=options["out"].absolute())
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        except OSError as error:
            raise CommandError(f"{options['out']} could not be written: {error.strerror}.") from error
        self.stdout.write(
            f"{options['out']}: {summary.n_items:,} items, {summary.n_outputs:,} outputs, "
            f"{summary.n_golds:,} golds, {summary.n_judgments:,} judgments."
        )
