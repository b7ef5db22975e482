"""The server of a checkout: there for whoever needs it, gone with the last one, never in another's way."""

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from apps.core.embedded import (
    EmbeddedServerError,
    ServerAddress,
    destroy_server,
    ensure_server,
    is_user,
    keep_running,
    release_server,
    status_of,
    stop_server,
)
from apps.core.embedded.home import home_of
from apps.core.embedded.processes import Process
from apps.core.embedded.users import locked, write_users
from tests.core.users_for_tests import a_user, ask, await_entry, kill, leave

pytestmark = pytest.mark.slow


def test_the_database_outlives_the_server(var: Path) -> None:
    address = ensure_server(var)
    assert ask(address, "SELECT current_database() || current_user") == "touchstonetouchstone"
    with psycopg.connect(address.libpq()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    release_server(var)
    assert status_of(var).pid is None
    assert not is_user(var)
    assert ask(ensure_server(var), "SELECT number FROM kept") == 7


def test_settings(var: Path) -> None:
    wanted = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "fsync": "on",
        "jit": "off",
        "TimeZone": "UTC",
        "max_connections": "200",
        "server_encoding": "UTF8",
    }
    names = ", ".join(f"'{name}', current_setting('{name}')" for name in wanted)
    assert ask(ensure_server(var), f"SELECT jsonb_build_object({names})", user="postgres") == wanted


def test_the_application_is_no_superuser(var: Path) -> None:
    address = ensure_server(var)
    assert ask(address, "SELECT usesuper FROM pg_user WHERE usename = current_user") is False
    assert ask(address, "SELECT usecreatedb FROM pg_user WHERE usename = current_user") is True


def test_users_share_a_server_and_the_last_to_leave_stops_it(var: Path) -> None:
    with a_user(var) as first, a_user(var) as second:
        await_entry(first)
        await_entry(second)
        status = status_of(var)
        assert set(status.users) == {first.pid, second.pid}
        leave(first)
        assert status_of(var).pid == status.pid
        leave(second)
        assert status_of(var).pid is None


def test_a_killed_user_does_not_keep_the_server(var: Path) -> None:
    with a_user(var) as killed, a_user(var) as other:
        await_entry(killed)
        await_entry(other)
        kill(killed)
        assert status_of(var).users == (other.pid,)
        leave(other)
        assert status_of(var).pid is None


def test_after_a_killed_last_user_the_next_one_takes_the_server_over(var: Path) -> None:
    with a_user(var) as killed:
        await_entry(killed)
        kill(killed)
    left_behind = status_of(var)
    assert left_behind.pid is not None
    assert left_behind.users == ()
    ensure_server(var)
    assert status_of(var).pid == left_behind.pid
    release_server(var)
    assert status_of(var).pid is None


def test_another_process_with_the_number_of_a_dead_user_is_no_user(var: Path) -> None:
    ensure_server(var)
    home = home_of(var)
    with locked(home):
        write_users(home, {Process(pid=os.getppid(), started="long ago")})
    assert status_of(var).users == ()
    release_server(var)
    assert status_of(var).pid is None


def test_the_end_of_a_forked_child_does_not_sign_off_its_parent(var: Path) -> None:
    fork = "import os\nif os.fork() == 0: sys.exit()\nos.wait(); print('child gone', flush=True); sys.stdin.read()"
    with a_user(var, then=fork) as parent:
        await_entry(parent)
        assert parent.stdout is not None
        assert parent.stdout.readline() == "child gone\n"
        assert status_of(var).users == (parent.pid,)
        assert status_of(var).pid is not None
        leave(parent)
        assert status_of(var).pid is None


def test_a_forked_child_signs_on_for_itself(var: Path) -> None:
    both = (
        "import os\nparent = os.getpid()\nif os.fork() == 0:\n"
        "    ensure_server(Path(sys.argv[1])); print('child in', flush=True)\n"
        "sys.stdin.readline() if os.getpid() == parent else sys.exit()"
    )
    with a_user(var, then=both) as parent:
        await_entry(parent)
        assert parent.stdout is not None
        assert parent.stdout.readline() == "child in\n"
        leave(parent)
        assert status_of(var).pid is None


def test_six_first_starts_at_once_make_one_server_even_after_one_was_cut_off(new_var: Path) -> None:
    half = home_of(new_var).folder / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with ExitStack() as stack:
        users = [stack.enter_context(a_user(new_var)) for _ in range(6)]
        for user in users:
            await_entry(user)
        assert set(status_of(new_var).users) == {user.pid for user in users}
        assert not half.exists()
        for user in users[1:]:
            leave(user)
        assert status_of(new_var).pid is not None
        leave(users[0])
        assert status_of(new_var).pid is None


def test_two_checkouts_do_not_collide(var: Path, tmp_path: Path) -> None:
    other = tmp_path / "other, with a comma" / "var"
    try:
        here, there = ensure_server(var), ensure_server(other)
        assert ask(here, "SELECT pg_postmaster_start_time()") != ask(there, "SELECT pg_postmaster_start_time()")
        release_server(other)
        assert status_of(other).pid is None
        assert ask(here, "SELECT 1") == 1
    finally:
        destroy_server(other)


def test_stopping_by_hand_respects_users_unless_forced(var: Path) -> None:
    with a_user(var) as user:
        await_entry(user)
        with pytest.raises(EmbeddedServerError, match=rf"in use by the processes {user.pid}\b.*--force"):
            stop_server(var)
        assert stop_server(var, force=True)
        assert status_of(var).pid is None
        assert not stop_server(var)
        leave(user)  # its own sign-off finds nothing to stop, and says nothing


def test_started_by_hand_it_runs_until_it_is_stopped(var: Path) -> None:
    keep_running(var)
    running = status_of(var)
    assert running.users == ()
    with a_user(var) as user:
        await_entry(user)
        leave(user)
    assert status_of(var) == running
    assert stop_server(var)


def test_a_server_that_crashed_is_started_again(var: Path) -> None:
    address = ensure_server(var)
    crashed = status_of(var).pid
    assert crashed is not None
    os.kill(crashed, signal.SIGKILL)
    assert ask(ensure_server(var), "SELECT 1") == 1
    assert status_of(var).pid != crashed
    assert address == ensure_server(var)


def test_a_query_that_outlives_its_crashed_server_is_waited_for(var: Path) -> None:
    address = ensure_server(var)
    crashed, gate = status_of(var).pid, home_of(var).data / "gate"
    assert crashed is not None
    with ThreadPoolExecutor() as pool:
        query = pool.submit(_work_until, gate, address)
        try:
            _await(lambda: ask(address, _N_AT_WORK, user="postgres") == 1)
            os.kill(crashed, signal.SIGKILL)
            started = pool.submit(ensure_server, var)
            # Two servers on one folder would destroy it: the new one is refused while the old one's query runs.
            _await(lambda: "shared memory block" in home_of(var).log.read_text())
        finally:
            gate.touch()
        assert ask(started.result(timeout=60), "SELECT 1") == 1
        query.exception(timeout=30)  # nobody is left to tell it that its work is lost; it may even end well


_N_AT_WORK = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO%pg_stat_file%' AND state = 'active'"


def _work_until(gate: Path, address: ServerAddress) -> None:
    """A query that runs until a file is there; it does not notice that its server has gone."""
    with psycopg.connect(address.libpq(), user="postgres") as connection:
        connection.execute(
            f"DO $$ BEGIN WHILE (pg_stat_file('{gate}', true)).size IS NULL LOOP PERFORM 1; END LOOP; END $$"
        )


def _await(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "waited a minute in vain"
        time.sleep(0.05)


def test_a_pid_file_that_names_somebody_else_is_no_server(var: Path) -> None:
    ensure_server(var)
    home = home_of(var)
    running = (home.data / "postmaster.pid").read_text()
    release_server(var)
    (home.data / "postmaster.pid").write_text(running.replace(running.split("\n")[0], str(os.getpid()), 1))
    assert status_of(var).pid is None
    assert ask(ensure_server(var), "SELECT 1") == 1


def test_a_server_that_will_not_start_says_why(var: Path) -> None:
    ensure_server(var)
    release_server(var)
    settings = home_of(var).data / "postgresql.auto.conf"
    good = settings.read_text()
    settings.write_text("no_such_setting = 1\n")
    try:
        with pytest.raises(EmbeddedServerError, match=r"(?s)did not answer.*postgres\.log:.*no_such_setting"):
            ensure_server(var)
    finally:
        settings.write_text(good)


def test_a_cluster_of_another_major_version_is_left_alone(new_var: Path) -> None:
    data = home_of(new_var).data
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedServerError, match=r"made by PostgreSQL 17.*brings PostgreSQL 18.*pg_dump.*pg_restore"):
        ensure_server(new_var)
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]
