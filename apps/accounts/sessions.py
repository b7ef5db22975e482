"""Sessions in the database, as Django's, but for a prepared read: each press of a key asks who it is."""

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from apps.core.database.queries import first_row

_READ = "SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > %(now)s"


class SessionStore(db.SessionStore):
    """Django's session store with a prepared read; whatever writes is Django's own."""

    def load(self) -> dict[str, Any]:
        """What the session holds; a new, empty one where it is over or never was."""
        found = first_row(_READ, {"key": self.session_key, "now": timezone.now()})
        if found is None:
            self._session_key = None
            return {}
        decoded: dict[str, Any] = self.decode(found[0])
        return decoded
