"""`backup FILE`: one archive of the database and the files, taken while the site runs."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tech4value.console.backups.archive import BackupError
from tech4value.console.backups.taking import take_backup
from tech4value.embedded.messages import told


class Command(BaseCommand):
    help = "Writes one archive of the database and the files, consistent while the site runs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the archive to write (replaced if it exists)")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            manifest = take_backup(file.absolute())
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        size = file.stat().st_size / 1_000_000
        rows = sum(manifest.tables.values())
        self.stdout.write(
            told(
                f"{file} : {size:.1f} Mo, {rows} lignes, {len(manifest.files)} fichiers.",
                f"{file}: {size:.1f} MB, {rows} rows, {len(manifest.files)} files.",
            )
        )
        if manifest.missing:
            self.stderr.write(
                told(
                    f"Fichiers que la base connaît, absents de MEDIA_ROOT ou modifiés : {len(manifest.missing)} "
                    f"({', '.join(manifest.missing[:5])}). La sauvegarde est faite sans eux.",
                    f"Files that the database knows, absent from MEDIA_ROOT or changed: {len(manifest.missing)} "
                    f"({', '.join(manifest.missing[:5])}). The backup is made without them.",
                )
            )
