"""Refusals as JSON: {"detail": sentence}, with the status that fits."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler

from apps.core.errors import Conflict, NotFound, Refused


def as_response(exception: Exception, context: dict[str, Any]) -> Response | None:
    """What REST framework calls for every exception of a view."""
    if isinstance(exception, Refused):
        status = 404 if isinstance(exception, NotFound) else 409 if isinstance(exception, Conflict) else 400
        return Response({"detail": exception.sentence}, status=status)
    return exception_handler(exception, context)
