"""What all tests stand on: a real PostgreSQL with the reference data, a real Redis, people in every role."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from ntbportal.commons.cache import forget_remembered

PASSWORD = "gunung-rinjani-3726"


def pytest_configure(config: pytest.Config) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")
    # a Redis database of its own for each worker, as clearing a cache clears the whole database
    number = int(worker.removeprefix("gw") or 0) % 10 + 3
    settings.CACHES["default"]["LOCATION"] = f"{settings.REDIS_URL.partition('?')[0]}?db={number}"
    # an empty folder of the tests' own: the tests need none of the collected ones
    settings.STATIC_ROOT = settings.ROOT / "var" / "test" / "static"
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest-django has put tests with a database first, then those that commit, then the rest. Of the rest the browser's come last: there
    are many, and they are short beside the launcher's, for the end of which one worker waited while the other was done."""

    def is_last(item: pytest.Item) -> bool:
        needs_database = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
        return item.nodeid.startswith("tests/browser/") and not needs_database

    items.sort(key=is_last)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database with all reference data, loaded once; each test's own changes are rolled back."""
    from ntbportal.commons.reference_data import loaders

    with django_db_blocker.unblock():
        for loader in loaders(demo=False):
            loader.load()


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()
    forget_remembered()


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.VAR_DIR = tmp_path
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


@pytest.fixture(autouse=True)
def _reference_data_after_a_flush(request: pytest.FixtureRequest) -> None:
    """Tests that commit leave an empty database behind them; the next of their kind loads the reference data anew."""
    marker = request.node.get_closest_marker("django_db")
    if not marker or not marker.kwargs.get("transaction"):
        return
    request.getfixturevalue("transactional_db")
    from ntbportal.commons.places import Region
    from ntbportal.commons.reference_data import loaders

    if not Region.objects.exists():
        for loader in loaders(demo=False):
            loader.load()


@pytest.fixture
def person(db: None) -> Callable[..., Any]:
    """Make somebody whose address is proven: person("officer", agency="pupr", region="52.07")."""
    from allauth.account.models import EmailAddress

    from ntbportal.commons.agencies import Agency
    from ntbportal.commons.people import Membership, User

    def make(role: str, *, agency: str = "", region: str = "", name: str = "", **fields: Any) -> User:
        number = User.objects.count()
        username = name or f"{role}{number}"
        fields.setdefault("email", f"{username}@example.org")
        user = User.objects.create_user(username, password=PASSWORD, full_name=username.title(), **fields)
        if role == "admin":
            user.is_staff = user.is_superuser = True
            user.save()
        if user.email:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        Membership.objects.create(
            user=user, role=role, agency=Agency.objects.get(slug=agency) if agency else None, region_id=region or None
        )
        return user

    return make


@pytest.fixture
def sign_in(settings: Any) -> Callable[[Any], Client]:
    """A client signed in as somebody; the second factor is another test's matter."""
    settings.PORTAL_DEMO = True

    def enter(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="ntbportal.commons.signin.AccountBackend")
        return client

    return enter


@pytest.fixture
def category(db: None) -> Callable[[str], Any]:
    from care.models import Category

    return lambda slug: Category.objects.get(slug=slug)


@pytest.fixture
def report(db: None) -> Callable[..., Any]:
    """File a report; what is not given is usual. Routing is left to the test."""
    from care.intake import Report, file_complaint
    from care.models import Category
    from ntbportal.commons.places import Region

    def make(category: str = "jalan", region: str = "52.07.02.2021", **fields: Any) -> Any:
        fields.setdefault("description", "Jalan berlubang besar di tikungan dekat pasar.")
        return file_complaint(Report(category=Category.objects.get(slug=category), region=Region.objects.get(code=region), **fields))

    return make


@pytest.fixture
def posyandu(db: None) -> Any:
    from ntbportal.commons.places import Region
    from posyandu.models import Posyandu

    return Posyandu.objects.create(name="Posyandu Melati", village=Region.objects.get(code="52.07.02.2021"))


@pytest.fixture
def child(posyandu: Any) -> Callable[..., Any]:
    from datetime import date

    from posyandu.models import Household, Person

    def make(born: date, sex: str = "M", name: str = "Rizki", at: Any = None) -> Person:
        place = at or posyandu
        household = Household.objects.create(posyandu=place, head_name="Ahmad")
        return Person.objects.create(household=household, posyandu=place, name=name, sex=sex, birth_date=born, mother_name="Aminah")

    return make


@pytest.fixture
def data_set(db: None) -> Callable[..., Any]:
    from ntbportal.commons.agencies import Agency
    from onedata.models import DataSet
    from onedata.workflow import plan_draft

    def make(title: str = "Prevalensi stunting", producer: str = "dinkes", **fields: Any) -> DataSet:
        from onedata.forms import free_slug

        fields = {"description": "Per kabupaten dan tahun.", "topic": "health", "coverage_id": "52", **fields}
        found = DataSet.objects.create(slug=free_slug(title), title=title, producer=Agency.objects.get(slug=producer), **fields)
        plan_draft(found, None)
        return found

    return make


@pytest.fixture
def upload(db: None) -> Callable[..., Any]:
    """Upload bytes as a data set's next version and check it at once, as the worker would."""
    from django.core.files.base import ContentFile

    from onedata.quality.running import check_version
    from onedata.uploading import add_version

    def send(data_set: Any, content: bytes | str, name: str = "data.csv", by: Any = None) -> Any:
        raw = content.encode() if isinstance(content, str) else content
        version = add_version(data_set, ContentFile(raw, name=name), by)
        check_version(version.pk)
        version.refresh_from_db()
        return version

    return send
