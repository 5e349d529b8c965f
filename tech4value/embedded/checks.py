"""`bin/test`: every check, then every test. pytest's closing line is the last one printed."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tech4value.embedded.children import stopped_by_signals
from tech4value.embedded.environment import ROOT, base_environment, server_environment, state_folder
from tech4value.embedded.messages import seconds, told
from tech4value.embedded.servers import TEST_REDIS_DATABASE, Servers

PROGRAMS = Path(sys.executable).parent
MANAGE = (sys.executable, str(ROOT / "manage.py"))

FAST_CHECKS: dict[str, tuple[str, ...]] = {
    "mypy": (str(PROGRAMS / "mypy"),),
    "import contracts": (str(PROGRAMS / "lint-imports"),),
    "API contract": (sys.executable, "-m", "tech4value.api_contract", "check"),
    "translations": (sys.executable, "-m", "tech4value.translations", "check"),
    "ruff check": (str(PROGRAMS / "ruff"), "check", "."),
    "ruff format": (str(PROGRAMS / "ruff"), "format", "--check", "."),
}
SERVER_CHECKS: dict[str, tuple[str, ...]] = {
    "missing migrations": (*MANAGE, "makemigrations", "--check", "--dry-run"),
    "system checks": (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
}
# What a deployment says of itself: the checks read the settings as it would, not as the demo does.
DEPLOYMENT = {
    "DEMO": "0",
    "DEBUG": "0",
    "HTTPS": "true",
    "ALLOWED_HOSTS": "tech4value.example",
    "BASE_URL": "https://tech4value.example",
    "TRUSTED_PROXY_COUNT": "1",
    "EMAIL_URL": "smtp+tls://account:password@smtp.example:587",
}
# A night's worth; FUZZ_EXAMPLES in the environment says another number.
FUZZ_EXAMPLES = "200"
FUZZ_TESTS = ("tests/architecture/test_openapi.py", "-n", "0", "-p", "no:cacheprovider")
FAST_TESTS = ("-m", "not db and not browser")


@dataclass(frozen=True)
class Outcome:
    """How a check ended."""

    name: str
    code: int
    output: str
    duration: float


def test_command(arguments: list[str]) -> int:
    """Run the checks and the tests; 0 when all is well, 1 when not.

    `--fast` leaves out what needs a server, `--fuzz` tries every operation of the API with many examples instead.
    """
    fast, fuzz = "--fast" in arguments, "--fuzz" in arguments
    for_pytest = [argument for argument in arguments if argument not in {"--fast", "--fuzz"}]
    state = state_folder()
    environment = base_environment(state) | {"TZ": "UTC"}
    with stopped_by_signals():
        if fast:
            # Nothing here opens a connection; a test that does is not marked as it should be, and must fail.
            nowhere = "postgresql://nobody@127.0.0.1:1/none"
            environment |= {"DATABASE_URL": nowhere, "MIGRATION_DATABASE_URL": nowhere}
            environment |= {"REDIS_URL": "redis://127.0.0.1:1/0", "SECRET_KEY": "fast-tests-only-" + "x" * 40}
            return run_all(environment, FAST_CHECKS, pytest_command([*FAST_TESTS, *for_pytest]), together=True)
        with Servers(state, redis_database=TEST_REDIS_DATABASE) as servers:
            environment |= server_environment(servers)
            if servers.needs_postgres():
                # A crash would cost nothing but the run: do not wait for the disk at each commit.
                options = f"{os.environ.get('PGOPTIONS', '')} -c synchronous_commit=off"
                environment["PGOPTIONS"] = options.strip()
            if fuzz:
                environment.setdefault("FUZZ_EXAMPLES", FUZZ_EXAMPLES)
                return run_all(environment, {}, pytest_command([*FUZZ_TESTS, *for_pytest]), together=False)
            return run_all(environment, FAST_CHECKS | SERVER_CHECKS, pytest_command(for_pytest), together=False)


def run_all(
    environment: dict[str, str],
    checks: dict[str, tuple[str, ...]],
    tests: Sequence[str],
    *,
    together: bool,
) -> int:
    """Run the checks side by side, and the tests beside them or after them; 1 if anything failed.

    After, because some tests measure time; beside, when only speed counts.
    """
    pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
    try:
        pending = [
            pool.submit(run_check, name, command, environment | DEPLOYMENT) for name, command in checks.items()
        ]
        if not together:
            report(pending)
        code, last_line = run_tests(tests, environment)
        failed = report(pending) if together else [f.result().name for f in pending if f.result().code]
    finally:
        pool.shutdown(cancel_futures=True)
    if failed:
        print(told("Contrôles en échec : ", "Failed checks: ") + ", ".join(failed))
    print(last_line, flush=True)
    return 1 if failed or code else 0


def run_check(name: str, command: Sequence[str], environment: dict[str, str]) -> Outcome:
    """Run one check to its end."""
    start = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(name, done.returncode, done.stdout, time.monotonic() - start)


def report(pending: Sequence[Future[Outcome]]) -> list[str]:
    """Print how each check ended, with its output when it failed; the names of those that failed."""
    failed = []
    for future in pending:
        outcome = future.result()
        if outcome.code:
            failed.append(outcome.name)
            print(outcome.output.rstrip())
        verdict = told("échec", "failed") if outcome.code else "ok"
        print(f"{outcome.name}: {verdict} ({seconds(outcome.duration)})", flush=True)
    return failed


def run_tests(command: Sequence[str], environment: dict[str, str]) -> tuple[int, str]:
    """Run pytest, printing what it prints but its closing line; its exit code and that line."""
    held: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                if line.strip() and held:
                    print("\n".join(held), flush=True)
                    held.clear()
                held.append(line.rstrip())
        except BaseException:
            process.terminate()
            raise
    return process.returncode, "\n".join(held).rstrip()


def pytest_command(arguments: Sequence[str]) -> list[str]:
    """How pytest is started with these arguments."""
    return [sys.executable, "-m", "pytest", *workers(arguments, os.cpu_count() or 1), *arguments]


def workers(for_pytest: Sequence[str], cores: int) -> list[str]:
    """As many test processes as cores, unless the person says how many or wants a debugger."""
    chosen = any(a.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for a in for_pytest)
    return [] if chosen or cores < 2 else ["-n", str(min(cores, 8))]
