"""The documents tell today's truth: commands, variables, links and reasons exist."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT: Path = settings.BASE_DIR
SKIPPED = {".venv", "var", "node_modules", ".git"}
DOCUMENTS = [path for path in ROOT.rglob("*.md") if not SKIPPED & set(path.relative_to(ROOT).parts)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_make_targets_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for path in DOCUMENTS for name in re.findall(r"^ {4}make ([a-z-]+)", path.read_text(), re.MULTILINE)}
    assert {"demo", "test"} <= named <= targets


def test_commands_of_the_documents_exist() -> None:
    named = {name for path in DOCUMENTS for name in re.findall(r"manage\.py ([a-z_]+)", path.read_text())}
    assert named - set(get_commands()) == set()


def test_every_variable_the_settings_read_is_in_the_sample() -> None:
    code = "".join((ROOT / "apps/config" / name).read_text() for name in ("settings.py", "environment.py"))
    read = set(re.findall(r'"((?:TOUCHSTONE|EMAIL|DATABASE|CELERY|DEFAULT_FROM)_[A-Z_]+)"', code))
    sample = (ROOT / "deploy/environment.sample").read_text()
    assert {name for name in read if not re.search(rf"^#?{name}=", sample, re.MULTILINE)} == set()
    assert "TOUCHSTONE_SECRET_KEY" in read


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs/adr"
    index = (folder / "README.md").read_text()
    assert [path.name for path in folder.glob("0*.md") if path.name not in index] == []


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert [name for name in wanted if not re.search(rf'"{re.escape(name)}",\s*# \S', text)] == []


@pytest.mark.slow
def test_production_refuses_to_start_without_real_values() -> None:
    import os
    import subprocess
    import sys

    def start(**variables: str) -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("TOUCHSTONE", "DATABASE"))}
        return subprocess.run(
            [sys.executable, "manage.py", "check"],
            cwd=ROOT,
            env={**kept, "TOUCHSTONE_ENV": "production", **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    refused = start()
    assert refused.returncode != 0
    assert "TOUCHSTONE_SECRET_KEY is not set" in refused.stderr
    assert start(TOUCHSTONE_SECRET_KEY="x" * 50, TOUCHSTONE_HOSTS="example.org").returncode == 0
