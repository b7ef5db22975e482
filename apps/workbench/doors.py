"""The door to what the desk's script sends: whose page it comes from, and who is signed in now."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from apps.core.errors import NotFound
from apps.rating.access import enrolment_of
from apps.rating.models import Enrolment

from .addresses import outbox_key

MISDIRECTED = 421
NOT_HERS = "Someone else is signed in in this browser. Sign in again as yourself; until then nothing is stored."
NO_DESK = (
    "This page does not belong to whoever is signed in in this browser now, or the study is no longer yours. Sign in "
    "again as yourself, or open it again from your home page; until then nothing is stored."
)


def at_her_desk(view: Callable[[HttpRequest, Enrolment], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view gets the rater's enrolment.

    A page names its rater in `X-Outbox`. Where another one has signed in since, it hears 421, and keeps what it has to
    say: to the other her tasks are unknown, so that any other refusal would make it drop her answers. So it does where
    whoever is signed in has no desk here: that may be someone else, or herself with the study under another address.
    """

    @wraps(view)
    def enter(request: HttpRequest, workspace: str, study: str) -> HttpResponseBase:
        page_of = request.headers.get("X-Outbox")
        try:
            enrolment = enrolment_of(request.user, workspace, study)
        except NotFound:
            if page_of is None:
                raise
            return _misdirected(request, NO_DESK)
        if page_of not in (None, outbox_key(enrolment)):
            return _misdirected(request, NOT_HERS)
        return view(request, enrolment)

    return enter


def _misdirected(request: HttpRequest, sentence: str) -> HttpResponseBase:
    return render(request, "refused.html", {"sentence": sentence}, status=MISDIRECTED)
