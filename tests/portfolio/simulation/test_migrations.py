"""What was said of risks when an effect touched one task: an administrator installs the next version, goes back."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from portfolio.projects.models import Project
from portfolio.risks.actions import create_risk
from portfolio.simulation.models import RiskEffect
from tests.conftest import _url as settings_of
from tests.portfolio.simulation.test_forecasts import chloe, erp, tasks  # noqa: F401 - a fixture
from tests.world import World

BEFORE = ("portfolio_simulation", "0001_estimates_and_forecasts")
AFTER = ("portfolio_simulation", "0002_one_effect_a_risk")


@pytest.fixture(autouse=True)
def _as_owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The owner of the schema alters it: the connection is theirs before the test's transaction begins."""
    owner, mine = settings_of("MIGRATION_DATABASE_URL"), dict(connection.settings_dict)
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict.update(USER=owner["USER"], PASSWORD=owner["PASSWORD"])
        yield
        connection.close()
        connection.settings_dict.update(USER=mine["USER"], PASSWORD=mine["PASSWORD"])


@pytest.fixture
def migrated() -> Callable[[tuple[str, str]], Any]:
    """Brings the tables to a state, and gives its effects. All is rolled back with the test."""

    def migrate(target: tuple[str, str]) -> Any:
        with connection.cursor() as cursor:
            # What the test has written is checked now: a table with checks to come is not altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        state: Any = MigrationExecutor(connection).migrate([target])
        return state.apps.get_model("portfolio_simulation", "RiskEffect")._base_manager

    return migrate


def test_effects_of_one_risk_become_one_and_part_again(world: World, erp: Project, migrated: Any) -> None:  # noqa: F811
    with world.within():
        held = {name: task.pk for name, task in tasks(erp).items()}
        several, alone, whole = (
            create_risk(actor=chloe(world), project=erp, title=title, probability=3, impact=4)
            for title in ("Serveur en retard", "Recette longue", "Grève")
        )
    rows = migrated(BEFORE)
    said = {"tenant_id": world.atelier.pk, "project_id": erp.pk, "probability": "0.5", "days": 5}
    with world.within():
        for name in ("Cadrage", "Réalisation"):
            rows.create(**said, risk_id=several.pk, task_id=held[name])
        rows.create(**said, risk_id=alone.pk, task_id=held["Cadrage"], deleted_at=timezone.now())
        rows.create(**said, risk_id=whole.pk)
    migrated(AFTER)
    both = sorted(str(held[name]) for name in ("Cadrage", "Réalisation"))
    with world.within():
        found = {row.risk_id: (row.tasks, row.deleted_at is None) for row in RiskEffect.everything.all()}
        assert RiskEffect.everything.count() == 3, "what was merged is not in the bin"
        assert found == {
            several.pk: (both, True),
            alone.pk: ([str(held["Cadrage"])], False),
            whole.pk: ([], True),
        }
    rows = migrated(BEFORE)
    with world.within():
        parted = sorted((str(row.risk_id), str(row.task_id), row.deleted_at is None) for row in rows.all())
        assert parted == sorted(
            [
                *((str(several.pk), key, True) for key in both),
                (str(alone.pk), str(held["Cadrage"]), False),
                (str(whole.pk), "None", True),
            ]
        )
    migrated(AFTER)
