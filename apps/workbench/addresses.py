"""Where the pages of the desk lie, and under which name her browser keeps what is hers."""

import hashlib
from uuid import UUID

from django.urls import reverse

from apps.rating.models import Enrolment


def desk_url(enrolment: Enrolment, name: str = "desk") -> str:
    """The address of the rater's desk in this study, or of something on it."""
    return reverse(f"workbench:{name}", args=[enrolment.study.workspace.slug, enrolment.study.slug])


def change_url(enrolment: Enrolment, public_id: UUID) -> str:
    """Where an earlier answer of hers is open to be given again."""
    return f"{desk_url(enrolment)}?change={public_id}"


def urls_of(enrolment: Enrolment) -> dict[str, str]:
    """Where the page sends what."""
    desk = desk_url(enrolment)  # asked once: the others are its names, and reverse() is slow
    names = ("next", "answer", "skip", "beat", "leave", "recent", "guideline")
    return {"desk": desk, **{name: f"{desk}{name}" for name in names}}


def outbox_key(enrolment: Enrolment) -> str:
    """Under which name her browser keeps what waits for the network: hers alone, and telling nobody anything.

    A name and no secret: it lasts as long as her enrolment, whatever becomes of the keys of this server.
    """
    digest = hashlib.sha256(f"workbench.outbox:{enrolment.study_id}:{enrolment.rater.uuid}".encode()).hexdigest()
    return f"touchstone.{digest[:24]}"
