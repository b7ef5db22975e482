"""Embedded servers in temporary folders, gone after the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.core.embedded import destroy_server, stop_server


@pytest.fixture
def new_var(tmp_path: Path) -> Iterator[Path]:
    """The `var` of a checkout in which no server was ever started."""
    var = tmp_path / "check out" / "var"
    yield var
    destroy_server(var)


@pytest.fixture(scope="session")
def _shared_var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    var = tmp_path_factory.mktemp("checkout") / "var"
    yield var
    destroy_server(var)


@pytest.fixture
def var(_shared_var: Path) -> Iterator[Path]:
    """A `var` that tests share, to save the making of a cluster; its server runs neither before nor after one."""
    yield _shared_var
    stop_server(_shared_var, force=True)
