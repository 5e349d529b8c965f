"""Files: of one tenant, for those who may, within the plan, gone with the transaction that made them."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.billing.models import Plan, Subscription
from tech4value.files.actions import read_file, safe_name, store_file
from tech4value.files.models import StoredFile
from tests.world import World


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def stored(path: Path) -> list[Path]:
    return [one for one in path.rglob("*") if one.is_file()]


def keep(world: World, **values: Any) -> StoredFile:
    values = {"name": "Dossier n° 3.pdf", "content": b"%PDF", "permission": Permission.PACK_VIEW, **values}
    with world.within():
        return store_file(actor=SYSTEM, content_type="application/pdf", **values)


def test_the_executive_downloads_a_pack_and_the_journal_says_so(world: World, client_of: Any) -> None:
    file = keep(world)
    response = client_of(world.executive).get(world.url(f"/files/{file.pk}/"))
    assert response.content == b"%PDF"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-store"
    with world.within():
        event = AuditEvent.objects.get(verb="file.downloaded")
        assert (event.object_id, event.actor_label) == (file.pk, "Édouard Directeur")
    api = client_of(world.reader)
    assert [one["id"] for one in api.get(world.url("/api/v1/files/")).json()["results"]] == [str(file.pk)]
    assert api.get(world.url(f"/api/v1/files/{file.pk}/content/")).content == b"%PDF"
    meta = api.get(world.url(f"/api/v1/files/{file.pk}/")).json()
    assert (meta["size"], meta["name"]) == (4, "Dossier n° 3.pdf")


def test_what_one_may_not_see_is_not_found(world: World, client_of: Any) -> None:
    file = keep(world)
    private = keep(world, private=True, owner=world.memberships["executive"])
    for user, one in [(world.member, file), (world.end_user, file), (world.admin, private)]:
        client = client_of(user)
        for path in (f"/files/{one.pk}/", f"/api/v1/files/{one.pk}/", f"/api/v1/files/{one.pk}/content/"):
            assert client.get(world.url(path)).status_code == 404, (user, path)
    assert client_of(world.executive).get(world.url(f"/files/{private.pk}/")).status_code == 200


def test_a_foreign_file_is_not_found(world: World, client_of: Any) -> None:
    file = keep(world)
    stranger = client_of(world.stranger)
    assert stranger.get(world.url(f"/files/{file.pk}/", world.chantier)).status_code == 404
    assert stranger.get(world.url(f"/api/v1/files/{file.pk}/content/", world.chantier)).status_code == 404
    assert stranger.get(world.url(f"/files/{file.pk}/")).status_code == 404


def test_over_the_plans_storage_nothing_is_kept(world: World, media: Path) -> None:
    with world.within():
        Subscription.objects.update(plan=Plan.STARTER)
        row = StoredFile(name="gros", content_type="x", size=4_999_600_000, sha256="0", path="0", permission="self")
        row.save()
        with pytest.raises(ValidationError, match="5000 Mo de fichiers"):
            store_file(actor=SYSTEM, name="x", content=b"x", content_type="x", permission=Permission.SELF)
    assert stored(media) == []


def test_a_rolled_back_transaction_leaves_no_file(live_world: World, media: Path) -> None:
    with pytest.raises(ZeroDivisionError), live_world.within():
        store_file(actor=SYSTEM, name="x", content=b"x", content_type="x", permission=Permission.SELF)
        assert len(stored(media)) == 1
        raise ZeroDivisionError
    assert stored(media) == []
    kept = keep(live_world)
    with live_world.within():
        assert read_file(kept) == b"%PDF"
    assert len(stored(media)) == 1


def test_the_path_says_the_tenant_and_nothing_of_the_name(world: World) -> None:
    file = keep(world, name="../../etc/passwd")
    assert file.name == "_.._etc_passwd"
    assert file.path == f"{world.atelier.pk}/{file.pk}"
    assert default_storage.exists(file.path)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Budget 2026.xlsx", "Budget 2026.xlsx"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "a_b_Set-Cookie_ x.pdf"),
        ("...", "fichier"),
        ("", "fichier"),
        ("é" * 300 + ".pdf", "é" * 140 + ".pdf"),
        ("x" * 300, "x" * 150),
        ('rapport "final"?.pdf', "rapport _final_.pdf"),
    ],
)
def test_names_are_made_safe(given: str, kept: str) -> None:
    assert safe_name(given) == kept
