"""An administrator of the platform has what killed processes left behind removed, and nothing else."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from tech4value.accounts.permissions import Permission
from tech4value.files.actions import store_file
from tech4value.files.tasks import sweep_all_tenants
from tests.world import World


@pytest.fixture
def storage(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def age(root: Path, path: str) -> None:
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(root / path, (two_days_ago, two_days_ago))


def orphan(world: World, name: str) -> str:
    """What a process killed before its commit leaves."""
    return default_storage.save(f"{world.atelier.pk}/{name}", ContentFile(b"x" * 1000))


def test_old_contents_without_a_row_go_and_the_rest_stays(
    world: World, storage: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    old, young = orphan(world, "old"), orphan(world, "young")
    elsewhere = default_storage.save("another-database/file", ContentFile(b"y"))
    with world.within():
        kept = store_file(
            actor=world.memberships["pmo"].actor,
            name="a.bin",
            content=b"content",
            content_type="x/y",
            permission=Permission.SELF,
        ).path
    for path in (old, elsewhere, kept):
        age(storage, path)

    call_command("sweep_files", "--dry-run")
    said = capsys.readouterr().out
    assert f"atelier  {old}  1000" in said
    assert "À retirer : 1 (0.0 Mo)." in said
    assert default_storage.exists(old), "nothing is removed by a dry run"

    sweep_all_tenants.run()
    assert not default_storage.exists(old)
    assert all(map(default_storage.exists, (young, kept, elsewhere)))
    call_command("sweep_files")
    assert "Retiré : 0" in capsys.readouterr().out
