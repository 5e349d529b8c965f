"""Both companies, loaded once for all the tests of this folder, which one process runs, and taken back at the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from demo.connect_plus import CONNECT_PLUS
from demo.loading import load_company
from demo.tech4value import TECH4VALUE
from tech4value.tenancy.clock import today
from tech4value.tenancy.models import Tenant

PASSWORD = "une phrase de démonstration"


@dataclass(frozen=True)
class Demo:
    """The two tenants, and the day from which their story is told."""

    tech4value: Tenant
    connect_plus: Tenant
    today: date
    said: list[str]


@pytest.fixture(scope="package")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    files: Path = tmp_path_factory.mktemp("files")
    said: list[str] = []
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=str(files)), transaction.atomic():
        first = load_company(TECH4VALUE, password=PASSWORD, progress=said.append)
        second = load_company(CONNECT_PLUS, password=PASSWORD, progress=said.append)
        yield Demo(first, second, today(first), said)
        transaction.set_rollback(True)
