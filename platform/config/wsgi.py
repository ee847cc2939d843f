"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# After the settings are there: a worker serves once all is loaded, instead of loading it while somebody waits.
from config.warm import warm  # noqa: E402

warm()
