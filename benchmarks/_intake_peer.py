"""The peers of the intake and visits benchmarks in one process: a bare Django insert view, the same for somebody signed in and a visit
with its foreign keys, and django-helpdesk's public ticket form.

Run by benchmarks/intake.py in the peers' environment: `python _intake_peer.py` makes the tables, granian serves `application`.
"""

import json
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

from django.contrib.auth.decorators import login_required  # noqa: E402
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


class BarePlace(models.Model):
    name = models.CharField(max_length=100)

    class Meta:
        app_label = "bare"

    def __str__(self):
        return self.name


class BarePerson(models.Model):
    place = models.ForeignKey(BarePlace, models.PROTECT)
    name = models.CharField(max_length=120)

    class Meta:
        app_label = "bare"

    def __str__(self):
        return self.name


class BareVisit(models.Model):
    key = models.UUIDField(unique=True)
    person = models.ForeignKey(BarePerson, models.PROTECT)
    place = models.ForeignKey(BarePlace, models.PROTECT)
    day = models.DateField()
    weight = models.DecimalField(max_digits=5, decimal_places=2)
    height = models.DecimalField(max_digits=4, decimal_places=1)
    measure = models.CharField(max_length=1)
    recorded_by = models.ForeignKey("auth.User", models.PROTECT)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare"

    def __str__(self):
        return str(self.key)


@csrf_exempt
def bare(request):
    """One row with what a report has, unchecked, and the answer."""
    BareReport.objects.create(
        **{name: request.POST.get(name, "") for name in ("key", "category", "description", "region", "place", "phone")}
    )
    return HttpResponse('{"code": "x"}', content_type="application/json")


@login_required
def bare_visit(request):
    """One visit as sent, unchecked, by somebody signed in, and the answer."""
    entry = json.loads(request.body)
    names = ("key", "person_id", "place_id", "day", "weight", "height", "measure")
    BareVisit.objects.create(**{name: entry[name] for name in names}, recorded_by=request.user)
    return HttpResponse('{"state": "kept"}', content_type="application/json")


urlpatterns = [path("bare/", bare), path("visit/", bare_visit), path("helpdesk/", include("helpdesk.urls", namespace="helpdesk"))]

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

if __name__ == "__main__":
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for model in (BareReport, BarePlace, BarePerson, BareVisit):
            editor.create_model(model)
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    places = BarePlace.objects.bulk_create(BarePlace(name=f"P{n}") for n in range(400))
    BarePerson.objects.bulk_create((BarePerson(place=places[n % 400], name=f"Anak {n}") for n in range(40_000)), batch_size=2000)
    user, session = User.objects.create_user("bench", password="x"), SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print("SESSION", session.session_key)
    from helpdesk.models import Queue

    queue, _new = Queue.objects.get_or_create(
        slug="care", defaults={"title": "Care", "allow_public_submission": True, "email_address": "care@example.org"}
    )
    print(queue.pk)
    sys.exit(0)
