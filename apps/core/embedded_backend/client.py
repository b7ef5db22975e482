"""`manage.py dbshell` on the embedded server: with its own psql, for there may be no other."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import client

from apps.core.embedded import binary, ensure_server


class DatabaseClient(client.DatabaseClient):
    """psql as it comes with the server, which is started first."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """The command line of psql."""
        ensure_server(Path(settings_dict["EMBEDDED_VAR"]))
        (_, *words), environment = super().settings_to_cmd_args_env(settings_dict, parameters)
        return [str(binary("psql")), *words], environment
