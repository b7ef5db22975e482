"""`manage.py check_integrity`: verify what no constraint can hold; non-zero if anything is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.config.integrity import CHECKS


class Command(BaseCommand):
    """One line a check; every violation is listed."""

    help = "Verify the invariants of everything that is stored."

    def handle(self, *args: Any, **options: Any) -> None:
        n_violations = 0
        for check in CHECKS:
            found = list(check.violations())
            n_violations += len(found)
            self.stdout.write(f"{'ok   ' if not found else 'WRONG'}  {check.name}")
            for sentence in found:
                self.stdout.write(f"         {sentence}")
        if n_violations:
            raise CommandError(f"{n_violations} violations..")
