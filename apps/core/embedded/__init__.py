"""A real PostgreSQL of the checkout's own, in `var/`, where no DATABASE_URL is given. Needs no Django."""

from apps.core.embedded.address import ServerAddress, address_of
from apps.core.embedded.errors import EmbeddedServerError
from apps.core.embedded.programs import binary
from apps.core.embedded.server import ensure_server, is_running, release_server, stop_server, users_of

__all__ = [
    "EmbeddedServerError",
    "ServerAddress",
    "address_of",
    "binary",
    "ensure_server",
    "is_running",
    "release_server",
    "stop_server",
    "users_of",
]
