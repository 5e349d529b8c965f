"""CP-SAT run so that it can be stopped. It does not import OR-Tools: who builds a model has."""

import threading
from collections.abc import Callable
from typing import Any, Final

POLL_SECONDS: Final = 0.2


def watched(solver: Any, model: Any, stopped: Callable[[], bool]) -> Any:
    """Solve; the solver runs outside Python, where no signal reaches it: a thread asks whether it is still wanted."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(POLL_SECONDS):
            if stopped():
                solver.stop_search()
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        return solver.solve(model)
    finally:
        done.set()
        watcher.join()
