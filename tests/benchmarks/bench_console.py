"""Every page of the console as a manager gets it, on studies large and real: `make bench-console`.

Pages are asked for through Django's test client, in this process: what is measured is the server's own time, without
a network or a browser. Ten times each, after one that warms up. Targets: no page over 300 ms on the published studies,
none over 500 ms on a generated study of a million judgments over 100 systems, none over 200 KB.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apps.config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.analysis.gate_material import material_of  # noqa: E402
from apps.analysis.gate_rules import LEAST_SLICE_ITEMS, GateRule, RuleKind  # noqa: E402
from apps.analysis.services import set_gate  # noqa: E402
from apps.config.celery import app  # noqa: E402
from apps.core.models import Job, JobState  # noqa: E402
from apps.studies.models import Study  # noqa: E402
from tests.benchmarks.console.databases import kept_database, own_database  # noqa: E402
from tests.benchmarks.console.files import downloads_of  # noqa: E402
from tests.benchmarks.console.pages import NOT_PAGES, Page, names, pages_of  # noqa: E402
from tests.benchmarks.console.world import MANAGER, Size, bench_workspace, build, settle  # noqa: E402
from tests.benchmarks.results import print_table, write_results  # noqa: E402

N_GETS = 10
DATABASE = "touchstone_bench_console"
TARGET_MS = {"generated": 500}
REAL_TARGET_MS, TARGET_KILOBYTES = 300, 200


def compute_everything() -> None:
    """What a worker does between two visits: every sweep, twice, because some find what others have made."""
    app.conf.task_always_eager = True
    app.loader.import_default_modules()
    for _ in range(2):
        for entry in settings.CELERY_BEAT_SCHEDULE.values():
            began = time.perf_counter()
            app.tasks[entry["task"]].apply(throw=True)
            say(f"  {entry['task']}: {time.perf_counter() - began:.1f} s")


def measured(study: Study, page: Page, url: str, client: Client) -> dict[str, Any] | None:
    """One row; None for an address that takes posts only."""
    first = client.get(url)
    if first.status_code == 405:
        return None
    if first.status_code >= 400:
        raise RuntimeError(f"console:{page.name} answered {first.status_code} to {url}.")
    took = []
    for _ in range(N_GETS):
        began = time.perf_counter()
        reply = client.get(url)
        content = reply.content
        took.append(1000 * (time.perf_counter() - began))
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    query = url.partition("?")[2] if url != page.url else ""
    return {
        "study": study.slug,
        "page": f"{page.name}?{query}" if query else page.name,
        "p50_ms": round(median(took), 1),
        "p95_ms": round(quantiles(took, n=20, method="inclusive")[-1], 1),
        "kilobytes": round(len(content) / 1024, 1),
        "queries": len(queries),
    }


def rows_of(study: Study, manager: User) -> list[dict[str, Any]]:
    """All pages about one study."""
    client = Client(headers={"host": "localhost"})
    client.force_login(manager)
    rows = []
    for page in pages_of(study):
        for url in (page.url, *(f"{page.url}?{query}" for query in page.also)):
            row = measured(study, page, url, client)
            if row is not None:
                rows.append(row)
    return rows


def press_compute(study: Study, manager: User) -> None:
    """What a manager does who wants every figure now: each button of the console that computes one."""
    client = Client(headers={"host": "localhost"})
    client.force_login(manager)
    for name in sorted(name for name in names() if name.endswith("compute")):
        began = time.perf_counter()
        client.post(reverse(f"console:{name}", args=[study.workspace.slug, study.slug]))
        say(f"  {study.slug} {name}: {time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    client.post(reverse("console:read_gate", args=[study.workspace.slug, study.slug, set_a_gate(study)]))
    say(f"  {study.slug} read_gate: {time.perf_counter() - began:.1f} s")
    failed = Job.objects.filter(state=JobState.FAILED).first()
    if failed is not None:
        raise RuntimeError(f"The job {failed.kind!r} failed: {failed.message}")


def set_a_gate(study: Study) -> int:
    """A gate of the first system against the second, on all items and in each large slice; its number."""
    material = material_of(study)
    large = [pair for pair, n in material.slice_groups.items() if n >= LEAST_SLICE_ITEMS]
    rules = [GateRule(kind=RuleKind.MARGIN, allowed=0.05, slice=slice_) for slice_ in (None, *large)]
    candidate, baseline = (system.name for system in material.systems[:2])
    return set_gate(study=study, candidate=candidate, baseline=baseline, rules=rules, is_watched=True, by=None).number


def import_real(folder: str) -> None:
    """The published studies, as their adapters read them."""
    for slug in (name for name in ("llmfao", "mtbench") if (Path(folder) / name).exists()):
        call_command("import_study", f"{folder}/{slug}", "--study", slug, "--format", slug, "--workspace", "bench")


def slow_pages(rows: list[dict[str, Any]]) -> list[str]:
    """The pages over their target, in words."""
    said = []
    for row in rows:
        limit = TARGET_MS.get(row["study"], REAL_TARGET_MS)
        if row["p95_ms"] > limit:
            said.append(f"{row['study']} {row['page']}: {row['p95_ms']:.0f} ms, the target is {limit}")
        if row["kilobytes"] > TARGET_KILOBYTES:
            said.append(f"{row['study']} {row['page']}: {row['kilobytes']:.0f} KB, the target is {TARGET_KILOBYTES}")
    return said


def say(words: str) -> None:
    """To whoever waits."""
    print(words, file=sys.stderr, flush=True)  # noqa: T201


def main() -> None:
    """Print the tables and keep them in var/bench/console.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--judgments", type=int, default=Size().n_judgments)
    parser.add_argument("--systems", type=int, default=Size().n_systems)
    parser.add_argument("--real-data", default=os.environ.get("TOUCHSTONE_REAL_DATA", ""))
    parser.add_argument("--without-downloads", action="store_true")
    parser.add_argument("--keep", action="store_true", help="leave the database for a run with --again")
    parser.add_argument("--again", action="store_true", help="measure on the database that was kept")
    chosen = parser.parse_args()
    with kept_database(DATABASE) if chosen.again else own_database(DATABASE, keep=chosen.keep):
        rows, downloads = bench(chosen)
    print_table("Pages of the console", list(rows[0]), [list(row.values()) for row in rows])
    if downloads:
        print_table("Downloads", list(downloads[0]), [list(row.values()) for row in downloads])
    say(f"not pages: {', '.join(f'{name} ({why})' for name, why in NOT_PAGES.items())}")
    say(f"kept in {write_results('console', {'rows': rows, 'downloads': downloads})}")
    if slow := slow_pages(rows):
        sys.exit("\n".join(slow))


def bench(chosen: argparse.Namespace) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Build and compute, unless that was kept; measure."""
    if not chosen.again:
        prepare(chosen)
    manager = User.objects.get(email=MANAGER)
    studies = list(Study.objects.select_related("workspace").filter(workspace__slug="bench").order_by("pk"))
    rows = [row for study in studies for row in rows_of(study, manager)]
    generated = next(study for study in studies if study.slug == "generated")
    return rows, [] if chosen.without_downloads else downloads_of(generated, manager)


def prepare(chosen: argparse.Namespace) -> None:
    """All studies with everything computed that a page may show."""
    workspace, manager = bench_workspace()
    if chosen.real_data:
        import_real(chosen.real_data)
    else:
        say("TOUCHSTONE_REAL_DATA is unset: the published studies are not measured in this run.")
    began = time.perf_counter()
    build(Size(chosen.judgments, chosen.systems), workspace)
    say(f"{chosen.judgments:,} judgments over {chosen.systems} systems in {time.perf_counter() - began:.0f} s")
    compute_everything()
    for study in Study.objects.select_related("workspace").order_by("pk"):
        press_compute(study, manager)
    settle()


if __name__ == "__main__":
    main()
