"""One round, so that the harness itself stays alive; the thirty are run by command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

OURS = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "BACKUP_DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PGOPTIONS")


@pytest.mark.db
def test_people_work_while_a_part_of_the_product_is_killed() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.kill", "--rounds", "1"],
        cwd=Path(settings.BASE_DIR),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
