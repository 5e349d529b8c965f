"""Restore a backup: beside what is there, which is dropped only once the new data is verified."""

import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from redis import RedisError

from tech4value.audit.models import AuditEvent, AuditSeal
from tech4value.console.backups.archive import (
    DUMP,
    FILES,
    BackupError,
    Content,
    Manifest,
    copy_hashed,
    member,
    opened,
    verify,
)
from tech4value.console.backups.programs import find_program, login_of
from tech4value.embedded.messages import told
from tech4value.tenancy.models import Tenant

# Where the present data waits while the backup's takes its place.
ASIDE = "replaced_by_restore"


def restore_backup(path: Path, *, replace: bool) -> Manifest:
    """Put the database and the files back as the archive has them. Raises BackupError; what was there is then kept.

    `replace` allows a database that holds companies or accounts. The archive's hashes are compared before anything is
    touched, the rows counted before anything is dropped; `migrate` brings the schema to this version and gives the
    roles of this place their rights; the application's own checks and the journal's chain are read at the end.
    """
    with opened(path) as (archive, manifest):
        verify(archive, manifest)
        _refuse_newer(manifest)
        _refuse_in_use()
        _bring_back()
        if not replace:
            _refuse_full()
        with _put_aside():
            _load(archive, manifest, path.absolute().parent)
            _compare_counts(manifest)
            _put_files(archive, manifest)
            call_command("migrate", interactive=False, verbosity=0)
            _make_sealable()
            _check_as_application()
    _forget_cached()
    return manifest


def _refuse_newer(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    # A migration that has since been squashed or a room that is gone is older, not newer: its room tells.
    newer = [one for one in manifest.migrations if one not in known]
    if newer:
        raise BackupError(
            told(
                f"Cette sauvegarde vient de la version {manifest.version}, plus récente que ce programme "
                f"({newer[0]} lui est inconnu) : installez cette version, puis restaurez.",
                f"This backup comes from version {manifest.version}, newer than this program (it does not know "
                f"{newer[0]}): install that version, then restore.",
            )
        )
    server = connection.pg_version // 10000  # type: ignore[attr-defined]  # psycopg's, on PostgreSQL only
    if server < manifest.server_version:
        raise BackupError(
            told(
                f"Cette sauvegarde vient de PostgreSQL {manifest.server_version} et ce serveur est en {server} : "
                "restaurez-la sur une version égale ou plus récente.",
                f"This backup comes from PostgreSQL {manifest.server_version} and this server is {server}: "
                "restore it on the same version or a newer one.",
            )
        )


def _refuse_in_use() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = %s",
            [settings.DATABASE_APP_ROLE],
        )
        (sessions,) = cursor.fetchone()
    if sessions:
        raise BackupError(
            told(
                f"L’application est connectée à cette base ({sessions} connexions) : arrêtez le site, les "
                "traitements et le planificateur, puis recommencez.",
                f"The application is connected to this database ({sessions} connections): stop the site, the workers "
                "and the scheduler, then try again.",
            )
        )


def _refuse_full() -> None:
    for table in ("tenancy_tenant", "accounts_user"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [f"public.{table}"])
            if cursor.fetchone() == (None,):
                continue
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608 - one of the two above
            if cursor.fetchone() == (True,):
                raise BackupError(
                    told(
                        "Cette base contient déjà des entreprises ou des comptes : ajoutez --replace pour les "
                        "remplacer par la sauvegarde, après en avoir fait une du présent.",
                        "This database already holds companies or accounts: add --replace to replace them with the "
                        "backup, once you have backed up the present.",
                    )
                )


@contextmanager
def _put_aside() -> Iterator[None]:
    """The block works in a new, empty `public`; the old one is dropped after it, or comes back if it fails."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        cursor.execute("CREATE SCHEMA public")
    try:
        yield
    except BaseException:  # Ctrl-C too: what was there comes back, whatever happened
        connection.close()
        _bring_back()
        raise
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {ASIDE} CASCADE")


def _bring_back() -> None:
    """Undo a restore that did not end, this one or one that was killed outright."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = %s)", [ASIDE])
        if cursor.fetchone() == (True,):
            cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
            cursor.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")


def _load(archive: tarfile.TarFile, manifest: Manifest, beside: Path) -> None:
    program = find_program("pg_restore", manifest.program_version)
    # Beside the archive, where there is room for it; elsewhere when that place may only be read.
    place = beside if os.access(beside, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=place) as folder:
        dump = Path(folder, DUMP)
        with member(archive, DUMP) as stream, dump.open("wb") as copy:
            copy_hashed(stream, copy)
        options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-acl")
        login = login_of(connection)
        program.run(*options, f"--dbname={login['PGDATABASE']}", str(dump), login=login)


def _compare_counts(manifest: Manifest) -> None:
    """Count as the role that sees every row: the owner, whom row-level security binds too, sees none."""
    if not settings.BACKUP_DATABASE_URL:
        raise BackupError(
            told(
                "BACKUP_DATABASE_URL n’est pas définie : la restauration compte les lignes avec ce rôle.",
                "BACKUP_DATABASE_URL is not set: the restore counts the rows with that role.",
            )
        )
    with psycopg.connect(settings.BACKUP_DATABASE_URL) as reader:
        found = {
            table: reader.execute(
                psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier("public", table))
            ).fetchone()
            for table in manifest.tables
        }
    wrong = [table for table, count in manifest.tables.items() if found[table] != (count,)]
    if wrong:
        raise BackupError(
            told(
                f"Le nombre de lignes de {', '.join(wrong)} n’est pas celui de la sauvegarde : "
                "rien n’a été remplacé.",
                f"The number of rows of {', '.join(wrong)} is not the backup’s: nothing was replaced.",
            )
        )


def _put_files(archive: tarfile.TarFile, manifest: Manifest) -> None:
    for path, expected in manifest.files.items():
        if _stored(path) == expected:
            continue
        default_storage.delete(path)
        with member(archive, FILES + path) as stream:
            kept = default_storage.save(path, File(stream))
        if kept != path or _stored(path) != expected:
            raise BackupError(
                told(
                    f"Le fichier {path} n’a pas pu être écrit dans MEDIA_ROOT : vérifiez la place et les droits.",
                    f"The file {path} could not be written to MEDIA_ROOT: check its space and rights.",
                )
            )


def _stored(path: str) -> Content | None:
    if not default_storage.exists(path):
        return None
    with default_storage.open(path, "rb") as stream:
        return copy_hashed(stream)


def _make_sealable() -> None:
    """Events that waited for their seal were written by transactions of another server, numbered by it: all over.

    Left as they are, a server whose own numbers are lower would not seal them for years. 3 is the first number that
    a transaction can have.
    """
    table, seals = AuditEvent._meta.db_table, AuditSeal._meta.db_table
    for tenant in Tenant.objects.all():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant.pk)])
            cursor.execute(
                f"UPDATE {table} e SET transaction_id = '3'::xid8 "  # noqa: S608 - the models' own names
                f"WHERE NOT EXISTS (SELECT FROM {seals} s WHERE s.event_id = e.id)"
            )


def _check_as_application() -> None:
    """What a start would refuse, and the journal's chain, as the application's role sees them."""
    manage = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py")]
    for command in (["check", "--database", "default"], ["verify_journal"]):
        done = subprocess.run(  # noqa: S603 - our own command
            [*manage, *command], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            reason = (done.stderr or done.stdout).strip()
            raise BackupError(
                told(
                    f"Les données restaurées ne passent pas « {command[0]} » : {reason}",
                    f"The restored data does not pass “{command[0]}”: {reason}",
                )
            )


def _forget_cached() -> None:
    """The cache and the queues speak of what was there before; jobs that wait are sent again by the reaper."""
    try:
        cache.clear()
    except (RedisError, DatabaseError):
        sys.stderr.write(
            told(
                "Redis ne répond pas : videz-le (FLUSHDB) avant de relancer le site.\n",
                "Redis does not answer: empty it (FLUSHDB) before you start the site again.\n",
            )
        )
