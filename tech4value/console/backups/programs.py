"""PostgreSQL's own programs: found on the machine, else inside the embedded server's package."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from tech4value.console.backups.archive import BackupError
from tech4value.embedded.messages import told
from tech4value.embedded.postgres import packaged_programs, program_environment

# Where Debian and Red Hat keep those of each version, which PATH does not name.
INSTALLATIONS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")


@dataclass(frozen=True, slots=True)
class Program:
    """A program of PostgreSQL's and the variables that it needs to load."""

    path: Path
    version: int
    environment: Mapping[str, str]

    def run(self, *arguments: str, login: Mapping[str, str]) -> None:
        """Run it. `login` are libpq's variables: nothing secret is on the command line. Raises BackupError."""
        done = subprocess.run(  # noqa: S603 - a program that find_program chose
            [str(self.path), *arguments],
            env={**self.environment, **login, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            reason = next((line for line in done.stderr.splitlines() if "error:" in line), done.stderr.strip())
            raise BackupError(
                told(f"{self.path.name} a échoué : {reason}", f"{self.path.name} failed: {reason}"),
            )


def find_program(name: str, at_least: int) -> Program:
    """The oldest `name` (pg_dump, pg_restore) of that major version or newer. Raises BackupError."""
    found = sorted(_candidates(name), key=lambda program: program.version)
    for program in found:
        if program.version >= at_least:
            return program
    older = ", ".join(str(program.version) for program in found)
    raise BackupError(
        told(
            f"{name} {at_least} ou plus récent manque sur cette machine{f' (trouvé : {older})' if older else ''} : "
            f"installez le client de PostgreSQL (apt install postgresql-client-{at_least} sur Debian).",
            f"{name} {at_least} or newer is missing on this machine{f' (found: {older})' if older else ''}: "
            f"install PostgreSQL’s client (apt install postgresql-client-{at_least} on Debian).",
        )
    )


def _candidates(name: str) -> Iterator[Program]:
    own = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    places = [Path(folder, name) for pattern in INSTALLATIONS for folder in Path("/").glob(pattern.lstrip("/"))]
    if on_path := shutil.which(name):
        places.append(Path(on_path))
    choices = [(place, own) for place in places]
    if packaged := packaged_programs():
        choices.append((packaged / "bin" / name, program_environment(packaged)))
    for place, environment in choices:
        version = _version(place, environment)
        if version:
            yield Program(place, version, environment)


def _version(place: Path, environment: Mapping[str, str]) -> int:
    """The major version; 0 when it does not run here."""
    try:
        printed = subprocess.run(  # noqa: S603 - from the folders where PostgreSQL is installed
            [str(place), "--version"], env=environment, capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"(\d+)(?:\.\d+)*", printed.stdout)
    return int(found[1]) if found and printed.returncode == 0 else 0


def login_of(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """libpq's variables for the database of a Django connection."""
    settings: dict[str, Any] = connection.settings_dict
    options = settings.get("OPTIONS", {})
    values = {
        "PGHOST": settings["HOST"] or options.get("host", ""),
        "PGPORT": settings["PORT"] or options.get("port", ""),
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": settings["NAME"],
        "PGSSLMODE": options.get("sslmode", ""),
        "PGSSLROOTCERT": options.get("sslrootcert", ""),
    }
    return {name: str(value) for name, value in values.items() if value}
