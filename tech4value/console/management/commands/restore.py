"""`restore FILE [--replace]`: the database and the files as the archive has them."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tech4value.console.backups.archive import BackupError
from tech4value.console.backups.restoring import restore_backup
from tech4value.embedded.messages import told


class Command(BaseCommand):
    help = "Puts the database and the files back as an archive made by `backup` has them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the archive")
        parser.add_argument("--replace", action="store_true", help="replace the companies that are in the database")

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        try:
            manifest = restore_backup(file, replace=replace)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        rows = sum(manifest.tables.values())
        self.stdout.write(
            told(
                f"Restauré : la sauvegarde du {manifest.made_at}, {rows} lignes, {len(manifest.files)} fichiers ; "
                "comptes, verrous et journal vérifiés.",
                f"Restored: the backup of {manifest.made_at}, {rows} rows, {len(manifest.files)} files; "
                "counts, locks and journal verified.",
            )
        )
