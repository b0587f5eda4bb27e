"""What a run tells Python's collector of garbage."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache

_FEW = (1_000_000, 20, 20)


@contextmanager
def few_collections() -> Generator[None]:
    """Documents live until the end and hold no cycles, but Python's collector goes through all of
    them again whenever they have grown by a quarter: a third of the time of a large run. What
    stands already, dbt's manifest or what is reported of, is not gone through at all. Within
    another one it changes nothing."""
    before = gc.get_threshold()
    if before == _FEW:
        yield
        return
    _end_quickly()
    gc.freeze()
    gc.set_threshold(*_FEW)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@cache
def _end_quickly() -> None:
    """At the end of the process too the collector would go through all that dbt and a run hold, a
    second for a small project. It goes with the process."""
    atexit.register(gc.freeze)
