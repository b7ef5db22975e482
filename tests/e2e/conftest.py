"""A real web server on a database of its own, and a real browser before it."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from playwright.sync_api import Browser, sync_playwright

from apps.config.demo.loading import load_demo
from apps.config.demo.processes import commands, end, free_port

if TYPE_CHECKING:
    from .desk_house import House

# Playwright keeps an event loop in this thread; the queries of these tests are ordinary ones all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Under CI its absence is a failure; elsewhere the test is skipped, aloud."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: install the package 'chromium'.")
        pytest.skip("Chromium is missing: install the package 'chromium' to run the browser tests.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def demo_site(browser: Browser, module_database: str) -> Iterator[str]:
    """The demo, loaded and served by the web server and worker the product uses; its address."""
    load_demo()
    port = free_port(8700 + os.getpid() % 800)
    environment = {**os.environ, "TOUCHSTONE_DEMO": "1", "DATABASE_URL": database_url(), "PYTHONWARNINGS": "default"}
    processes = [
        subprocess.Popen(command, env=environment, start_new_session=True, stdout=sys.stderr)
        for name, command in commands(port).items()
        if name != "beat"
    ]
    try:
        wait_for(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        end(processes)


@pytest.fixture(scope="module")
def desk_house(browser: Browser, module_database: str) -> Iterator["House"]:
    """Studies of every kind behind one server, for tests whose raters never meet.

    The browser comes first: while its event loop runs, Django's connections are others than before and after, and
    those that were opened meanwhile must be closed meanwhile.
    """
    from .desk_house import house  # it stands on the functions below

    with house(browser) as built:
        yield built


def database_url() -> str:
    """The address of the database the tests are connected to."""
    given = connection.settings_dict
    where = urlencode({"host": given["HOST"], "port": given["PORT"]})
    return f"postgresql://{quote(given['USER'])}:{quote(given['PASSWORD'])}@/{quote(given['NAME'])}?{where}"


def wait_for(url: str, seconds: float = 40) -> None:
    """Until the server answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own server
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
