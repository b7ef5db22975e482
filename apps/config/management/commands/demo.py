"""`manage.py demo`: everything, started by one command and ended by Ctrl-C."""

import os
import time
import urllib.error
import urllib.request
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from apps.config.demo.loading import load_demo
from apps.config.demo.people import DEMO_PEOPLE, STUDY, WORKSPACE
from apps.config.demo.processes import free_port, running, wait_until_one_ends

START_SECONDS = 60


class Command(BaseCommand):
    """Migrates, loads the demo study if it is not there, starts web, worker and beat, and says where to click."""

    help = "Run Touchstone with an invented study, on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=None, help="default: PORT, else 8000 or the next free one")
        parser.add_argument("--load-only", action="store_true", help="load the demo study and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        load_demo()
        if options["load_only"]:
            return
        port = free_port(options["port"] or _port_of_environment())
        connection.close()
        try:
            with running(port) as processes:
                _wait_for(f"http://127.0.0.1:{port}/health", processes)
                self.stdout.write(_words(f"http://127.0.0.1:{port}"))
                self.stdout.flush()
                ended = wait_until_one_ends(processes)
                raise CommandError(f"The {ended} process ended by itself; everything was stopped.")
        except KeyboardInterrupt:
            self.stdout.write("\nStopped. `make demo` finds everything as it was.")


def _port_of_environment() -> int | None:
    value = os.environ.get("PORT", "")
    if value and not value.isdigit():
        raise CommandError(f"PORT={value!r}: write a number, for example PORT=8080.")
    return int(value) if value else None


def _wait_for(url: str, processes: dict[str, Any]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes.values()):
            raise CommandError("A process ended while starting; see what it printed above.")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise CommandError(f"The web server did not answer within {START_SECONDS} s.")


def _words(url: str) -> str:
    people = "\n".join(f"    {p.name:<6} {p.role.label:<16} {p.email:<24} {p.what}" for p in DEMO_PEOPLE)
    return f"""
Touchstone runs at {url}

  Sign in with one click as one of these invented people:
{people}

  Rate         {url}/rate/{WORKSPACE}/{STUDY}/
  Leaderboard  {url}/studies/{WORKSPACE}/{STUDY}/leaderboard
  JSON         {url}/api/v1/studies/{STUDY}/leaderboard

  The study, its systems and its raters are invented. Ctrl-C stops everything."""
