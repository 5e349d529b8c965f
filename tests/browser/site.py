"""The whole product as people run it: web server, worker and scheduler as processes of their own, on a database that
holds the demo companies."""

import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from django.conf import settings
from psycopg import sql

from tech4value.console.demo import PASSWORD as PASSWORD
from tech4value.embedded.children import Children
from tech4value.embedded.demo import answers

ROOT = Path(settings.BASE_DIR)
SAMPLES = ROOT / "demo" / "samples"
PATIENCE = 90.0


@dataclass(frozen=True)
class Site:
    """A running product."""

    url: str
    logs: Path

    def tenant_url(self, path: str, tenant: str = "tech4value") -> str:
        """The address of `path`, which begins with a slash, in a demo company."""
        return f"{self.url}/t/{tenant}{path}"


@contextmanager
def running_site(*, keep: bool) -> Iterator[Site]:
    """Start the product, and stop it. `keep` leaves its database for the next run."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = f"{os.environ.get('TEST_DATABASE', 'test_tech4value')}_browser{worker}"
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="t4v-site-") as made:
        folder = Path(made)
        logs = folder / "logs"
        logs.mkdir()
        environment = os.environ | {
            "DATABASE_URL": _with_path(os.environ["DATABASE_URL"], name),
            "MIGRATION_DATABASE_URL": _with_path(os.environ["MIGRATION_DATABASE_URL"], name),
            "REDIS_URL": _own_redis(worker),
            "MEDIA_ROOT": str(folder / "files"),
            "SECRET_KEY": settings.SECRET_KEY,
            "PORT": str(port),
            "DEMO": "1",
        }
        children = Children(environment, logs, folder / "processes.json")
        created = _create(name, keep=keep)
        try:
            if created:
                children.run("migrate", _manage("migrate", "--no-input", "--skip-checks"))
                children.run("load_demo", _manage("load_demo"))
            _start(children, port, folder)
            yield Site(f"http://127.0.0.1:{port}", logs)
        finally:
            children.stop()
            if not keep:
                _drop(name)


def _start(children: Children, port: int, folder: Path) -> None:
    programs = Path(sys.executable).parent
    web = [str(programs / "gunicorn"), "tech4value.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "8"]
    children.start("web", [*web, "--graceful-timeout", "1", "--no-control-socket"])
    celery = [str(programs / "celery"), "-A", "tech4value"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    children.start("worker", [*celery, "worker", "-Q", "default,pdf", "--pool", "solo", *quiet])
    children.start("scheduler", [*celery, "beat", "-s", str(folder / "beat")])
    limit = time.monotonic() + PATIENCE
    while not answers(port):
        children.check()
        assert time.monotonic() < limit, (children.logs / "web.log").read_text()[-3000:]
        time.sleep(0.1)


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def _create(name: str, *, keep: bool) -> bool:
    """Whether the database had to be made: one that was kept is taken as it is."""
    with _owner() as owner:
        if keep and owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return True


def _drop(name: str) -> None:
    with _owner() as owner:
        owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _owner() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(os.environ["MIGRATION_DATABASE_URL"], autocommit=True)


def _own_redis(worker: str) -> str:
    """A Redis database below those of this run's workers (see tests/conftest.py), emptied."""
    rank = int(worker.removeprefix("gw") or 0)
    number = int(urlsplit(settings.REDIS_URL).path.strip("/")) - 1
    url = _with_path(settings.REDIS_URL, str(1 + (number - 2 * rank - 1) % 15))
    redis.Redis.from_url(url).flushdb()
    return url


def _with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
