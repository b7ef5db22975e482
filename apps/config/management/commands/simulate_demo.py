"""`manage.py simulate_demo`: write the demo's judgments anew from its truth. The same truth gives the same file."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.config.demo.loading import FIXTURES
from apps.config.demo.simulating import write_judgments
from apps.rating.exchange.bundle import read_bundle


class Command(BaseCommand):
    """For whoever changes the demo's items or its truth."""

    help = "Write fixtures/demo/judgments.jsonl from fixtures/demo-truth.json."

    def handle(self, *args: Any, **options: Any) -> None:
        truth = FIXTURES.with_name("demo-truth.json")
        n = write_judgments(read_bundle(FIXTURES), truth, FIXTURES / "judgments.jsonl")
        self.stdout.write(f"{n} judgments written.")
