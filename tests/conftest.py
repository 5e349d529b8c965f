"""Tests run against a real PostgreSQL, as the application's own role, and a real Redis."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from zlib import crc32

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client, TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tech4value.translations import compile_catalogues
from tests.replay import Recording
from tests.world import World, make_world

# A machine that is busy is no fault: no test is failed by a clock.
hypothesis_settings.register_profile("tech4value", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("tech4value")

DB_FIXTURES = {"db", "transactional_db", "world", "live_world", "client_of"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs servers or a browser, so that `bin/test --fast` can leave it out."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "/tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.db)
        elif fixtures & DB_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.db)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A file made for a test does not name it: it may hold the time, and each process makes its own."""
    return argname if isinstance(val, bytes) and len(val) > 30 else None


def _own_redis_database() -> str:
    """A Redis database (1-15) for this run and worker: clearing the cache empties it, queues included."""
    prefix = os.environ.get("TEST_DATABASE", "test_tech4value")
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    number = 1 + (crc32(prefix.encode()) + worker) % 15
    return urlunsplit(urlsplit(settings.REDIS_URL)._replace(path=f"/{number}"))


# A fresh clone has no compiled catalogue: screens in English would be tested in French.
compile_catalogues()
# Before anything connects; child processes (a real worker) read the environment.
settings.REDIS_URL = settings.CELERY_BROKER_URL = os.environ["REDIS_URL"] = _own_redis_database()
settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL


def _url(name: str) -> dict[str, Any]:
    import environ

    return environ.Env().db_url(name)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """The owner creates and migrates the test database; the tests then connect as the application."""
    owner, app = _url("MIGRATION_DATABASE_URL"), _url("DATABASE_URL")
    config = connections["default"].settings_dict
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    prefix = os.environ.get("TEST_DATABASE", "test_tech4value")
    config["TEST"]["NAME"] = f"{prefix}{'_' + worker if worker else ''}"
    config.update(USER=owner["USER"], PASSWORD=owner["PASSWORD"], CONN_MAX_AGE=0)
    with django_db_blocker.unblock():
        old = setup_databases(
            verbosity=0,
            interactive=False,
            keepdb=bool(request.config.getoption("reuse_db", False)),
            serialized_aliases=[],
        )
        connection.close()
        config.update(USER=app["USER"], PASSWORD=app["PASSWORD"])
        settings.DATABASES["default"]["NAME"] = config["NAME"]
    _owner.update(
        dbname=config["NAME"],
        host=config["HOST"] or config.get("OPTIONS", {}).get("host", ""),
        port=config["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"],
    )
    yield
    with django_db_blocker.unblock():
        connection.close()
        config.update(USER=owner["USER"], PASSWORD=owner["PASSWORD"])
        if not request.config.getoption("reuse_db", False):
            teardown_databases(old, verbosity=0)


@pytest.fixture(autouse=True, scope="session")
def _flush_as_owner() -> Iterator[None]:
    """After a test with real transactions the owner empties every table: the application may not truncate."""

    def teardown(self: TransactionTestCase) -> None:
        truncate_all()

    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = original


_owner: dict[str, Any] = {}


def truncate_all() -> None:
    with psycopg.connect(**{key: value for key, value in _owner.items() if value}) as owner:
        names = owner.execute(
            "SELECT string_agg(format('%I', tablename), ', ') FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        ).fetchone()
        assert names
        owner.execute(f"TRUNCATE {names[0]} RESTART IDENTITY CASCADE")


@pytest.fixture(autouse=True)
def _own_redis(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's own Redis is emptied before each test that touches the database."""
    if request.node.get_closest_marker("db"):
        from django.core.cache import cache

        cache.clear()


@pytest.fixture(autouse=True)
def _eager_jobs(settings: Any) -> None:
    """Jobs run at once, in the test's process; the worker's own tests start real workers."""
    from tech4value.celery import app

    app.conf.task_always_eager = True
    app.conf.task_eager_propagates = False


_world = Recording(make_world)
# What happens on commit leaves rows too, hence a recording of its own.
_live_world = Recording(make_world)


@pytest.fixture
def world(db: None) -> World:
    """Two tenants with their cast, in the test's transaction."""
    return _world.play()


@pytest.fixture
def live_world(transactional_db: None) -> World:
    """The same with real transactions: for isolation, jobs, on_commit and the browser."""
    return _live_world.play()


@pytest.fixture
def client_of() -> Any:
    """`client_of(user)` is a browser signed in as that user."""

    def sign_in(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
