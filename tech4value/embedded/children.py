"""Programs that a command starts and must never leave behind."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tech4value.embedded import processes
from tech4value.embedded.environment import ROOT
from tech4value.embedded.messages import Trouble
from tech4value.embedded.places import write_private

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _die_with_parent() -> Callable[[], None] | None:
    """A function for the new process that makes the kernel end it when we are killed outright (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A running program, its log and the words that name it."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


@dataclass
class Children:
    """The programs of one command; their numbers are noted, for the next start to end what a crash left."""

    environment: dict[str, str]
    logs: Path
    record: Path
    running: list[Child] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str]) -> Child:
        """Start a program in the background, in a process group of its own, writing to `<name>.log`."""
        log = self.logs / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        with log.open("wb") as output:
            process = self._popen(command, output.fileno())
        child = Child(name, process, log)
        self.running.append(child)
        marks = {child.process.pid: processes.started_at(child.process.pid) for child in self.running}
        write_private(self.record, json.dumps(marks))
        return child

    def run(self, name: str, command: Sequence[str], on_line: Callable[[str], None] | None = None) -> list[str]:
        """Run a program to its end; its lines. Raises Trouble with its last words when it fails."""
        log = self.logs / f"{name}.log"
        lines: list[str] = []
        process = self._popen(command, subprocess.PIPE)
        try:
            with log.open("w") as copy, process:
                for raw in process.stdout or ():
                    line = raw.decode(errors="replace").rstrip()
                    copy.write(line + "\n")
                    lines.append(line)
                    if on_line is not None:
                        on_line(line)
        except BaseException:
            _end_group(process, patience=5)
            raise
        if process.returncode != 0:
            reason = next((line.strip() for line in reversed(lines) if line.strip()), "?")
            raise Trouble(
                f"« {name} » a échoué : {reason.rstrip('.')} (journal : {log}).",
                f"“{name}” failed: {reason.rstrip('.')} (log: {log}).",
            )
        return lines

    def check(self) -> None:
        """Raise Trouble, with the end of its log, if a background program has ended."""
        for child in self.running:
            code = child.process.poll()
            if code is not None:
                end = processes.last_lines(child.log)
                raise Trouble(
                    f"« {child.name} » s’est arrêté (code {code}) ; fin de son journal, {child.log} :\n{end}",
                    f"“{child.name}” stopped (code {code}); the end of its log, {child.log}:\n{end}",
                )

    def stop(self, patience: float = 12.0) -> None:
        """End them all together, the last started first; those that linger are killed."""
        for child in reversed(self.running):
            with contextlib.suppress(ProcessLookupError):
                child.process.terminate()
        limit = time.monotonic() + patience
        for child in self.running:
            _end_group(child.process, patience=max(0.1, limit - time.monotonic()), asked=True)
        self.running.clear()
        self.record.unlink(missing_ok=True)

    def end_leftovers(self) -> None:
        """End what an earlier run, killed outright, could not."""
        left = list(self._leftovers())
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        for pid in left:
            processes.end(pid, with_signal=signal.SIGTERM, patience=10)
        self.record.unlink(missing_ok=True)

    def _leftovers(self) -> Iterator[int]:
        if not self.record.exists():
            return
        try:
            marks = json.loads(self.record.read_text())
        except ValueError:
            return
        for pid, mark in marks.items():
            if mark and processes.started_at(int(pid)) == mark and processes.is_alive(int(pid)):
                yield int(pid)

    def _popen(self, command: Sequence[str], output: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # the terminal's Ctrl-C is for us, who then end them in order
            preexec_fn=_die_with_parent(),
        )


def _end_group(process: subprocess.Popen[bytes], patience: float, *, asked: bool = False) -> None:
    """End a program and everything it started."""
    if not asked:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    # Its own children may outlive it: the group's number is the leader's.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Within the block, SIGTERM and a closed terminal interrupt as Ctrl-C does, so that `finally` runs."""
    wanted = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        wanted.append(signal.SIGHUP)
    before = {number: signal.signal(number, signal.default_int_handler) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_undisturbed() -> None:
    """From here on, a second Ctrl-C no longer interrupts: everything is being stopped already."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
