"""The embedded servers themselves: started, shared, killed, started again."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tech4value.embedded import processes
from tech4value.embedded.messages import Trouble
from tech4value.embedded.places import find_places
from tech4value.embedded.postgres import Postgres
from tech4value.embedded.servers import URL_NAMES, Servers

pytestmark = pytest.mark.db


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder without servers, whose path is short enough for a socket; stopped at the end."""
    for name in URL_NAMES:
        monkeypatch.delenv(name, raising=False)
    folder = Path(tempfile.mkdtemp(prefix="t4v-state-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        Servers(folder).stop()
        elsewhere = folder / "servers.location"
        if elsewhere.exists():
            shutil.rmtree(elsewhere.read_text().strip())
        shutil.rmtree(folder)


def test_data_outlives_a_stop_and_a_kill(state: Path) -> None:
    with Servers(state) as servers:
        with psycopg.connect(servers.urls()["MIGRATION_DATABASE_URL"]) as owner:
            owner.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('kept')")
        redis.Redis.from_url(servers.urls()["REDIS_URL"]).set("word", "kept")
        first = servers.status()
    assert servers.status() == {"PostgreSQL": None, "Redis": None}

    with Servers(state) as servers:
        assert redis.Redis.from_url(servers.urls()["REDIS_URL"]).get("word") == b"kept"
        for pid in servers.status().values():
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            assert processes.wait_for_end(pid, 10)
        servers.start()
        assert all(servers.status().values())
        assert servers.status() != first
        with psycopg.connect(servers.urls()["MIGRATION_DATABASE_URL"]) as owner:
            assert owner.execute("SELECT word FROM kept").fetchall() == [("kept",)]

    Servers(state).reset()
    with Servers(state) as servers, psycopg.connect(servers.urls()["MIGRATION_DATABASE_URL"]) as owner:
        assert owner.execute("SELECT to_regclass('kept')").fetchone() == (None,)


def test_roles_are_as_weak_as_row_level_security_needs(state: Path) -> None:
    with Servers(state) as servers:
        urls = servers.urls()
        with psycopg.connect(urls["DATABASE_URL"]) as app:
            roles = app.execute(
                "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles"
                " WHERE rolname LIKE 'tech4value%' ORDER BY 1"
            ).fetchall()
            owner = app.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'tech4value'")
            assert owner.fetchone() == ("tech4value_owner",)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("CREATE TABLE mine (word text)")
        assert roles == [
            ("tech4value_app", False, False, False),
            ("tech4value_backup", False, True, False),  # reads every row and writes none
            ("tech4value_owner", False, False, True),
        ]
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(urls["DATABASE_URL"], password="guessed")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(urls["REDIS_URL"].replace("redis://:", "redis://:wrong")).ping()


def test_the_last_user_stops_them_unless_they_are_kept(state: Path) -> None:
    with Servers(state) as first:
        with Servers(state):
            assert not Servers(state).stop()
        assert all(first.status().values())
        with pytest.raises(Trouble, match=r"autre commande|another command"):
            Servers(state).reset()
        first.keep()
    assert all(first.status().values())
    assert first.stop()
    assert not any(first.status().values())


def test_exported_addresses_are_not_taken_for_real_servers(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Servers(state) as servers:
        for name, value in servers.urls().items():
            monkeypatch.setenv(name, value)
        assert servers.needs_postgres()
        assert servers.needs_redis()
        assert Servers(state, redis_database=1).urls()["REDIS_URL"].endswith("/1")


def test_data_of_another_version_is_refused_in_a_sentence(state: Path) -> None:
    with Servers(state):
        pass
    data = find_places(state).data
    (data / "PG_VERSION").write_text("13\n")
    with pytest.raises(Trouble, match="PostgreSQL 13"):
        Postgres(find_places(state)).start()


def test_a_long_path_gets_a_short_socket(state: Path) -> None:
    deep = state / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    with Servers(deep) as servers, psycopg.connect(servers.urls()["DATABASE_URL"]) as app:
        assert app.execute("SELECT 1").fetchone() == (1,)
    shutil.rmtree((deep / "socket.location").read_text().strip())
