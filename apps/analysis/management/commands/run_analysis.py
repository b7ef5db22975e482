"""`manage.py run_analysis SLUG`: compute, freeze and print a study's leaderboard."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.analysis.filters import Filters
from apps.analysis.services import current_leaderboard
from apps.core.errors import Refused
from apps.rating.rules import SWITCHABLE
from apps.studies.access import study_named


class Command(BaseCommand):
    """Prints a table, or with --json the frozen result alone."""

    help = "Compute and freeze the leaderboard of a study."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("study", metavar="SLUG")
        parser.add_argument("--workspace", help="needed only where two workspaces share the slug")
        parser.add_argument("--slice", action="append", default=[], metavar="KEY=VALUE", help="may be repeated")
        parser.add_argument("--rater-group", help="only people of this group")
        parser.add_argument(
            "--without", action="append", default=[], metavar="RULE", help=f"leave out: {', '.join(SWITCHABLE)}"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            study = study_named(options["study"], options["workspace"])
            filters = Filters.parse(options["slice"], options["rater_group"], options["without"])
            analysis = current_leaderboard(study=study, filters=filters, by=None)
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        if options["json"]:
            self.stdout.write(analysis.result)
        else:
            _print_table(json.loads(analysis.result))


def _print_table(result: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title=f"{result['n_judgments']} judgments, {result['n_raters']} raters, {result['n_items']} items")
    for column in ("rank", "system", "strength", "low", "high", "n", "both bad"):
        table.add_column(column, justify="left" if column == "system" else "right")
    for row in result["systems"]:
        table.add_row(*_cells(row))
    console.print(table)
    for name, n in result["left_out"].items():
        console.print(f"left out: {n} {name}")


def _cells(row: dict[str, Any]) -> list[str]:
    low, high = row["rank_low"], row["rank_high"]
    rank = "-" if low is None else str(low) if low == high else f"{low}-{high}"
    numbers = ["open" if row[name] is None else f"{row[name]:+.3f}" for name in ("strength", "low", "high")]
    share = "-" if row["both_bad_share"] is None else f"{row['both_bad_share']:.1%}"
    return [rank, row["system"], *numbers, str(row["n"]), share]
