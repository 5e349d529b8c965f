"""How long a Copil pack takes to draw, beside an empty document drawn by the same engine in the same run.

    python -m bench.packs [projects]

Prints the median seconds of the pack (5 projects unless told: aim for less than 5 s) and the ratio to the empty one.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable

import django

ROUNDS = 5
EMPTY = '<html lang="fr"><title>Vide</title><p>Vide</p></html>'


def median_seconds(draw: Callable[[], object]) -> float:
    """The median of some rounds, after one that loads the libraries and typefaces."""
    draw()
    seconds = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        draw()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4value.settings")
    django.setup()
    from reporting.packs.document import html_of
    from reporting.packs.pdf import draw, pdf_of
    from tests.reporting.packs import frozen_portfolio as frozen

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    snapshot = frozen.snapshot(frozen.facts(count))
    start = time.perf_counter()
    content = pdf_of(snapshot)
    first = time.perf_counter() - start
    pack, empty = median_seconds(lambda: pdf_of(snapshot)), median_seconds(lambda: draw(EMPTY))
    html = median_seconds(lambda: html_of(snapshot))
    print(f"projects            {count}")
    print(f"pack                {pack:.2f} s   (first in the process {first:.2f} s; {len(content) / 1000:.0f} kB)")
    print(f"  of which HTML     {html:.2f} s")
    print(f"empty document      {empty:.3f} s")
    print(f"ratio               {pack / empty:.0f}")


if __name__ == "__main__":
    main()
