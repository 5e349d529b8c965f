"""Processes that outlive the command that started them: is this one alive, is it ours, end it."""

import contextlib
import os
import signal
import time
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return _stat_fields(pid)[0] != "Z"
    except (OSError, IndexError):
        return not Path("/proc/self").exists()


def started_at(pid: int) -> str:
    """A mark that no other process with the same number has (empty where /proc does not exist)."""
    try:
        return _stat_fields(pid)[19]
    except (OSError, IndexError):
        return ""


def works_in(pid: int, folder: Path) -> bool:
    """Whether the process's current folder is this one (taken for granted where /proc does not exist)."""
    if not Path("/proc/self").exists():
        return True
    try:
        return os.path.realpath(f"/proc/{pid}/cwd") == os.path.realpath(folder)
    except OSError:
        return False


def end(pid: int, *, with_signal: signal.Signals, patience: float) -> None:
    """Ask the process to end; after `patience` seconds, make it."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, with_signal)
        if not wait_for_end(pid, patience):
            os.kill(pid, signal.SIGKILL)
            wait_for_end(pid, 5)


def wait_for_end(pid: int, patience: float) -> bool:
    """Whether the process ended within `patience` seconds."""
    limit = time.monotonic() + patience
    while is_alive(pid):
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True


def end_all_in(folder: Path) -> None:
    """End the processes that work in this folder or below it, at once (Linux: elsewhere, nothing is done)."""
    inside = os.path.realpath(folder) + os.sep
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if os.path.realpath(entry).startswith(inside):
                end(int(entry.parent.name), with_signal=signal.SIGKILL, patience=5)


def last_lines(path: Path, count: int = 15) -> str:
    """The end of a log, for a message; empty when there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 16_384))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])


def _stat_fields(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name (which may hold spaces), state first."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
