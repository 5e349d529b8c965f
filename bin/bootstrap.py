"""Makes `.venv` from the lock file, then runs a command of `tech4value.embedded` in it.

Standard library only. pip and uv find packages where the machine's own configuration says; no address is
written here.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
LOCK = ROOT / "requirements.lock"
MARKER = ENVIRONMENT / "installed.sha256"
SPACE_NEEDED = 2 * 1024**3


class Trouble(Exception):
    """One sentence for the person at the terminal, who can mend it."""


def told(french: str, english: str) -> str:
    """The text in the terminal's language: French unless the locale is English."""
    chosen = next((v for v in map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG")) if v), "")
    return english if chosen.lower().startswith("en") else french


def wanted_mark() -> str:
    """What the environment must have been made from: this lock file and this version of Python."""
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {version}"


def is_ready() -> bool:
    """Whether the environment is whole and up to date: the marker is written last, and removed first."""
    return MARKER.exists() and PYTHON.exists() and MARKER.read_text().split()[:1] == wanted_mark().split()[:1]


def check_space() -> None:
    """Raise Trouble when the disk has not the 2 GB that a first installation needs."""
    free = shutil.disk_usage(ROOT).free
    if free < SPACE_NEEDED:
        raise Trouble(
            told(
                f"Il faut 2 Go libres pour installer l’environnement et il en reste {free / 1024**3:.1f} "
                f"sur le disque de {ROOT} : libérez de la place puis relancez cette commande.",
                f"Installing the environment needs 2 GB free and {free / 1024**3:.1f} are left "
                f"on the disk of {ROOT}: make room, then run this command again.",
            )
        )


def installers() -> list[list[str]]:
    """The install commands to try, best first: uv if it is there, then pip acting on our environment."""
    found = []
    # --require-hashes: what is installed is what the lock file names, from wherever it comes.
    target = ["--require-hashes", "-r", str(LOCK)]
    if uv := shutil.which("uv"):
        found.append([uv, "pip", "install", "--quiet", "--python", str(PYTHON), *target])
    for pip in ([sys.executable, "-m", "pip"], ["pip3"], ["pip"]):
        tried = (
            subprocess.run([*pip, "--version"], capture_output=True, check=False) if shutil.which(pip[0]) else None
        )
        if tried is not None and tried.returncode == 0:
            command = [
                *pip,
                "--python",
                str(PYTHON),
                "install",
                "--quiet",
                "--no-input",
                "--no-warn-script-location",
            ]
            found.append([*command, "--disable-pip-version-check", *target])
            break
    if not found:
        raise Trouble(
            told(
                "pip manque sur cette machine : installez-le (« apt install python3-pip » sur Debian) ou "
                "installez uv, puis relancez cette commande.",
                "pip is missing on this machine: install it (“apt install python3-pip” on Debian) or "
                "install uv, then run this command again.",
            )
        )
    return found


def installer_environment() -> dict[str, str]:
    """The present environment; without a home that can be written, the installers keep no cache."""
    environment = dict(os.environ)
    environment.pop("VIRTUAL_ENV", None)
    environment.pop("PYTHONPATH", None)
    home = environment.get("HOME", "")
    cache = environment.get("XDG_CACHE_HOME") or (home and os.path.join(home, ".cache"))
    usable = next((p for p in (cache, home) if p and os.path.isdir(p)), None)
    if usable is None or not os.access(usable, os.W_OK):
        environment.setdefault("PIP_NO_CACHE_DIR", "1")
        if "UV_CACHE_DIR" not in environment:
            environment["UV_NO_CACHE"] = "1"
    return environment


def install() -> None:
    """Make or complete the environment. Raises Trouble with the installer's own last words when it fails."""
    check_space()
    commands = installers()
    MARKER.unlink(missing_ok=True)
    configuration = ENVIRONMENT / "pyvenv.cfg"
    works = PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0
    if not (works and configuration.exists()):
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        # --without-pip: bare Debian has no ensurepip, and pip acts on the environment from outside.
        made = subprocess.run(
            [sys.executable, "-m", "venv", "--without-pip", str(ENVIRONMENT)],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            raise Trouble(
                told(
                    f"L’environnement Python n’a pas pu être créé : {last_words(made.stderr or made.stdout)} "
                    "(sur Debian : apt install python3-venv).",
                    f"The Python environment could not be made: {last_words(made.stderr or made.stdout)} "
                    "(on Debian: apt install python3-venv).",
                )
            )
    output = ""
    for command in commands:
        done = subprocess.run(
            command,
            env=installer_environment(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        output = done.stdout
        if done.returncode == 0:
            MARKER.write_text(wanted_mark() + "\n")
            return
    log = ENVIRONMENT / "install.log"
    log.write_text(output)
    raise Trouble(
        told(
            f"Les paquets n’ont pas pu être installés : {last_words(output)} (détail : {log}).",
            f"The packages could not be installed: {last_words(output)} (details: {log}).",
        )
    )


def last_words(output: str) -> str:
    """The line of an installer's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return ([*lines[-1:], *errors[-1:]] or ["?"])[-1].rstrip(".")


def prepare() -> None:
    """Install what is missing; one command at a time in a clone."""
    if is_ready():
        return
    print(
        told(
            "Environnement Python (plusieurs minutes la première fois)…",
            "Python environment (several minutes the first time)…",
        ),
        end=" ",
        file=sys.stderr,
        flush=True,
    )
    start = time.monotonic()
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_ready():
            install()
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


def main() -> None:
    """Prepare the environment, then become the command."""
    try:
        prepare()
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        print(f"\n{error.strerror}: {error.filename or ROOT}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    os.environ.pop("PYTHONHOME", None)
    os.environ["PYTHONPATH"] = str(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "tech4value.embedded", *sys.argv[1:]])


if __name__ == "__main__":
    main()
