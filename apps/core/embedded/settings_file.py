"""Our settings for the server, written anew at every start."""

import os
from pathlib import Path

from apps.core.embedded.address import PORT
from apps.core.embedded.home import Home

_SETTINGS = """\
# Written by Touchstone at every start of the server: changes belong into ALTER SYSTEM, which wins over this.
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
dynamic_shared_memory_type = {shared_memory}
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
fsync = on
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
log_line_prefix = '%m [%p] '
"""
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - only asked for its size
# A container often has 64 MB there, and one parallel query can want more than that.
_ENOUGH_SHARED_MEMORY = 256 * 1024 * 1024


def write_settings(home: Home) -> None:
    """Write the settings beside the data folder, whose postgresql.conf includes them."""
    home.settings.write_text(
        _SETTINGS.format(port=PORT, socket=home.socket, shared_memory=_shared_memory_type()), encoding="utf-8"
    )
    home.settings.chmod(0o644)  # the system user must read it, whatever root's umask is


def include_settings(home: Home, *, data: Path) -> None:
    """Make a new cluster include our settings."""
    where = os.open(data / "postgresql.conf", os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
    with os.fdopen(where, "a") as configuration:
        configuration.write(f"\ninclude = '../{home.settings.name}'\n")


def _shared_memory_type() -> str:
    try:
        found = os.statvfs(_SHARED_MEMORY)
    except OSError:
        return "posix"
    return "posix" if found.f_bavail * found.f_frsize >= _ENOUGH_SHARED_MEMORY else "mmap"
