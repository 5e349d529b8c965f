"""A database of the bench's own, made empty and dropped after it, so that sizes are what the bench says."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg

ROOT = Path(__file__).resolve().parents[1]


def _named(name: str, database: str) -> str:
    return urlunsplit(urlsplit(os.environ[name])._replace(path=f"/{database}"))


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """Make and migrate the database `name` and set Django up on it; dropped at the end, whatever happens.

    DATABASE_URL and MIGRATION_DATABASE_URL name the server (`eval "$(bin/servers env)"`).
    """
    server = _named("MIGRATION_DATABASE_URL", "postgres")
    with psycopg.connect(server, autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {name}")
        owner.execute(f"CREATE DATABASE {name}")
    try:
        for url in ("DATABASE_URL", "MIGRATION_DATABASE_URL"):
            os.environ[url] = _named(url, name)
        os.environ |= {"DJANGO_SETTINGS_MODULE": "tech4value.settings", "DEMO": "1", "LOG_LEVEL": "ERROR"}
        subprocess.run([sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"], cwd=ROOT, check=True)
        django.setup()
        yield
    finally:
        from django.db import connections

        connections.close_all()
        with psycopg.connect(server, autocommit=True) as owner:
            # Our sessions take a moment to end; the owner may not end the application's.
            for _attempt in range(50):
                try:
                    owner.execute(f"DROP DATABASE IF EXISTS {name}")
                    break
                except psycopg.errors.ObjectInUse:
                    time.sleep(0.2)


def vacuum() -> None:
    """What autovacuum does in time: statistics, and pages known to be visible."""
    with psycopg.connect(os.environ["MIGRATION_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")


def load() -> str:
    """The machine's, to be printed beside times: on a busy machine they say little."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
