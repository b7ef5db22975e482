"""Django's PostgreSQL backend, which has the embedded server running before it connects."""

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from apps.core.embedded import ensure_server


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server when the first connection is asked for, and again if it died meanwhile."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection to the server, started if need be."""
        ensure_server(Path(self.settings_dict["EMBEDDED_VAR"]))
        return super().get_new_connection(conn_params)
