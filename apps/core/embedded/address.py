"""How to reach the server of a checkout."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from psycopg.conninfo import make_conninfo

from apps.core.embedded.home import home_of

PORT = 5432
NAME = "touchstone"  # of the role and of the database
SUPERUSER = "postgres"


@dataclass(frozen=True)
class ServerAddress:
    """A database on the embedded server, which listens on a Unix socket and nowhere else."""

    var: Path
    socket: Path
    user: str = NAME
    dbname: str = NAME
    port: int = PORT

    def libpq(self) -> str:
        """The connection string libpq and psycopg read."""
        return make_conninfo("", host=str(self.socket), port=self.port, user=self.user, dbname=self.dbname)

    def url(self) -> str:
        """The same as DATABASE_URL is written."""
        # The socket goes into the query: readers of URLs put the place of the host into small letters.
        return f"postgresql://{self.user}@:{self.port}/{self.dbname}?host={quote(str(self.socket))}"

    def django(self) -> dict[str, Any]:
        """The same as an entry of Django's DATABASES; its engine starts the server when first needed."""
        return {
            "ENGINE": "apps.core.embedded_backend",
            "EMBEDDED_VAR": str(self.var),
            "NAME": self.dbname,
            "USER": self.user,
            "HOST": str(self.socket),
            "PORT": str(self.port),
            "OPTIONS": {},
        }


def address_of(var: Path) -> ServerAddress:
    """Where the server of this checkout listens once it runs. Starts nothing and touches nothing."""
    home = home_of(var)
    return ServerAddress(var=home.var, socket=home.socket)
