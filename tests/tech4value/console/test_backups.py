"""An administrator of the platform backs up, loses everything, restores, and finds all of it again."""

import io
import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from portfolio.people.actions import create_pole
from portfolio.people.models import Pole
from tech4value.accounts.permissions import Permission
from tech4value.audit.sealing import seal, unsealed
from tech4value.files.actions import store_file
from tech4value.tenancy.models import Tenant
from tests.world import World

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("BACKUP_DATABASE_URL" not in os.environ, reason="no role that may read every row"),
]
URL_NAMES = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "BACKUP_DATABASE_URL")


def address(name: str, database: str) -> str:
    return urlunsplit(urlsplit(os.environ[name])._replace(path=f"/{database}"))


class Site:
    """The product on one database and one folder of files, driven by its commands alone."""

    def __init__(self, database: str, files: Path) -> None:
        self.database, self.files = database, files
        files.mkdir(exist_ok=True)

    def run(self, *command: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        urls = {name: address(name, self.database) for name in URL_NAMES}
        return subprocess.run(
            [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *command],
            env=os.environ | urls | {"MEDIA_ROOT": str(self.files), "SECRET_KEY": settings.SECRET_KEY} | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def content(self) -> tuple[dict[str, object], dict[str, bytes]]:
        """A hash of the rows of each table, and every file."""
        rows: dict[str, object] = {}
        with psycopg.connect(address("BACKUP_DATABASE_URL", self.database)) as reader:
            names = reader.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (name,) in names:
                sql = f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t"
                rows[name] = reader.execute(sql).fetchone()  # type: ignore[arg-type]  # a name of the catalogue
        files = {
            str(path.relative_to(self.files)): path.read_bytes() for path in self.files.rglob("*") if path.is_file()
        }
        return rows, files

    def differs_from(self, other: tuple[dict[str, object], dict[str, bytes]]) -> set[object]:
        """The rows and files that are here and not there, or the other way round."""
        rows, files = self.content()
        return set(rows.items()) ^ set(other[0].items()) | set(files.items()) ^ set(other[1].items())

    def locks(self) -> list[tuple[object, ...]]:
        """Policies, constraints and the application's privileges, as the catalogue has them."""
        with psycopg.connect(address("BACKUP_DATABASE_URL", self.database)) as reader:
            return reader.execute(
                "SELECT c.relname::text, c.relrowsecurity, c.relforcerowsecurity, "
                "(SELECT string_agg(polname::text, ',') FROM pg_policy WHERE polrelid = c.oid), "
                "(SELECT string_agg(conname::text || contype::text, ',' ORDER BY conname) FROM pg_constraint "
                "WHERE conrelid = c.oid), "
                "(SELECT string_agg(privilege_type, ',' ORDER BY privilege_type) FROM "
                "information_schema.role_table_grants g WHERE g.table_name = c.relname AND table_schema = 'public' "
                "AND grantee = 'tech4value_app') FROM pg_class c "
                "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
            ).fetchall()


def wait_for_seals(world: World, tenant: Tenant) -> None:
    """Events are sealed once no older transaction of the whole server is open: other tests may hold one."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        with world.within(tenant):
            seal()
            if not unsealed():
                return
        time.sleep(0.1)
    pytest.fail("some transaction has been open for a minute")


@pytest.fixture
def site(live_world: World, settings: object, tmp_path: Path) -> Site:
    """Atelier with a pole and a file; its journal sealed."""
    here = Site(connection.settings_dict["NAME"], tmp_path / "files")
    settings.MEDIA_ROOT = str(here.files)  # type: ignore[attr-defined]  # pytest-django's settings
    with live_world.within():
        actor = live_world.memberships["pmo"].actor
        create_pole(actor=actor, code="IT", name="Informatique « à l’épreuve »")
        store_file(
            actor=actor, name="été.bin", content=bytes(range(256)), content_type="x/y", permission=Permission.SELF
        )
    for tenant in (live_world.atelier, live_world.chantier):
        wait_for_seals(live_world, tenant)
    return here


@pytest.fixture
def elsewhere(site: Site, tmp_path: Path) -> Iterator[Site]:
    """An empty database beside the site's, as on a new machine."""
    name = f"{site.database}_restored"
    with psycopg.connect(address("MIGRATION_DATABASE_URL", "postgres"), autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]  # our own name
        owner.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]  # our own name
    with psycopg.connect(address("MIGRATION_DATABASE_URL", name), autocommit=True) as owner:
        owner.execute("ALTER SCHEMA public OWNER TO CURRENT_USER")
    yield Site(name, tmp_path / "elsewhere")
    with psycopg.connect(address("MIGRATION_DATABASE_URL", "postgres"), autocommit=True) as owner:
        owner.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]  # our own name


def rewritten(archive: Path, change: str, target: Path) -> Path:
    """A copy of the archive with one thing wrong."""
    with tarfile.open(archive) as old, tarfile.open(target, "w") as new:
        for info in old.getmembers():
            stream = old.extractfile(info)
            assert stream
            content = stream.read()
            if change == "no manifest" and info.name == "manifest.json":
                continue
            if change == "file" and info.name.startswith("files/"):
                content = content[::-1]
            if change in {"newer", "path"} and info.name == "manifest.json":
                manifest = json.loads(content)
                if change == "newer":
                    manifest["migrations"].append("audit.9999_from_the_future")
                else:
                    manifest["files"]["../outside"] = {"size": 0, "sha256": ""}
                content = json.dumps(manifest).encode()
            info.size = len(content)
            new.addfile(info, io.BytesIO(content))
    return target


def test_what_is_restored_is_what_was_backed_up(
    site: Site, elsewhere: Site, live_world: World, tmp_path: Path
) -> None:
    archive = tmp_path / "backup.tar"
    taken = site.run("backup", str(archive))
    assert taken.returncode == 0, taken.stderr
    assert " 1 fichiers." in taken.stdout
    assert archive.stat().st_mode & 0o077 == 0, "it holds everything: its owner alone may read it"
    before = site.content()

    restored = elsewhere.run("restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    assert "comptes, verrous et journal vérifiés" in restored.stdout
    assert elsewhere.differs_from(before) == set()
    assert elsewhere.locks() == site.locks()
    migrated = elsewhere.run("migrate", "--no-input")
    assert migrated.returncode == 0, migrated.stderr

    # Its data changes, then the backup comes back over it: only when asked to.
    with psycopg.connect(address("MIGRATION_DATABASE_URL", elsewhere.database)) as owner:
        owner.execute("UPDATE accounts_user SET name = 'changed'")
    changed = elsewhere.content()
    refused = elsewhere.run("restore", str(archive))
    assert refused.returncode == 1
    assert "ajoutez --replace" in refused.stderr
    assert elsewhere.differs_from(changed) == set()
    for path in elsewhere.files.rglob("*"):
        if path.is_file():
            path.write_bytes(b"spoilt")
    assert elsewhere.run("restore", str(archive), "--replace").returncode == 0
    assert elsewhere.differs_from(before) == set()


WRONG = {
    "no manifest": "n’est pas une sauvegarde entière",
    "file": "a changé depuis la sauvegarde",
    "newer": "audit.9999_from_the_future lui est inconnu",
    "path": "n’est pas une sauvegarde entière",
}


def test_an_archive_that_is_not_as_it_was_written_touches_nothing(site: Site, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    assert site.run("backup", str(archive)).returncode == 0
    before = site.content()
    for change, sentence in WRONG.items():
        refused = site.run("restore", str(rewritten(archive, change, tmp_path / "wrong.tar")), "--replace")
        assert refused.returncode == 1, change
        assert sentence in refused.stderr, change
        assert "Traceback" not in refused.stderr, change
    assert site.differs_from(before) == set()


def test_a_restore_that_fails_half_way_keeps_what_was_there(site: Site, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    assert site.run("backup", str(archive)).returncode == 0
    connection.close()
    before, locks = site.content(), site.locks()
    failed = site.run("restore", str(archive), "--replace", BACKUP_DATABASE_URL="")
    assert failed.returncode == 1
    assert "BACKUP_DATABASE_URL n’est pas définie" in failed.stderr
    assert site.differs_from(before) == set()
    assert site.locks() == locks


def test_a_restore_waits_for_the_site_to_stop(site: Site, live_world: World, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    assert site.run("backup", str(archive)).returncode == 0
    with live_world.within():
        assert Pole.objects.exists()  # our own connection is the application's
        refused = site.run("restore", str(archive), "--replace")
    assert refused.returncode == 1
    assert "L’application est connectée à cette base" in refused.stderr


def test_events_that_waited_for_their_seal_get_it_on_a_younger_server(
    site: Site, elsewhere: Site, live_world: World, tmp_path: Path
) -> None:
    with live_world.within():
        create_pole(actor=live_world.memberships["pmo"].actor, code="NEW", name="Écrit à l’instant")
    with psycopg.connect(address("MIGRATION_DATABASE_URL", site.database)) as owner:
        owner.execute("SELECT set_config('app.tenant_id', %s, true)", [str(live_world.atelier.pk)])
        owner.execute(
            "UPDATE audit_auditevent e SET transaction_id = '900000000000'::xid8 "
            "WHERE NOT EXISTS (SELECT FROM audit_auditseal s WHERE s.event_id = e.id)"
        )
    archive = tmp_path / "backup.tar"
    assert site.run("backup", str(archive)).returncode == 0
    assert elsewhere.run("restore", str(archive)).returncode == 0
    told = elsewhere.run("verify_journal", "--tenant", "atelier").stdout
    assert "chaîne intacte" in told
    assert "0 en attente" in told


def test_the_application_itself_cannot_take_a_backup(site: Site, tmp_path: Path) -> None:
    app = address("DATABASE_URL", site.database)
    refused = site.run("backup", str(tmp_path / "backup.tar"), BACKUP_DATABASE_URL=app)
    assert refused.returncode == 1
    assert "BYPASSRLS" in refused.stderr
    assert not list(tmp_path.glob("*.tar"))


def test_a_missing_file_is_said_and_the_rest_is_kept(site: Site, tmp_path: Path) -> None:
    for path in site.files.rglob("*"):
        if path.is_file():
            path.unlink()
    taken = site.run("backup", str(tmp_path / "backup.tar"))
    assert taken.returncode == 0
    assert "absents de MEDIA_ROOT ou modifiés : 1" in taken.stderr
