"""The only place that draws PDFs: HTML made by us to a tagged PDF, without network, without the system's files."""

import re
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from reporting.packs.document import html_of
from reporting.packs.snapshot import Snapshot, digest
from tech4value.jobs.registry import JobError
from tech4value.web.assets import PACKAGE_FILES, package_file

SCHEME: Final = "pack:"
PACKAGES: Final = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


class RefusedAddressError(ValueError):
    """The document asked for something that is not one of our own typefaces."""


def pdf_of(snapshot: Snapshot) -> bytes:
    """The document of a snapshot: the same bytes each time, with the same versions of the libraries.

    Raises JobError, with what to install, where the system's text libraries are missing.
    """
    html = html_of(snapshot)
    identifier = digest(snapshot.to_json())[:32].encode()
    return draw(html, identifier)


def draw(html: str, identifier: bytes = b"") -> bytes:
    """HTML to PDF/UA: tagged, with its outline, its typefaces inside."""
    weasyprint = _weasyprint()
    document = weasyprint.HTML(string=html, base_url=SCHEME, url_fetcher=_fetcher(weasyprint))
    content: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier or None)
    return content


def asset(url: str) -> Path:
    """Where a typeface of ours is on disk. Raises RefusedAddressError for any other address."""
    name = url.removeprefix(SCHEME)
    if not url.startswith(SCHEME) or not name.startswith("fonts/") or name not in PACKAGE_FILES:
        raise RefusedAddressError(f"not an asset of the document: {url[:120]}")
    return package_file(name)


def _fetcher(weasyprint: Any) -> Any:
    base: Any = weasyprint.urls.URLFetcher

    class Fetcher(base):
        """Answers our own typefaces, and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            return weasyprint.urls.URLFetcherResponse(url, asset(url).read_bytes(), {"Content-Type": "font/ttf"})

    return Fetcher()


def _weasyprint() -> Any:
    """Imported late: it loads Pango, which a machine may not have; then all but PDFs must work."""
    try:
        import weasyprint
        import weasyprint.urls
    except OSError as error:
        raise JobError(missing_library(str(error))) from error
    return weasyprint


def missing_library(error: str) -> str:
    """What the loader said, as a sentence that says what to install."""
    found = re.search(r"'([^']+)'", error)
    return _(
        "Le PDF ne peut pas être produit : la bibliothèque système « %(library)s » manque sur le serveur. Sous "
        "Debian ou Ubuntu, installez-la par « apt-get install %(packages)s », puis relancez le dossier."
    ) % {"library": found.group(1) if found else "pango", "packages": PACKAGES}
