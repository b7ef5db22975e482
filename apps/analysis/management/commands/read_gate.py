"""`manage.py read_gate SLUG [NUMBER]`: read a study's gates and say whether a release may go."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.analysis.gate_selectors import gate_numbered, gates_of
from apps.analysis.models import Gate
from apps.analysis.services import read_gate
from apps.core.errors import Refused
from apps.studies.access import study_named
from apps.studies.models import Study

# What a pipeline sees: it goes on after 0 alone.
EXIT = {"PASS": 0, "BLOCK": 1, "UNDECIDED": 3}


class Command(BaseCommand):
    """Prints a line a gate, or with --json the frozen verdicts. Ends with the worst of them."""

    help = "Read the gates of a study: exit 0 when all pass, 1 when one blocks, 3 when one is undecided."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("study", metavar="SLUG")
        parser.add_argument("number", nargs="?", type=int, help="one gate; all in force without it")
        parser.add_argument("--workspace", help="needed only where two workspaces share the slug")
        parser.add_argument("--json", action="store_true", help="print the frozen verdicts, a list, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            study = study_named(options["study"], options["workspace"])
            found = [json.loads(read_gate(gate=gate, by=None).result) for gate in _gates(study, options["number"])]
        except Refused as refused:
            raise CommandError(refused.sentence, returncode=2) from refused
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            for one in found:
                self.stdout.write(_line(one))
        verdicts = {one["verdict"] for one in found}
        worst = next((verdict for verdict in ("BLOCK", "UNDECIDED") if verdict in verdicts), "PASS")
        if EXIT[worst]:
            raise SystemExit(EXIT[worst])


def _gates(study: Study, number: int | None) -> list[Gate]:
    if number is not None:
        return [gate_numbered(study, number)]
    in_force = [gate for gate in gates_of(study) if not hasattr(gate, "retirement")]
    if not in_force:
        raise Refused("No gate is set on this study, so nothing says that it may be released. Set one first.")
    return in_force


def _line(found: dict[str, Any]) -> str:
    held = sum(rule["verdict"] == "PASS" for rule in found["rules"])
    against = f" against {found['baseline']}" if found["baseline"] else ""
    return (
        f"gate {found['gate']}: {found['verdict']} {found['candidate']}{against}, "
        f"{held} of {len(found['rules'])} rules shown to hold"
    )
