"""The product's processes, on PostgreSQL and Redis of their own in a folder that is thrown away."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tech4value.embedded.environment import ROOT, base_environment
from tech4value.embedded.places import find_places, known_secrets
from tech4value.embedded.postgres import Postgres
from tech4value.embedded.redis import Redis

PROGRAMS = Path(sys.executable).parent
CELERY = (str(PROGRAMS / "celery"), "-A", "tech4value")
WORKER = (*CELERY, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle")
SERVERS = ("postgres", "redis")
PATIENCE = 120.0


class Site:
    """Use as a context manager; `environment` is what its programs, and ours, are run with."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.state = Path(tempfile.mkdtemp(prefix="t4v-kill-"))
        self.environment: dict[str, str] = {}
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        self.commands = {
            "web": (
                *(str(PROGRAMS / "gunicorn"), "tech4value.wsgi", "--config", "deploy/gunicorn.conf.py"),
                *("--bind", f"127.0.0.1:{port}", "--log-level", "warning"),
            ),
            "worker": (*WORKER, "-Q", "default", "--concurrency", "1", "--hostname", "default@%h"),
            "pdf": (*WORKER, "-Q", "pdf", "--concurrency", "1", "--hostname", "pdf@%h"),
            "beat": (*CELERY, "beat", "--loglevel", "WARNING", "--pidfile="),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Site":
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_details: object) -> None:
        self.stop()

    def _start_all(self) -> None:
        places = find_places(self.state)
        self.postgres, self.redis = Postgres(places), Redis(places)
        self.postgres.start()
        self.redis.start()
        self.environment = {
            **base_environment(self.state),
            **self.postgres.urls(),
            "REDIS_URL": self.redis.url(),
            "SECRET_KEY": known_secrets(self.state)["secret_key"],
            "DEMO": "1",
            "LOG_LEVEL": "WARNING",
            "PORT": str(self.port),
            "BASE_URL": self.url,
            "MEDIA_ROOT": str(self.state / "files"),
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"],
            cwd=ROOT,
            env=self.environment,
            check=True,
        )

    def start(self, name: str) -> None:
        """Start a part again; servers answer when this returns, the others soon after."""
        if name in SERVERS:
            (self.postgres if name == "postgres" else self.redis).start()
            return
        with (self.state / "logs" / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                self.commands[name],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """What a power cut does to one part: no handler runs, nothing is flushed or acknowledged."""
        if name in SERVERS:
            pid = (self.postgres if name == "postgres" else self.redis).pid()
            if pid is None:
                raise AssertionError(f"{name} had ended by itself")
        else:
            pid = self.programs[name].pid
        # The number of a group is its leader's: PostgreSQL's other processes and Celery's children go too.
        os.killpg(pid, signal.SIGKILL)
        if name in self.programs:
            self.programs.pop(name).wait(10)

    def wait_for_web(self) -> None:
        limit = time.monotonic() + PATIENCE
        while True:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if time.monotonic() > limit:
                raise AssertionError(f"the site does not come back: {self.log('web')}")
            time.sleep(0.2)

    def check(self) -> None:
        """Raise AssertionError when a part has ended by itself."""
        for name, program in self.programs.items():
            if program.poll() is not None:
                raise AssertionError(f"{name} ended by itself ({program.returncode}): {self.log(name)}")

    def log(self, name: str) -> str:
        path = self.state / "logs" / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    def stop(self) -> None:
        for name in list(self.programs):
            self.kill(name)
        if hasattr(self, "postgres"):
            self.redis.stop()
            self.postgres.stop()
        location = self.state / "servers.location"
        if location.exists():
            shutil.rmtree(location.read_text().strip(), ignore_errors=True)
        shutil.rmtree(self.state, ignore_errors=True)
