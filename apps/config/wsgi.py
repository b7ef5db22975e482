"""The WSGI application that the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apps.config.settings")
application = get_wsgi_application()

from apps.console.charts.drawing import warm_up  # noqa: E402 - after Django is set up

warm_up()
