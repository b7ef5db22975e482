"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest


def product(request: HttpRequest) -> dict[str, object]:
    """Whether this is the demo, and where the person stands."""
    return {"is_demo": settings.DEMO}
