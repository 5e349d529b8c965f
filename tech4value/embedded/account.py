"""The account that the servers run as: PostgreSQL refuses root, so root hands its servers to `nobody`."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tech4value.embedded.messages import Trouble


@dataclass(frozen=True)
class Account:
    """An account of the machine. `switch` is empty when it is already ours."""

    name: str
    uid: int
    gid: int
    switch: bool

    def popen_options(self) -> dict[str, Any]:
        """Keyword arguments that make `subprocess` run a program as this account."""
        if not self.switch:
            return {"umask": 0o077}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "umask": 0o077}

    def reaches(self, folder: Path) -> bool:
        """Whether the account can enter the folder: tried, since access lists and mounts have their say."""
        if not self.switch:
            return True
        tried = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
            cwd="/",
            stderr=subprocess.DEVNULL,
            check=False,
            **self.popen_options(),
        )
        return tried.returncode == 0

    def make_private(self, folder: Path) -> None:
        """Make a folder that only this account (and root) can enter."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.switch:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def server_account() -> Account:
    """The present account, or `nobody` when it is root.

    Raises Trouble when root may not change account (a container without that right).
    """
    if os.geteuid() != 0:
        try:
            name = pwd.getpwuid(os.geteuid()).pw_name
        except KeyError as error:
            raise Trouble(
                "Ce compte n’a pas de nom sur cette machine, ce dont PostgreSQL a besoin : "
                "ajoutez-le à /etc/passwd ou indiquez DATABASE_URL et MIGRATION_DATABASE_URL.",
                "This account has no name on this machine, which PostgreSQL needs: "
                "add it to /etc/passwd or set DATABASE_URL and MIGRATION_DATABASE_URL.",
            ) from error
        return Account(name, os.geteuid(), os.getegid(), switch=False)
    for name in ("nobody", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = Account(name, entry.pw_uid, entry.pw_gid, switch=True)
        try:
            account.reaches(Path("/"))
        except PermissionError as error:
            raise Trouble(
                "Root ne peut pas changer de compte ici, or PostgreSQL refuse root : lancez la commande "
                "avec un compte ordinaire.",
                "Root may not change account here, and PostgreSQL refuses root: run the command as an ordinary user.",
            ) from error
        return account
    raise Trouble(
        "PostgreSQL refuse root et cette machine n’a pas de compte « nobody » : lancez la commande avec un "
        "compte ordinaire.",
        "PostgreSQL refuses root and this machine has no account “nobody”: run the command as an ordinary user.",
    )


def copy_readable(source: Path, target: Path) -> None:
    """Copy a file or a folder so that every account can read and run it. Whole or not at all."""
    part = target.with_name(target.name + ".part")
    if part.is_dir():
        shutil.rmtree(part)
    if source.is_dir():
        shutil.copytree(source, part, symlinks=True)
        for folder, _folders, files in os.walk(part):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder, name)
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    else:
        shutil.copy2(source, part)
        part.chmod(0o755)
    part.rename(target)
