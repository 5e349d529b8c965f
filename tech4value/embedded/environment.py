"""The environment in which every command of a clone runs its programs."""

import os
import sys
from pathlib import Path

from tech4value.embedded.libraries import fontconfig_file, provide_pango
from tech4value.embedded.messages import say
from tech4value.embedded.places import known_secrets, prepare_state
from tech4value.embedded.servers import Servers

ROOT = Path(__file__).resolve().parents[2]


def state_folder() -> Path:
    """STATE_DIR, by default `.state` in the clone."""
    return Path(os.environ.get("STATE_DIR") or ROOT / ".state").resolve()


def base_environment(state: Path) -> dict[str, str]:
    """The present environment with what needs no server: state, fonts, Pango, the programs of `.venv`."""
    prepare_state(state)
    pango = provide_pango(state)
    if pango is None:
        say(
            "Attention : Pango manque et n’a pas pu être installé ; tout fonctionne sauf les PDF "
            "(apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0).",
            "Warning: Pango is missing and could not be installed; everything works but PDFs "
            "(apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0).",
        )
    programs = str(Path(sys.executable).parent)
    return {
        **os.environ,
        **(pango or {}),
        **fontconfig_file(state),
        "STATE_DIR": str(state),
        "PATH": os.pathsep.join([programs, os.environ.get("PATH", os.defpath)]),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "tech4value.settings"),
    }


def server_environment(servers: Servers) -> dict[str, str]:
    """What names the servers, and the secret key: random, kept with the state unless the person set one."""
    secret = os.environ.get("SECRET_KEY") or known_secrets(servers.state)["secret_key"]
    return {**servers.urls(), "SECRET_KEY": secret}
