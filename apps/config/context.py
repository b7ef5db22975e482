"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest

from .demo.people import DEMO_PEOPLE


def product(request: HttpRequest) -> dict[str, object]:
    """Whether this is the demo, and where the person stands."""
    people = [person.as_context() for person in DEMO_PEOPLE] if settings.DEMO else []
    return {"is_demo": settings.DEMO, "demo_people": people}
