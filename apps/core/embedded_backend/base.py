"""Django's PostgreSQL backend, which has the embedded server running before it connects."""

from pathlib import Path
from typing import Any

from psycopg import OperationalError

from apps.core.database.engine import base
from apps.core.embedded import ensure_server, is_user
from apps.core.embedded_backend.client import DatabaseClient


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server when the first connection is asked for, and again if it died meanwhile."""

    client_class = DatabaseClient

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection to the server, started if need be."""
        var = Path(self.settings_dict["EMBEDDED_VAR"])
        if not is_user(var):
            ensure_server(var)
        try:
            return super().get_new_connection(conn_params)
        except OperationalError:
            ensure_server(var)  # it died since this process signed on
            return super().get_new_connection(conn_params)
