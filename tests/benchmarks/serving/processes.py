"""The web server under test, and what it and the database spend."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlencode

from django.db import connection

_TICKS = os.sysconf("SC_CLK_TCK")


def web_server(port: int) -> subprocess.Popen[bytes]:
    """Granian as a small production machine runs it: a process a core."""
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
        "apps.config.wsgi:application",
    ]  # fmt: skip
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "apps.config.settings"}
    web = subprocess.Popen(command, env=environment, start_new_session=True)
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
                return web
        except OSError:
            if time.monotonic() > deadline or web.poll() is not None:
                raise
            time.sleep(0.1)


def database_url() -> str:
    """The address of the database this process is connected to."""
    given = connection.settings_dict
    where = urlencode({"host": given["HOST"], "port": given["PORT"]})
    return f"postgresql://{quote(given['USER'])}:{quote(given['PASSWORD'])}@/{quote(given['NAME'])}?{where}"


def cpu_seconds(web: subprocess.Popen[bytes]) -> float:
    """CPU of the web server's processes and of the database server that this process talks to, so far."""
    group, postmaster = os.getpgid(web.pid), _postmaster()
    spent = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = _fields(stat.read_text())
        except OSError:
            continue
        if int(fields[2]) == group or postmaster in {int(fields[1]), int(stat.parent.name)}:
            # What ended meanwhile is in its parent's account: a connection may come and go while we measure.
            ended = sum(map(int, fields[13:15])) if int(stat.parent.name) in {postmaster, web.pid} else 0
            spent += (int(fields[11]) + int(fields[12]) + ended) / _TICKS
    return spent


def _postmaster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    return int(_fields(Path(f"/proc/{backend}/stat").read_text())[1])


def _fields(text: str) -> list[str]:
    """Of /proc/PID/stat, what follows the name: state, parent, group, ..."""
    return text[text.rindex(")") + 2 :].split()
