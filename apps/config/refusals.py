"""Turns a refusal into a page with its sentence: 404 for what is not there, 409 for a conflict, else 400.

Only these pages mark their sentence. What Django refuses before any view has run (a host it does not know, an address
that leads nowhere) is no word on what was sent, and the desk's script keeps its answers.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.core.errors import Conflict, NotFound, Refused


class RefusalMiddleware:
    """The one place where a page learns that a service said no."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Called by Django for whatever a view raised; only refusals are ours."""
        if not isinstance(exception, Refused):
            return None
        heading = "There is nothing here" if isinstance(exception, NotFound) else ""
        context = {"heading": heading, "sentence": exception.sentence}
        return render(request, "refused.html", context, status=_status(exception))


def _status(refusal: Refused) -> int:
    if isinstance(refusal, NotFound):
        return 404
    return 409 if isinstance(refusal, Conflict) else 400
