"""The archive: a tar of `database.dump` (pg_dump's own format), `files/…`, and last `manifest.json`.

The manifest names every member with its size and SHA-256, so that an archive that was cut, or changed, is refused.
"""

import hashlib
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from tech4value.embedded.messages import told

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
FILES = "files/"
CHUNK = 1024 * 1024
LARGEST_MANIFEST = 200 * 1024 * 1024


class BackupError(Exception):
    """What the person at the terminal can mend, in one sentence of their language."""


@dataclass(frozen=True, slots=True)
class Content:
    """A member's size in bytes and its SHA-256 (hexadecimal)."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `tables`: rows by table; `missing`: files that only the database knows."""

    made_at: str
    version: str
    server_version: int
    program_version: int
    migrations: list[str]
    tables: dict[str, int]
    database: Content
    files: dict[str, Content] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    format: int = FORMAT

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """Raises BackupError when the text is not a manifest of a format that this version reads."""
        try:
            values: dict[str, Any] = json.loads(text)
            if values["format"] != FORMAT:
                raise BackupError(
                    told(
                        f"Sauvegarde au format {values['format']}, que cette version ne lit pas : "
                        "restaurez-la avec la version qui l’a faite.",
                        f"A backup in format {values['format']}, which this version does not read: "
                        "restore it with the version that made it.",
                    )
                )
            values["database"] = Content(**values["database"])
            values["files"] = {path: Content(**content) for path, content in values["files"].items()}
            return cls(**values)
        except (ValueError, KeyError, TypeError) as error:
            raise _broken() from error


def _broken() -> BackupError:
    return BackupError(
        told(
            "Ce fichier n’est pas une sauvegarde entière : prenez-en une autre copie.",
            "This file is not a whole backup: take another copy of it.",
        )
    )


def copy_hashed(source: IO[bytes], target: IO[bytes] | None = None) -> Content:
    """Copy to the end of `source`; what was read."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if target is not None:
            target.write(chunk)
    return Content(size, digest.hexdigest())


def add_member(archive: tarfile.TarFile, name: str, stream: IO[bytes], size: int) -> None:
    """Append `size` bytes of `stream` under `name`, readable by its owner only."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    archive.addfile(info, stream)


@contextmanager
def opened(path: Path) -> Iterator[tuple[tarfile.TarFile, Manifest]]:
    """The archive and its manifest. Raises BackupError when the file is no whole archive."""
    try:
        with tarfile.open(path, "r:") as archive:
            info = archive.getmember(MANIFEST)
            stream = archive.extractfile(info)
            if stream is None or info.size > LARGEST_MANIFEST:
                raise _broken()
            yield archive, Manifest.from_json(stream.read())
    except (tarfile.TarError, KeyError) as error:
        raise _broken() from error
    except FileNotFoundError as error:
        raise BackupError(
            told(f"Aucun fichier {path} : vérifiez son nom.", f"No file {path}: check its name.")
        ) from error


def member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    """The content of a member. Raises BackupError when the archive lacks it."""
    try:
        stream = archive.extractfile(name)
    except KeyError as error:
        raise _broken() from error
    if stream is None:
        raise _broken()
    return stream


def verify(archive: tarfile.TarFile, manifest: Manifest) -> None:
    """Read every member and compare its hash with the manifest. Raises BackupError naming the first that differs."""
    expected = {DUMP: manifest.database} | {FILES + path: content for path, content in manifest.files.items()}
    for name, content in expected.items():
        if not is_plain(name):
            raise _broken()
        with member(archive, name) as stream:
            if copy_hashed(stream) != content:
                raise BackupError(
                    told(
                        f"« {name} » a changé depuis la sauvegarde (empreinte différente) : "
                        "prenez une autre copie du fichier.",
                        f"“{name}” has changed since the backup (its hash differs): take another copy of the file.",
                    )
                )


def is_plain(name: str) -> bool:
    """Whether a name stays below its folder."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name
