"""Take a backup while the site runs.

One snapshot of PostgreSQL's is shared by pg_dump and by what is read here, so that the counts and the list of files
are those of the dump. A file is never changed once stored: copying them afterwards is consistent with the dump.
"""

import os
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from tech4value.console.backups.archive import (
    DUMP,
    FILES,
    MANIFEST,
    BackupError,
    Content,
    Manifest,
    add_member,
    copy_hashed,
)
from tech4value.console.backups.programs import find_program, login_of
from tech4value.embedded.messages import told
from tech4value.files.models import StoredFile


def take_backup(path: Path) -> Manifest:
    """Write the archive at `path`, whole or not at all, readable by its owner only. Raises BackupError, OSError."""
    _demand_reader()
    if not path.parent.is_dir():
        raise BackupError(
            told(f"Le dossier {path.parent} n’existe pas : créez-le.", f"There is no folder {path.parent}: make it.")
        )
    server = connection.pg_version // 10000  # type: ignore[attr-defined]  # psycopg's, on PostgreSQL only
    program = find_program("pg_dump", server)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
        whole, dump = Path(folder, "whole"), Path(folder, DUMP)
        with _snapshot() as snapshot:
            # --no-owner, --no-acl: the roles of the place where it is restored, given by `migrate`.
            arguments = ("--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}", f"--file={dump}")
            program.run(*arguments, login=login_of(connection))
            tables, migrations, stored = _row_counts(), _migrations(), _stored_files()
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
                with dump.open("rb") as stream:
                    database = copy_hashed(stream)
                    stream.seek(0)
                    add_member(archive, DUMP, stream, database.size)
                files, missing = _add_files(archive, stored)
                manifest = Manifest(
                    made_at=timezone.now().isoformat(timespec="seconds"),
                    version=product_version(),
                    server_version=server,
                    program_version=program.version,
                    migrations=migrations,
                    tables=tables,
                    database=database,
                    files=files,
                    missing=missing,
                )
                text = manifest.to_json()
                add_member(archive, MANIFEST, BytesIO(text), len(text))
            out.flush()
            os.fsync(out.fileno())
        whole.replace(path)
    return manifest


def product_version() -> str:
    """The version in pyproject.toml."""
    with (Path(settings.BASE_DIR) / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _demand_reader() -> None:
    """Raise BackupError unless the connection's role sees every tenant's rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        row = cursor.fetchone()
    if not row or not row[0]:
        raise BackupError(
            told(
                "BACKUP_DATABASE_URL doit mener à un rôle qui lit les lignes de toutes les entreprises "
                "(BYPASSRLS et pg_read_all_data) : docs/operations.md dit comment le créer.",
                "BACKUP_DATABASE_URL must lead to a role that reads every company’s rows (BYPASSRLS and "
                "pg_read_all_data): docs/operations.md says how to make it.",
            )
        )


@contextmanager
def _snapshot() -> Iterator[str]:
    """A read-only transaction, and the name under which pg_dump sees exactly what it sees."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
        yield str(snapshot)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _row_counts() -> dict[str, int]:
    names = _rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    quote = connection.ops.quote_name
    return {name: int(_rows(f"SELECT count(*) FROM {quote(name)}")[0][0]) for (name,) in names}  # noqa: S608 - quoted


def _migrations() -> list[str]:
    return [f"{app}.{name}" for app, name in _rows("SELECT app, name FROM django_migrations ORDER BY app, name")]


def _stored_files() -> dict[str, Content]:
    table = StoredFile._meta.db_table
    rows = _rows(f"SELECT path, size, sha256 FROM {table} ORDER BY path")  # noqa: S608 - the model's own name
    return {path: Content(size, sha256) for path, size, sha256 in rows}


def _add_files(archive: tarfile.TarFile, stored: dict[str, Content]) -> tuple[dict[str, Content], list[str]]:
    """Copy the files into the archive: those copied, and those that are missing or are not what was stored."""
    files: dict[str, Content] = {}
    missing: list[str] = []
    for path, expected in stored.items():
        try:
            with default_storage.open(path, "rb") as stream, tempfile.SpooledTemporaryFile(10_000_000) as copy:
                content = copy_hashed(stream, copy)
                if content != expected:
                    missing.append(path)
                    continue
                copy.seek(0)
                add_member(archive, FILES + path, copy, content.size)
        except FileNotFoundError:
            missing.append(path)
            continue
        files[path] = content
    return files, missing
