"""The desk against the limit of its database: `make bench-serve`.

Raters who are signed in answer without thinking, through the real web server: session, CSRF, the store of the
answer, the claim of the next task and its page, all in one request. In the same run pgbench executes the same
statements on the same database. Figures are noisy: the ratio is what counts.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import quantiles
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apps.config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from psycopg import sql  # noqa: E402

from apps.config.demo.processes import end, free_port  # noqa: E402
from tests.benchmarks.results import print_table, write_results  # noqa: E402
from tests.benchmarks.serving import clients, limit  # noqa: E402
from tests.benchmarks.serving.processes import cpu_seconds, web_server  # noqa: E402
from tests.benchmarks.serving.world import World, build  # noqa: E402

N_TASKS = 100_000
EARLIER = (0, 1_000_000)
RATERS = (1, 8, 32)
WARM_SECONDS, WEB_SECONDS, LIMIT_SECONDS = 4, 12, 6


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """A database for this run, dropped afterwards."""
    first = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    _point_at(name)
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        _point_at(first)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        connections.close_all()


def _point_at(name: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name


def measure(world: World, port: int, web: subprocess.Popen[bytes], n_raters: int) -> dict[str, Any]:
    """One row: the web and pgbench, one after the other on the same rows."""
    sessions = world.sessions[:n_raters]
    clients.rate(port, sessions, WARM_SECONDS)
    before = cpu_seconds(web)
    tallies, took = clients.rate(port, sessions, WEB_SECONDS)
    spent = cpu_seconds(web) - before
    errors = [error for tally in tallies for error in tally.errors]
    if errors:
        raise RuntimeError(errors[0])
    latencies = [1000 * ms for tally in tallies for ms in tally.latencies]
    pgbench = limit.transactions_per_second(world, n_clients=n_raters, seconds=LIMIT_SECONDS)
    cuts = quantiles(latencies, n=100)
    return {
        "judgments_per_s": len(latencies) / took,
        "pgbench_per_s": pgbench,
        "ratio": len(latencies) / took / pgbench,
        "cpu_ms": 1000 * spent / len(latencies),
        "p50_ms": cuts[49],
        "p95_ms": cuts[94],
    }


def bench(n_tasks: int, n_earlier: int, raters: tuple[int, ...]) -> list[dict[str, Any]]:
    """All rows for one history."""
    with own_database("touchstone_bench_serve"):
        begun = time.perf_counter()
        world = build(n_tasks=n_tasks, n_earlier=n_earlier)
        print(f"{n_tasks:,} tasks and {n_earlier:,} earlier judgments in {time.perf_counter() - begun:.0f} s")  # noqa: T201
        port = free_port(8900)
        web = web_server(port)
        try:
            return [
                {"raters": n, "tasks": n_tasks, "earlier_judgments": n_earlier, **measure(world, port, web, n)}
                for n in raters
            ]
        finally:
            end([web])


def main() -> None:
    """Print the table and keep it in var/bench/serve.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=N_TASKS)
    parser.add_argument("--earlier", type=int, nargs="*", default=EARLIER)
    parser.add_argument("--raters", type=int, nargs="*", default=RATERS)
    chosen = parser.parse_args()
    rows = [row for earlier in chosen.earlier for row in bench(chosen.tasks, earlier, tuple(chosen.raters))]
    print_table("Serving and storing, one request a judgment", list(rows[0]), [list(row.values()) for row in rows])
    print(f"kept in {write_results('serve', {'rows': rows})}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
