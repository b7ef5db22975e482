"""`manage.py import_study PATH --study SLUG`: a folder or archive becomes a study, all of it or nothing."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_slug

from apps.accounts.access import workspace_named
from apps.accounts.models import Workspace
from apps.accounts.services import create_workspace
from apps.core.errors import Refused
from apps.rating.exchange.bundle import FORMATS, Bundle, read_bundle
from apps.rating.exchange.holdings import known_of
from apps.rating.exchange.storing import ImportSummary, import_bundle
from apps.studies.models import Study
from apps.studies.selectors import n_self_naming_outputs, self_naming_outputs

DEFAULT_WORKSPACE = "main"
N_EXAMPLES = 3


class Command(BaseCommand):
    """Reads, checks, stores; a bad file ends in every problem by file, line and column, and nothing stored."""

    help = "Import a study: items, outputs and, optionally, terms, systems, gold and judgments."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a folder or an archive (docs/guides/exchange-format.md)")
        parser.add_argument("--study", required=True, metavar="SLUG", help="made if it is new")
        parser.add_argument("--workspace", metavar="SLUG", help="default: the only one, or a new one, 'main'")
        parser.add_argument("--format", default="touchstone", choices=sorted(FORMATS))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _check_slug(options["study"])
            workspace = _workspace(options["workspace"], options["study"])
            study = Study.objects.filter(workspace=workspace, slug=options["study"]).first()
            bundle = _read(options["path"], options["format"], study)
            summary = import_bundle(bundle=bundle, workspace=workspace, slug=options["study"], by=None)
        except Refused as refused:
            raise CommandError(f"{refused.sentence}\nNothing was stored.") from refused
        self.stdout.write(_words(summary, options["study"]))
        self.stdout.write(_naming_words(Study.objects.get(workspace=workspace, slug=options["study"])), ending="")


def _check_slug(slug: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError:
        raise Refused(f"--study {slug!r}: use letters, digits, - and _ only.") from None


def _workspace(slug: str | None, study: str) -> Workspace:
    """The workspace named; else the one that holds the study; else the only one; else a new one."""
    if slug is not None:
        return workspace_named(slug) if Workspace.objects.filter(slug=slug).exists() else _new_workspace(slug)
    holding = list(Workspace.objects.filter(studies__slug=study)[:2]) or list(Workspace.objects.all()[:2])
    if len(holding) > 1:
        raise Refused("There is more than one workspace: say which with --workspace.")
    return holding[0] if holding else _new_workspace(DEFAULT_WORKSPACE)


def _new_workspace(slug: str) -> Workspace:
    return create_workspace(slug=slug, name=slug.replace("-", " ").capitalize())


def _read(path: Path, format: str, study: Study | None) -> Bundle:
    """With a bar on a terminal: which file, and how far."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0%}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(f"reading {path.name}", total=1.0)

        def on_progress(file: str, n_rows: int, share: float) -> None:
            progress.update(bar, description=f"{file}: {n_rows:,} rows", completed=share)

        return read_bundle(path, format, known=known_of(study), on_progress=on_progress)


def _words(summary: ImportSummary, slug: str) -> str:
    counts = {
        "systems": summary.n_systems,
        "items": summary.n_items,
        "outputs": summary.n_outputs,
        "golds": summary.n_golds,
        "judgments": summary.n_judgments,
    }
    new = ", ".join(f"{n:,} {name}" for name, n in counts.items() if n)
    if summary.study_is_new:
        return f"Study {slug}: imported {new or 'its terms'}."
    return f"Study {slug}: added {new}." if new else f"Study {slug}: everything was there already; nothing changed."


def _naming_words(study: Study) -> str:
    """How many outputs tell raters which system they are, and where; nothing where none does."""
    n = n_self_naming_outputs(study)
    if not n:
        return ""
    those = "1 output says" if n == 1 else f"{n:,} outputs say"
    lines = [f"{those} which system wrote it:" if n == 1 else f"{those} which system wrote them:"]
    for found in self_naming_outputs(study, limit=N_EXAMPLES):
        lines.append(f"  item {found.item}, system {found.system}: {found.excerpt!r}")
    if n > N_EXAMPLES:
        lines.append(f"  and {n - N_EXAMPLES:,} more.")
    lines.append("Raters who read that are not blind: a board can leave it out (--without self_identified).")
    return "\n".join(lines) + "\n"
