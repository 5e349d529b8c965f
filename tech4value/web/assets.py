"""Files that come inside Python packages, served as static files: nothing is vendored into the repository."""

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.checks import Error as CheckError
from django.core.files import File
from django.core.files.storage import Storage

_FONTS: Final = ("Regular", "It", "Semibold", "Bold")

# Address under STATIC_URL -> (package, path within it). Only these are served.
PACKAGE_FILES: Final[dict[str, tuple[str, str]]] = {
    **{
        f"fonts/SourceSansPro-{style}.ttf": ("font_source_sans_pro", f"files/SourceSansPro-{style}.ttf")
        for style in _FONTS
    },
    "vendor/htmx-2.min.js": ("django_htmx", "static/django_htmx/htmx-2.min.js"),
    "vendor/plotly.min.js": ("plotly", "package_data/plotly.min.js"),
}


def package_file(name: str) -> Path:
    """Where a served file is on disk. KeyError when the name is not one that is served."""
    package, inside = PACKAGE_FILES[name]
    return Path(str(files(package).joinpath(inside)))


class PackageStorage(Storage):
    """Read-only storage over the chosen files."""

    prefix = ""

    def path(self, name: str) -> str:
        return str(package_file(name))

    def exists(self, name: str) -> bool:
        return name in PACKAGE_FILES

    def size(self, name: str) -> int:
        return package_file(name).stat().st_size

    def get_modified_time(self, name: str) -> datetime:
        return datetime.fromtimestamp(package_file(name).stat().st_mtime, tz=UTC)

    def _open(self, name: str, mode: str = "rb") -> File:
        return File(package_file(name).open("rb"), name=name)


class PackageFinder(BaseFinder):
    """Finds the chosen files of packages, for the development server, WhiteNoise and collectstatic."""

    storage = PackageStorage()

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return [
            CheckError(f"{name} is missing: its package is not installed or has changed", id="web.E001")
            for name in PACKAGE_FILES
            if not package_file(name).is_file()
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = str(package_file(path)) if path in PACKAGE_FILES else None
        if find_all:
            return [found] if found else []
        return found or []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, Storage]]:
        for name in PACKAGE_FILES:
            yield name, self.storage
