"""Medians of what is called in turn, so that a busy moment of the machine weighs on all alike."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any


def medians(calls: Sequence[Callable[[], Any]], rounds: int) -> list[float]:
    """Milliseconds of each call, after two that warm the caches."""
    times: list[list[float]] = [[] for _ in calls]
    for number in range(rounds + 2):
        for call, found in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            if number > 1:
                found.append((time.perf_counter() - start) * 1000)
    return [statistics.median(found) for found in times]
