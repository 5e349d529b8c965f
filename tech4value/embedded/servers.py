"""Both servers, shared by every command of a clone: the first to need them starts them, the last stops them.

Each user of the servers holds a shared lock on one file, which the kernel releases when the process ends,
however it ends. Who can take that lock alone is the last.
"""

import fcntl
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from tech4value.embedded.messages import Trouble
from tech4value.embedded.places import find_places, write_private
from tech4value.embedded.postgres import Postgres
from tech4value.embedded.redis import Redis

URL_NAMES = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL")
# The demo's queues and cache; tests have their own, so that a running demo never takes their jobs.
DEMO_REDIS_DATABASE = 0
TEST_REDIS_DATABASE = 1


@dataclass
class Servers:
    """The servers of one clone, or the real ones that the environment names. Use as a context manager.

    With `keep`, they stay up when the last user leaves, until `stop`.
    """

    state: Path
    redis_database: int = DEMO_REDIS_DATABASE
    _lease: int | None = field(default=None, init=False)

    def __enter__(self) -> "Servers":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def needs_postgres(self) -> bool:
        """Whether the database is ours to start. Raises Trouble when only one of its two addresses is set."""
        given = self._given()
        if ("DATABASE_URL" in given) != ("MIGRATION_DATABASE_URL" in given):
            raise Trouble(
                "DATABASE_URL et MIGRATION_DATABASE_URL vont ensemble : indiquez les deux, "
                "ou aucune pour la base embarquée.",
                "DATABASE_URL and MIGRATION_DATABASE_URL go together: set both, "
                "or neither for the embedded database.",
                exit_code=2,
            )
        return "DATABASE_URL" not in given

    def needs_redis(self) -> bool:
        """Whether Redis is ours to start."""
        return "REDIS_URL" not in self._given()

    def start(self) -> None:
        """Start what is not running and count ourselves among its users."""
        postgres, redis = self.needs_postgres(), self.needs_redis()
        if not (postgres or redis):
            return
        places = find_places(self.state)
        with self._alone():
            try:
                if postgres:
                    Postgres(places).start()
                if redis:
                    Redis(places).start()
            except BaseException:  # Ctrl-C too: nothing may stay up that nobody counts
                if not self.in_use() and not self._kept.exists():
                    self._stop()
                raise
            self._remember_urls()
            if self._lease is None:
                self._lease = os.open(self.state / "servers.users", os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(self._lease, fcntl.LOCK_SH)

    def release(self) -> None:
        """Leave; stop the servers if nobody else uses them."""
        if self._lease is None:
            return
        with self._alone():
            os.close(self._lease)
            self._lease = None
            if not self.in_use() and not self._kept.exists():
                self._stop()

    def keep(self) -> None:
        """Let the servers run on after their last user, until `stop`."""
        self._kept.touch()

    def stop(self) -> bool:
        """Stop the servers unless somebody else uses them; tell whether they are stopped."""
        if not self.state.exists():
            return True
        with self._alone():
            self._kept.unlink(missing_ok=True)
            if self.in_use():
                return False
            self._stop()
            return True

    def reset(self) -> None:
        """Stop the servers and remove their data. Raises Trouble if they are in use or are real ones."""
        if not (self.needs_postgres() and self.needs_redis()):
            raise Trouble(
                "--reset n’efface que les données embarquées : retirez DATABASE_URL, MIGRATION_DATABASE_URL "
                "et REDIS_URL de l’environnement, ou videz vous-même ces serveurs.",
                "--reset only erases embedded data: remove DATABASE_URL, MIGRATION_DATABASE_URL and "
                "REDIS_URL from the environment, or empty those servers yourself.",
                exit_code=2,
            )
        kept = self._kept.exists()
        if not self.stop():
            raise Trouble(
                "Les serveurs embarqués sont utilisés par une autre commande (bin/test, bin/manage) : "
                "attendez qu’elle finisse.",
                "The embedded servers are used by another command (bin/test, bin/manage): wait for it to end.",
            )
        find_places(self.state).forget()
        if kept:
            self.keep()

    def in_use(self) -> bool:
        """Whether some process other than this object holds the servers."""
        probe = os.open(self.state / "servers.users", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(probe)
        return False

    def urls(self) -> dict[str, str]:
        """The three addresses: the environment's where it gives them, else the embedded servers'."""
        urls = self._given()
        if self.needs_postgres():
            urls |= Postgres(find_places(self.state)).urls()
        if self.needs_redis():
            urls["REDIS_URL"] = Redis(find_places(self.state)).url(self.redis_database)
        return urls

    def status(self) -> dict[str, int | None]:
        """The process of each embedded server, or None when it does not run; without those that are not ours."""
        found: dict[str, int | None] = {}
        if self.needs_postgres():
            found["PostgreSQL"] = Postgres(find_places(self.state)).pid()
        if self.needs_redis():
            found["Redis"] = Redis(find_places(self.state)).pid()
        return found

    @property
    def _kept(self) -> Path:
        return self.state / "servers.keep"

    def _given(self) -> dict[str, str]:
        """The addresses set by the person, without ours (`bin/servers env` may have put them there)."""
        ours = self.state / "servers.urls"
        known = ours.read_text().split() if ours.exists() else []
        return {n: v for n in URL_NAMES if (v := os.environ.get(n)) and _without_database(v) not in known}

    def _remember_urls(self) -> None:
        """Note the embedded addresses, so that a shell that exports them is not taken for real servers."""
        write_private(self.state / "servers.urls", "\n".join(map(_without_database, self.urls().values())) + "\n")

    def _stop(self) -> None:
        places = find_places(self.state)
        Redis(places).stop()
        Postgres(places).stop()

    def _alone(self) -> "_Exclusive":
        self.state.mkdir(parents=True, exist_ok=True)
        return _Exclusive(self.state / "servers.lock")


class _Exclusive:
    """Holds a lock file for the time of a block; waits for it at most two minutes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        limit = time.monotonic() + 120
        while True:
            try:
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() > limit:
                    os.close(self.descriptor)
                    raise Trouble(
                        "Une autre commande démarre ou arrête les serveurs depuis deux minutes : "
                        "arrêtez-la et recommencez.",
                        "Another command has been starting or stopping the servers for two minutes: "
                        "stop it and try again.",
                    ) from error
                time.sleep(0.05)
            else:
                return

    def __exit__(self, *_details: object) -> None:
        os.close(self.descriptor)


def _without_database(url: str) -> str:
    """A Redis address without its database number; any other as it is."""
    return url.rpartition("/")[0] if url.startswith("redis://") else url
