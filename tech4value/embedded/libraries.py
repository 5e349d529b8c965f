"""What PDFs need from the system: Pango, and a typeface that does not depend on the machine.

WeasyPrint finds Pango with `dlopen`. On Debian it is installed with apt by root; another account unpacks the
packages beside the environment. Elsewhere, or without a network, PDFs say what is missing and the rest runs.
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from xml.sax.saxutils import escape

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
LIBRARIES = (
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
    "libgobject-2.0.so.0",
)
RETRY_AFTER = 24 * 3600.0
FONTCONFIG = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias binding="same"><family>sans-serif</family><prefer><family>Source Sans Pro</family></prefer></alias>
</fontconfig>
"""


def pango_is_here(library_folder: Path | None = None) -> bool:
    """Whether every library loads, in a process of its own when a folder is added to the loader's path."""
    if library_folder is None:
        return all(map(_loads, LIBRARIES))
    program = f"import ctypes\nfor name in {LIBRARIES!r}: ctypes.CDLL(name)"
    tried = subprocess.run(
        [sys.executable, "-c", program],
        env=dict(os.environ) | library_path(library_folder),
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return tried.returncode == 0


def library_path(folder: Path) -> dict[str, str]:
    """The variable that makes the loader look in `folder` too."""
    already = os.environ.get("LD_LIBRARY_PATH", "")
    return {"LD_LIBRARY_PATH": os.pathsep.join(filter(None, [str(folder), already]))}


def provide_pango(state: Path) -> dict[str, str] | None:
    """Make Pango loadable: the variables to add to the environment, or None when it could not be had.

    Where that failed, it is tried again after a day only: without a network, apt takes minutes to give up.
    """

    if pango_is_here():
        return {}
    unpacked = state / "pango"
    folder = _library_folder(unpacked)
    if folder and pango_is_here(folder):
        return library_path(folder)
    if shutil.which("apt-get") is None:
        return None
    failed = state / "pango.failed"
    if failed.exists() and time.time() - failed.stat().st_mtime < RETRY_AFTER:
        return None
    if os.geteuid() == 0 and _install():
        return {}
    folder = _unpack(unpacked)
    if folder and pango_is_here(folder):
        return library_path(folder)
    failed.touch()
    return None


def fontconfig_file(state: Path) -> dict[str, str]:
    """Write a fontconfig file that knows only the packaged typeface; the variable that points to it."""
    found = importlib.util.find_spec("font_source_sans_pro")
    if found is None or found.origin is None:
        return {}
    path = state / "fonts.conf"
    fonts, cache = Path(found.origin).parent / "files", state / "font-cache"
    text = FONTCONFIG.format(fonts=escape(str(fonts)), cache=escape(str(cache)))
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    return {"FONTCONFIG_FILE": str(path)}


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _apt(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run apt-get without a question, within three minutes; a failure is a return code."""
    command = ["apt-get", "-q", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=30", *arguments]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    try:
        return subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, str(error))


def _install() -> bool:
    install = ("install", "-y", "--no-install-recommends", *PACKAGES)
    if _apt(*install).returncode != 0:
        _apt("update")
        if _apt(*install).returncode != 0:
            return False
    # The loader of this process has cached its answers: ask a new one.
    return pango_is_here(Path("/usr/lib"))


def _unpack(target: Path) -> Path | None:
    """Download the packages and what they need, without root, and unpack them under `target`."""
    downloads = target / "downloads"
    lists = target / "lists"
    for folder in (downloads, lists / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    own_lists: list[str] = []
    wanted = _missing_packages(own_lists)
    if not wanted:
        # This machine has never asked for its package lists: fetch them for ourselves.
        own_lists = [
            "-o",
            f"Dir::State::Lists={lists}",
            "-o",
            f"Dir::Cache={target}",
            "-o",
            "Debug::NoLocking=1",
        ]
        _apt(*own_lists, "update")
        wanted = _missing_packages(own_lists)
    if not wanted or _apt(*own_lists, "download", *wanted, cwd=downloads).returncode != 0:
        return None
    for package in sorted(downloads.glob("*.deb")):
        if subprocess.run(["dpkg", "-x", str(package), str(target)], check=False).returncode != 0:
            return None
    shutil.rmtree(downloads)
    shutil.rmtree(lists)
    return _library_folder(target)


def _missing_packages(own_lists: list[str]) -> list[str]:
    """The packages apt would install (a simulation needs no right); empty when it knows none of them."""
    simulated = _apt(*own_lists, "install", "--simulate", "--no-install-recommends", *PACKAGES)
    if simulated.returncode != 0:
        return []
    return [line.split()[1] for line in simulated.stdout.splitlines() if line.startswith("Inst ")]


def _library_folder(unpacked: Path) -> Path | None:
    """The folder of the unpacked libraries (named after the machine's architecture)."""
    found = sorted(unpacked.glob("usr/lib/*/libpango-1.0.so.0"))
    return found[0].parent if found else None
