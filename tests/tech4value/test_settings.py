"""An administrator starts the product: settings that would make it insecure are refused, all of them at once."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tech4value.deployment import given_variables, read_environment

ROOT = Path(settings.BASE_DIR)
KEY = "Zb4-9xQw7LtY2mKc8RfVn3HsJd6PgTa5UeWi1OoXy0AqBzCkDl"


@pytest.fixture
def sound(tmp_path: Path) -> dict[str, str]:
    """The environment of a deployment as it should be."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "SECRET_KEY": KEY,
        "ALLOWED_HOSTS": "pilotage.exemple.fr",
        "BASE_URL": "https://pilotage.exemple.fr",
        "HTTPS": "true",
        "TRUSTED_PROXY_COUNT": "1",
        "DATABASE_URL": "postgresql://tech4value_app:x@127.0.0.1:1/tech4value",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": "smtp+tls://compte:motdepasse@smtp.exemple.fr:587",
        "MEDIA_ROOT": str(tmp_path),
        "STATE_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tech4value.settings",
    }


def start(environment: dict[str, str], *program: str) -> "subprocess.CompletedProcess[str]":
    """A process of the product as an administrator starts it; it reads its settings and ends."""
    command = program or (str(ROOT / "manage.py"), "check")
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_sound_environment_starts(sound: dict[str, str]) -> None:
    started = start(sound, "-c", "import tech4value.settings")
    assert (started.returncode, started.stderr) == (0, "")


def test_what_is_sent_to_sentry_is_masked_as_the_logs_are(sound: dict[str, str]) -> None:
    program = (
        "import tech4value.settings, sentry_sdk; options = sentry_sdk.get_client().options; "
        "print(*{options[name].__name__ for name in ('before_send', 'before_send_transaction')})"
    )
    started = start(sound | {"SENTRY_DSN": "https://public@127.0.0.1/1"}, "-c", program)
    assert (started.stdout.strip(), started.stderr) == ("remove_secrets_of_report", "")


def test_an_empty_environment_is_told_everything_at_once(tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    refused = start(kept | {"MEDIA_ROOT": str(tmp_path / "nowhere")})
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    first, *said = refused.stderr.strip().split("\n- ")
    assert first == "Tech4Value:"
    assert [re.split(r"[ (]", sentence)[0] for sentence in said] == [
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "BASE_URL",
        "HTTPS",
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "MEDIA_ROOT",
    ]
    assert all(" : " in sentence and sentence.endswith(".") for sentence in said), "each says what to put"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SECRET_KEY": "court"}, "SECRET_KEY est trop courte"),
        ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY est trop courte, trop simple"),
        ({"SECRET_KEY": "django-insecure-" + KEY}, "connue de tous"),
        ({"SECRET_KEY": "for-tests-and-development-only-" + "x" * 30}, "connue de tous"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS contient « * »"),
        ({"ALLOWED_HOSTS": "autre.exemple.fr"}, "qui n’est pas dans ALLOWED_HOSTS"),
        ({"HTTPS": "false"}, "HTTPS n’est pas activé"),
        ({"BASE_URL": "http://pilotage.exemple.fr"}, "BASE_URL commence par http"),
        ({"TRUSTED_PROXY_COUNT": "0"}, "TRUSTED_PROXY_COUNT vaut 0"),
        ({"DATABASE_URL": "postgresql://postgres@db/x"}, "rôle « postgres », superutilisateur"),
        (
            {
                "DATABASE_URL": "postgresql://tech4value_owner:x@db/x",
                "MIGRATION_DATABASE_URL": "postgresql://tech4value_owner:x@db/x",
            },
            "rôle « tech4value_owner », superutilisateur ou propriétaire",
        ),
        ({"EMAIL_URL": "consolemail://"}, "EMAIL_URL n’envoie rien"),
        ({"MEDIA_ROOT": "/proc/1/none"}, "MEDIA_ROOT (/proc/1/none)"),
        ({"DEMO": "1"}, "DEMO est activé"),
        ({"DEBUG": "1"}, "DEBUG est activé"),
    ],
)
def test_each_insecure_value_is_refused_by_name(wrong: dict[str, str], sentence: str, sound: dict[str, str]) -> None:
    refused = start(sound | wrong, "-c", "import tech4value.settings")
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert refused.stderr.count("\n- ") == 1, "the rest is sound, and nothing is said of it"


def test_a_private_network_says_so_to_do_without_https(sound: dict[str, str]) -> None:
    private = sound | {
        "HTTPS": "false",
        "BASE_URL": "http://pilotage.exemple.fr",
        "PRIVATE_NETWORK_WITHOUT_HTTPS": "true",
        "TRUSTED_PROXY_COUNT": "0",
    }
    assert start(private, "-c", "import tech4value.settings").returncode == 0


def test_the_web_server_refuses_too_and_in_english(sound: dict[str, str]) -> None:
    refused = start(
        sound | {"EMAIL_URL": "", "LANG": "en_GB.UTF-8"},
        *("-m", "gunicorn", "tech4value.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket"),
    )
    assert refused.returncode == 3
    assert "EMAIL_URL is not set: give the mail server" in refused.stderr


def test_secrets_are_read_from_files(sound: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n")
    del sound["SECRET_KEY"]
    started = start(
        sound | {"SECRET_KEY_FILE": str(tmp_path / "key")},
        *("-c", "import tech4value.settings as s; print(repr(s.SECRET_KEY))"),
    )
    assert (started.stdout, started.stderr) == (f"{KEY!r}\n", "")
    values: dict[str, Any] = read_environment({"REDIS_URL": "redis://old", "REDIS_URL_FILE": str(tmp_path / "key")})
    assert values["REDIS_URL"] == KEY, "a file is the newer way, and wins"
    assert given_variables({"A": "", "B": " ", "C": "x"}) == {"C"}


def test_a_secret_file_that_is_missing_stops_the_start(sound: dict[str, str]) -> None:
    refused = start(sound | {"SECRET_KEY_FILE": "/nowhere/key"}, "-c", "import tech4value.settings")
    assert refused.returncode == 1
    assert "/nowhere/key" in refused.stderr
