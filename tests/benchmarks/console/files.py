"""The large downloads: how long, how much, and whether memory stays flat while they go."""

import resource
import time
from pathlib import Path
from typing import Any

from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.studies.models import Study

TABLES = ("judgments", "showings", "pairs")
ENDINGS = ("csv", "jsonl", "parquet")


def downloads_of(study: Study, manager: User) -> list[dict[str, Any]]:
    """A row a file. Memory is what this process held at most above what it held before."""
    client = Client(headers={"host": "localhost"})
    client.force_login(manager)
    return [_measured(study, client, table, ending) for table in TABLES for ending in ENDINGS]


def _measured(study: Study, client: Client, table: str, ending: str) -> dict[str, Any]:
    url = reverse("console:download", args=[study.workspace.slug, study.slug, table, ending])
    began = time.perf_counter()
    reply = client.get(url)
    if not isinstance(reply, StreamingHttpResponse) and not getattr(reply, "streaming", False):
        raise RuntimeError(f"{url} answered {reply.status_code}.")
    before = _resident_megabytes()
    n_bytes, highest, first = 0, before, 0.0
    for number, part in enumerate(reply.streaming_content):
        first = first or time.perf_counter() - began
        n_bytes += len(part)
        if number % 25 == 0:
            highest = max(highest, _resident_megabytes())
    return {
        "file": f"{table}.{ending}",
        "seconds": round(time.perf_counter() - began, 1),
        "first_byte_s": round(first, 2),
        "megabytes": round(n_bytes / 1024**2, 1),
        "memory_megabytes": round(highest - before, 1),
    }


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024**2
