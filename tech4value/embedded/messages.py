"""What the commands say, in the language of the terminal: English when LANG asks for it, else French.

These words come before the catalogues are compiled, hence both languages in the code.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """Something the person at the terminal can mend, said in one whole sentence of their language."""

    def __init__(self, french: str, english: str, exit_code: int = 1) -> None:
        super().__init__(told(french, english))
        self.exit_code = exit_code


def speaks_english() -> bool:
    """The POSIX order: LC_ALL, LC_MESSAGES, LANG."""
    chosen = next((v for v in map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG")) if v), "")
    return chosen.lower().startswith("en")


def told(french: str, english: str) -> str:
    """The one of the two texts that suits the terminal."""
    return english if speaks_english() else french


def say(french: str, english: str) -> None:
    """Print one line at once, even into a pipe."""
    print(told(french, english), flush=True)


@contextmanager
def step(number: int, total: int, french: str, english: str) -> Iterator[None]:
    """Print "2/6 Base de données… 1,2 s" around the work of the block."""
    print(f"{number}/{total} {told(french, english)}…", end=" ", flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(seconds(time.monotonic() - start), flush=True)


def seconds(duration: float) -> str:
    """A duration in seconds as it is written in the terminal's language."""
    text = f"{duration:.1f} s"
    return text if speaks_english() else text.replace(".", ",")
