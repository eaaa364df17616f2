"""The web application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntbportal.settings")
application = get_wsgi_application()

from ntbportal import celery  # noqa: E402, F401 - so that tasks are sent through our broker
from ntbportal.commons.startup import refuse_demo_accounts_in_production  # noqa: E402

refuse_demo_accounts_in_production()
