"""bin/bootstrap.py: when it installs, and what it says when it cannot."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, working on a clone in a temporary folder, in French."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "bin" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT = tmp_path
    module.ENVIRONMENT = tmp_path / ".venv"
    module.PYTHON = tmp_path / ".venv" / "bin" / "python"
    module.LOCK = tmp_path / "requirements.lock"
    module.MARKER = tmp_path / ".venv" / "installed.sha256"
    module.LOCK.write_text("")
    return module


def test_installs_once_and_again_when_the_lock_changes(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "installers", lambda: [["true"]])
    assert not bootstrap.is_ready()
    bootstrap.prepare()
    assert bootstrap.is_ready()
    bootstrap.LOCK.write_text("# changed\n")
    assert not bootstrap.is_ready()


def test_an_interrupted_installation_is_done_again(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "installers", lambda: [["true"]])
    bootstrap.prepare()
    bootstrap.LOCK.write_text("# changed\n")

    def interrupted() -> list[list[str]]:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "check_space", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.prepare()
    assert not bootstrap.is_ready()


def test_the_next_installer_is_tried_then_the_reason_given(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = ["sh", "-c", "echo 'ERROR: No matching distribution found for x.'; exit 1"]
    monkeypatch.setattr(bootstrap, "installers", lambda: [fails, ["true"]])
    bootstrap.install()
    assert bootstrap.is_ready()
    monkeypatch.setattr(bootstrap, "installers", lambda: [fails])
    with pytest.raises(bootstrap.Trouble, match=r"No matching distribution found for x \(détail"):
        bootstrap.install()
    assert not bootstrap.is_ready()


def test_no_space_and_no_pip_are_sentences(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "SPACE_NEEDED", 2**60)
    with pytest.raises(bootstrap.Trouble, match="Il faut 2 Go libres"):
        bootstrap.install()
    monkeypatch.setattr(bootstrap, "SPACE_NEEDED", 0)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _name: None)
    with pytest.raises(bootstrap.Trouble, match="apt install python3-pip"):
        bootstrap.install()


def test_no_cache_without_a_home_that_can_be_written(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "absent"))
    assert bootstrap.installer_environment()["PIP_NO_CACHE_DIR"] == "1"
    monkeypatch.delenv("HOME")
    assert bootstrap.installer_environment()["UV_NO_CACHE"] == "1"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "UV_NO_CACHE" not in bootstrap.installer_environment()


def test_an_old_python_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for name in ("dirname", "sh"):
        (tmp_path / name).symlink_to(Path("/bin") / name if name == "sh" else "/usr/bin/dirname")
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "bin" / "demo")],
        env={"PATH": str(tmp_path), "LANG": "en_GB.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "Python 3.11 or newer is needed: install it, then run this command again.\n"


def test_no_address_is_written_in_what_installs() -> None:
    for path in [*(ROOT / "bin").iterdir(), ROOT / ".ci" / "run", ROOT / "requirements.lock"]:
        text = path.read_text() if path.is_file() else ""
        assert "http" not in text.replace("httpx", "").replace("httpcore", "").replace("Acquire::http", ""), path
