"""`python -m tech4value.embedded COMMAND`: what bin/demo, bin/test, bin/manage and bin/servers run."""

import shlex
import sys

from tech4value.embedded.checks import test_command
from tech4value.embedded.demo import demo_command
from tech4value.embedded.environment import server_environment, state_folder
from tech4value.embedded.management import manage_command
from tech4value.embedded.messages import Trouble, told
from tech4value.embedded.servers import Servers


def servers_command(arguments: list[str]) -> int:
    """`bin/servers start|stop|status|env`: the embedded servers, for work outside the other commands."""
    servers = Servers(state_folder())
    match arguments:
        case ["start"]:
            with servers:
                servers.keep()
                _print_environment(servers)
        case ["env"]:
            _print_environment(servers)
        case ["stop"]:
            if not servers.stop():
                print(
                    told(
                        "Utilisés par une autre commande : ils s’arrêteront avec elle.",
                        "In use by another command: they will stop with it.",
                    )
                )
        case ["status"]:
            for name, pid in servers.status().items():
                print(f"{name}: {pid or '-'}")
        case _:
            print("bin/servers start|stop|status|env", file=sys.stderr)
            return 2
    return 0


def _print_environment(servers: Servers) -> None:
    for name, value in server_environment(servers).items():
        print(f"export {name}={shlex.quote(value)}")


def main(arguments: list[str]) -> int:
    """Run one command; what the person can mend is one sentence, never a traceback."""
    commands = {
        "demo": demo_command,
        "test": test_command,
        "manage": manage_command,
        "servers": servers_command,
    }
    try:
        return commands[arguments[0]](arguments[1:])
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return trouble.exit_code
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        print(
            told(
                f"Le système a refusé : {error.strerror or error}{where}.",
                f"The system refused: {error.strerror or error}{where}.",
            ),
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
