"""`bin/demo`: the whole product on this machine, until Ctrl-C."""

import fcntl
import hashlib
import http.client
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tech4value.embedded.children import Children, stop_undisturbed, stopped_by_signals
from tech4value.embedded.environment import ROOT, base_environment, server_environment, state_folder
from tech4value.embedded.messages import Trouble, say, seconds, step, told
from tech4value.embedded.places import prepare_state, schema_mark
from tech4value.embedded.servers import Servers
from tech4value.translations import compile_catalogues

DEFAULT_PORT = 8000
SPACE_NEEDED = 300 * 1024**2
STEPS = 6
ANSWER_PATIENCE = 60.0


def demo_command(arguments: list[str]) -> int:
    """Run the demo until it is stopped; the exit code (0 when stopped while it ran, 130 before)."""
    if set(arguments) - {"--reset"}:
        print(
            told(
                "bin/demo [--reset]   (PORT=8000 par défaut ; --reset repart de données neuves)",
                "bin/demo [--reset]   (PORT=8000 by default; --reset starts from fresh data)",
            )
        )
        return 0 if {"-h", "--help"} & set(arguments) else 2
    state = state_folder()
    port = chosen_port(os.environ.get("PORT", ""))
    with only_one(state, port):
        return _run(state, port, reset="--reset" in arguments)


def _run(state: Path, port: int, *, reset: bool) -> int:
    start = time.monotonic()
    prepare_state(state)
    children = Children({}, state / "logs", state / "demo.processes.json")
    children.end_leftovers()
    check_port(port)
    check_space(state)
    ready = False
    servers = Servers(state)
    try:
        with stopped_by_signals():
            if reset:
                servers.reset()
                shutil.rmtree(state / "files", ignore_errors=True)
            with step(1, STEPS, "Environnement", "Environment"):
                children.environment = {**base_environment(state), "DEMO": "1", "PORT": str(port)}
            with step(2, STEPS, "PostgreSQL et Redis", "PostgreSQL and Redis"):
                servers.start()
                children.environment |= server_environment(servers)
            _prepare_data(children, servers)
            with step(6, STEPS, "Services", "Services"):
                _start_web(children, port)
                sign_ins = children.run("demo_sign_ins", _manage("demo_sign_ins"))
                _wait_for_answer(children, port)
                # After the site, which people wait for; on two cores they would slow each other down.
                _start_workers(children)
            ready = True
            say(
                f"\nPrêt en {seconds(time.monotonic() - start)} : http://localhost:{port}\n",
                f"\nReady in {seconds(time.monotonic() - start)}: http://localhost:{port}\n",
            )
            print("\n".join(sign_ins))
            say("\nCtrl-C arrête tout ; les données sont gardées.", "\nCtrl-C stops everything; data is kept.")
            _watch(children, servers)
    except KeyboardInterrupt:
        say("\nArrêt…", "\nStopping…")
        return 0 if ready else 130
    finally:
        stop_undisturbed()
        children.stop()
        servers.release()
    return 1


def _prepare_data(children: Children, servers: Servers) -> None:
    with step(3, STEPS, "Traductions", "Translations"):
        compile_catalogues()
    with step(4, STEPS, "Schéma de la base", "Database schema"):
        mark, wanted = schema_mark(servers.state), schema_fingerprint(ROOT)
        # Asking Django whether all is migrated takes as long as starting it: seconds, at each start.
        if not servers.needs_postgres() or not mark.exists() or mark.read_text() != wanted:
            children.run("migrate", _manage("migrate", "--no-input"))
            mark.write_text(wanted)
    print(f"5/{STEPS} {told('Données de démonstration', 'Demo data')}…", flush=True)
    children.run("load_demo", _manage("load_demo", "--if-empty"), on_line=lambda line: print("   ", line, flush=True))


def _start_web(children: Children, port: int) -> None:
    programs = Path(sys.executable).parent
    temporary = ["--worker-tmp-dir", "/dev/shm"] if os.access("/dev/shm", os.W_OK) else []
    children.start(
        "web",
        [
            *(str(programs / "gunicorn"), "tech4value.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", "2", "--threads", "8", "--graceful-timeout", "5", "--no-control-socket"),
            *temporary,
        ],
    )


def _start_workers(children: Children) -> None:
    celery = [str(Path(sys.executable).parent / "celery"), "-A", "tech4value"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    children.start("worker", [*worker, "-Q", "default", "--concurrency", "2", "--hostname", "default@%h"])
    # Drawing PDFs grows the process: a new one takes its place beyond 600 MB (the option counts in kB).
    children.start(
        "pdf",
        [
            *worker,
            "-Q",
            "pdf",
            "--concurrency",
            "1",
            "--hostname",
            "pdf@%h",
            "--max-memory-per-child",
            "600000",
        ],
    )
    children.start("scheduler", [*celery, "beat", "--loglevel", "INFO"])


def _wait_for_answer(children: Children, port: int) -> None:
    limit = time.monotonic() + ANSWER_PATIENCE
    while not answers(port):
        children.check()
        if time.monotonic() > limit:
            raise Trouble(
                f"Le site ne répond pas après {ANSWER_PATIENCE:.0f} s : voyez {children.logs / 'web.log'}.",
                f"The site does not answer after {ANSWER_PATIENCE:.0f} s: see {children.logs / 'web.log'}.",
            )
        time.sleep(0.1)


def _watch(children: Children, servers: Servers) -> None:
    """Return never: raises Trouble when a program or a server ends by itself."""
    while True:
        for _ in range(5):
            children.check()
            time.sleep(0.2)
        for name, pid in servers.status().items():
            if pid is None:
                raise Trouble(
                    f"{name} s’est arrêté : voyez {children.logs}, puis relancez bin/demo.",
                    f"{name} stopped: see {children.logs}, then run bin/demo again.",
                )


def answers(port: int) -> bool:
    """Whether the site says that it is well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def chosen_port(text: str) -> int:
    """The port of the PORT variable, 8000 when it is empty. Raises Trouble when it is not a port."""
    if not text:
        return DEFAULT_PORT
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Trouble(
            f"PORT vaut « {text} » : indiquez un nombre de 1 à 65535.",
            f"PORT is “{text}”: give a number from 1 to 65535.",
            exit_code=2,
        )
    return int(text)


def check_port(port: int) -> None:
    """Raise Trouble when somebody listens on the port, or when we may not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise Trouble(
                f"Le port {port} est réservé à root : choisissez-en un au-dessus de 1023, par exemple "
                f"PORT={DEFAULT_PORT} bin/demo.",
                f"Port {port} is reserved to root: choose one above 1023, for instance PORT={DEFAULT_PORT} bin/demo.",
            ) from error
        except OSError as error:
            other = port + 1 if port < 65535 else DEFAULT_PORT
            raise Trouble(
                f"Le port {port} est déjà pris : arrêtez le programme qui l’occupe ou choisissez-en un "
                f"autre, par exemple PORT={other} bin/demo.",
                f"Port {port} is taken: stop the program that uses it or choose another, "
                f"for instance PORT={other} bin/demo.",
            ) from error


def check_space(state: Path) -> None:
    """Raise Trouble when the disk has too little room left for the servers to write."""
    free = shutil.disk_usage(state).free
    if free < SPACE_NEEDED:
        raise Trouble(
            f"Il reste {free // 1024**2} Mo sur le disque de {state} et il en faut "
            f"{SPACE_NEEDED // 1024**2} : libérez de la place puis relancez bin/demo.",
            f"{free // 1024**2} MB are left on the disk of {state} and {SPACE_NEEDED // 1024**2} are needed: "
            "make room, then run bin/demo again.",
        )


def schema_fingerprint(root: Path) -> str:
    """Changes whenever a migration of the product, or a dependency, does."""
    found = hashlib.sha256((root / "requirements.lock").read_bytes())
    # The room may be at any depth, but .venv has thousands of folders.
    areas = [folder for folder in sorted(root.iterdir()) if folder.is_dir() and folder.name[0] != "."]
    for path in (path for area in areas for path in sorted(area.glob("**/migrations/*.py"))):
        found.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return found.hexdigest()


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


@contextmanager
def only_one(state: Path, port: int) -> Iterator[None]:
    """Hold the clone's demo lock, which says where the demo that has it answers."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            address = f"http://localhost:{lock.read().strip() or port}"
            raise Trouble(
                f"bin/demo tourne déjà dans ce dossier : {address} (Ctrl-C dans son terminal l’arrête).",
                f"bin/demo already runs in this folder: {address} (Ctrl-C in its terminal stops it).",
            ) from error
        lock.truncate(0)
        lock.write(f"{port}\n")
        lock.flush()
        yield
