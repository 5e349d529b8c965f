"""Where the embedded servers keep what they keep.

STATE_DIR holds it all, except when the servers run as another account that cannot enter it (root's home is
closed, say): their data and a copy of their programs then live under /var/lib, and STATE_DIR remembers where.
"""

import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tech4value.embedded import processes
from tech4value.embedded.account import Account, server_account
from tech4value.embedded.messages import Trouble

# sun_path is 108 bytes with its final zero (104 on macOS); the name of PostgreSQL's socket is 15 of them.
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")


@dataclass(frozen=True)
class Places:
    """The folders and the account of one clone's servers."""

    state: Path
    home: Path
    account: Account

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    @property
    def redis(self) -> Path:
        return self.home / "redis"

    @property
    def programs(self) -> Path:
        return self.home / "programs"

    def socket_folder(self) -> Path:
        """PostgreSQL's socket folder, private to the account; elsewhere when our path is too long."""
        folder = self.home / "socket"
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
            folder = _remembered(self.state / "socket.location", "t4v-", tempfile.gettempdir())
        self.account.make_private(folder)
        return folder

    def passwords(self) -> dict[str, str]:
        """The passwords of the roles and of Redis."""
        return known_secrets(self.state)

    def forget(self) -> None:
        """Remove the servers' data (never the programs): the servers must be stopped."""
        schema_mark(self.state).unlink(missing_ok=True)
        for folder in (self.data, self.redis):
            if folder.exists():
                shutil.rmtree(folder)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.replace(path)


def known_secrets(state: Path) -> dict[str, str]:
    """The random secrets of a clone: made once, readable by its owner only."""
    path = state / "passwords.json"
    known: dict[str, str] = {}
    if path.exists():
        kept = json.loads(path.read_text())
        known = {str(name): str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}
    # Those that a newer version adds are made beside those in use.
    missing = [name for name in ("owner", "app", "backup", "redis", "secret_key") if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(48 if name == "secret_key" else 24) for name in missing}
        write_private(path, json.dumps(known))
    return known


def schema_mark(state: Path) -> Path:
    """The file that says which migrations the embedded database has had."""
    return state / "schema.sha256"


def prepare_state(state: Path) -> None:
    """Make STATE_DIR, closed to other accounts but for the servers', which may have to pass through."""
    state.mkdir(parents=True, exist_ok=True)
    if state.stat().st_uid == os.geteuid():
        state.chmod(0o711 if os.geteuid() == 0 else 0o700)
    for name in ("logs", "files"):
        (state / name).mkdir(mode=0o700, exist_ok=True)


def find_places(state: Path) -> Places:
    """The places of the clone whose state is kept in `state`; made when they do not exist yet."""
    account = server_account()
    prepare_state(state)
    pointer = state / "servers.location"
    if not pointer.exists() and account.reaches(state):
        home = state / "servers"
        home.mkdir(exist_ok=True)
    else:
        home = _remembered(pointer, "tech4value-", "/var/lib", origin=state)
    home.chmod(0o711 if account.switch else 0o700)
    places = Places(state, home, account)
    if not account.reaches(home):
        raise Trouble(
            f"Le compte « {account.name} », qui fait tourner PostgreSQL, ne peut pas entrer dans {home} : "
            "ouvrez-lui ce dossier (chmod o+x) ou indiquez STATE_DIR.",
            f"The account “{account.name}”, which runs PostgreSQL, cannot enter {home}: "
            "open that folder to it (chmod o+x) or set STATE_DIR.",
        )
    return places


def _remembered(pointer: Path, prefix: str, parent: str, origin: Path | None = None) -> Path:
    """The folder that `pointer` names; made, and remembered there, when it names none that exists.

    With `origin`, folders left behind by an earlier life of the same STATE_DIR (a clone deleted and made
    again) are removed.
    """
    if pointer.exists():
        folder = Path(pointer.read_text().strip())
        if folder.is_dir() and folder.stat().st_uid in (os.geteuid(), server_account().uid):
            return folder
    if origin is not None:
        for left in Path(parent).glob(prefix + "*/origin"):
            if left.read_text().strip() == str(origin):
                processes.end_all_in(left.parent)
                shutil.rmtree(left.parent)
    usable = parent if os.access(parent, os.W_OK) else tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=usable))
    if origin is not None:
        (folder / "origin").write_text(f"{origin}\n")
    pointer.write_text(f"{folder}\n")
    return folder
