"""What the commands refuse, and how they say it."""

import os
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from tech4value.embedded import checks, demo
from tech4value.embedded.__main__ import main
from tech4value.embedded.libraries import fontconfig_file
from tech4value.embedded.messages import Trouble, seconds, told
from tech4value.embedded.servers import Servers


@pytest.fixture(autouse=True)
def in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "oui"),
        ({"LANG": "fr_FR.UTF-8"}, "oui"),
        ({"LANG": "C.UTF-8"}, "oui"),
        ({"LANG": "en_GB.UTF-8"}, "yes"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "fr_FR.UTF-8"}, "oui"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "yes"),
    ],
)
def test_the_terminal_chooses_the_language(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert told("oui", "yes") == expected


def test_durations_follow_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seconds(1.26) == "1,3 s"
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert seconds(1.26) == "1.3 s"


def test_a_taken_port_is_named_and_another_proposed() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=rf"Le port {port} est déjà pris.*PORT={port + 1} bin/demo"):
            demo.check_port(port)
    demo.check_port(port)


def test_port_is_8000_unless_chosen() -> None:
    assert demo.chosen_port("") == 8000
    assert demo.chosen_port("8101") == 8101


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "80 80", "٣", "1.5"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Trouble, match="PORT vaut") as refused:
        demo.chosen_port(text)
    assert refused.value.exit_code == 2


def test_a_full_disk_is_said_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.check_space(tmp_path)
    monkeypatch.setattr(demo, "SPACE_NEEDED", 2**60)
    with pytest.raises(Trouble, match="Mo sur le disque"):
        demo.check_space(tmp_path)


def test_two_demos_in_one_folder(tmp_path: Path) -> None:
    with (
        demo.only_one(tmp_path, 8101),
        pytest.raises(Trouble, match=r"tourne déjà.*http://localhost:8101"),
        demo.only_one(tmp_path, 8102),
    ):
        pass
    with demo.only_one(tmp_path, 8102):
        pass


def test_the_two_database_addresses_go_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db.example/x")
    monkeypatch.delenv("MIGRATION_DATABASE_URL", raising=False)
    with pytest.raises(Trouble, match="MIGRATION_DATABASE_URL vont ensemble"):
        Servers(tmp_path).needs_postgres()


def test_real_servers_are_used_and_never_reset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = {
        "DATABASE_URL": "postgresql://app@db.example/x",
        "MIGRATION_DATABASE_URL": "postgresql://owner@db.example/x",
        "REDIS_URL": "redis://cache.example/0",
    }
    for name, value in urls.items():
        monkeypatch.setenv(name, value)
    servers = Servers(tmp_path)
    servers.start()
    assert servers.urls() == urls
    assert servers.status() == {}
    with pytest.raises(Trouble, match="n’efface que les données embarquées"):
        servers.reset()
    assert list(tmp_path.iterdir()) == []


def test_what_can_be_mended_is_one_sentence_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "abc")
    assert main(["demo"]) == 2
    assert capsys.readouterr().err == "PORT vaut « abc » : indiquez un nombre de 1 à 65535.\n"


def test_a_refusal_of_the_system_is_one_sentence_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "file"))
    assert main(["servers", "start"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("Le système a refusé")
    assert said.count("\n") == 1


def test_migrations_change_the_fingerprint_of_the_schema(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("django==5.2\n")
    folder = tmp_path / "portfolio" / "projects" / "migrations"
    folder.mkdir(parents=True)
    empty = demo.schema_fingerprint(tmp_path)
    (folder / "0001_initial.py").write_text("operations = []\n")
    assert demo.schema_fingerprint(tmp_path) != empty
    (tmp_path / ".venv" / "x" / "migrations").mkdir(parents=True)
    same = demo.schema_fingerprint(tmp_path)
    (tmp_path / ".venv" / "x" / "migrations" / "0001_initial.py").touch()
    assert demo.schema_fingerprint(tmp_path) == same


def test_pdfs_see_only_the_packaged_typeface(tmp_path: Path) -> None:
    variables = fontconfig_file(tmp_path)
    text = Path(variables["FONTCONFIG_FILE"]).read_text()
    assert "font_source_sans_pro/files" in text
    assert text.count("<dir>") == 1


def run_fake_suite(
    capsys: pytest.CaptureFixture[str], outcomes: dict[str, str], *, together: bool
) -> tuple[int, list[str]]:
    """Run checks, and a suite, that are lines of shell."""
    fake = {name: ("/bin/sh", "-c", line) for name, line in outcomes.items()}
    code = checks.run_all(
        dict(os.environ), fake, ["/bin/sh", "-c", "printf '..\\n\\n2 passed\\n\\n'"], together=together
    )
    return code, capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("together", [True, False])
def test_failed_checks_are_named_before_pytests_last_line(together: bool, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = run_fake_suite(
        capsys, {"lint": "echo line 3 is wrong; exit 1", "types": "exit 0"}, together=together
    )
    assert code == 1
    assert "line 3 is wrong" in lines
    assert lines[-2:] == ["Contrôles en échec : lint", "2 passed"]


def test_nothing_is_added_when_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = run_fake_suite(capsys, {"lint": "exit 0"}, together=True)
    assert code == 0
    assert not any("échec" in line for line in lines)
    assert lines[-1] == "2 passed"


@pytest.mark.parametrize(
    ("given", "expected"),
    [([], ["-n", "4"]), (["-k", "x"], ["-n", "4"]), (["-n0"], []), (["-n", "3"], []), (["--pdb"], [])],
)
def test_as_many_test_processes_as_cores(given: Sequence[str], expected: list[str]) -> None:
    assert checks.workers(given, cores=4) == expected
