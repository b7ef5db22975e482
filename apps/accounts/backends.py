"""Signing in is allauth's; the person of a session is read with a plan kept ready: each press of a key asks for her."""

from allauth.account.auth_backends import AuthenticationBackend

from apps.accounts.models import User
from apps.core.database.instances import columns_of, read_instance
from apps.core.database.queries import first_row

_READ = f"SELECT {columns_of(User, 'u')} FROM accounts_user u WHERE u.id = %(user)s"  # noqa: S608 - constant text


class PreparedBackend(AuthenticationBackend):
    """allauth's backend with a prepared read."""

    def get_user(self, user_id: int) -> User | None:
        """The person, if she may sign in."""
        found = first_row(_READ, {"user": user_id})
        user = None if found is None else read_instance(User, iter(found))
        return user if user is not None and self.user_can_authenticate(user) else None
