"""docker-compose.yml fits the Compose specification, and what must be scaled can be."""

import subprocess
import sys

import pytest
import yaml
from django.conf import settings

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
