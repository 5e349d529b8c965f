"""Several people act at the same moment, each on a connection of their own. Needs `live_world`."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import TypeVar

from django.db import connection

Answer = TypeVar("Answer")


def at_once(*deeds: Callable[[], Answer]) -> list[Answer]:
    """Run the deeds together; returns their answers, in the order in which they ended."""
    answers: list[Answer] = []
    start = Barrier(len(deeds))

    def run(deed: Callable[[], Answer]) -> None:
        try:
            start.wait()
            answers.append(deed())
        finally:
            connection.close()

    threads = [Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(deeds), "a deed ended with an error: see above"
    return answers
