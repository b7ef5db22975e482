"""Her time of day, wherever the server stands."""

from datetime import datetime
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from django.utils import timezone


def zone_of(request: HttpRequest) -> ZoneInfo:
    """The time zone that her browser told us (a cookie), else UTC."""
    try:
        return ZoneInfo(unquote(request.COOKIES.get("tz", "UTC")))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def midnight_of(request: HttpRequest) -> datetime:
    """When her day began."""
    return timezone.now().astimezone(zone_of(request)).replace(hour=0, minute=0, second=0, microsecond=0)
