"""Addresses of other rooms that a leaderboard points to."""

from functools import cache
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

ROOM_OF_OUTPUTS = "console:reading"


def reading_url(address: list[str], **wanted: str) -> str | None:
    """Where the outputs behind a number are read (`first` and `second`: names of systems); None without that room."""
    if not _is_there(ROOM_OF_OUTPUTS):
        return None
    return f"{reverse(ROOM_OF_OUTPUTS, args=address[:2])}?{urlencode(wanted)}"


@cache
def _is_there(name: str) -> bool:
    try:
        reverse(name, args=["workspace", "study"])
    except NoReverseMatch:
        return False
    return True
