"""The web application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntbportal.settings")
application = get_wsgi_application()

from ntbportal import celery  # noqa: E402, F401 - so that tasks are sent through our broker
from ntbportal.commons.startup import refuse_demo_accounts_in_production  # noqa: E402

refuse_demo_accounts_in_production()

# Whatever is loaded by now stays for the life of the process. Left to the collector it is walked through again and again, a
# fifth of the time of a short request (benchmarks/intake.py): it is set aside, and young garbage is gathered less often.
len(get_resolver().url_patterns)
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
