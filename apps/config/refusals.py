"""Turns a refusal into a page with its sentence: 404 for what is not there, 409 for a conflict, else 400."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
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
        if isinstance(exception, NotFound):
            raise Http404(exception.sentence) from exception
        if isinstance(exception, Refused):
            status = 409 if isinstance(exception, Conflict) else 400
            return render(request, "refused.html", {"sentence": exception.sentence}, status=status)
        return None
