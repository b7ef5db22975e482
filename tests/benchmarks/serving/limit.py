"""The limit: `pgbench` runs the desk's own statements, with nothing between it and the database.

One transaction is one press of a key: lock, state, find, end, store, paint, claim, and the reads that the reply is
made of. The statements are the product's, with pgbench's variables in the place of its parameters.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from django.db import connection

from apps.core.embedded.programs import binary
from apps.rating.selectors import own, showing
from apps.rating.services import recording
from apps.rating.serving import claiming, desk_state

from .world import World

# What a rater's browser knows without asking.
_HELD = """
WITH live AS (SELECT id, public_id, row_number() OVER (ORDER BY shown_at NULLS LAST, id) AS place
              FROM rating_assignment WHERE rater_id = :rater AND study_id = :study AND outcome IS NULL),
     mine AS NOT MATERIALIZED (SELECT * FROM rating_assignment WHERE rater_id = :rater AND study_id = :study)
SELECT (SELECT public_id FROM live WHERE place = 1) AS held, (SELECT id FROM live WHERE place = 1) AS held_id,
       coalesce((SELECT id FROM live WHERE place = 2), 0) AS behind_id,
       (SELECT uuid FROM rating_rater WHERE id = :rater) AS rater_uuid, gen_random_uuid() AS submission,
       (SELECT max(shown_number) + 1 FROM mine) AS n_shown,
       (SELECT coalesce(max(done_number), 0) + 1 FROM mine) AS n_done
\\gset
"""
_LOCK = (
    "SELECT pg_advisory_xact_lock(hashtextextended('bench:' || :rater, 0)), "
    "pg_advisory_xact_lock_shared(hashtextextended('bench', 0));\n"
)


def script(world: World) -> str:
    """The transaction for pgbench; each of its clients is one rater."""
    values = {
        "study": ":study", "rater": ":rater", "enrolment": ":enrolment", "rater_uuid": ":rater_uuid",
        "seed": ":seed", "protocol": ":protocol", "now": "now()", "expires_at": "now() + interval '30 minutes'",
        "public_id": "gen_random_uuid()", "showing": "0", "a_on_left": "NULL", "submission": ":submission",
        "outcome": "'judged'", "done_number": ":n_done",
        "first_seen": "NULL", "id": ":held_id", "assignment": ":held_id", "revision": "1", "supersedes": "NULL",
        "verdict": "'A'", "answers": "NULL", "flags": "'{}'", "shown_ms": "2000", "study_state": "'open'",
        "judged_at": "now()", "number": ":n_shown", "painted": ":behind_id", "midnight": "now() - interval '8 hours'",
    }  # fmt: skip
    first = world.enrolments[0]
    head = (
        f"\\set study {world.study.pk}\n\\set rater {first.rater_id} + :client_id\n"
        f"\\set enrolment :rater + {first.pk - first.rater_id}\n\\set seed {world.study.seed}\n"
        f"\\set protocol {world.study.protocols.latest('number').pk}\n"
    )
    find = _filled(recording._FIND, {**values, "public_id": ":held"})
    steps = [
        _filled(desk_state._STATE, values), find, _filled(recording._END_AND_STORE, values),
        _filled(claiming._CLAIM_FIRST_OPEN, values), _filled(own._PROGRESS, values),
        _filled(showing._SHOWING, {**values, "assignment": ":held_id"}),
    ]  # fmt: skip
    return head + _HELD + "BEGIN;\n" + _LOCK + "".join(f"{step};\n" for step in steps) + "COMMIT;\n"


def _filled(statement: str, values: dict[str, str]) -> str:
    text = re.sub(r"%\((\w+)\)s(::bool)?", lambda found: values[found[1]] + (found[2] or ""), statement)
    # A colon before a word is a variable to pgbench, in a name of a lock as well.
    return " ".join(text.replace("%%", "%").replace("touchstone:draw:", "touchstone/draw/").split())


def transactions_per_second(world: World, *, n_clients: int, seconds: int) -> float:
    """What pgbench says; each client is a rater who holds her two tasks already."""
    given = connection.settings_dict
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "transaction.sql")
        path.write_text(script(world))
        done = subprocess.run(
            [
                str(binary("pgbench")), "--no-vacuum", "--protocol", "prepared", "--file", str(path),
                "--client", str(n_clients), "--jobs", str(min(n_clients, 2)), "--time", str(seconds),
                "--host", str(given["HOST"]), "--port", str(given["PORT"]), "--username", str(given["USER"]),
                str(given["NAME"]),
            ],
            env={**os.environ, "PGPASSWORD": str(given["PASSWORD"])}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    found = re.search(r"tps = ([\d.]+) \(without", done.stdout)
    if found is None or "aborted" in done.stderr:
        raise RuntimeError(f"pgbench failed: {done.stdout}\n{done.stderr[:2000]}")
    return float(found[1])
