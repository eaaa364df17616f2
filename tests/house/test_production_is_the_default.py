"""What the settings are when nothing but the necessary is given; each in a process of its own."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

KEY = "k7-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2
ROOT = settings.ROOT


def django(*arguments: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
    given = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "SECRET_KEY": KEY, "FIELD_KEYS": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
        "BLIND_INDEX_KEYS": "x", "DATABASE_URL": os.environ["DATABASE_URL"], "REDIS_URL": os.environ["REDIS_URL"],
        "DJANGO_SETTINGS_MODULE": "ntbportal.settings", "ALLOWED_HOSTS": "ntb.example.org", "BASE_URL": "https://ntb.example.org", **environment,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={key: value for key, value in given.items() if value is not None},
        capture_output=True,
        text=True,
    )


def test_the_deployment_check_is_silent() -> None:
    done = django("manage.py", "check", "--deploy", "--fail-level", "INFO")
    assert (done.returncode, done.stderr.strip()) == (0, "")
    assert done.stdout.strip() == "System check identified no issues (0 silenced)."


@pytest.mark.parametrize("missing", ["SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEYS", "DATABASE_URL", "REDIS_URL"])
def test_it_does_not_start_without_what_it_needs(missing: str) -> None:
    # not by manage.py, which in a checkout takes what ./portal up has made
    done = django("-m", "django", "check", **{missing: None})
    assert done.returncode != 0
    assert missing in done.stderr


def test_a_short_secret_key_is_refused() -> None:
    assert "at least 50 characters" in django("manage.py", "check", SECRET_KEY="short").stderr


def test_pages_are_served_safely() -> None:
    code = (
        "import django; django.setup(); from django.conf import settings as s; from django.test import Client; "
        "s.STORAGES['staticfiles'] = {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}; "
        "r = Client().get('/healthz/live', secure=True, HTTP_HOST='ntb.example.org'); print(r.headers); "
        "print(Client().get('/', HTTP_HOST='ntb.example.org').status_code)"
    )
    done = django("-c", code)
    assert done.returncode == 0, done.stderr
    headers, status = done.stdout.strip().splitlines()
    assert "max-age=31536000; includeSubDomains; preload" in headers
    assert "script-src 'self'" in headers
    assert "unsafe-inline" not in headers
    assert status == "301"  # to https


@pytest.mark.django_db(transaction=True)
def test_demo_accounts_are_refused(person) -> None:
    from django.db import connection

    user = person("citizen")
    type(user).objects.filter(pk=user.pk).update(is_demo=True)
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    url = f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}{'?' if query else ''}{query}"
    done = django("-c", "import ntbportal.wsgi", DATABASE_URL=url)
    assert done.returncode != 0
    assert "demo accounts" in done.stderr
    assert django("-c", "import ntbportal.wsgi", DATABASE_URL=url, PORTAL_DEMO="on").returncode == 0
