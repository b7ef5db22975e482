"""A real PostgreSQL for everyone who has none: started by whoever needs it, stopped by the last to leave.

Needs neither Django nor settings. Nothing listens on the network: the server is reached by a Unix socket in
a folder that only the user it runs as (and root) can enter.
"""

from apps.core.embedded.address import ServerAddress, address_of
from apps.core.embedded.errors import EmbeddedServerError
from apps.core.embedded.programs import binary
from apps.core.embedded.server import (
    Status,
    destroy_server,
    ensure_server,
    is_user,
    keep_running,
    release_server,
    status_of,
    stop_server,
)

__all__ = [
    "EmbeddedServerError",
    "ServerAddress",
    "Status",
    "address_of",
    "binary",
    "destroy_server",
    "ensure_server",
    "is_user",
    "keep_running",
    "release_server",
    "status_of",
    "stop_server",
]
