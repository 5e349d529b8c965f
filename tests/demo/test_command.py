"""`load_demo` and `demo_sign_ins`, as `bin/demo` calls them."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from demo import loading
from demo.connect_plus import CONNECT_PLUS
from portfolio.projects.models import Milestone, Project
from tech4value.accounts.models import User
from tech4value.console.demo import PASSWORD
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant

LOADER = "tech4value.console.management.commands.load_demo"


@pytest.fixture(autouse=True)
def _small_demo(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    """The small company only: the large one has its own tests."""
    monkeypatch.setattr(f"{LOADER}.COMPANIES", (CONNECT_PLUS,))
    settings.MEDIA_ROOT = str(tmp_path)


def _load(*arguments: str) -> str:
    out = io.StringIO()
    call_command("load_demo", *arguments, stdout=out)
    return out.getvalue()


def test_loading_twice_changes_nothing(db: None) -> None:
    assert "Connect Plus : chargé en" in _load("--if-empty")
    assert Tenant.objects.filter(slug="connect-plus").count() == 1
    assert "Connect Plus : déjà là" in _load("--if-empty")
    with pytest.raises(CommandError, match="Déjà chargé : connect-plus"):
        _load()


def test_everybody_listed_can_sign_in(db: None) -> None:
    _load("--if-empty")
    out = io.StringIO()
    call_command("demo_sign_ins", stdout=out)
    assert "maiwenn.riou@connect-plus.example" in out.getvalue()
    assert PASSWORD in out.getvalue()
    client = Client()
    answer = client.post("/accounts/login/", {"login": "maiwenn.riou@connect-plus.example", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/t/connect-plus/projects/").status_code == 200


def test_a_failure_half_way_leaves_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_args: Any, **_values: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(loading, "load_budgets", killed)
        with pytest.raises(KeyboardInterrupt):
            _load("--if-empty")
    assert not Tenant.objects.filter(slug="connect-plus").exists()
    assert not User.objects.filter(email__endswith="@connect-plus.example").exists()
    assert "chargé" in _load("--if-empty")


@pytest.mark.parametrize("days", [40, 95, 171])
def test_the_story_holds_from_any_day(db: None, days: int) -> None:
    day = today(Tenant()) - timedelta(days=days)
    _load("--if-empty", "--anchor", day.isoformat())
    with tenant_context(Tenant.objects.get(slug="connect-plus")):
        assert Project.objects.count() == 3
        assert not Milestone.objects.filter(actual_on__gt=day).exists()


def test_a_day_to_come_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="ne peut pas être à venir"):
        _load("--anchor", (today(Tenant()) + timedelta(days=2)).isoformat())
