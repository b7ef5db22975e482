"""The page with a task was painted: from here it is a showing, with a number."""

from uuid import UUID

from apps.core.database.queries import n_changed

from .claiming import unseen_showings
from .desk_state import DeskState

SHOW = """
    UPDATE rating_assignment SET shown_at = %(now)s, shown_number = %(number)s
    WHERE id = %(painted)s AND shown_at IS NULL
"""


def show(state: DeskState, shown: UUID) -> int:
    """Paint this assignment; the first time stands. How many showings she has had now.

    It is a showing also where the lease has been taken over since: she has it before her eyes, so it never comes to
    her as new.
    """
    lease = state.lease(shown)
    if lease is not None and lease.is_shown:
        return state.n_shown
    painted = lease.id if lease else unseen_showings(state).filter(public_id=shown).values_list("pk", flat=True).first()
    number = state.n_shown + 1
    n_shown = n_changed(SHOW, {"now": state.now, "number": number, "painted": painted})
    return number if n_shown else state.n_shown
