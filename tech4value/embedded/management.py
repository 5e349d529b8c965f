"""`bin/manage COMMAND`: a management command, with the servers it needs for the time it lasts."""

import signal
import subprocess
import sys

from tech4value.embedded.environment import ROOT, base_environment, server_environment, state_folder
from tech4value.embedded.servers import Servers


def manage_command(arguments: list[str]) -> int:
    """Run `manage.py` with these arguments, in the demo's environment unless servers are named; its exit code."""
    state = state_folder()
    environment = base_environment(state)
    with Servers(state) as servers:
        if servers.needs_postgres():
            environment.setdefault("DEMO", "1")  # real servers are a deployment, which says what it is itself
        environment |= server_environment(servers)
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        child = subprocess.Popen(command, env=environment)
        # The terminal gives Ctrl-C to the command itself, which may have its own way to end; SIGTERM it
        # only gets from us.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        code = child.wait()
    return code if code >= 0 else 128 - code
