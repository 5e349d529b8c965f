"""Plans in formats other than MSPDI (.mpp, Primavera and the others that MPXJ reads), converted to it.

MPXJ is a Java library: it runs in a process of its own, with bounded memory, time and output, without network, in a
folder that is thrown away. The product works without it: it then says what is missing.
"""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from integrations.imports.domain.mspdi_reader import OLE_HEADER, root_of
from integrations.imports.domain.problem import ImportProblem, ImportRefused, ProblemCode, Severity

SECONDS: Final = 120
MEGABYTES: Final = 768  # of Java's heap
# What Java takes beside its heap: its code, classes and threads, and the address space that it only reserves.
OVERHEAD_MEGABYTES: Final = 3_000
MOST_WRITTEN: Final = 100_000_000  # bytes of each file
MOST_UNPACKED: Final = 200_000_000  # bytes of what an archive holds
CHILD: Final = Path(__file__).with_name("conversion_child.py")

# The names that programs give to their plans, and what the person is told that they are.
FORMATS: Final = {
    "mpp": "Microsoft Project (.mpp)",
    "mpt": "Microsoft Project (.mpt)",
    "mpx": "Microsoft Project (.mpx)",
    "xer": "Primavera P6 (.xer)",
    "pmxml": "Primavera P6 (.xml)",
    "prx": "Primavera P3 (.prx)",
    "stw": "SureTrak (.stw)",
    "pod": "ProjectLibre (.pod)",
    "gan": "GanttProject (.gan)",
    "gnt": "Gantt Designer (.gnt)",
    "planner": "GNOME Planner (.planner)",
    "pp": "Asta Powerproject (.pp)",
    "ppx": "Phoenix (.ppx)",
    "pep": "TurboProject (.pep)",
    "fts": "FastTrack (.fts)",
    "sp": "Synchro (.sp)",
    "sdef": "SDEF (.sdef)",
    "cdpx": "ConceptDraw PROJECT (.cdpx)",
    "cdpz": "ConceptDraw PROJECT (.cdpz)",
    "edpx": "Edraw Project (.edpx)",
    "pc": "Project Commander (.pc)",
    "bk3": "Deltek Open Plan (.bk3)",
}
ACCEPTED: Final = ",".join(["", "xml", *(name for name in FORMATS if name != "pmxml")]).replace(",", ",.")[1:]
# The roots of the XML formats that are not Microsoft's.
_ROOTS: Final = {
    "APIBusinessObjects": "pmxml",
    "BusinessObjects": "pmxml",
    "project": "gan",
    "Document": "cdpx",
}
_STARTS: Final = {b"ERMHDR": "xer", b"MPX": "mpx"}
_ENTITIES: Final = tuple(
    mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)


@dataclass(frozen=True, slots=True)
class Converted:
    """The plan as MSPDI, what it was, and what the person must know of the conversion."""

    content: bytes
    format: str
    problems: tuple[ImportProblem, ...]


def foreign_format(name: str, content: bytes) -> str | None:
    """The key of FORMATS that a file is said to be, by what it holds and then by its name; None for MSPDI, and for
    what is no plan."""
    suffix = name.rpartition(".")[2].lower()
    if content.startswith(OLE_HEADER):
        return suffix if suffix in FORMATS else "mpp"
    for start, key in _STARTS.items():
        if content.startswith(start):
            return key
    if content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")[:1] == b"<":
        by_root = _ROOTS.get(root_of(content))
        return suffix if by_root and suffix in FORMATS else by_root
    return suffix if suffix in FORMATS else None


@lru_cache(maxsize=1)
def is_available() -> bool:
    """Whether there are a Java to run and the library to run in it."""
    java = shutil.which("java") or (os.environ.get("JAVA_HOME") and Path(os.environ["JAVA_HOME"]).is_dir())
    return bool(java) and all(importlib.util.find_spec(name) is not None for name in ("jpype", "mpxj"))


def refuse_unreadable(content: bytes, key: str) -> None:
    """What is known without running anything. Raises ImportRefused."""
    if not is_available():
        raise ImportRefused(ProblemCode.NO_CONVERTER, format=FORMATS[key])
    if any(mark in content for mark in _ENTITIES) and content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")[:1] == b"<":
        raise ImportRefused(ProblemCode.HOSTILE_XML)
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                size = sum(one.file_size for one in archive.infolist())
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise ImportRefused(ProblemCode.UNREADABLE_PLAN, format=FORMATS[key]) from error
        if size > MOST_UNPACKED:
            raise ImportRefused(ProblemCode.ZIP_BOMB, size=size, limit=MOST_UNPACKED)


def convert(content: bytes, key: str, *, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> Converted:
    """The plan as MSPDI. Raises ImportRefused with the reason: missing, not such a file, protected, too long…"""
    refuse_unreadable(content, key)
    with tempfile.TemporaryDirectory(prefix="plan-") as folder:
        suffix = "xml" if key == "pmxml" else key
        source, target, facts = (Path(folder) / name for name in (f"plan.{suffix}", "converted.xml", "facts.json"))
        source.write_bytes(content)
        _run(folder, [str(source), str(target), str(facts), str(megabytes)], key, seconds, megabytes)
        said = json.loads(facts.read_text(encoding="utf-8")) if facts.is_file() else {"outcome": "stopped"}
        match said["outcome"]:
            case "done":
                return Converted(target.read_bytes(), said["format"] or key.upper(), _others(said))
            case "memory":
                raise ImportRefused(ProblemCode.CONVERSION_TOO_LARGE, format=FORMATS[key])
            case "password":
                raise ImportRefused(ProblemCode.PROTECTED_PLAN, format=FORMATS[key])
            case "stopped":
                raise ImportRefused(ProblemCode.CONVERSION_STOPPED, format=FORMATS[key])
            case "empty":
                raise ImportRefused(ProblemCode.EMPTY_PLAN, format=FORMATS[key])
        raise ImportRefused(ProblemCode.UNREADABLE_PLAN, format=FORMATS[key])


def _others(said: dict[str, object]) -> tuple[ImportProblem, ...]:
    others = said["others"]
    if not others or not isinstance(others, list):
        return ()
    params = {"name": str(said["name"]), "others": ", ".join(one or "—" for one in others)}
    return (ImportProblem(ProblemCode.OTHER_PROJECTS, params=params, severity=Severity.WARNING),)


def _run(folder: str, arguments: list[str], key: str, seconds: float, megabytes: int) -> None:
    """Run the child within its limits; when it is too long, it ends with all that it has started."""
    limits = (
        f"ulimit -c 0; ulimit -t {int(seconds) + 1}; ulimit -f {MOST_WRITTEN // 512}; "
        f'ulimit -v {(megabytes + OVERHEAD_MEGABYTES) * 1024} 2>/dev/null; exec "$@"'
    )
    command = ["/bin/sh", "-c", limits, "sh", *_apart(), sys.executable, "-I", str(CHILD), *arguments]
    kept = {name: os.environ[name] for name in ("PATH", "JAVA_HOME", "LD_LIBRARY_PATH") if name in os.environ}
    environment = {**kept, "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}
    child = subprocess.Popen(  # noqa: S603 - our own program; the file's name and content are not in the command
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise ImportRefused(ProblemCode.CONVERSION_TOO_LONG, format=FORMATS[key], seconds=int(seconds)) from error
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@lru_cache(maxsize=1)
def _apart() -> tuple[str, ...]:
    """What gives the child a network of its own, without anything in it, where the system lets us."""
    command = ("unshare", "--user", "--map-root-user", "--net")
    if shutil.which(command[0]) is None:
        return ()
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)  # noqa: S603 - a constant
    return command if tried.returncode == 0 else ()
