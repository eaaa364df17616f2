"""The peers of the intake benchmark in one process: a bare Django insert view, and django-helpdesk's public ticket form.

Run by benchmarks/intake.py in the peers' environment: `python _intake_peer.py` makes the tables, granian serves `application`.
"""

import os
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings

address = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    SECRET_KEY="x" * 50,
    ALLOWED_HOSTS=["*"],
    DEBUG=False,
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    LANGUAGE_CODE="en",
    SITE_ID=1,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": address.path.lstrip("/"),
            "USER": address.username,
            "PASSWORD": address.password or "",
            "HOST": os.environ["PGHOST_FOLDER"],
            "PORT": str(address.port or ""),
            "CONN_MAX_AGE": 60,
        }
    },
    INSTALLED_APPS=[
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites", "django.contrib.messages",
        "django.contrib.staticfiles", "django.contrib.humanize", "django.contrib.admin", "rest_framework", "helpdesk",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    STATIC_URL="/static/",
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    HELPDESK_TEAMS_MODE_ENABLED=False,
)  # fmt: skip
django.setup()

from django.db import connection, models  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402


class BareReport(models.Model):
    key = models.CharField(max_length=40, unique=True)
    category = models.CharField(max_length=40)
    description = models.TextField()
    region = models.CharField(max_length=13)
    place = models.CharField(max_length=200)
    phone = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare"

    def __str__(self):
        return self.key


@csrf_exempt
def bare(request):
    """One row with what a report has, unchecked, and the answer."""
    BareReport.objects.create(
        **{name: request.POST.get(name, "") for name in ("key", "category", "description", "region", "place", "phone")}
    )
    return HttpResponse('{"code": "x"}', content_type="application/json")


urlpatterns = [path("bare/", bare), path("helpdesk/", include("helpdesk.urls", namespace="helpdesk"))]

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

if __name__ == "__main__":
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(BareReport)
    from helpdesk.models import Queue

    queue, _new = Queue.objects.get_or_create(
        slug="care", defaults={"title": "Care", "allow_public_submission": True, "email_address": "care@example.org"}
    )
    print(queue.pk)
    sys.exit(0)
