"""docker-compose.yml fits the Compose specification, and what must be scaled can be."""

import os
import re
import subprocess
import sys

import pytest
import yaml
from django.conf import settings

from ntbportal.launcher import declared

FILE = settings.ROOT / "docker-compose.yml"


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load(FILE.read_text())


def test_it_is_valid_by_the_schema_of_the_specification() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_parts_are_there(compose) -> None:
    assert {"postgres", "valkey", "web", "worker", "beat", "caddy"} <= set(compose["services"])


@pytest.mark.parametrize("name", ["web", "worker"])
def test_web_and_worker_can_be_scaled(compose, name: str) -> None:
    service = compose["services"][name]
    assert "container_name" not in service
    assert "ports" not in service


def test_what_the_settings_need_is_given_and_no_secret_is_written_down(compose) -> None:
    environment = compose["services"]["web"]["environment"]
    for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEYS", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "BASE_URL"):
        assert name in environment
    assert environment["SECRET_KEY"] == "${SECRET_KEY:?}"
    assert "PORTAL_DEMO" not in environment


def read_by_the_settings() -> set[str]:
    """Names that settings.py asks the environment for."""
    source = (settings.ROOT / "ntbportal" / "settings.py").read_text()
    return set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z0-9_]+)\"", source))


def test_every_setting_stands_in_the_one_list() -> None:
    assert {one.name for one in declared.SETTINGS} == read_by_the_settings()


def test_docs_and_compose_are_made_from_it() -> None:
    assert declared.DOCS.read_text() == declared.docs_with_table(), "run ./portal settings"
    assert declared.COMPOSE.read_text() == declared.compose_with_environment(), "run ./portal settings"


def test_all_that_one_is_told_to_set_is_passed_on_and_what_must_be_set_has_no_default(compose) -> None:
    environment = compose["services"]["web"]["environment"]
    for one in declared.SETTINGS:
        if one.compose == "":
            continue
        assert one.name in environment, one.name
        if one.must and one.compose is None:
            assert environment[one.name] == f"${{{one.name}:?}}"
    assert compose["services"]["worker"]["environment"] == environment


def test_what_is_passed_empty_is_as_if_not_passed() -> None:
    names = [one.name for one in declared.SETTINGS if not one.must and one.compose is None]
    program = "import django; django.setup(); from django.conf import settings as s; print(s.CARE_REPORTS_PER_HOUR, s.MESSENGER_URLS)"
    environment = {**os.environ, **dict.fromkeys(names, ""), "DJANGO_SETTINGS_MODULE": "ntbportal.settings"}
    done = subprocess.run([sys.executable, "-c", program], cwd=settings.ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "60 {}", done.stderr
